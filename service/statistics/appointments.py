"""Appointments with the Caf's social service: asked, reached, offered, kept, their outcome (R-IND-II-5). Pure."""

from collections.abc import Iterator
from datetime import datetime

from service.statistics.document import Column, Share
from service.statistics.facts import Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Own, Portion, Shared, quantile
from service.statistics.volet_one import NOT_SAID
from service.workflows.appointment import ABSENCES, APPOINTMENT, OUTCOMES, SOURCES

KIND = APPOINTMENT.kind
_OFFERING = ("offer", "schedule")


def _by_source(facts: Facts) -> Iterator[Counted]:
    return (Counted(one, str(one.codes.get("source") or NOT_SAID)) for one in facts.sent_of(KIND))


def _offered(facts: Facts) -> Iterator[Shared]:
    """The first offer; a clock that a cancellation stopped offered nothing."""
    for ticket in facts.sent_of(KIND):
        first = next((run for run in ticket.timings if run.name == "offer"), None)
        made = {event.happened_at for event in ticket.before(facts.period.end) if event.name in _OFFERING}
        if first is not None and first.stopped_at in made and first.within is not None:
            yield Shared(ticket, "offered", first.within)


def _reached(facts: Facts) -> Cells:
    """From sending to the first call that reached the person; the first call, reached or not, is a clock (R-CLK-1)."""
    asked = list(facts.sent_of(KIND))
    contacts = [contact for ticket in asked if (contact := _first_contact(ticket, facts)) is not None]
    waits = [open_time for open_time, _ in contacts]
    return {
        "reached": {
            "share": Share(len(contacts), len(asked)),
            "median": quantile(waits, 50),
            "ninetieth": quantile(waits, 90),
            "elapsed": quantile((elapsed for _, elapsed in contacts), 50),
        }
    }


def _first_contact(ticket: TicketFacts, facts: Facts) -> tuple[int, int] | None:
    """Seconds up to it, in the hours of who owed the call and elapsed; None when it came after the cut-off."""
    sent_at, reached_at = ticket.submitted_at, ticket.codes.get("first_reached_at")
    owes = next(event.owes for event in ticket.events if event.target != "draft")
    if owes is None or not isinstance(reached_at, datetime) or reached_at >= facts.period.end:
        return None
    return facts.hours_of(owes).between(sent_at, reached_at), int((reached_at - sent_at).total_seconds())


def _kept(facts: Facts) -> Cells:
    held = sum(1 for _ in facts.happened("hold", KIND))
    absent = [event.code("absence") for _, event in facts.happened("no_show", KIND)]
    return {
        "held": {"n": held},
        **{f"absent_{code}": {"n": absent.count(code)} for code in ABSENCES},
    }


def _appointments_closed(facts: Facts) -> Iterator[Counted]:
    for ticket, event in facts.happened("close", KIND):
        if outcome := event.code("outcome"):
            yield Counted(ticket, outcome)


MEASURES = (
    Count(
        "II-5.source",
        "Demandes de rendez-vous par origine",
        "Origine",
        {**SOURCES, NOT_SAID: "non précisée"},
        of=_by_source,
    ),
    Portion(
        "II-5.offered",
        "Premiers rendez-vous proposés dans l’objectif",
        "Offre",
        {"offered": "offre faite dans l’objectif, sur celles qui ont été faites"},
        of=_offered,
    ),
    Own(
        "II-5.reached",
        "Premier contact avec la personne, sur les demandes de rendez-vous",
        "Contact",
        {"reached": "personnes jointes avant la fin de la période"},
        compute=_reached,
        shown=(
            Column("share", "Jointes", "share"),
            Column("median", "Médiane, temps ouvré", "duration"),
            Column("ninetieth", "9 sur 10 en moins de", "duration"),
            Column("elapsed", "Médiane, temps écoulé", "duration"),
        ),
        compares=("share", "median"),
        note="De l’envoi au premier appel qui a joint la personne ; le premier appel, joint ou non, est le délai "
        "de rappel.",
    ),
    Own(
        "II-5.kept",
        "Rendez-vous de la période",
        "Rendez-vous",
        {
            "held": "honorés",
            **{f"absent_{code}": f"absences {label}" for code, label in ABSENCES.items()},
        },
        compute=_kept,
        shown=(Column("n", "Nombre"),),
        compares=("n",),
    ),
    Count(
        "II-5.outcome",
        "Issue des rendez-vous clos dans la période",
        "Issue",
        OUTCOMES,
        of=_appointments_closed,
    ),
)
