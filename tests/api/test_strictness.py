"""What the API refuses to read, and how it says so (RFC 9457); never a failure of its own."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from service.database import transaction
from service.operations import tokens
from service.permissions import Actor, Role
from service.schemas.kinds import STATEMENTS
from service.workflows.registry import WORKFLOWS
from tests.api.conftest import Caller, a_body, a_sent_ticket, fields_of
from tests.factories import PASSWORD, World
from tests.second_step import code_of

Calling = Callable[[Actor | None], Caller]
KEY = {"Idempotency-Key": "k"}


@pytest.fixture
def db(sqlite_db: str) -> str:
    """What is refused before the database is asked is refused alike on both kinds."""
    return sqlite_db


def test_a_problem_has_its_members(cdas: Caller) -> None:
    answer = cdas.get("/tickets/UD-0000-0000")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.json == {
        "type": "about:blank",
        "title": "Introuvable",
        "status": 404,
        "detail": "Cette page n’existe pas, ou elle n’est pas visible avec votre compte.",
        "code": "not_found",
        "advice": "Vérifiez la référence, ou revenez à l’accueil.",
    }


def test_a_stranger_is_asked_for_a_token(calling: Calling, app: Flask) -> None:
    for token in (None, "relais_unknown", "é", " "):
        answer = Caller(app, token).get("/tickets")
        assert (answer.status_code, answer.json["code"]) == (401, "not_logged_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_opens_nothing(app: Flask, world: World) -> None:
    secret = tokens.create(world.cdas_agent, "essai")
    caller = Caller(app, secret)
    assert caller.get("/tickets").status_code == 200
    from_database = tokens.find(secret)
    assert from_database is not None
    with transaction() as session:
        tokens.revoke_all(session, world.cdas_agent.account_id)
    assert caller.get("/tickets").status_code == 401


@pytest.mark.parametrize("role", [Role.STEERING, Role.AUDITOR, Role.SI_REFERENT, Role.ADMIN])
def test_roles_without_content_read_no_ticket(
    calling: Calling, world: World, cdas: Caller, role: Role
) -> None:
    """roles.md, invariant 2."""
    reference = a_sent_ticket(cdas)
    caller = calling(world.by_role[role])
    for path in ("/tickets", f"/tickets/{reference}", f"/tickets/{reference}/messages", "/calls"):
        assert caller.get(path).status_code == 403
    assert caller.post("/tickets/search", {"matricule": "1234567"}).status_code == 403


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed"),
        (b"\xff\xfe", "application/json", 400, "malformed"),
        (b'{"name": "\\ud800"}', "application/json", 400, "malformed"),
        (b'{"name": NaN}', "application/json", 400, "malformed"),
        (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed"),
        (b"[" * 100_000, "application/json", 400, "malformed"),
        (b'{"name": "a", "name": "b"}', "application/json", 422, "invalid_input"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b"null", "application/json", 422, "invalid_input"),
        (b'"name"', "application/json", 422, "invalid_input"),
        (b'{"name": ["exemple"]}', "application/json", 422, "invalid_input"),
        (b'{"name": {"a": 1}}', "application/json", 422, "invalid_input"),
        (b'{"name": 5}', "application/json", 422, "invalid_input"),
        (b'{"matricule": 1234567}', "application/json", 422, "invalid_input"),
        (b'{"matricule": " "}', "application/json", 422, "invalid_input"),
        (b'{"surname": "exemple"}', "application/json", 422, "invalid_input"),
        (b'{"name": "exemple"}', "text/plain", 415, "wrong_media_type"),
        (b"name=exemple", "application/x-www-form-urlencoded", 415, "wrong_media_type"),
        (b'{"name": "exemple"}', None, 415, "wrong_media_type"),
        (b"", None, 422, "invalid_input"),
    ],
)
def test_a_body_is_read_strictly(
    cdas: Caller, data: bytes, content_type: str | None, status: int, code: str
) -> None:
    answer = cdas.send("/tickets/search", data, content_type)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text


def test_unknown_members_are_named_wherever_they_are(cdas: Caller) -> None:
    answer = cdas.post("/tickets", a_body(urgent=True, person={"nir": "1", "matricule": "1234567"}))
    assert (answer.status_code, fields_of(answer)) == (422, {"urgent", "person.nir"})


@pytest.mark.parametrize(
    ("member", "value", "field"),
    [
        ("submit", "true", "submit"),
        ("submit", 1, "submit"),
        ("person", [], "person"),
        ("person", "Exemple", "person"),
        ("amount_before", 607.75, "amount_before"),
        ("amount_before", "six cents", "amount_before"),
        ("amount_before", "١٢", "amount_before"),
        ("last_payment_on", "05/10/2026", "last_payment_on"),
        ("last_payment_on", 20261005, "last_payment_on"),
        ("benefit", "rmi", "benefit"),
        ("benefit", "", "benefit"),
        ("kind", "tax_return", "kind"),
        ("kind", {}, "kind"),
        ("kind", ["urgent_rights"], "kind"),
        ("channel", "phone", "channel"),
        ("happened_at", "2026-11-17T09:00:00", "happened_at"),
        ("happened_at", "0001-01-01T00:00:00Z", "happened_at"),
        ("happened_at", "9999-12-31T23:59:59-23:59", "happened_at"),
        ("accompanied_by", {"self": "yes"}, "accompanied_by.self"),
        ("description", "x" * 10_001, "description"),
        ("cdap", {"consulted_on": "2026-11-18", "missing": "x"}, "cdap.consulted_on"),
    ],
)
def test_each_member_keeps_to_its_type(cdas: Caller, member: str, value: Any, field: str) -> None:
    answer = cdas.post("/tickets", a_body(**{member: value}))
    assert (answer.status_code, fields_of(answer)) == (422, {field})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=open", "state"),
        ("state=draft&state=closed", "state"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=yesterday", "cursor"),
        ("name=exemple", "name"),
        ("matricule=1234567", "matricule"),
    ],
)
def test_the_address_of_a_list_is_read_strictly(cdas: Caller, query: str, field: str) -> None:
    """No name or matricule is read from an address."""
    answer = cdas.get(f"/tickets?{query}")
    assert (answer.status_code, fields_of(answer)) == (422, {field})


@pytest.mark.parametrize("key", ["", "with space", "é", "x" * 81])
def test_a_creating_call_needs_a_key(cdas: Caller, caf: Caller, key: str) -> None:
    reference = a_sent_ticket(cdas)
    headers = {"Idempotency-Key": key} if key else {}
    body = json.dumps(a_body()).encode()
    text = json.dumps({"body": "Bonjour"}).encode()
    call = json.dumps({"started_at": "2026-11-17T09:00:00+01:00", "minutes": 1, "answered": False}).encode()
    for path, data in (
        ("/tickets", body),
        (f"/tickets/{reference}/messages", text),
        (f"/tickets/{reference}/notes", text),
        ("/calls", call),
    ):
        answer = cdas.send(path, data, "application/json", **headers)
        assert (path, answer.status_code, answer.json["code"]) == (path, 400, "idempotency_key_missing")
    answer = cdas.send(f"/tickets/{reference}/attachments", b"", "multipart/form-data; boundary=x", **headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_missing")


def test_methods_and_addresses_that_do_not_exist(cdas: Caller) -> None:
    for path in ("/nothing", "/tickets/UD-1/x/y", "/tickets/%00"):
        answer = cdas.get(path)
        assert (path, answer.status_code, answer.content_type) == (path, 404, "application/problem+json")
    client = cdas.app.test_client()
    answer = client.delete("/api/v1/tickets", headers={"Authorization": f"Bearer {cdas.token}"})
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_body_that_is_too_large(cdas: Caller) -> None:
    answer = cdas.send("/tickets/search", b" " * (13 * 1024 * 1024), "application/json")
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def test_nothing_is_kept_by_anybody_on_the_way(cdas: Caller) -> None:
    reference = a_sent_ticket(cdas)
    for path in ("/tickets", f"/tickets/{reference}", "/line", "/nothing"):
        answer = cdas.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_the_cookie_of_a_browser_opens_nothing_here(app: Flask, world: World) -> None:
    """A token only: no other site can make somebody's browser call the API."""
    client = app.test_client()
    page = client.get("/connexion").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": "cdas-agent@test.example", "password": PASSWORD, "csrf_token": token}
    token = (
        client.post("/connexion", data=form).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    )
    code = code_of("cdas-agent@test.example")
    assert client.post("/connexion/code", data={"code": code, "csrf_token": token}).status_code == 303
    assert client.get("/compte").status_code == 200
    assert client.get("/api/v1/tickets").status_code == 401
    body = {"benefit": "rsa", "event": "interruption"}
    assert client.post("/api/v1/urgency/check", json=body).status_code == 401
    assert "number" not in client.get("/api/v1/line").get_json()


@pytest.mark.parametrize("submit", [True, False])
@pytest.mark.parametrize(
    "kind", sorted(kind for kind, workflow in WORKFLOWS.items() if not workflow.has_drafts)
)
def test_a_kind_without_drafts_misses_no_answer(
    calling: Calling, world: World, kind: str, submit: bool
) -> None:
    """It leaves at once whatever `submit` says, so that what its form always asks for is asked for."""
    answer = calling(world.caf_ts).post("/tickets", {"kind": kind, "submit": submit})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input"), answer.json
    asked = {name for name, field in STATEMENTS[kind]().fields.items() if field.required}
    assert asked <= {error["field"] for error in answer.json["errors"]}


def test_a_search_is_no_reference(cdas: Caller) -> None:
    answer = cdas.get("/tickets/search")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
