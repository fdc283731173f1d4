"""Each kind's table against the grid written by hand from the convention, and the closing properties of all tables.

A grid's line: name | states it starts from | target, and the other one | parties. A target left empty, or `-` before
another one, means that the state stays.
"""

from pathlib import Path

import pytest

from service.schemas.kinds import ACTS
from service.workflows.machine import Workflow, clock_positions
from service.workflows.registry import WORKFLOWS

GRIDS = Path(__file__).with_name("grids")

Row = tuple[frozenset[str], str | None, str | None, frozenset[str]]
every_kind = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=lambda workflow: str(workflow.kind))


def grid(kind: str) -> dict[str, Row]:
    lines = (GRIDS / f"{kind}.txt").read_text(encoding="utf-8").splitlines()
    rows: dict[str, Row] = {}
    for line in filter(str.strip, lines):
        name, source, targets, who = (part.strip() for part in line.split("|"))
        assert name not in rows, f"{name} stands twice"
        target, instead = [None if word == "-" else word for word in [*targets.split(), "-", "-"][:2]]
        rows[name] = (frozenset(source.split()), target, instead, frozenset(who.split()))
    return rows


def table(workflow: Workflow) -> dict[str, Row]:
    return {
        row.name: (frozenset(row.source), row.target, row.instead, frozenset(map(str, row.actors)))
        for row in workflow.transitions
    }


def test_every_kind_has_its_grid() -> None:
    assert {path.stem for path in GRIDS.glob("*.txt")} == set(WORKFLOWS)


@every_kind
def test_the_table_is_the_grid_written_by_hand(workflow: Workflow) -> None:
    assert table(workflow) == grid(workflow.kind)


@every_kind
def test_no_sequence_leaves_a_clock_running_in_a_final_state_or_where_nobody_owes(workflow: Workflow) -> None:
    """Explored over every reachable (state, running clocks, paused clocks), R-CLK-1."""
    positions = clock_positions(workflow)
    assert {state for state, _, _ in positions} == {state.code for state in workflow.states}
    for code, running, paused in positions:
        state = workflow.state(code)
        assert not (running and state.final), (code, running)
        assert not running or state.owes is not None, (code, running)
        assert paused <= running, (code, paused)


@every_kind
def test_every_act_of_a_person_has_its_form(workflow: Workflow) -> None:
    """Each actor can do each transition from a screen and from the API; what is sent states its own questions."""
    forms = ACTS[workflow.kind]
    assert {row.name for row in workflow.acts_of_people()} - {workflow.sends} == set(forms)
    for name, schema in forms.items():
        assert set(schema().fields) == set(workflow.transition(name).asks), name


@every_kind
def test_every_row_asks_for_what_it_says_and_notes(workflow: Workflow) -> None:
    for row in workflow.transitions:
        assert {row.says, *row.notes} - {""} <= set(row.asks), row.name


@every_kind
def test_only_named_transitions_leave_a_final_state(workflow: Workflow) -> None:
    leaving = {row.name for row in workflow.transitions if set(row.source) & workflow.final_states}
    assert leaving == ({"reopen", "contest"} if workflow.kind == "urgent_rights" else set())


@pytest.mark.parametrize("kind", sorted(set(WORKFLOWS) - {"urgent_rights"}))
def test_whoever_owes_something_is_told_what(kind: str) -> None:
    """An urgent_rights request says it in the words of its own page."""
    for state in WORKFLOWS[kind].states:
        assert bool(state.duty) == (state.owes is not None), state.code
