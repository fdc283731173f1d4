"""`co_intervention`: the statement, both opinions, who passes it on, what the regime changes (R-CI)."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.errors import GuardRefused, NotPermitted, WrongState
from service.permissions import Actor, Institution, Role, UnitKind
from service.workflows import diagram
from service.workflows.co_intervention import CO_INTERVENTION, opinion_errors, statement_errors
from service.workflows.judging import judge, possible
from service.workflows.machine import Standing, clock_positions

DAY = date(2026, 10, 26)
CDAS = Actor(
    uuid4(), "Démo Un", Institution.DEPARTEMENT, "cdas-redon", UnitKind.CDAS, Role.CDAS_AGENT, named=True
)
WORKER = Actor(uuid4(), "Démo Deux", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
DESK = Actor(
    uuid4(), "Démo Trois", Institution.CAF, "caf-secretariat", UnitKind.CAF_SECRETARIAT, Role.CAF_SECRETARIAT
)
TO_CAF = Standing(
    kind="co_intervention",
    state="submitted",
    asking_unit_id="cdas-redon",
    asking_unit_kind=UnitKind.CDAS,
    assigned_unit_id=None,
    triage_unit_id="caf-secretariat",
    triage_unit_kind=UnitKind.CAF_SECRETARIAT,
    now=datetime(2026, 10, 26, 10, tzinfo=UTC),
    facts={"regime": "ordinary"},
)
FORWARDED = replace(TO_CAF, state="forwarded", assigned_unit_id="caf-social", holder_id=WORKER.account_id)
TO_CDAS = replace(
    TO_CAF,
    asking_unit_id="caf-social",
    asking_unit_kind=UnitKind.CAF_SOCIAL,
    assigned_unit_id="cdas-redon",
    triage_unit_id="cdas-redon",
    triage_unit_kind=UnitKind.CDAS,
)


def given(**changes: Any) -> dict[str, Any]:
    return {
        "regime": "ordinary",
        "need": "complexity",
        "need_detail": "Budget et séparation à la fois.",
        "asking_opinion_on": DAY,
        "asking_participants": "Équipe Démo",
        "asking_opinion": "Utile à la famille.",
        "cdas_professional": "Camille Exemple",
        "scope_event": "none",
        **changes,
    }


def names(standing: Standing, actor: Actor) -> set[str]:
    return {row.name for row in possible(CO_INTERVENTION, standing, actor)}


@pytest.mark.parametrize(
    ("changes", "to_caf", "wrong"),
    [
        ({}, True, set()),
        ({"asking_opinion_on": None}, True, {"asking_opinion_on"}),
        ({"asking_opinion_on": date(2026, 10, 27)}, True, {"asking_opinion_on"}),
        (
            {"asking_opinion": None, "asking_participants": None},
            False,
            {"asking_opinion", "asking_participants"},
        ),
        ({"need": None, "regime": "rsa", "asking_opinion_on": None, "asking_opinion": None}, True, set()),
        ({"need": None}, False, {"need"}),
        ({"cdas_professional": None}, True, {"cdas_professional"}),
        ({"cdas_professional": None, "scope_event": None}, False, set()),
        ({"scope_event": None}, True, {"scope_event"}),
        ({"scope_event": "separation"}, True, {"scope_event_on"}),
    ],
)
def test_r_ci_4_the_asking_side_gives_its_dated_opinion_unless_r_ci_2(
    changes: dict[str, Any], to_caf: bool, wrong: set[str]
) -> None:
    assert set(statement_errors(given(**changes), to_caf, DAY)) == wrong


@pytest.mark.parametrize(
    ("record", "regime", "to_caf", "wrong"),
    [
        ({"opinion": "favourable"}, "ordinary", True, set()),
        ({"opinion": "favourable"}, "ordinary", False, {"cdas_professional"}),
        ({"opinion": "favourable", "cdas_professional": "Exemple"}, "ordinary", True, {"cdas_professional"}),
        ({"opinion": "unfavourable"}, "ordinary", True, {"opinion_reason"}),
        ({}, "ordinary", True, {"opinion"}),
        ({}, "child_protection", True, set()),
        ({"opinion": "favourable", "exchange_on": date(2026, 10, 24)}, "ordinary", True, {"exchange_on"}),
    ],
)
def test_r_ci_4_the_receiving_side_records_its_own(
    record: dict[str, Any], regime: str, to_caf: bool, wrong: set[str]
) -> None:
    asked = {"exchange_on": DAY, "participants": "Équipe Démo", **record}
    assert set(opinion_errors(asked, {"regime": regime}, to_caf, DAY, date(2026, 10, 25))) == wrong


def test_r_ci_4_an_opinion_is_recorded_once_and_by_the_receiving_side_only() -> None:
    assert "record_opinion" in names(FORWARDED, WORKER)
    with pytest.raises(NotPermitted):
        judge(CO_INTERVENTION, "record_opinion", FORWARDED, CDAS, {})
    with pytest.raises(WrongState):
        judge(CO_INTERVENTION, "record_opinion", replace(FORWARDED, state="validated"), WORKER, {})


def test_r_ci_3_the_secretariat_passes_on_at_the_caf_the_cdas_itself() -> None:
    assert {"forward", "decline"} <= names(TO_CAF, DESK)
    assert names(FORWARDED, WORKER) == {"record_opinion", "reassign"}
    assert {"forward", "decline"} <= names(TO_CDAS, CDAS)
    with pytest.raises(GuardRefused, match="concertation"):
        judge(CO_INTERVENTION, "forward", TO_CDAS, CDAS, {"holder_id": CDAS.account_id})
    with pytest.raises(GuardRefused, match="travailleur social"):
        judge(CO_INTERVENTION, "forward", TO_CAF, DESK, {"concertation_on": DAY})


@pytest.mark.parametrize("regime", ["child_protection", "rsa"])
def test_r_ci_2_nothing_is_judged_under_these_regimes(regime: str) -> None:
    standing = replace(FORWARDED, facts={"regime": regime})
    with pytest.raises(GuardRefused, match="Aucun avis"):
        judge(CO_INTERVENTION, "record_opinion", standing, WORKER, {"opinion": "favourable"})
    with pytest.raises(GuardRefused, match="pertinence"):
        judge(CO_INTERVENTION, "decline", standing, DESK, {"decline_reason": "not_relevant"})
    assert (
        judge(CO_INTERVENTION, "decline", standing, DESK, {"decline_reason": "out_of_scope"}).name
        == "decline"
    )


def test_r_pr_5_no_relay_to_the_caf_ends_a_co_intervention_of_child_protection() -> None:
    active = replace(FORWARDED, state="active", facts={"regime": "child_protection"})
    with pytest.raises(GuardRefused) as refused:
        judge(CO_INTERVENTION, "end", active, CDAS, {"outcome": "relay_to_caf"})
    assert refused.value.rule == "R-PR-5"
    assert judge(CO_INTERVENTION, "end", active, CDAS, {"outcome": "relay_to_cdas"}).name == "end"


def test_the_other_state_of_a_row_is_reached_drawn_and_written() -> None:
    reached = {(state, running) for state, running, _ in clock_positions(CO_INTERVENTION)}
    assert ("declined", frozenset[str]()) in reached
    page = diagram.page(CO_INTERVENTION)
    assert len(re.findall(r"forwarded --> (?:validated|declined) : Enregistrer l’avis", page)) == 2
    assert "forwarded → validated ou declined" in page
    assert "démarre la première fois first_exchange" in page
