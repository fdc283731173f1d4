"""The meetings of both institutions (R-GO-1 to 3): their kinds, what goes on an agenda and why, themes of remarks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from service.permissions import Institution
from service.workflows import french


class MeetingKind(StrEnum):
    """Every month, every year, or when one institution asks for it."""

    MONTHLY = "monthly"
    COMMITTEE = "committee"
    PARTICULAR = "particular"


KIND_LABELS: Mapping[MeetingKind, str] = MappingProxyType(
    {
        MeetingKind.MONTHLY: "Réunion technique",
        MeetingKind.COMMITTEE: "Comité de suivi",
        MeetingKind.PARTICULAR: "Réunion particulière",
    }
)
PLANNED, HELD = "planned", "held"

INSTITUTION_LABELS: Mapping[Institution, str] = MappingProxyType(
    {Institution.DEPARTEMENT: "Département", Institution.CAF: "Caf"}
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a case stands on the agenda of a month: its label, the sentence that says so, how urgent it looks."""

    code: str
    label: str
    sentence: str
    level: str = "none"


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        reason.code: reason
        for reason in (
            Reason(
                "put_forward_departement",
                "proposée par un CDAS",
                "Un CDAS pose une question à la réunion.",
                "going",
            ),
            Reason(
                "put_forward_caf",
                "proposée par la Caf",
                "La Caf pose une question à la réunion.",
                "going",
            ),
            Reason("contested", "refus contesté", "Le CDAS a contesté le refus dans le mois.", "soon"),
            Reason("reopened", "réouverte", "La demande a été rouverte dans le mois.", "soon"),
            Reason(
                "orphan",
                "personne ne la tient",
                "La demande attend depuis plus d’une semaine et personne ne la tient.",
                "late",
            ),
            Reason("late", "hors délai", "Un délai a été dépassé dans le mois.", "late"),
            Reason("refused", "refusée", "La demande a été refusée ou déclinée dans le mois."),
        )
    }
)
"""What goes on the agenda by itself, what is discussed first at the head. One more reason: one row here, and the
query that finds its cases in `service/queries/agenda.py`."""

RECORDING_DAYS = 7
"""How long after its day a meeting's decisions and actions may still be typed (ours): then its minutes stand."""

THEMES: Mapping[str, str] = MappingProxyType(
    {
        "line": "La ligne directe",
        "answers": "Les réponses et leurs délais",
        "requests": "Les demandes : ce qu’elles disent, ce qui manque",
        "cdap": "CDAP",
        "orientations": "Les orientations",
        "relays": "Co-interventions et passages de relais",
        "emergencies": "Les urgences sociales",
        "appointments": "Les rendez-vous",
        "knowing": "Se connaître : missions, interlocuteurs, réunions",
        "other": "Autre chose",
    }
)
"""What a remark from the field is about (ours)."""

HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "works": "Ce qui marche",
        "to_improve": "Ce qui est à améliorer",
        "axes": "Axes de progrès",
    }
)
"""What each institution writes around the figures of the year."""


def in_order(reasons: Iterable[str]) -> tuple[str, ...]:
    """The reasons of one case, each once, in the order of the table."""
    found = set(reasons)
    return tuple(code for code in REASONS if code in found)


def rank(reasons: Iterable[str]) -> int:
    """Where a case stands on the agenda: by the first of its reasons."""
    codes = list(REASONS)
    return min((codes.index(code) for code in reasons), default=len(codes))


def begins(kind: MeetingKind, day: date) -> date:
    """The first day of what a meeting is about: of the month, or of the year for a committee."""
    return date(day.year, 1 if kind is MeetingKind.COMMITTEE else day.month, 1)


def month_after(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def may_record(held_on: date, today: date) -> bool:
    """Whether decisions and actions of a meeting held that day may still be typed."""
    return (today - held_on).days <= RECORDING_DAYS


def lateness(due_on: date, today: date) -> str:
    """« en retard de 12 jours », « en retard de 2 mois »; empty when it is not."""
    days = (today - due_on).days
    if days <= 0:
        return ""
    return f"en retard de {french.counted(days, 'jour') if days < 31 else f'{days // 30} mois'}"


def title(kind: MeetingKind, about: date | None, held_on: date) -> str:
    """« Réunion technique – octobre 2026 », « Comité de suivi – 2026 », « Réunion particulière du 3 mars 2027 »."""
    label = KIND_LABELS[kind]
    if about is None:
        return f"{label} du {french.short_date(held_on)}"
    if kind is MeetingKind.COMMITTEE:
        return f"{label} – {about.year}"
    return f"{label} – {french.MONTHS[about.month - 1]} {about.year}"
