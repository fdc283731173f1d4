"""`social_emergency`: what must be said, codes only for child protection, objections, who confides (R-US, R-DP-2)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.errors import GuardRefused
from service.permissions import Actor, Institution, Role, UnitKind
from service.schemas.social_emergency import ACTS
from service.workflows import emergency_statement as statement
from service.workflows.judging import judge, possible
from service.workflows.machine import Standing
from service.workflows.social_emergency import SOCIAL_EMERGENCY

DAY = date(2026, 10, 26)
WORKER = Actor(uuid4(), "Démo", Institution.CAF, "caf-social", UnitKind.CAF_SOCIAL, Role.CAF_TS)
DESK = Actor(
    uuid4(), "Démo", Institution.CAF, "caf-secretariat", UnitKind.CAF_SECRETARIAT, Role.CAF_SECRETARIAT
)
ASKER = Actor(uuid4(), "Démo", Institution.DEPARTEMENT, "cdas-redon", UnitKind.CDAS, Role.CDAS_AGENT)


def standing(state: str, **changes: Any) -> Standing:
    usual: dict[str, Any] = {
        "kind": "social_emergency",
        "state": state,
        "asking_unit_id": "cdas-redon",
        "asking_unit_kind": UnitKind.CDAS,
        "assigned_unit_id": "caf-social",
        "triage_unit_id": "caf-secretariat",
        "triage_unit_kind": UnitKind.CAF_SECRETARIAT,
        "holder_id": WORKER.account_id,
        "now": datetime(2026, 10, 26, 10, tzinfo=UTC),
    }
    return Standing(**{**usual, **changes})


def given(**changes: Any) -> dict[str, Any]:
    usual = {"motives": ["food"], "vulnerabilities": ["isolation"], "who_accompanies": "nobody"}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"motives": []}, "motives", "R-US-1"),
        ({"vulnerabilities": None}, "vulnerabilities", "R-US-2"),
        ({"vulnerabilities": ["none_seen", "distress"]}, "vulnerabilities", "Aucune repérée"),
        ({"who_accompanies": None}, "who_accompanies", "R-US-3"),
        ({"who_accompanies": "external"}, "referent_unit", "R-US-3"),
        ({"who_accompanies": "cdas_other"}, "referent_cdas", "R-US-3"),
        ({"danger": True}, "danger_reason", "R-DP-2"),
        ({"answer_given": ["received"]}, "answered_on", "R-US-4"),
        ({"answered_on": DAY}, "answer_given", "R-US-4"),
        ({"answer_given": ["received"], "answered_on": date(2026, 10, 27)}, "answered_on", "futur"),
        ({"referent_known_on": date(1989, 12, 31)}, "referent_known_on", "1990"),
        ({"scope_event": "separation"}, "scope_event_on", "R-EL"),
        ({"against_route_reason": "other"}, "against_route_detail", "Précisez"),
        ({"motives": ["child_protection"], "description": "Des faits."}, "description", "R-US-1"),
        (
            {"motives": ["food", "child_protection"], "reason_not_told": "Un récit."},
            "reason_not_told",
            "R-PE-3",
        ),
    ],
)
def test_what_is_missing_is_said_beside_its_field(changes: dict[str, Any], field: str, rule: str) -> None:
    errors = statement.field_errors(given(**changes), DAY)
    assert list(errors) == [field]
    assert rule in errors[field][0]


def test_a_complete_statement_may_leave() -> None:
    followed = given(
        who_accompanies="external", referent_unit="CCAS d’Exemple", description="Plus rien à manger."
    )
    assert statement.field_errors(followed, DAY) == {}
    coded = given(motives=["child_protection"], answer_given=["received"], answered_on=DAY)
    assert statement.field_errors(coded, DAY) == {}


def test_an_objection_stops_the_sending_except_with_a_danger() -> None:
    """R-DP-2."""
    assert statement.objection(given(objected=True)) is not None
    assert statement.objection(given(objected=True, danger=True)) is None


def test_a_coded_reason_stands_for_the_text_that_is_not_kept() -> None:
    """R-DP-2 with R-US-1: only for child protection."""
    code = {"not_told_code": "unreachable"}
    assert statement.ground(given(motives=["child_protection"], **code))["reason_not_told"]
    assert "reason_not_told" not in statement.ground(given(**code))


@pytest.mark.parametrize("name", ["handle", "redirect", "cancel"])
def test_with_child_protection_no_free_text_is_taken(name: str) -> None:
    """R-US-1: by any act."""
    actor = ASKER if name == "cancel" else WORKER
    coded = standing("in_progress", facts={"coded_only": True})
    text = {"detail": "Un récit des faits."}
    with pytest.raises(GuardRefused, match="aucun texte libre"):
        judge(SOCIAL_EMERGENCY, name, coded, actor, text)
    assert judge(SOCIAL_EMERGENCY, name, coded, actor, {}).name == name
    assert judge(SOCIAL_EMERGENCY, name, standing("in_progress"), actor, text).name == name


def test_a_worker_confides_only_what_they_hold() -> None:
    def offered(actor: Actor, **changes: Any) -> bool:
        rows = possible(SOCIAL_EMERGENCY, standing("in_progress", **changes), actor)
        return "reassign" in {row.name for row in rows}

    assert offered(WORKER)
    assert not offered(WORKER, holder_id=uuid4())
    assert offered(DESK, holder_id=uuid4())


def test_the_cdas_that_keeps_its_emergency_is_on_both_sides() -> None:
    """R-US-4: the CDAS that asks organises the answer itself."""
    own = standing(
        "submitted",
        assigned_unit_id="cdas-redon",
        triage_unit_id="cdas-redon",
        triage_unit_kind=UnitKind.CDAS,
        holder_id=None,
    )
    names = {row.name for row in possible(SOCIAL_EMERGENCY, own, ASKER)}
    assert names == {"take", "handle", "redirect", "cancel", "reassign"}
    assert possible(SOCIAL_EMERGENCY, own, DESK) == ()


def test_every_form_asks_what_its_row_asks() -> None:
    for name, schema in ACTS.items():
        assert set(schema().fields) == set(SOCIAL_EMERGENCY.transition(name).asks), name
