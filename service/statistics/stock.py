"""What was open at the end and how it came to that: ages, states, stock and flow (R-IND-I-7, R-IND-I-15). Pure.

A unit's stock is what it owes the next step of. While nobody owes one – a co-intervention under way – the request
stands in a line of its own. Notices of child protection are in none of these figures (R-PE-4).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from service.statistics.document import Cell, Column
from service.statistics.facts import OUT_OF_FIGURES, Event, Facts, TicketFacts
from service.statistics.measures import Cells, Count, Counted, Labels, Own
from service.statistics.volet_one import kinds
from service.workflows.registry import WORKFLOWS

AGES: Labels = {"0-2": "0 à 2 jours", "3-5": "3 à 5 jours", "6-10": "6 à 10 jours", "11+": "plus de 10 jours"}
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


def _open_at_the_end(facts: Facts) -> Iterator[tuple[TicketFacts, Event, str]]:
    """Each open ticket with its last event and its age class, in the hours of who owes, else of who asked."""
    for ticket in facts.tickets:
        last = ticket.last_before(facts.period.end)
        if last is None or last.target not in WORKFLOWS[ticket.kind].live_states:
            continue
        unit = last.owes or ticket.asking
        if unit is not None:
            last_instant = facts.period.end - timedelta(seconds=1)  # the end itself lies in the next day
            days = facts.hours_of(unit).open_days_between(ticket.submitted_at, last_instant)
            yield ticket, last, age_class(days)


def _by_age(facts: Facts) -> Iterator[Counted]:
    return (Counted(ticket, ticket.kind, age) for ticket, _, age in _open_at_the_end(facts))


def _by_state(facts: Facts) -> Iterator[Counted]:
    return (
        Counted(ticket, f"{ticket.kind}.{last.target}", age) for ticket, last, age in _open_at_the_end(facts)
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


PlaceOf: TypeAlias = Callable[[str | None], str]
"""Where a ticket stands, by the unit that owes its next step."""


def by_unit(owes: str | None) -> str:
    """The unit itself."""
    return owes or NOBODY


def flows(facts: Facts, place_of: PlaceOf = by_unit) -> Mapping[str, Mapping[str, int]]:
    """Stock at the start and at the end and every flow between, by place; 0 where nothing stood or moved."""
    units = (*facts.units, None)
    found = {place_of(unit): dict.fromkeys(FLOWS, 0) for unit in units}
    for ticket in facts.tickets:
        if (place := _stands(ticket, facts.period.start, place_of)) is not None:
            found[place]["start"] += 1
        if (place := _stands_at_the_end(ticket, facts, place_of)) is not None:
            found[place]["end"] += 1
        _follow(ticket, facts, place_of, found)
    return found


def _stands(ticket: TicketFacts, instant: datetime, place_of: PlaceOf) -> str | None:
    last = ticket.last_before(instant)
    live = last is not None and last.target in WORKFLOWS[ticket.kind].live_states
    return place_of(last.owes) if last is not None and live else None


def _stands_at_the_end(ticket: TicketFacts, facts: Facts, place_of: PlaceOf) -> str | None:
    """By the ticket itself where nothing happened since: where its journal says otherwise, flows do not add up."""
    if not ticket.events or ticket.events[-1].happened_at >= facts.period.end:
        return _stands(ticket, facts.period.end, place_of)
    live = ticket.state in WORKFLOWS[ticket.kind].live_states
    return place_of(ticket.owes) if live else None


def _follow(
    ticket: TicketFacts, facts: Facts, place_of: PlaceOf, found: Mapping[str, dict[str, int]]
) -> None:
    live = WORKFLOWS[ticket.kind].live_states
    place: str | None = None
    for event in ticket.events:
        before, place = place, place_of(event.owes) if event.target in live else None
        if not facts.period.start <= event.happened_at < facts.period.end:
            continue
        if before is None and place is not None:
            found[place][_COMING_BACK.get(event.name, "opened")] += 1
        elif before is not None and place is None:
            found[before]["ended"] += 1
        elif before is not None and place is not None and before != place:
            found[before]["left"] += 1
            found[place]["came"] += 1
        elif _is_sent_and_ended(ticket, event):
            found[place_of(event.unit)]["opened"] += 1
            found[place_of(event.unit)]["ended"] += 1


def _is_sent_and_ended(ticket: TicketFacts, event: Event) -> bool:
    """Created closed: it counts in what was opened and in what ended."""
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
        split=AGES,
    ),
    Count(
        "I-7.state",
        "Demandes ouvertes à la fin de la période, selon leur état",
        "État",
        states(),
        of=_by_state,
        split=AGES,
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
