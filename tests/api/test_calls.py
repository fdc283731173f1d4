"""Calls on the direct line through the API (R-UD-3, R-IND-I-10)."""

from collections.abc import Callable
from typing import Any

import pytest

from service.permissions import Actor
from tests.api.conftest import Caller, fields_of
from tests.factories import World

Calling = Callable[[Actor | None], Caller]


def a_call(**changes: Any) -> dict[str, Any]:
    usual = {
        "matricule": "1234567",
        "benefit": "rsa",
        "event": "interruption",
        "started_at": "2026-11-17T09:30:00+01:00",
        "minutes": 6,
        "answered": True,
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def test_an_answered_call_opens_a_ticket(cdas: Caller, caf: Caller) -> None:
    made = cdas.post("/calls", a_call())
    assert made.status_code == 201, made.text
    assert made.json["cdas"]["code"] == made.json["recorded_by"]["code"] == "cdas-redon"
    ticket = caf.get(f"/tickets/{made.json['ticket']}").json
    assert (ticket["state"], ticket["channel"]) == ("in_progress", "phone")
    assert ticket["submitted_at"] == "2026-11-17T08:30:00+00:00"


def test_an_outcome_given_during_the_call_answers_at_once(caf: Caller) -> None:
    made = caf.post("/calls", a_call(cdas="cdas-redon", outcome="restored", remark="Droit rouvert."))
    assert made.status_code == 201, made.text
    ticket = caf.get(f"/tickets/{made.json['ticket']}").json
    assert (ticket["state"], ticket["situation"]["answer"]["outcome"]) == ("answered", "restored")


def test_an_unanswered_call_tells_the_caf_nothing(cdas: Caller, caf: Caller, elsewhere: Caller) -> None:
    """R-DP-1: it is kept for the CDAS alone, and no ticket comes of it."""
    made = cdas.post("/calls", a_call(answered=False))
    assert (made.status_code, made.json["ticket"]) == (201, None)
    assert [call["id"] for call in cdas.get("/calls").json["items"]] == [made.json["id"]]
    assert caf.get("/calls").json["items"] == []
    assert elsewhere.get("/calls").json["items"] == []
    assert cdas.get("/tickets").json["count"] == 0


def test_a_call_says_nothing_of_the_person(cdas: Caller) -> None:
    made = cdas.post("/calls", a_call(remark="Pour Mme Exemple"))
    for text in (made.text, cdas.get("/calls").text):
        assert "1234567" not in text
        assert "Exemple" not in text


def test_the_same_key_notes_once(cdas: Caller) -> None:
    first, again = cdas.post("/calls", a_call(), key="call"), cdas.post("/calls", a_call(), key="call")
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    other = cdas.post("/calls", a_call(minutes=7), key="call")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert cdas.get("/tickets").json["count"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cdas": "cdas-vitre"}, "cdas"),
        ({"started_at": "2026-11-17T09:58:00+01:00"}, "started_at"),
        ({"started_at": "2026-10-01T09:00:00+02:00"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59Z"}, "started_at"),
        ({"started_at": "2026-11-17T09:30:00"}, "started_at"),
        ({"minutes": 241}, "minutes"),
        ({"minutes": 5.5}, "minutes"),
        ({"minutes": "5"}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"benefit": None}, "benefit"),
        ({"answered": False, "outcome": "restored"}, "outcome"),
        ({"outcome": "payment_scheduled"}, "outcome_on"),
        ({"remark": "2 55 08 14 168 025 38"}, "remark"),
    ],
)
def test_what_can_not_be_noted_is_named(cdas: Caller, changes: dict[str, Any], field: str) -> None:
    answer = cdas.post("/calls", a_call(**changes))
    assert (answer.status_code, fields_of(answer)) == (422, {field})


def test_the_caf_says_which_cdas_called(caf: Caller) -> None:
    for changes in ({}, {"cdas": "caf-prestations"}, {"cdas": "nowhere"}):
        answer = caf.post("/calls", a_call(**changes))
        assert (answer.status_code, fields_of(answer)) == (422, {"cdas"})


def test_roles_without_calls(calling: Calling, world: World) -> None:
    for actor in (world.caf_ts, world.caf_head, world.admin):
        caller = calling(actor)
        assert caller.get("/calls").status_code == 403
        assert caller.post("/calls", a_call()).status_code == 403


def test_the_list_goes_on_page_by_page(cdas: Caller) -> None:
    made = [
        cdas.post("/calls", a_call(answered=False, started_at=f"2026-11-17T08:{minute:02}:00+01:00")).json[
            "id"
        ]
        for minute in (30, 10, 20, 20, 20)
    ]
    seen, path = [], "/calls?limit=2"
    while path:
        page = cdas.get(path).json
        assert len(page["items"]) <= 2
        seen += [call["id"] for call in page["items"]]
        path = page["next"]
    assert seen == [made[0], *sorted(made[2:], reverse=True), made[1]]
