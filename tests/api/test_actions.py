"""The transitions through the API: the table's rows, the version that was read, the order of refusals."""

import json
from collections.abc import Callable

import pytest
from flask import Flask

from service.permissions import Actor
from service.schemas.acts import ACTS
from service.workflows.machine import Party
from service.workflows.urgent_rights import URGENT_RIGHTS
from tests.api.conftest import Caller, Hand, a_body, a_sent_ticket, fields_of
from tests.factories import World

Calling = Callable[[Actor | None], Caller]


def test_the_whole_circuit(calling: Calling, world: World, cdas: Caller, caf: Caller, hand: Hand) -> None:
    """workflows.md §1: every act is possible from the API, by its party."""
    reference = a_sent_ticket(cdas)
    triage = calling(world.caf_secretariat)
    steps = [
        (triage, "complete", {"first_name": "Élo"}, "submitted"),
        (triage, "assign", {"unit_id": "caf-prestations"}, "assigned"),
        (caf, "take", None, "in_progress"),
        (caf, "undo", None, "assigned"),
        (caf, "take", {}, "in_progress"),
        (caf, "ask", {"question": "Quel mois manque ?"}, "waiting_partner"),
        (cdas, "reply", {"text": "Octobre."}, "in_progress"),
        (caf, "reassign", {"holder_id": str(world.other_caf_agent.account_id)}, "in_progress"),
        (
            calling(world.other_caf_agent),
            "answer",
            {"outcome": "payment_scheduled", "outcome_on": "2026-11-24", "text": "Payé mardi."},
            "answered",
        ),
        (cdas, "acknowledge", {"usefulness": 5, "remark": "Merci."}, "closed"),
        (cdas, "reopen", {"reason": "Rien n’est arrivé."}, "in_progress"),
        (
            caf,
            "reject",
            {"reason": "visible_in_cdap", "sentence": "Voir CDAP.", "turn_to": "CDAP"},
            "rejected",
        ),
        (cdas, "contest", {"reason": "CDAP n’en dit rien."}, "submitted"),
        (cdas, "cancel", {"reason": "Réglé."}, "cancelled"),
    ]
    for caller, name, body, state in steps:
        hand.instant = hand.instant.replace(minute=hand.instant.minute + 1)
        answer = caller.act(reference, name, body)
        assert (name, answer.status_code, answer.json.get("state")) == (name, 200, state), answer.text
        assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    told = cdas.get(f"/tickets/{reference}").json
    assert told["person"]["first_name"] == "Élo"
    assert told["situation"]["reopened"] == 1
    assert told["situation"]["contested"] is True
    assert told["situation"]["usefulness"] == 5
    assert told["situation"]["rejection"]["label"] == "information visible dans CDAP"
    assert told["situation"]["answer"]["on"] == "2026-11-24"
    transitions = [entry["transition"] for entry in cdas.get(f"/tickets/{reference}/journal").json["items"]]
    assert transitions == ["open", "submit", *(name for _, name, _, _ in steps)]


def test_every_act_of_a_person_on_a_ticket_is_an_operation(app: Flask) -> None:
    """Each row that names somebody else than Relais, and starts from a ticket, has its address."""
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    rows = {row.name for row in URGENT_RIGHTS.transitions if row.source and row.actors != {Party.SYSTEM}}
    assert rows | {"undo"} == {"submit", *ACTS}
    assert {f"/api/v1/tickets/<ref>/actions/{name}" for name in ACTS} <= rules


def test_an_action_needs_the_version_that_was_read(cdas: Caller, caf: Caller) -> None:
    reference = a_sent_ticket(cdas)
    path = f"/tickets/{reference}/actions/take"
    missing = caf.send(path, b"", None)
    assert (missing.status_code, missing.json["code"]) == (428, "version_missing")
    for tag in ('"999"', '"1', 'W/"2"', "*", '"2", "3"', "2", '"-1"'):
        stale = caf.send(path, b"", None, **{"If-Match": tag})
        assert (tag, stale.status_code, stale.json["code"]) == (tag, 412, "stale_version")
    assert caf.get(f"/tickets/{reference}").json["state"] == "submitted"
    assert caf.act(reference, "take").status_code == 200
    stale = caf.act(reference, "ask", {"question": "?"}, version=2)
    assert stale.status_code == 412
    assert "« En cours »" in stale.json["detail"]


def test_refusals_come_in_the_order_of_the_house(
    calling: Calling, world: World, cdas: Caller, caf: Caller, elsewhere: Caller
) -> None:
    """Not visible, not permitted, stale, wrong state, guard, input: an invalid body hides none of the first."""
    reference = a_sent_ticket(cdas)
    nonsense = {"reason": 5, "unknown": True}
    path = f"/tickets/{reference}/actions"
    for caller, name, status in (
        (elsewhere, "cancel", 404),
        (cdas, "reject", 403),
        (cdas, "contest", 409),
        (caf, "reject", 422),
    ):
        answer = caller.act(reference, name, nonsense, version=2)
        assert (name, answer.status_code) == (name, status), answer.text
        without = caller.send(f"{path}/{name}", json.dumps(nonsense).encode(), "application/json")
        assert (name, without.status_code) == (name, status)
    with_nir = {"reason": "not_urgent", "sentence": "Pour 255081416802538", "turn_to": "Le 3230"}
    assert cdas.act(reference, "reject", with_nir).status_code == 403
    assert caf.act(reference, "answer", {"outcome": "restored", "text": "255081416802538"}).status_code == 409
    assert caf.act(reference, "answer", {"outcome": "restored", "text": "Fait."}).status_code == 409
    assert cdas.act(reference, "take", version=1).status_code == 403


def test_a_wrong_state_lists_what_is_possible(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    answer = cdas.act(reference, "acknowledge", {})
    assert (answer.status_code, answer.json["code"], answer.json["allowed"]) == (
        409,
        "wrong_state",
        ["cancel"],
    )
    assert "« Annuler »" in answer.json["advice"]


def test_r_ud_8_the_person_who_refused_does_not_decide_again(cdas: Caller, caf: Caller) -> None:
    reference = a_sent_ticket(cdas)
    body = {"reason": "not_urgent", "sentence": "Non.", "turn_to": "Le 3230"}
    assert caf.act(reference, "reject", body).status_code == 200
    assert cdas.act(reference, "contest", {"reason": "Si."}).status_code == 200
    answer = caf.act(reference, "take")
    assert (answer.status_code, answer.json["code"], answer.json["rule"]) == (422, "guard_refused", "R-UD-8")
    assert "take" not in [action["name"] for action in caf.get(f"/tickets/{reference}").json["actions"]]


@pytest.mark.parametrize(
    ("name", "body", "fields"),
    [
        ("assign", {"unit_id": "nowhere"}, {"unit_id"}),
        ("assign", {"unit_id": "caf-prestations", "holder_id": "5"}, {"holder_id"}),
        ("reject", {"reason": "duplicate", "sentence": "x", "turn_to": "y"}, {"duplicate_of"}),
        (
            "reject",
            {"reason": "because", "sentence": "", "extra": 1},
            {"reason", "sentence", "turn_to", "extra"},
        ),
        ("complete", {"asking_unit": "nowhere"}, {"asking_unit"}),
        ("complete", {"commune": "00000"}, {"commune"}),
        ("complete", {"last_payment_on": "9999-12-31"}, {"last_payment_on"}),
        ("complete", {"matricule": "12"}, {"matricule"}),
        ("assign", {"unit_id": ["caf-prestations"]}, {"unit_id"}),
    ],
)
def test_what_can_not_be_taken_is_named(
    calling: Calling, world: World, cdas: Caller, name: str, body: dict[str, object], fields: set[str]
) -> None:
    reference = a_sent_ticket(cdas)
    answer = calling(world.caf_lead).act(reference, name, body)
    assert (answer.status_code, fields_of(answer)) == (422, fields)


def test_r_dp_7_a_social_security_number_is_refused_in_an_act_too(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    answer = cdas.act(reference, "cancel", {"reason": "Erreur, 255081416802538"})
    assert (answer.status_code, fields_of(answer), answer.json["rule"]) == (422, {"reason"}, "R-DP-7")


@pytest.mark.parametrize("name", ["open", "receive", "record_call", "auto_close", "fly"])
def test_what_is_no_act_on_a_ticket_does_not_exist(cdas: Caller, name: str) -> None:
    reference = a_sent_ticket(cdas)
    answer = cdas.act(reference, name, {})
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_draft_with_a_bad_version_does_not_leave(cdas: Caller) -> None:
    reference = cdas.post("/tickets", a_body(submit=False)).json["reference"]
    assert cdas.act(reference, "submit", {}, version=7).status_code == 412
    assert cdas.get(f"/tickets/{reference}").json["state"] == "draft"
