"""`handover`: agreement, cases, communication, the two confirmations, silence (R-PR)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.errors import GuardRefused, NotPermitted
from service.permissions import Actor, Institution, Role, UnitKind
from service.workflows.handover import (
    HANDOVER,
    INSTEAD,
    as_co_intervention,
    known_for_child_protection,
    statement_errors,
)
from service.workflows.judging import judge, possible
from service.workflows.machine import Standing

DAY = date(2026, 10, 26)
NOW = datetime(2026, 10, 26, 10, tzinfo=UTC)
GIVER = Actor(uuid4(), "Démo Un", Institution.DEPARTEMENT, "cdas-redon", UnitKind.CDAS, Role.CDAS_AGENT)
TAKER = Actor(uuid4(), "Démo Deux", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
FORWARDED = Standing(
    kind="handover",
    state="forwarded",
    asking_unit_id="cdas-redon",
    asking_unit_kind=UnitKind.CDAS,
    assigned_unit_id="caf-social",
    triage_unit_id="caf-secretariat",
    triage_unit_kind=UnitKind.CAF_SECRETARIAT,
    now=NOW,
    limits={"silence": NOW},
)


def given(**changes: Any) -> dict[str, Any]:
    return {
        "agreed_on": DAY,
        "agreement_collected_by": "Camille Exemple",
        "regime": "ordinary",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": DAY,
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "scope_event": "none",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "to_caf", "wrong"),
    [
        ({}, True, set()),
        ({"agreed_on": None, "told_on": DAY}, True, {"ground"}),
        ({"agreement_collected_by": None}, False, {"agreement_collected_by"}),
        ({"relay_case": "lasting_difficulties"}, True, {"relay_case"}),
        ({"relay_case": "lasting_difficulties"}, False, set()),
        ({"relay_case": "trust_and_event"}, False, {"relay_case"}),
        ({"relay_case": "other"}, False, {"relay_case_detail"}),
        ({"known_to_receiver": "many"}, True, set()),
        (
            {"communication": None, "communication_content": None},
            True,
            {"communication", "communication_content"},
        ),
        ({"communicated_on": date(2026, 10, 27)}, True, {"communicated_on"}),
        ({"regime": "rsa"}, True, set()),
        ({"scope_event": None}, True, {"scope_event"}),
    ],
)
def test_r_pr_1_2_3_what_a_relay_says_before_it_leaves(
    changes: dict[str, Any], to_caf: bool, wrong: set[str]
) -> None:
    assert set(statement_errors(given(**changes), to_caf, DAY)) == wrong


def test_r_pr_5_child_protection_is_refused_towards_the_caf_only_and_what_was_typed_is_kept() -> None:
    typed = given(regime="child_protection", last_name="Exemple")
    refusal = known_for_child_protection(True, typed)
    assert refusal is not None
    assert (refusal.code, refusal.rule) == (INSTEAD, "R-PR-5")
    assert known_for_child_protection(False, typed) is None
    assert known_for_child_protection(True, given(regime="rsa")) is None
    assert as_co_intervention(typed) == {
        "agreed_on": DAY,
        "last_name": "Exemple",
        "need_detail": "Situation présentée au téléphone.",
        "regime": "child_protection",
        "scope_event": "none",
    }


@pytest.mark.parametrize(("actor", "fact"), [(GIVER, "giver_confirmed"), (TAKER, "receiver_confirmed")])
def test_r_pr_6_each_side_confirms_once(actor: Actor, fact: str) -> None:
    accepted = replace(
        FORWARDED, state="accepted", facts={"giver_confirmed": False, "receiver_confirmed": False}
    )
    assert judge(HANDOVER, "confirm", accepted, actor, {}).name == "confirm"
    done = replace(accepted, facts={**accepted.facts, fact: True})
    with pytest.raises(GuardRefused, match="déjà confirmé"):
        judge(HANDOVER, "confirm", done, actor, {})
    other = TAKER if actor is GIVER else GIVER
    assert judge(HANDOVER, "confirm", done, other, {}).name == "confirm"


def test_r_pr_6_silence_brings_it_back_once_the_target_has_passed_without_exchange() -> None:
    assert judge(HANDOVER, "return_silent", FORWARDED, None, {}).target == "submitted"
    for waiting in (
        replace(FORWARDED, now=NOW - timedelta(seconds=1)),
        replace(FORWARDED, limits={}),
        replace(FORWARDED, facts={"exchanged": True}),
    ):
        assert not possible(HANDOVER, waiting, None)


def test_r_pr_1_the_receiver_stops_it_only_when_the_agreement_is_withdrawn() -> None:
    with pytest.raises(NotPermitted):
        judge(HANDOVER, "cancel", FORWARDED, TAKER, {"cancel_reason": "other"})
    assert judge(HANDOVER, "cancel", FORWARDED, TAKER, {"cancel_reason": "withdrawn"}).name == "cancel"
    assert judge(HANDOVER, "cancel", FORWARDED, GIVER, {"cancel_reason": "other"}).name == "cancel"
