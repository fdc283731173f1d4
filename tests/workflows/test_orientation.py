"""`orientation`: the advice against the choice, one's own service, who confides a fiche (R-OR)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.permissions import Actor, Institution, Role, UnitKind
from service.workflows.judging import possible
from service.workflows.machine import Standing
from service.workflows.orientation import (
    ORIENTATION,
    Followed,
    advise_on,
    field_errors,
    own_service_error,
    unfollowed_error,
)

DAY = date(2026, 10, 26)
WORKER = Actor(uuid4(), "Démo", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
STANDING = Standing(
    kind="orientation",
    state="sent",
    asking_unit_id="cdas-redon",
    asking_unit_kind=UnitKind.CDAS,
    assigned_unit_id="caf-social",
    triage_unit_id="caf-secretariat",
    triage_unit_kind=UnitKind.CAF_SECRETARIAT,
    now=datetime(2026, 10, 26, 10, tzinfo=UTC),
)


def given(**changes: Any) -> dict[str, Any]:
    return {"reason": "accompagnement", "accompanied_by": "nobody", "to_service": "cdas", **changes}


SEPARATED = {
    "scope_event": "separation",
    "scope_event_on": date(2026, 1, 10),
    "has_children": True,
    "is_allocataire": True,
}


@pytest.mark.parametrize(
    ("asked", "followed", "advised", "rule"),
    [
        (given(), Followed(), "cdas", "R-OR-1"),
        (given(**SEPARATED), Followed(), "caf_social", "R-OR-1"),
        (given(reason="droits_caf", accompanied_by="cdas_same"), Followed(), "prestations", "R-OR-1"),
        (given(**SEPARATED), Followed(closed=True), "cdas", "R-OR-2"),
        (given(**SEPARATED), Followed(open=True), "referent", "R-OR-2"),
        (given(reason="instruction_fsl", accompanied_by="external"), Followed(), "referent", "R-OR-4"),
        (given(reason="remplissage_dossier"), Followed(), "prestations", "R-OR-5"),
    ],
)
def test_the_assistant_says_where_and_under_which_rule(
    asked: dict[str, Any], followed: Followed, advised: str, rule: str
) -> None:
    """R-OR-1, R-OR-2, R-OR-4, R-OR-5."""
    advice = advise_on(asked, DAY, followed).advice

    assert (advice.service, advice.rule) == (advised, rule)


@pytest.mark.parametrize(
    ("who", "follows"),
    [
        ("caf_worker", {"caf_social"}),
        ("cdas_same", {"cdas"}),
        ("cdas_other", {"cdas"}),
        ("external", set()),
    ],
)
def test_the_referent_decides_which_service_follows_the_advice(who: str, follows: set[str]) -> None:
    """R-OR-2, R-OR-4."""
    qualified = advise_on(given(accompanied_by=who), DAY, Followed())

    assert {to for to in ("prestations", "cdas", "caf_social") if qualified.followed_by(to)} == follows


def test_against_the_advice_a_reason_is_asked_and_nothing_is_blocked() -> None:
    """R-OR-1."""
    elsewhere = given(**SEPARATED, to_service="cdas")
    qualified = advise_on(elsewhere, DAY, Followed())

    assert "service social de la Caf" in unfollowed_error(qualified, elsewhere)["reason_not_followed"][0]
    assert unfollowed_error(qualified, {**elsewhere, "reason_not_followed": "Elle préfère le CDAS."}) == {}
    assert unfollowed_error(qualified, {**elsewhere, "to_service": "caf_social"}) == {}


def test_an_outside_service_is_named_and_an_event_is_dated() -> None:
    found = field_errors(given(accompanied_by="external", scope_event="death_parent"), DAY)

    assert set(found) == {"accompanied_by_name", "scope_event_on"}


@pytest.mark.parametrize(
    ("to_service", "asking", "same", "refused"),
    [
        ("cdas", UnitKind.CDAS, True, {"receiving_unit"}),
        ("cdas", UnitKind.CDAS, False, set()),
        ("prestations", UnitKind.CAF_PRESTATIONS, False, {"to_service"}),
        ("caf_social", UnitKind.CAF_SECRETARIAT, False, {"to_service"}),
        ("caf_social", UnitKind.CAF_PRESTATIONS, False, set()),
    ],
)
def test_nobody_orients_towards_their_own_service(
    to_service: str, asking: UnitKind, same: bool, refused: set[str]
) -> None:
    assert set(own_service_error(to_service, asking, same)) == refused


@pytest.mark.parametrize(("holder", "may"), [(None, True), (WORKER.account_id, True), (uuid4(), False)])
def test_a_colleague_s_fiche_is_theirs_to_confide(holder: Any, may: bool) -> None:
    """R-OR-2."""
    rows = {row.name for row in possible(ORIENTATION, replace(STANDING, holder_id=holder), WORKER)}

    assert rows == {"receive", "judge"} | ({"reassign"} if may else set())
