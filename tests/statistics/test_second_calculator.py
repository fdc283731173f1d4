"""Two calculators, written apart, agree on every cell; stock and flow balance (R-IND-I-1 to II-7, R-RD, R-IND-I-15)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from random import Random
from typing import Any

import pytest

from service.statistics import stock
from service.statistics.facts import Facts, TicketFacts, Timing
from service.statistics.figures import MEASURES, figures_of, read, table_of, written
from service.statistics.measures import Count, Delays, Portion
from service.workflows.french import PARIS
from service.workflows.registry import WORKFLOWS
from tests import scale
from tests.statistics import slowly
from tests.statistics.walks import some_facts

SETS = scale.count(200, 5000)
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_both_calculators_agree_on_every_cell(part: int):
    """R-IND: the seed names the data set that differs."""
    for seed in range(part, SETS, PARTS):
        facts = some_facts(Random(seed))
        quick, slow = figures_of(facts), slowly.figures(facts)
        differing = {
            (name, row): (quick[name].get(row), cells)
            for name, rows in slow.items()
            for row, cells in rows.items()
            if quick[name].get(row) != cells
        }
        assert not differing, f"data set {seed}, {facts.period.label}"
        assert {name: set(rows) for name, rows in quick.items()} == {
            name: set(rows) for name, rows in slow.items()
        }


def test_nothing_that_happens_after_the_cut_off_changes_a_figure():
    """R-IND: the figures of a period are those that were known at its end, whenever they are computed."""
    cut = 0
    for seed in range(SETS // 2):
        facts = some_facts(Random(seed))
        known = replace(facts, tickets=tuple(at_the_cut_off(ticket, facts) for ticket in facts.tickets))
        cut += known != facts
        assert figures_of(facts) == figures_of(known), f"data set {seed}"
    assert cut > SETS // 10


def at_the_cut_off(ticket: TicketFacts, facts: Facts) -> TicketFacts:
    """The request as it stood: what happened later is not known yet."""
    end = facts.period.end
    events = tuple(event for event in ticket.events if event.happened_at < end)
    timings = tuple(
        run
        if run.stopped_at is not None and run.stopped_at < end
        else Timing(run.name, run.started_at, *(None,) * 5, target_at=run.target_at)
        for run in ticket.timings
        if run.started_at < end
    )
    codes = {name: code for name, code in ticket.codes.items() if not is_after(code, end)}
    if "checked_on" not in codes:
        codes.pop("rights_opened", None)
    return replace(
        ticket, codes=codes, events=events, timings=timings, state=events[-1].target, owes=events[-1].owes
    )


def is_after(code: object, end: datetime) -> bool:
    """A day or an instant that the details hold and that had not come."""
    if isinstance(code, datetime):
        return code >= end
    return isinstance(code, date) and code >= end.astimezone(PARIS).date()


def test_the_list_behind_a_figure_holds_the_requests_that_it_counts():
    """R-IND: each figure links to its requests: those counted, those of the part, those that missed the target."""
    listed = 0
    for seed in range(SETS // 4):
        facts = some_facts(Random(seed))
        for name, rows in slowly.figures(facts).items():
            for row, cells in rows.items():
                behind = list(MEASURES[name].tickets(facts, row))
                assert len(behind) == expected_behind(name, cells), f"data set {seed}: {name}, {row}"
                listed += len(behind)
    assert listed > SETS


def expected_behind(name: str, cells: Mapping[str, Any]) -> int:
    match MEASURES[name]:
        case Count():
            return cells["n"]
        case Portion():
            return cells["share"].part
        case Delays():
            return cells["within"].whole - cells["within"].part
    return 0


def test_stock_and_flow_balance_and_transfers_cancel():
    """R-IND-I-15, for every unit and for both institutions together."""
    moved = dict.fromkeys(("I-15.flows", "I-15.institution"), 0)
    for seed in range(SETS):
        facts = some_facts(Random(seed))
        for name in moved:
            rows = MEASURES[name].cells(facts)
            assert stock.unbalanced(rows) == [], f"data set {seed}"
            came, left = balanced(rows)
            assert came == left
            moved[name] += came
    assert min(moved.values()) > SETS // 10


def balanced(rows: Mapping[str, Mapping[str, Any]]) -> tuple[int, int]:
    """All that came, all that left; each row's formula holds."""
    came = left = 0
    for flow in rows.values():
        coming = flow["start"] + flow["opened"] + flow["reopened"] + flow["contested"] + flow["came"]
        assert coming - flow["ended"] - flow["left"] == flow["end"]
        came, left = came + flow["came"], left + flow["left"]
    return came, left


def test_a_state_that_moved_without_a_journal_entry_does_not_balance():
    """R-IND-I-15: a pack that does not reconcile says which units."""
    broken = 0
    for seed in range(60):
        facts = some_facts(Random(seed))
        for ticket in facts.tickets:
            last = ticket.events[-1]
            if last.happened_at >= facts.period.end or ticket.state not in WORKFLOWS[ticket.kind].live_states:
                continue
            final = min(WORKFLOWS[ticket.kind].final_states)
            gone = replace(ticket, state=final, owes=None)
            assert stock.unbalanced(stock.flows(swapped(facts, gone))) == [ticket.owes or stock.NOBODY]
            elsewhere = "vitre" if ticket.owes == "redon" else "redon"
            moved = replace(ticket, owes=elsewhere)
            found = stock.unbalanced(stock.flows(swapped(facts, moved)))
            assert set(found) == {ticket.owes or stock.NOBODY, elsewhere}
            other = next(iter(WORKFLOWS[ticket.kind].live_states - {ticket.state}))
            renamed = stock.flows(swapped(facts, replace(ticket, state=other)))
            assert stock.unbalanced(renamed) == [ticket.owes or stock.NOBODY]
            broken += 1
    assert broken > 60


def swapped(facts: Facts, other: TicketFacts) -> Facts:
    tickets = (other if ticket.id == other.id else ticket for ticket in facts.tickets)
    return replace(facts, tickets=tuple(tickets))


def test_a_request_created_closed_counts_in_what_was_opened_and_in_what_ended():
    """R-IND-I-15; no table creates one today, the formula says what it would be."""
    facts = next(facts for seed in range(99) if (facts := some_facts(Random(seed))).sent)
    ticket = facts.sent[0]
    at_once = ticket.events[0]._replace(
        source=None,
        target="closed",
        happened_at=ticket.submitted_at,
        unit="redon",
        owes=None,
    )
    only = replace(ticket, kind="urgent_rights", events=(at_once,), timings=(), state="closed", owes=None)
    facts = replace(facts, tickets=(only,))
    flow = stock.flows(facts)["redon"]
    assert (flow["opened"], flow["ended"], flow["start"], flow["end"]) == (1, 1, 0, 0)
    assert stock.unbalanced(stock.flows(facts)) == []
    assert slowly.figures(facts)["I-15.flows"] == figures_of(facts)["I-15.flows"]


def test_figures_are_stored_as_one_text_and_read_again():
    """R-IND: a frozen pack holds the very figures."""
    figures = figures_of(some_facts(Random(7)))
    assert read(written(figures)) == figures
    assert written(read(written(figures))) == written(figures)


def test_a_month_kept_before_a_figure_was_there_shows_none_of_it():
    """R-IND: nothing is computed again when a version counts something more."""
    table = table_of("0.notices", MEASURES["0.notices"].labels, "octobre 2026", {})
    assert [row.cells for row in table.rows] == [(None,)]
