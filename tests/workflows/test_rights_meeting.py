"""`rights_meeting`: three calendar months, whose meeting it is, who confides it, the lists of fiche 1 (R-RD)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from service.permissions import Actor, Institution, Role, UnitKind
from service.schemas.rights_meeting import ACTS
from service.workflows.judging import possible
from service.workflows.machine import Standing
from service.workflows.rights_meeting import (
    CAF_RIGHTS,
    CODES,
    RIGHTS,
    RIGHTS_MEETING,
    TARGET_GROUPS,
    check_due_on,
)

WORKER = Actor(UUID(int=1), "Démo", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
HEAD = replace(WORKER, account_id=UUID(int=2), role=Role.CAF_HEAD)
STANDING = Standing(
    kind="rights_meeting",
    state="scheduled",
    asking_unit_id="cdas-redon",
    assigned_unit_id="caf-social",
    triage_unit_kind=UnitKind.CAF_SECRETARIAT,
    triage_unit_id="caf-secretariat",
    asking_unit_kind=UnitKind.CDAS,
    now=datetime(2026, 11, 17, 9, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("held_on", "due_on"),
    [
        (date(2026, 11, 17), date(2027, 2, 17)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 12, 31), date(2027, 3, 31)),
    ],
)
def test_r_rd_the_check_is_due_three_calendar_months_later(held_on: date, due_on: date) -> None:
    assert check_due_on(held_on) == due_on


def test_r_rd_the_codes_and_the_four_target_groups_are_those_of_fiche_1() -> None:
    assert list(CODES) == ["87", "88", "89"]
    assert len(TARGET_GROUPS) == 4
    assert set(CAF_RIGHTS) < set(RIGHTS)
    assert {"fsl", "css", "ass", "energy", "ccas"} <= set(RIGHTS) - set(CAF_RIGHTS)


@pytest.mark.parametrize(
    ("actor", "holder", "acts"),
    [
        (WORKER, WORKER.account_id, {"schedule", "hold", "cancel", "reassign"}),
        (WORKER, None, {"schedule", "hold", "cancel", "reassign"}),
        (WORKER, UUID(int=9), {"cancel"}),
        (HEAD, UUID(int=9), {"schedule", "hold", "cancel", "reassign"}),
    ],
)
def test_a_worker_holds_their_own_meetings_and_the_head_all(
    actor: Actor, holder: UUID | None, acts: set[str]
) -> None:
    """roles.md: rights_meeting, schedule, hold, check: caf_ts O, caf_head S."""
    assert {row.name for row in possible(RIGHTS_MEETING, replace(STANDING, holder_id=holder), actor)} == acts


def test_every_act_has_its_form() -> None:
    assert set(ACTS) == {row.name for row in RIGHTS_MEETING.acts_of_people()}
