"""The direct line: its calls, and what went beside it while it was open (R-IND-I-10). Pure."""

from collections import Counter
from collections.abc import Iterator

from service.statistics.document import Column, Share
from service.statistics.facts import CallFacts, Facts
from service.statistics.measures import Cells, Count, Counted, Labels, Own, quantile
from service.statistics.volet_one import NOT_SAID, URGENT
from service.workflows.french import DAYS, PARIS
from service.workflows.urgent_rights import LINE_OPEN_REASONS

_LATE = 24 * 3600
"""Seconds after which a call was noted late (R-CLK-8)."""
HOURS: Labels = {str(hour): f"{hour} h" for hour in range(8, 18)} | {"else": "autre heure"}


def _calls(facts: Facts) -> Cells:
    answered = [call for call in facts.calls if call.answered]
    middle = quantile((call.minutes * 60 for call in answered), 50)
    late = sum((call.recorded_at - call.started_at).total_seconds() > _LATE for call in facts.calls)
    return {
        "calls": {"n": len(facts.calls), "share": None},
        "answered": {"n": len(answered), "share": Share(len(answered), len(facts.calls))},
        "solved": {
            "n": sum(call.solved for call in answered),
            "share": Share(sum(call.solved for call in answered), len(answered)),
        },
        "minutes": {"n": None if middle is None else middle.seconds // 60, "share": None},
        "late": {"n": late, "share": Share(late, len(facts.calls))},
    }


def _calls_by_hour(facts: Facts) -> Cells:
    """Each call in one cell: Sundays have their column, the hours that are not named share the last row."""
    numbers = Counter(_cell_of(call) for call in facts.calls)
    return {row: {day: numbers[row, day] for day in DAYS} for row in HOURS}


def _cell_of(call: CallFacts) -> tuple[str, str]:
    at = call.started_at.astimezone(PARIS)
    return str(at.hour) if str(at.hour) in HOURS else "else", DAYS[at.weekday()]


def _beside_the_line(facts: Facts) -> Iterator[Counted]:
    for ticket in facts.sent_of(URGENT):
        if ticket.codes.get("line_was_open") and ticket.channel != "phone":
            yield Counted(ticket, str(ticket.codes.get("line_open_reason") or NOT_SAID))


MEASURES = (
    Own(
        "I-10.calls",
        "Ligne directe",
        "Appels",
        {
            "calls": "appels notés",
            "answered": "appels aboutis",
            "solved": "réponse donnée pendant l’appel, sur les appels aboutis",
            "minutes": "durée médiane d’un appel abouti, en minutes",
            "late": "appels notés plus d’un jour après",
        },
        compute=_calls,
        shown=(Column("n", "Nombre"), Column("share", "Part", "share")),
        compares=("n", "share"),
    ),
    Own(
        "I-10.hours",
        "Appels par heure et par jour de la semaine",
        "Heure",
        HOURS,
        compute=_calls_by_hour,
        shown=tuple(Column(day, day) for day in DAYS),
    ),
    Count(
        "I-10.beside",
        "Demandes faites hors de la ligne alors qu’elle était ouverte",
        "Raison",
        {**LINE_OPEN_REASONS, NOT_SAID: "raison non donnée"},
        of=_beside_the_line,
    ),
)
