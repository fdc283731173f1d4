"""Creating, reading, listing and searching requests through the API."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service.permissions import Actor
from service.schemas.urgent_rights import from_form, to_form
from tests.api.conftest import Caller, Hand, a_body, a_sent_ticket, fields_of
from tests.factories import World, a_submission

Calling = Callable[[Actor | None], Caller]


def test_a_request_is_sent_and_read_back(cdas: Caller, world: World) -> None:
    answer = cdas.post("/tickets", a_body(accompanied_by={"self": True}, amount_before=None))
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/tickets/{answer.json['reference']}"
    assert answer.headers["ETag"] == f'"{answer.json["version"]}"'
    read = cdas.get(answer.headers["Location"])
    assert read.json == answer.json
    ticket = read.json
    assert ticket["state"] == "submitted"
    assert ticket["asking_unit"] == {"code": "cdas-redon", "name": ticket["asking_unit"]["name"]}
    assert ticket["owed_by"]["code"] == "caf-secretariat"
    assert ticket["author"] == world.cdas_agent.name
    assert ticket["person"]["commune"] == {"insee": "35236", "name": "Redon"}
    assert ticket["situation"]["accompanied_by"]["self"] is True
    assert ticket["situation"]["urgency"]["rule"] == "R-UD-1 a"
    assert ticket["next_deadline"]["of"] == "triage"
    assert ticket["draft"] is None


def test_the_actions_come_from_the_table_and_the_role(cdas: Caller, caf: Caller) -> None:
    reference = a_sent_ticket(cdas)
    of_cdas = cdas.get(f"/tickets/{reference}").json["actions"]
    assert [action["name"] for action in of_cdas] == ["cancel"]
    assert of_cdas[0] == {
        "name": "cancel",
        "label": "Annuler",
        "asks": ["reason"],
        "href": f"/api/v1/tickets/{reference}/actions/cancel",
    }
    of_caf = caf.get(f"/tickets/{reference}").json["actions"]
    assert [action["name"] for action in of_caf] == ["assign", "reject", "take"]


def test_r_ud_1_a_situation_that_is_not_urgent_is_refused_with_the_ordinary_contact(cdas: Caller) -> None:
    answer = cdas.post("/tickets", a_body(benefit="apl", last_payment_on="2026-10-05"))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "guard_refused"
    assert answer.json["rule"] == "R-UD-1 b"
    assert "voies de contact ordinaires" in answer.json["advice"]
    assert cdas.get("/tickets").json["count"] == 0


def test_what_is_missing_is_named_where_the_body_has_it(cdas: Caller) -> None:
    answer = cdas.post("/tickets", {"kind": "urgent_rights", "submit": True})
    assert answer.status_code == 422
    assert fields_of(answer) == {
        "person.matricule",
        "person.last_name",
        "person.first_name",
        "person.commune",
        "benefit",
        "event",
        "description",
        "cdap.consulted_on",
        "ground",
        "line_open_reason",
    }


def test_a_commune_that_does_not_exist_is_an_error_of_its_field(cdas: Caller) -> None:
    person = {**a_body()["person"], "commune": "99999"}
    answer = cdas.post("/tickets", a_body(person=person))
    assert answer.status_code == 422
    assert fields_of(answer) == {"person.commune"}


def test_r_dp_2_told_and_not_told_exclude_each_other(cdas: Caller) -> None:
    ground = {"told_on": "2026-11-17", "reason_not_told": "Injoignable"}
    answer = cdas.post("/tickets", a_body(ground=ground))
    assert answer.status_code == 422
    assert fields_of(answer) == {"ground.reason_not_told"}


def test_r_dp_7_a_social_security_number_is_never_kept(cdas: Caller) -> None:
    answer = cdas.post("/tickets", a_body(description="Son numéro : 2 55 08 14 168 025 38"))
    assert answer.status_code == 422
    assert fields_of(answer) == {"description"}
    assert answer.json["rule"] == "R-DP-7"


def test_one_speaks_for_ones_own_cdas_only(cdas: Caller) -> None:
    assert cdas.post("/tickets", a_body(asking_unit="cdas-redon")).status_code == 201
    answer = cdas.post("/tickets", a_body(asking_unit="cdas-vitre"))
    assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")


def test_who_is_not_of_a_cdas_does_not_create(caf: Caller) -> None:
    assert caf.post("/tickets", a_body()).status_code == 403


def test_r_clk_8_a_request_that_left_earlier_keeps_its_time(cdas: Caller, hand: Hand) -> None:
    answer = cdas.post("/tickets", a_body(channel="cdap_form", happened_at="2026-11-16T17:20:00+01:00"))
    assert answer.status_code == 201
    assert (answer.json["channel"], answer.json["submitted_at"]) == ("cdap_form", "2026-11-16T16:20:00+00:00")
    for instant in ("2026-11-17T10:00:01+01:00", "2026-10-01T10:00:00+02:00", "1990-01-01T00:00:00Z"):
        refused = cdas.post("/tickets", a_body(happened_at=instant))
        assert (refused.status_code, fields_of(refused)) == (422, {"happened_at"})


def test_a_draft_is_kept_taken_up_and_sent(cdas: Caller) -> None:
    body = a_body(
        submit=False, description=None, amount_before="607.75", accompanied_by={"name": "Mme Exemple"}
    )
    made = cdas.post("/tickets", body)
    assert (made.status_code, made.json["state"]) == (201, "draft")
    assert made.json["draft"]["matricule"] == "1234567"
    assert made.json["draft"]["amount_before"] == "607.75"
    assert [action["name"] for action in made.json["actions"]] == ["submit", "cancel"]
    reference = made.json["reference"]
    incomplete = cdas.act(reference, "submit", {})
    assert (incomplete.status_code, fields_of(incomplete)) == (422, {"description"})
    sent = cdas.act(reference, "submit", {"description": "Plus rien depuis un mois."})
    assert (sent.status_code, sent.json["state"], sent.json["draft"]) == (200, "submitted", None)
    assert sent.json["situation"]["amount_before"] == "607.75"
    assert sent.json["situation"]["accompanied_by"] == {"self": False, "name": "Mme Exemple", "unit": None}
    again = cdas.act(reference, "submit", {"description": "Encore"})
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")


def test_an_empty_draft_is_possible(cdas: Caller) -> None:
    made = cdas.post("/tickets", {"kind": "urgent_rights", "submit": False})
    assert (made.status_code, made.json["draft"], made.json["person"]) == (201, {}, None)


def test_a_draft_is_private_to_its_cdas(cdas: Caller, caf: Caller) -> None:
    reference = cdas.post("/tickets", a_body(submit=False)).json["reference"]
    assert caf.get(f"/tickets/{reference}").status_code == 404
    assert caf.get("/tickets").json["items"] == []


def test_a_reference_is_read_as_it_is_dictated(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    assert cdas.get(f"/tickets/{reference.lower().replace('-', '')}").json["reference"] == reference


def test_other_open_requests_of_the_person_are_named_to_who_may_read_them(
    cdas: Caller, elsewhere: Caller, caf: Caller
) -> None:
    """workflows.md §1, `submit`: an open ticket for the same matricule is shown, otherwise only to triage."""
    first, second = a_sent_ticket(cdas), a_sent_ticket(elsewhere)
    third = a_sent_ticket(cdas)
    assert cdas.get(f"/tickets/{third}").json["same_person"] == [first]
    assert elsewhere.get(f"/tickets/{second}").json["same_person"] == []
    assert set(caf.get(f"/tickets/{first}").json["same_person"]) == {second, third}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=draft", ["draft"]),
        ("state=submitted", ["rsa", "aah"]),
        ("benefit=aah", ["aah"]),
        ("channel=cdap_form", ["aah"]),
        ("owed_by=caf-secretariat", ["rsa", "aah"]),
        ("asking_unit=cdas-redon", ["rsa", "aah", "draft"]),
        ("asking_unit=cdas-vitre", []),
        ("owed_by=nowhere", []),
    ],
)
def test_the_list_is_filtered_by_codes(cdas: Caller, hand: Hand, query: str, expected: list[str]) -> None:
    names = {a_sent_ticket(cdas): "rsa"}
    hand.at(17, 11)
    names[a_sent_ticket(cdas, benefit="aah", channel="cdap_form")] = "aah"
    names[cdas.post("/tickets", a_body(submit=False)).json["reference"]] = "draft"
    page = cdas.get(f"/tickets?{query}").json
    assert [names[item["reference"]] for item in page["items"]] == expected
    assert (page["count"], page["more"], page["next"]) == (len(expected), False, None)


def test_a_list_says_nothing_of_the_person(cdas: Caller) -> None:
    a_sent_ticket(cdas)
    text = cdas.get("/tickets").text
    assert "Exemple" not in text
    assert "1234567" not in text


@pytest.mark.parametrize("body", [{"matricule": "1234567"}, {"name": "le gall ELOISE"}, {"name": "exemple"}])
def test_search_finds_by_matricule_and_by_whole_words(cdas: Caller, body: dict[str, str]) -> None:
    reference = a_sent_ticket(cdas)
    found = cdas.post("/tickets/search", body).json
    assert ([item["reference"] for item in found["items"]], found["count"]) == ([reference], 1)


def test_search_by_reference(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    assert cdas.post("/tickets/search", {"reference": reference.lower()}).json["count"] == 1
    assert cdas.post("/tickets/search", {"reference": "n’importe quoi"}).json["count"] == 0


@pytest.mark.parametrize("body", [{}, {"name": "exemple", "matricule": "1234567"}])
def test_search_asks_for_one_thing(cdas: Caller, body: dict[str, str]) -> None:
    answer = cdas.post("/tickets/search", body)
    assert (answer.status_code, fields_of(answer)) == (422, {"form"})


def test_search_for_no_word_finds_nobody(cdas: Caller) -> None:
    a_sent_ticket(cdas)
    answer = cdas.post("/tickets/search", {"name": "…"})
    assert (answer.status_code, fields_of(answer)) == (422, {"name"})


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "birth_date": date(1984, 2, 29),
            "amount_before": Decimal("607.75"),
            "amount_after": Decimal("0.00"),
        },
        {"accompanied_by_author": True},
        {"accompanied_by_author": False},
        {"accompanied_by_author": False, "accompanied_by_name": "Mme Exemple", "accompanied_by_unit": "CCAS"},
        {"cdap_no_access": True, "cdap_consulted_on": None, "cdap_missing": None},
        {"told_on": None, "agreed_on": date(2026, 11, 12)},
        {"told_on": None, "reason_not_told": "Injoignable depuis lundi"},
    ],
)
def test_a_draft_of_the_api_can_be_taken_up_on_the_page(hand: Hand, more: dict[str, Any]) -> None:
    """What the page's form holds gives back the same plain values."""
    given = a_submission(**more)
    assert from_form(to_form(given), date(2026, 11, 17)) == given
