"""`child_protection_notice`: no row takes a text; the family, the prosecutor, the days (R-PE)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from marshmallow import fields

from service.permissions import Actor, Institution, Role, UnitKind
from service.schemas.child_protection_notice import ACTS, Statement
from service.schemas.fields import Choice, Input
from service.workflows.child_protection_notice import (
    CHILD_PROTECTION_NOTICE,
    assessment_errors,
    field_errors,
    pertinent,
)
from service.workflows.judging import possible
from service.workflows.machine import Standing

DAY = date(2026, 10, 26)
AGENT = Actor(uuid4(), "Démo", Institution.DEPARTEMENT, "cdas-redon", UnitKind.CDAS, Role.CDAS_AGENT)
STANDING = Standing(
    kind="child_protection_notice",
    state="sent",
    asking_unit_id="caf-social",
    asking_unit_kind=UnitKind.CAF_SOCIAL,
    assigned_unit_id="cdas-redon",
    triage_unit_id="cdas-redon",
    triage_unit_kind=UnitKind.CDAS,
    now=datetime(2026, 10, 26, 10, tzinfo=UTC),
)


def test_no_form_has_a_field_for_the_facts() -> None:
    """R-PE-3: what is not a code, a date, a yes or no, is a short name or reference; no row says a message."""
    schemas: tuple[type[Input], ...] = (Statement, *ACTS.values())
    free = {
        name
        for schema in schemas
        for name, field in schema().fields.items()
        if isinstance(field, fields.String) and not isinstance(field, Choice | fields.UUID)
    }

    assert free == {"receiving_unit", "informed_name", "art40_reference"}
    assert not any(row.says for row in CHILD_PROTECTION_NOTICE.transitions)


@pytest.mark.parametrize(
    ("field", "text", "taken"),
    [
        ("informed_name", "Maëlle Exemple-Le Gall", True),
        ("informed_name", "Anne d’Essai", True),
        ("informed_name", "Mme Essai. Elle dit tout", False),
        ("informed_name", "Essai\nL’enfant", False),
        ("art40_reference", "2026/1234-B", True),
        ("art40_reference", "enfant en danger", False),
        ("art40_reference", "danger", False),
    ],
)
def test_a_name_and_a_reference_hold_no_sentence(field: str, text: str, taken: bool) -> None:
    """R-PE-1, R-PE-3."""
    errors = Statement().validate({field: text}, partial=True)

    assert (field not in errors) is taken


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"family_informed": "informed"}, {"family_informed_on"}),
        ({"family_informed": "not_informed"}, {"reason_not_informed"}),
        ({"family_informed": "not_informed", "reason_not_informed": "emergency"}, set()),
        ({"art40_reference": "2026/12"}, {"art40_on"}),
        ({"informed_on": date(2026, 10, 27)}, {"informed_on"}),
        ({"family_informed": "informed", "family_informed_on": DAY, "art40_on": DAY}, set()),
    ],
)
def test_the_family_the_prosecutor_and_the_days(given: dict[str, Any], refused: set[str]) -> None:
    """R-PE-1, R-PE-2."""
    assert set(field_errors(given, DAY)) == refused


def test_an_answer_that_another_one_hides_is_not_kept() -> None:
    """R-PE-2."""
    both = {"family_informed_on": DAY, "reason_not_informed": "emergency"}

    assert "reason_not_informed" not in pertinent({"family_informed": "informed", **both})
    assert "family_informed_on" not in pertinent({"family_informed": "not_informed", **both})


@pytest.mark.parametrize(
    ("decided_on", "refused"), [(date(2026, 10, 27), True), (date(2026, 10, 19), True), (DAY, False)]
)
def test_the_cdas_decides_once_informed_and_not_in_the_future(decided_on: date, refused: bool) -> None:
    assert bool(assessment_errors(decided_on, date(2026, 10, 20), DAY)) is refused


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        (AGENT, set()),
        (replace(AGENT, named=True), set()),
        (replace(AGENT, deputy=True), {"name_recipient", "receive"}),
        (replace(AGENT, role=Role.CDAS_HEAD), {"name_recipient", "receive"}),
        (replace(AGENT, role=Role.CDAS_HEAD, unit_id="cdas-vitre"), set()),
    ],
)
def test_only_the_head_or_the_deputy_acts(who: Actor, offered: set[str]) -> None:
    """R-PE-4: a member named for reception or concertation is not a recipient."""
    assert {row.name for row in possible(CHILD_PROTECTION_NOTICE, STANDING, who)} == offered
