"""What was open at the end and how it came to that: ages, states, stock and flow (R-IND-I-7, R-IND-I-15). Pure.

A unit's stock is what it owes the next step of. While nobody owes one – a co-intervention under way – the request
stands in a line of its own. Notices of child protection are in none of these figures (R-PE-4).
"""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, TypeAlias

from service.statistics.document import Cell, Column
from service.statistics.facts import OUT_OF_FIGURES, Event, Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Labels, Own
from service.statistics.volet_one import kinds
from service.workflows.registry import WORKFLOWS
from service.workflows.rights_meeting import RIGHTS_MEETING

AGES: Labels = {"0-2": "0 à 2 jours", "3-5": "3 à 5 jours", "6-10": "6 à 10 jours", "11+": "plus de 10 jours"}
TO_BE_CHECKED = "to_be_checked"
CLASSES: Labels = {**AGES, TO_BE_CHECKED: "avant la vérification à trois mois"}
"""The ages, and apart the rendez-vous des droits held less than three months ago: nothing is owed meanwhile (R-RD)."""
NOBODY = "nobody"
FLOWS: Labels = {
    "start": "Ouvertes au début",
    "opened": "Envoyées",
    "reopened": "Rouvertes",
    "contested": "En seconde lecture",
    "came": "Arrivées d’un autre",
    "ended": "Terminées",
    "left": "Passées à un autre",
    "end": "Ouvertes à la fin",
}
_COMING_BACK = {"reopen": "reopened", "contest": "contested"}


def age_class(open_days: int) -> str:
    """The class of an age in business days."""
    return "0-2" if open_days <= 2 else "3-5" if open_days <= 5 else "6-10" if open_days <= 10 else "11+"


def _open_at_the_end(facts: Facts) -> list[tuple[TicketFacts, Event, str]]:
    """Each open ticket with its last event and its class, by the hours of who owes, else of who asked."""
    found = []
    for ticket in facts.tickets:
        last = ticket.last_before(facts.period.end)
        if last is None or last.target not in WORKFLOWS[ticket.kind].live_states:
            continue
        unit = last.owes or ticket.asking
        if (ticket.kind, last.target) == (RIGHTS_MEETING.kind, "held"):
            found.append((ticket, last, TO_BE_CHECKED))
        elif unit is not None:
            last_instant = facts.period.end - timedelta(seconds=1)  # the end itself lies in the next day
            days = facts.hours_of(unit).open_days_between(_aging_since(ticket, last_instant), last_instant)
            found.append((ticket, last, age_class(days)))
    return found


def _aging_since(ticket: TicketFacts, instant: datetime) -> datetime:
    """When it was sent; a check, which nobody could make before, ages since it fell due."""
    due = [event.happened_at for event in ticket.before(instant) if event.name == "fall_due"]
    return due[-1] if due else ticket.submitted_at


def _by_age(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.kind, age) for ticket, _, age in facts.once(_open_at_the_end))


def _by_state(facts: Facts) -> Iterator[Counted]:
    return (
        Counted(ticket, f"{ticket.kind}.{last.target}", age)
        for ticket, last, age in facts.once(_open_at_the_end)
    )


def states() -> Labels:
    """Every state in which a request is open, kind by kind."""
    return {
        f"{kind}.{state.code}": f"{workflow.label} – {state.label[:1].lower()}{state.label[1:]}"
        for kind, workflow in WORKFLOWS.items()
        if kind != OUT_OF_FIGURES
        for state in workflow.states
        if state.code in workflow.live_states
    }


class Move(NamedTuple):
    """A request in a stock or a flow. `owes`: who owes its step – after it came, before it ended; `then`: who after."""

    flow: str
    owes: str | None
    then: str | None = None


PASSED = "passed"
PlaceOf: TypeAlias = Callable[[str | None], str]
"""Where a ticket stands, by the unit that owes its next step."""


def by_unit(owes: str | None) -> str:
    """The unit itself."""
    return owes or NOBODY


def flows(facts: Facts, place_of: PlaceOf = by_unit) -> Mapping[str, Mapping[str, int]]:
    """Stock at the start and at the end and every flow between, by place; 0 where nothing stood or moved."""
    found = {place_of(unit): dict.fromkeys(FLOWS, 0) for unit in (*facts.units, None)}
    for move, number in facts.once(_moves).items():
        place, then = place_of(move.owes), place_of(move.then)
        if move.flow != PASSED:
            found[place][move.flow] += number
        elif place != then:
            found[place]["left"] += number
            found[then]["came"] += number
    return found


def _moves(facts: Facts) -> Counter[Move]:
    """Of all tickets, each looked at once; the end by its own row, everything else by its journal (R-IND-I-15)."""
    found: Counter[Move] = Counter()
    start, end = facts.period.start, facts.period.end
    for ticket in facts.tickets:
        live = WORKFLOWS[ticket.kind].live_states
        first, last = ticket.last_before(start), ticket.last_before(end)
        if first is not None and first.target in live:
            found[Move("start", first.owes)] += 1
        if last is not None:
            found.update(_standing(ticket, last, live))
        for before, event in zip((None, *ticket.events), ticket.events, strict=False):
            if start <= event.happened_at < end:
                found.update(_moved(ticket, before, event, live))
    return found


def _standing(ticket: TicketFacts, last: Event, live: Container[str]) -> Iterator[Move]:
    """Where it stands at the end: by the row itself where nothing happened since, so that flows have to lead there.

    A row that tells another state than its journal stands elsewhere, or nowhere: the unit does not balance.
    """
    if last is not ticket.events[-1]:
        if last.target in live:
            yield Move("end", last.owes)
    elif ticket.state in live and (
        ticket.state == last.target or last.target not in live or ticket.owes != last.owes
    ):
        yield Move("end", ticket.owes)


def _moved(ticket: TicketFacts, before: Event | None, event: Event, live: Container[str]) -> Iterator[Move]:
    """What an event changed of the stock. What is created closed counts in what was opened and in what ended."""
    stood, stands = before is not None and before.target in live, event.target in live
    if before is not None and stood:
        if not stands:
            yield Move("ended", before.owes)
        elif before.owes != event.owes:
            yield Move(PASSED, before.owes, event.owes)
    elif stands:
        yield Move(_COMING_BACK.get(event.name, "opened"), event.owes)
    elif _is_created_closed(ticket, event):
        yield from (Move("opened", event.unit), Move("ended", event.unit))


def _is_created_closed(ticket: TicketFacts, event: Event) -> bool:
    final = event.target in WORKFLOWS[ticket.kind].final_states
    return final and event.source in (None, "draft") and event.happened_at == ticket.submitted_at


def unbalanced(rows: Mapping[str, Mapping[str, Cell]]) -> list[str]:
    """The units whose flows do not lead from the first stock to the last, and « all » when transfers do not cancel."""
    numbers = {
        unit: {name: number for name, number in flow.items() if isinstance(number, int)}
        for unit, flow in rows.items()
    }
    wrong = [unit for unit, flow in numbers.items() if _expected(flow) != flow["end"]]
    if sum(flow["came"] for flow in numbers.values()) != sum(flow["left"] for flow in numbers.values()):
        wrong.append("all")
    return wrong


def _expected(flow: Mapping[str, int]) -> int:
    coming = ("start", "opened", "reopened", "contested", "came")
    return sum(flow[name] for name in coming) - flow["ended"] - flow["left"]


def _by_institution(facts: Facts) -> Cells:
    def institution(owes: str | None) -> str:
        if owes is None or owes not in facts.units:
            return NOBODY
        return "departement" if facts.units[owes].side == "cdas" else "caf"

    return flows(facts, institution)


class _AllUnits(Own):
    """Rows: every unit that may owe a step, and the requests of which nobody owes one."""

    @property
    def by_unit(self) -> bool:
        """Rows are units, though the last one is not."""
        return True

    def rows(self, facts: Facts) -> Labels:
        """The units, the CDAS first."""
        return {code: unit.name for code, unit in facts.units.items()} | {NOBODY: NEITHER}


NEITHER = "Personne : aucune étape n’est due"
INSTITUTIONS: Labels = {"departement": "Département", "caf": "Caf", NOBODY: NEITHER}
SHARED_FLOWS = ("opened", "reopened", "contested", "ended", "end")
"""By unit, transfers are left out: with them, two packs together would give small stocks away."""

MEASURES = (
    Count(
        "I-7.age",
        "Demandes ouvertes à la fin de la période, selon leur âge en jours ouvrés",
        "Type de demande",
        kinds(),
        of=_by_age,
        split=CLASSES,
    ),
    Count(
        "I-7.state",
        "Demandes ouvertes à la fin de la période, selon leur état",
        "État",
        states(),
        of=_by_state,
        split=CLASSES,
    ),
    Own(
        "I-15.institution",
        "D’un stock à l’autre",
        "Institution",
        INSTITUTIONS,
        compute=_by_institution,
        shown=tuple(Column(key, label) for key, label in FLOWS.items()),
        sums="Ensemble",
        note="Ce qu’une institution passe à l’autre en part et arrive chez l’autre : dans l’ensemble, cela s’annule.",
    ),
    _AllUnits(
        "I-15.unit",
        "Demandes dont l’étape revient à chaque service",
        "Service",
        compute=flows,
        shown=tuple(Column(key, FLOWS[key]) for key in SHARED_FLOWS),
        sums="Ensemble",
    ),
    _AllUnits(
        "I-15.flows",
        "D’un stock à l’autre, par service",
        "Service",
        compute=flows,
        shown=tuple(Column(key, label) for key, label in FLOWS.items()),
        sums="Ensemble",
    ),
)
