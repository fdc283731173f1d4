"""Forbidden and absent give the same answer, on every address of the API (roles.md, invariants 5 and 7)."""

import json
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from service.database import transaction
from service.models import Membership, Ticket
from service.permissions import Actor
from service.schemas.acts import ACTS
from tests.api.conftest import Caller, a_body, a_sent_ticket
from tests.factories import World, today

Calling = Callable[[Actor | None], Caller]
ABSENT = "UD-4F7K-92QX"
PDF = b"%PDF-1.7\n%%EOF\n"

VALID = {
    "submit": {},
    "complete": {},
    "assign": {"unit_id": "caf-prestations"},
    "reject": {"reason": "not_urgent", "sentence": "x", "turn_to": "y"},
    "take": {},
    "ask": {"question": "x"},
    "reply": {"text": "x"},
    "answer": {"outcome": "restored", "text": "x"},
    "acknowledge": {},
    "reopen": {"reason": "x"},
    "contest": {"reason": "x"},
    "cancel": {"reason": "x"},
    "reassign": {"holder_id": str(uuid4())},
    "undo": {},
}


def addresses_of_a_ticket(app: Flask) -> list[tuple[str, str]]:
    """Method and rule of every operation on one ticket."""
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or set())
        if rule.rule.startswith("/api/") and "<ref>" in rule.rule
    ]


def asked(
    caller: Caller, method: str, rule: str, reference: str, attachment: str
) -> tuple[int, bytes, list[str]]:
    """The answer, with the names of its headers."""
    path = rule.replace("<ref>", reference).replace("<uuid:attachment_id>", attachment)
    name = path.rsplit("/", 1)[-1]
    if method == "GET":
        answer = caller.get(path)
    elif method == "HEAD":
        headers = {"Authorization": f"Bearer {caller.token}"}
        answer = caller.app.test_client().head(path, headers=headers)
    elif name == "attachments":
        answer = caller.upload(reference, "a.pdf", PDF)
    elif name in ("messages", "notes"):
        answer = caller.post(path, {"body": "Bonjour"})
    else:
        answer = caller.act(reference, name, VALID.get(name, {}), version=2)
    return answer.status_code, answer.data, sorted(answer.headers.keys())


def a_ticket_with_everything(cdas: Caller) -> tuple[str, str]:
    reference = a_sent_ticket(cdas)
    cdas.post(f"/tickets/{reference}/messages", {"body": "Bonjour"})
    cdas.post(f"/tickets/{reference}/notes", {"body": "Entre nous"})
    return reference, cdas.upload(reference, "a.pdf", PDF).json["id"]


def test_the_table_of_bodies_is_whole() -> None:
    assert VALID.keys() == {"submit", *ACTS}


@pytest.mark.parametrize("state", ["draft", "sent", "cancelled"])
def test_another_cdas_gets_the_answer_of_an_absent_ticket(
    app: Flask, calling: Calling, world: World, cdas: Caller, state: str
) -> None:
    reference, attachment = a_ticket_with_everything(cdas)
    if state == "draft":
        reference = cdas.post("/tickets", a_body(submit=False)).json["reference"]
    if state == "cancelled":
        cdas.act(reference, "cancel", {"reason": "x"})
    operations = addresses_of_a_ticket(app)
    assert len(operations) > 20
    for actor in (world.cdas_agent_elsewhere, world.cdas_head_elsewhere):
        caller = calling(actor)
        for method, rule in operations:
            refused = asked(caller, method, rule, reference, attachment)
            absent = asked(caller, method, rule, ABSENT, str(uuid4()))
            assert refused[0] == 404, (method, rule)
            assert refused == absent, (method, rule)
    assert cdas.get(f"/tickets/{reference}").status_code == 200


def test_a_draft_is_absent_for_the_caf(app: Flask, calling: Calling, world: World, cdas: Caller) -> None:
    reference = cdas.post("/tickets", a_body(submit=False)).json["reference"]
    for actor in (world.caf_agent, world.caf_lead, world.caf_secretariat):
        caller = calling(actor)
        for method, rule in addresses_of_a_ticket(app):
            refused = asked(caller, method, rule, reference, str(uuid4()))
            assert refused == asked(caller, method, rule, ABSENT, str(uuid4())), (method, rule)
            assert refused[0] == 404, (method, rule)


def test_an_archived_request_is_absent_for_those_who_wrote_and_treated_it(
    app: Flask, calling: Calling, world: World, cdas: Caller
) -> None:
    """R-DP-6, P-06: by reference, in lists, in searches, on every address."""
    reference, attachment = a_ticket_with_everything(cdas)
    cdas.act(reference, "cancel", {"reason": "x"})
    with transaction() as session:
        session.execute(update(Ticket).values(archived_at=Ticket.ended_at))
    for actor in (world.cdas_agent, world.cdas_head, world.caf_lead):
        caller = calling(actor)
        for method, rule in addresses_of_a_ticket(app):
            refused = asked(caller, method, rule, reference, attachment)
            assert refused == asked(caller, method, rule, ABSENT, str(uuid4())), (method, rule)
        assert not [text for text in _everything_one_may_ask(caller, ABSENT) if reference in text]


def test_lists_counts_and_searches_depend_on_readable_rows_only(cdas: Caller, elsewhere: Caller) -> None:
    """roles.md, invariant 5: what another CDAS does changes nothing of what one receives."""
    own = a_sent_ticket(elsewhere)
    before = list(_everything_one_may_ask(elsewhere, own))
    for _ in range(3):
        reference, _ = a_ticket_with_everything(cdas)
    cdas.post("/tickets", a_body(submit=False))
    cdas.act(reference, "cancel", {"reason": "x"})
    cdas.post("/calls", _a_call())
    assert list(_everything_one_may_ask(elsewhere, own)) == before


def _everything_one_may_ask(caller: Caller, own: str) -> Iterator[str]:
    for path in (
        "/tickets",
        "/tickets?limit=1",
        "/tickets?asking_unit=cdas-redon",
        "/tickets?owed_by=caf-secretariat",
        "/tickets?state=draft",
        "/tickets?benefit=rsa",
        "/calls",
        f"/tickets/{own}",
        f"/tickets/{own}/journal",
    ):
        yield caller.get(path).text
    for body in ({"matricule": "1234567"}, {"name": "Exemple"}, {"name": "eloise le gall"}):
        yield caller.post("/tickets/search", body).text


def _a_call() -> dict[str, object]:
    return json.loads(
        '{"matricule": "1234567", "benefit": "rsa", "event": "interruption", '
        '"started_at": "2026-11-17T09:00:00+01:00", "minutes": 5, "answered": true}'
    )


def test_a_duplicate_that_one_may_not_read_is_not_named(
    calling: Calling, world: World, cdas: Caller, elsewhere: Caller, caf: Caller
) -> None:
    first, second = a_sent_ticket(cdas), a_sent_ticket(elsewhere)
    body = {"reason": "duplicate", "duplicate_of": first, "sentence": "Déjà en cours.", "turn_to": "Ce CDAS"}
    assert caf.act(second, "reject", body).status_code == 200
    assert caf.get(f"/tickets/{second}").json["situation"]["rejection"]["duplicate_of"] == first
    told = elsewhere.get(f"/tickets/{second}")
    assert told.json["situation"]["rejection"]["duplicate_of"] is None
    assert first not in told.text


def test_losing_ones_unit_closes_the_door_at_the_next_request(
    calling: Calling, world: World, cdas: Caller
) -> None:
    """roles.md, invariant 4."""
    reference = a_sent_ticket(cdas)
    cdas.act(reference, "cancel", {"reason": "x"})
    assert cdas.get(f"/tickets/{reference}").status_code == 200
    _leave(world.cdas_agent)
    assert cdas.get(f"/tickets/{reference}").status_code == 401


def _leave(actor: Actor) -> None:
    with transaction() as session:
        session.execute(
            update(Membership).where(Membership.account_id == actor.account_id).values(ends_on=today())
        )
