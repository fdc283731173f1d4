"""The guards of `urgent_rights`, and what a broken table of any kind is refused for; its grid is in `test_grids`."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.errors import GuardRefused, NotPermitted, WrongState
from service.permissions import ROLES_OF_KIND, Actor, Institution, Role, UnitKind
from service.workflows.judging import judge, parties, possible
from service.workflows.machine import Party, Standing, State, Transition, Workflow
from service.workflows.urgent_rights import URGENT_RIGHTS

NOW = datetime(2026, 10, 26, 10, tzinfo=UTC)
UNITS = {
    UnitKind.CDAS: "cdas-redon",
    UnitKind.CAF_SECRETARIAT: "caf-secretariat",
    UnitKind.CAF_PRESTATIONS: "caf-prestations",
    UnitKind.CAF_SOCIAL: "caf-social",
    UnitKind.STEERING: "delegation",
    UnitKind.ADMINISTRATION: "administration",
}


def somebody(role: Role, unit_id: str = "") -> Actor:
    kind = next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles)
    party = Institution.CAF if kind.value.startswith("caf") else Institution.DEPARTEMENT
    return Actor(uuid4(), "Démo", party, unit_id or UNITS[kind], kind, role)


def standing(state: str, **changes: Any) -> Standing:
    usual = Standing(
        kind="urgent_rights",
        state=state,
        asking_unit_id="cdas-redon",
        assigned_unit_id="caf-prestations",
        triage_unit_kind=UnitKind.CAF_SECRETARIAT,
        now=NOW,
        limits={
            "contest": NOW + timedelta(days=1),
            "reopen": NOW + timedelta(days=1),
            "auto_close": NOW - timedelta(days=1),
        },
    )
    return dataclasses.replace(usual, **changes)


def workflow_with(*rows: Transition, states: tuple[State, ...]) -> Workflow:
    return Workflow("broken", "BR", "Cassé", states, rows, {"answer": "Réponse"})


def row(name: str, source: tuple[str, ...], target: str | None, **more: Any) -> Transition:
    system = frozenset({Party.SYSTEM})
    return Transition(
        name=name, label=name, source=source, target=target, actors=system, rule="", history="", **more
    )


@pytest.mark.parametrize(
    ("rows", "states", "problem"),
    [
        ((row("a", (), "nowhere"),), (State("s", "S", final=True),), "unknown states"),
        ((row("a", (), "s"),), (State("s", "S", final=True), State("t", "T")), "unreachable"),
        ((row("a", (), "s"),), (State("s", "S"),), "without an end"),
        ((row("a", (), "s"), row("b", ("s",), "s")), (State("s", "S", final=True),), "leaves a final state"),
        ((row("a", (), "s"), row("a", (), "s")), (State("s", "S", final=True),), "stands twice"),
        ((row("a", (), "s", starts=("answer",)),), (State("s", "S", final=True),), "run in final state"),
    ],
)
def test_a_broken_table_is_refused_when_imported(
    rows: tuple[Transition, ...], states: tuple[State, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        workflow_with(*rows, states=states)


def test_a_clock_started_twice_is_refused_when_imported() -> None:
    rows = (
        row("a", (), "s", starts=("answer",)),
        row("b", ("s",), "s", starts=("answer",)),
        row("c", ("s",), "e", stops=("answer",)),
    )
    with pytest.raises(ValueError, match="twice"):
        workflow_with(*rows, states=(State("s", "S"), State("e", "E", final=True)))


@pytest.mark.parametrize("name", [row.name for row in URGENT_RIGHTS.transitions if row.source])
@pytest.mark.parametrize("state", [state.code for state in URGENT_RIGHTS.states])
def test_what_is_not_in_the_table_is_refused_with_the_list_of_what_is(name: str, state: str) -> None:
    coded = URGENT_RIGHTS.transition(name)
    for actor in [*(somebody(role) for role in Role), None]:
        where = standing(state)
        if not coded.actors & parties(where, actor):
            with pytest.raises(NotPermitted):
                judge(URGENT_RIGHTS, name, where, actor, {})
        elif state not in coded.source:
            with pytest.raises(WrongState) as refused:
                judge(URGENT_RIGHTS, name, where, actor, {})
            assert list(refused.value.allowed) == [r.name for r in possible(URGENT_RIGHTS, where, actor)]


def test_a_cdas_is_requester_of_its_own_tickets_only() -> None:
    other = somebody(Role.CDAS_AGENT, "cdas-vitre")
    assert parties(standing("answered"), other) == {Party.CDAS}
    assert possible(URGENT_RIGHTS, standing("answered"), other) == ()


def test_triage_moves_to_the_prestations_with_its_setting() -> None:
    moved = standing("submitted", triage_unit_kind=UnitKind.CAF_PRESTATIONS)
    assert Party.TRIAGE in parties(moved, somebody(Role.CAF_AGENT))
    assert Party.TRIAGE not in parties(moved, somebody(Role.CAF_SECRETARIAT))


def test_r_ud_8_the_refuser_may_not_decide_again() -> None:
    refuser, colleague = somebody(Role.CAF_AGENT), somebody(Role.CAF_AGENT)
    second = standing("submitted", contested=True, refused_by=refuser.account_id)
    with pytest.raises(GuardRefused) as refused:
        judge(URGENT_RIGHTS, "take", second, refuser, {})
    assert refused.value.rule == "R-UD-8"
    assert not {"take", "reject", "assign"} & {r.name for r in possible(URGENT_RIGHTS, second, refuser)}
    assert judge(URGENT_RIGHTS, "take", second, colleague, {}).name == "take"


def test_r_ud_8_a_second_reading_is_asked_once_and_in_time() -> None:
    cdas = somebody(Role.CDAS_AGENT)
    assert judge(URGENT_RIGHTS, "contest", standing("rejected"), cdas, {}).target == "submitted"
    for late in (
        standing("rejected", contested=True),
        standing("rejected", limits={"contest": NOW - timedelta(seconds=1)}),
    ):
        with pytest.raises(GuardRefused):
            judge(URGENT_RIGHTS, "contest", late, cdas, {})


def test_an_agent_who_does_not_triage_assigns_to_self_only() -> None:
    agent = somebody(Role.CAF_AGENT)
    to_self = {"unit_id": agent.unit_id, "holder_id": agent.account_id}
    assert judge(URGENT_RIGHTS, "assign", standing("submitted"), agent, to_self)
    with pytest.raises(NotPermitted):
        judge(URGENT_RIGHTS, "assign", standing("submitted"), agent, {**to_self, "holder_id": uuid4()})


def test_r_clk_3_answering_for_the_cdas_takes_time_or_a_sentence() -> None:
    agent = somebody(Role.CAF_AGENT)
    waiting = standing("waiting_partner", limits={"answer_while_waiting": NOW + timedelta(hours=1)})
    with pytest.raises(GuardRefused):
        judge(URGENT_RIGHTS, "answer", waiting, agent, {})
    assert judge(URGENT_RIGHTS, "answer", waiting, agent, {"how_known": "Par courrier."})
    waited = dataclasses.replace(waiting, limits={"answer_while_waiting": NOW})
    assert judge(URGENT_RIGHTS, "answer", waited, agent, {})


def test_nothing_is_asked_of_an_unknown_cdas() -> None:
    secretariat = somebody(Role.CAF_SECRETARIAT)
    unknown = standing("submitted", asking_unit_id=None)
    with pytest.raises(GuardRefused):
        judge(URGENT_RIGHTS, "assign", unknown, secretariat, {})
    assert {r.name for r in possible(URGENT_RIGHTS, unknown, secretariat)} == {"complete", "reject"}
