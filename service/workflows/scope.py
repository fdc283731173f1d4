"""What the Caf social service covers (R-EL), with the arithmetic told in French.

Two readings are ours: the last day of a period, its anniversary, is still within it; and an anniversary of a
29 February falls on 28 February.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from service.workflows import french
from service.workflows.urgency import add_months

EARLIEST_EVENT = date(1990, 1, 1)
MONTHS_AFTER_EVENT = 24
MONTHS_AFTER_BIRTH = 12
LONGEST_PREGNANCY_MONTHS = 10
MONTHS_PAST_TERM = 1

IN_SCOPE = "La demande entre dans le périmètre du service social de la Caf."
OUT_OF_SCOPE = "La demande n’entre pas dans le périmètre du service social de la Caf."
CDAS_OR_REASON = (
    "Le CDAS du domicile est compétent. Vous pouvez tout de même envoyer la demande en disant pourquoi : "
    "le secrétariat du service social de la Caf décidera."
)
TO_THE_WORKER = "Adressez-vous au travailleur social de la Caf qui accompagne cette famille."


class ScopeEvent(StrEnum):
    """The events of R-EL, by code; `label` is what the form shows."""

    SEPARATION = "separation"
    PLANNED_SEPARATION = "planned_separation"
    DEATH_PARENT = "death_parent"
    DEATH_CHILD = "death_child"
    SINGLE_PARENT_BIRTH = "single_parent_birth"
    ISOLATED_PREGNANCY = "isolated_pregnancy"
    NONE = "none"

    @property
    def label(self) -> str:
        """What the form and the lists show."""
        return _LABELS[self]

    @property
    def needs_date(self) -> bool:
        """Whether nothing can be computed without the day of the event."""
        return self in _DATED

    @property
    def needs_children(self) -> bool:
        """Whether a dependent child is a condition: not when a child died, nor when the child is the event."""
        return self in _WITH_CHILDREN


_LABELS: Mapping[ScopeEvent, str] = {
    ScopeEvent.SEPARATION: "Séparation déclarée",
    ScopeEvent.PLANNED_SEPARATION: "Séparation envisagée",
    ScopeEvent.DEATH_PARENT: "Décès d’un des parents",
    ScopeEvent.DEATH_CHILD: "Décès d’un enfant, y compris in utero",
    ScopeEvent.SINGLE_PARENT_BIRTH: "Arrivée d’un enfant dans une famille monoparentale",
    ScopeEvent.ISOLATED_PREGNANCY: "Grossesse isolée",
    ScopeEvent.NONE: "Aucun de ces événements",
}
_DATED: Mapping[ScopeEvent, str] = {
    ScopeEvent.SEPARATION: "Séparation déclarée le",
    ScopeEvent.DEATH_PARENT: "Décès d’un des parents le",
    ScopeEvent.DEATH_CHILD: "Décès d’un enfant le",
    ScopeEvent.SINGLE_PARENT_BIRTH: "Enfant né le",
}
_WITH_CHILDREN = frozenset({ScopeEvent.SEPARATION, ScopeEvent.PLANNED_SEPARATION, ScopeEvent.DEATH_PARENT})
_NAME_OF_DATE: Mapping[ScopeEvent, str] = {
    ScopeEvent.SEPARATION: "la date de la séparation",
    ScopeEvent.DEATH_PARENT: "la date du décès",
    ScopeEvent.DEATH_CHILD: "la date du décès",
    ScopeEvent.SINGLE_PARENT_BIRTH: "la date de naissance de l’enfant",
}
_FUTURE: Mapping[ScopeEvent, str] = {
    ScopeEvent.SEPARATION: (
        "Une séparation déclarée ne peut pas être dans le futur : choisissez « Séparation envisagée » (R-EL)."
    ),
    ScopeEvent.DEATH_PARENT: "La date du décès ne peut pas être dans le futur (R-EL).",
    ScopeEvent.DEATH_CHILD: "La date du décès ne peut pas être dans le futur (R-EL).",
    ScopeEvent.SINGLE_PARENT_BIRTH: (
        "La naissance ne peut pas être dans le futur : avant elle, choisissez « Grossesse isolée » (R-EL)."
    ),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the Caf social service covers it (None: can not be said yet), and the sentences that say so.

    `rule` is R-EL, or R-OR-2 when continuity decides; `until` the last day in scope, that day included;
    `advice` where to turn or what to fill in. Out of scope blocks nothing: the sender gives a reason.
    """

    in_scope: bool | None
    rule: str
    until: date | None
    explanation: str
    advice: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether whoever sends to the Caf social service all the same must say why (R-EL)."""
        return self.in_scope is False

    @property
    def opens_new(self) -> bool:
        """Whether a new request may go to the Caf social service: in scope, and not because it follows already."""
        return self.in_scope is True and self.rule == "R-EL"


def check(
    event: ScopeEvent | str,
    day: date,
    event_on: date | None = None,
    *,
    children: bool | None,
    allocataire: bool | None,
    closed_for_event: bool = False,
    followed_by_caf: bool = False,
) -> Verdict:
    """R-EL as of `day` (Europe/Paris), for a new request. Expects what `input_errors` accepts.

    `children`, `allocataire`: None when not known. `event_on`: the birth, or the expected one of a pregnancy.
    `followed_by_caf`: an accompaniment is open (R-AC), which stays with the Caf past the dates;
    `closed_for_event`: the Caf has closed one for this event, and the CDAS assesses what follows (R-OR-2).
    """
    happened = ScopeEvent(event)
    if followed_by_caf:
        return _followed()
    if happened is ScopeEvent.NONE:
        text = "Aucun des événements suivis par le service social de la Caf n’est indiqué."
        return _outside(text, None)
    if closed_for_event:
        return _closed(happened, event_on)
    until = last_day(happened, event_on)
    told = _told(happened, day, event_on, until)
    if until is not None and day > until:
        return _outside(told, until)
    if refusal := _condition_not_met(happened, children, allocataire):
        return _outside(f"{told} {refusal}", until)
    if missing := _enumerated(_missing(happened, event_on, children, allocataire)):
        text = f"{told} Il manque {missing} pour dire si le service social de la Caf est compétent."
        return Verdict(None, "R-EL", until, text, f"Indiquez {missing}.")
    return Verdict(True, "R-EL", until, f"{told} {IN_SCOPE}")


def last_day(event: ScopeEvent | str, event_on: date | None) -> date | None:
    """The last day in scope, included; none without a date or when the event has none (R-EL)."""
    happened = ScopeEvent(event)
    if event_on is None or happened in (ScopeEvent.PLANNED_SEPARATION, ScopeEvent.NONE):
        return None
    return add_months(event_on, _months(happened))


def input_errors(event: ScopeEvent | str | None, event_on: date | None, today: date) -> dict[str, str]:
    """The French sentence beside each field that can not be taken; an event not chosen yet is not an error."""
    if event is None:
        return {}
    if event not in set(ScopeEvent):
        return {"event": "Choisissez un événement de la liste (R-EL)."}
    happened = ScopeEvent(event)
    sentence = ""
    if happened is ScopeEvent.ISOLATED_PREGNANCY and event_on is not None:
        sentence = _term_error(event_on, today)
    elif happened.needs_date:
        sentence = _date_error(happened, event_on, today)
    return {"event_on": sentence} if sentence else {}


def _months(event: ScopeEvent) -> int:
    if event in (ScopeEvent.SINGLE_PARENT_BIRTH, ScopeEvent.ISOLATED_PREGNANCY):
        return MONTHS_AFTER_BIRTH
    return MONTHS_AFTER_EVENT


def _followed() -> Verdict:
    text = (
        "Le service social de la Caf accompagne déjà cette famille : un accompagnement ouvert reste à la Caf, "
        "même au-delà des délais."
    )
    return Verdict(True, "R-OR-2", None, text, TO_THE_WORKER)


def _closed(event: ScopeEvent, event_on: date | None) -> Verdict:
    named = event.label if event_on is None else f"{event.label}, {french.short_date(event_on)}"
    until = last_day(event, event_on)
    still = "" if until is None else f", même avant la fin du délai, le {french.short_date(until)}"
    text = (
        f"{named} : le service social de la Caf a clos son accompagnement pour cet événement. "
        f"Le CDAS évalue la nouvelle demande{still}."
    )
    return Verdict(False, "R-OR-2", until, text, CDAS_OR_REASON)


def _outside(text: str, until: date | None) -> Verdict:
    return Verdict(False, "R-EL", until, f"{text} {OUT_OF_SCOPE}", CDAS_OR_REASON)


def _told(event: ScopeEvent, day: date, event_on: date | None, until: date | None) -> str:
    """The event and its period in a sentence: from which day, to which day, how far from today."""
    if event_on is None or until is None:
        return _undated(event)
    years = "d’un an" if _months(event) == MONTHS_AFTER_BIRTH else "de deux ans"
    return (
        f"{_subject(event, event_on)} : le délai {years} {'court' if day <= until else 'a couru'} "
        f"jusqu’au {french.short_date(until)} inclus{_leap(event_on, until)}, {_distance(day, until)}."
    )


def _subject(event: ScopeEvent, event_on: date) -> str:
    day = french.short_date(event_on)
    if event is ScopeEvent.ISOLATED_PREGNANCY:
        return f"Grossesse isolée, qui compte comme l’arrivée d’un enfant, terme prévu le {day}"
    return f"{_DATED[event]} {day}"


def _undated(event: ScopeEvent) -> str:
    if event is ScopeEvent.ISOLATED_PREGNANCY:
        return "Grossesse isolée : elle compte comme l’arrivée d’un enfant, avant la naissance."
    if event is ScopeEvent.PLANNED_SEPARATION:
        return "Séparation envisagée : aucune date n’est nécessaire."
    return f"{event.label}, sans date."


def _leap(event_on: date, until: date) -> str:
    if event_on.day == until.day:
        return ""
    return f" (il n’y a pas de 29 février en {until.year})"


def _distance(day: date, until: date) -> str:
    if day > until:
        return f"il y a {french.counted((day - until).days, 'jour')}"
    if day == until:
        return "aujourd’hui"
    return f"dans {french.counted((until - day).days, 'jour')}"


def _condition_not_met(event: ScopeEvent, children: bool | None, allocataire: bool | None) -> str:
    if event.needs_children and children is False:
        return "Il n’y a pas d’enfant à charge."
    if allocataire is False:
        return "La famille n’est pas allocataire de la Caf."
    return ""


def _missing(
    event: ScopeEvent, event_on: date | None, children: bool | None, allocataire: bool | None
) -> list[str]:
    found = [_NAME_OF_DATE[event]] if event.needs_date and event_on is None else []
    if event.needs_children and children is None:
        found.append("la présence d’un enfant à charge")
    if allocataire is None:
        found.append("la qualité d’allocataire de la Caf")
    return found


def _enumerated(words: list[str]) -> str:
    """« a », « a et b », « a, b et c »."""
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _date_error(event: ScopeEvent, event_on: date | None, today: date) -> str:
    if event_on is None:
        return f"Indiquez {_NAME_OF_DATE[event]} (R-EL)."
    if event_on > today:
        return _FUTURE[event]
    if event_on < EARLIEST_EVENT:
        return "L’événement ne peut pas dater d’avant 1990 : vérifiez l’année (R-EL)."
    return ""


def _term_error(expected: date, today: date) -> str:
    if expected > add_months(today, LONGEST_PREGNANCY_MONTHS):
        return "Le terme prévu est dans plus de dix mois : vérifiez l’année (R-EL)."
    if today > add_months(expected, MONTHS_PAST_TERM):
        return (
            "Le terme prévu est passé depuis plus d’un mois : choisissez « Arrivée d’un enfant dans une famille "
            "monoparentale », avec la date de naissance (R-EL)."
        )
    return ""
