"""R-DP-1: a CDAS learns nothing of another CDAS's requests. Every route of the map is tried, none is listed by hand."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import clock
from service.database import reading, transaction
from service.models import Account, Passkey, ReadingStop
from service.operations import (
    absences,
    answer_models,
    calls,
    concertations,
    conversation,
    opening,
    saved_lists,
    tokens,
    urgent_rights,
)
from service.operations.creation import create_ticket
from service.permissions import Actor
from service.workflows import reference as references
from service.workflows.answer_models import Wording
from service.workflows.urgent_rights import URGENT_RIGHTS
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor

NOW = datetime(2026, 11, 17, 10, tzinfo=ZoneInfo("Europe/Paris"))
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
WORDS = {"name": [row.name for row in URGENT_RIGHTS.transitions if row.source], "kind": ["handover"]}
SHARED = {
    "period",
    "kind_id",
    "contact_id",
    "announcement_id",
    "action_id",
    "request_id",
    "meeting_id",
    "remark_id",
    "list_id",
}
"""Parameters that name what both institutions read: a pack, a notice, an action, a request to the Cnaf, a meeting.

Or what the heads of one institution decide together: a list with names.
"""
OF_THE_SIAO = {"agreement_id", "structure_id", "year"}
"""Those of a register that no CDAS opens."""
OF_A_HEAD = {"asked_id"}
"""What a person asks of one head about her data: that nobody else reads it is tested with it."""
NOT_OF_TICKETS = (
    {"filename", "secret", "key", "change_id", "code", "number", "chapter", "picture"}
    | SHARED
    | OF_THE_SIAO
    | OF_A_HEAD
)
"""With those that name a static file, an invitation link, a Setting, a version, a sector, a model of letter or a part
of the guide."""

SAME_FOR_ALL = {"/nouvelle/<kind>", "/nouvelle/<kind>/brouillon", "/demandes/ensemble/<name>"}
"""An empty form, one's own draft of it, an act on what is ticked: none names in its address what somebody holds (but
see `test_opening` and `test_queue`)."""

RANDOM = {"/compte/mot-de-passe"}
"""Proposes other words at each request."""

_NOISE = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}|"
    r'name="csrf_token" value="[^"]+"|name="(form_)?key" value="[^"]+"|(?<="request_id": ")[^"]+'
)


@pytest.fixture(autouse=True)
def _fixed_time() -> Iterator[None]:
    with clock.driven(lambda: NOW):
        yield


@pytest.fixture(params=["cdas_agent_elsewhere", "cdas_head_elsewhere"])
def stranger(request: pytest.FixtureRequest) -> str:
    """A post of another CDAS."""
    return str(request.param)


class Doors:
    """Every way in of one person, page and API."""

    def __init__(self, app: Flask, browser: Visitor, actor: Actor) -> None:
        self.app, self.browser = app, browser
        self.token = tokens.create(actor, "essai")

    def rules(self, *, with_parameters: bool) -> list[tuple[Rule, str]]:
        found = []
        for rule in self.app.url_map.iter_rules():
            named = not rule.arguments & NOT_OF_TICKETS and rule.rule not in SAME_FOR_ALL
            if bool(rule.arguments) is with_parameters and named:
                found += [(rule, method) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
        return found

    def knock(self, url: str, method: str, fields: dict[str, Any] | None = None) -> TestResponse:
        if not url.startswith("/api/"):
            return self.browser.get(url) if method == "GET" else self.browser.post(url, fields)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
        sent = (fields or {}) if method == "POST" else None
        return self.app.test_client().open(url, method=method, headers=headers, json=sent)

    def url(self, rule: Rule, values: dict[str, Any]) -> str:
        with self.app.test_request_context():
            return str(self.app.url_map.bind("localhost").build(rule.endpoint, values, method=None))


def said(response: TestResponse) -> tuple[int, str]:
    """The answer without what differs from one request to the next."""
    return response.status_code, _NOISE.sub("…", response.text)


def difference(first: tuple[int, str], second: tuple[int, str]) -> str | None:
    """Where two answers part, in a few words: comparing whole pages for a report takes pytest half a minute."""
    if first == second:
        return None
    pairs = zip(first[1], second[1], strict=False)
    common = next((place for place, (one, other) in enumerate(pairs) if one != other), 0)
    return f"{first[0]}/{second[0]}: {first[1][common - 40 : common + 80]!r} {second[1][common:][:80]!r}"


@pytest.fixture
def doors(app: Flask, world: World, logged_in: Callable[..., Visitor], stranger: str) -> Doors:
    return Doors(app, logged_in(stranger), getattr(world, stranger))


def everything_at_redon(world: World) -> dict[str, list[Any]]:
    """One of each thing a CDAS may hold, by the name of the parameter that would name it."""
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Exemple-Inavouable", matricule="7654321")
    key = {"credential_id": b"key", "public_key": b"public", "uses": 0, "label": "Exemple-Inavouable"}
    passkey = Passkey(account_id=world.cdas_agent.account_id, added_at=NOW, **key)
    with transaction() as session:
        session.add(passkey)
        draft = urgent_rights.open_draft(session, world.cdas_agent)
        opening.keep_form(session, draft, {"last_name": "Exemple-Inavouable"})
    form = {"last_name": "Exemple-Inavouable", "matricule": "7654321"}
    relay, _ = create_ticket(world.cdas_agent, "handover", {}, "k5", submit=False, form=form)
    day = NOW.date() + timedelta(days=7)
    absence_id = absences.note(world.cdas_agent, world.cdas_agent.account_id, day, day)
    session_id = concertations.plan(world.cdas_head, day, place="Salle Exemple-Inavouable")
    conversation.write_message(world.cdas_agent, ticket.reference, "Message Exemple-Inavouable", "k1")
    conversation.write_note(world.cdas_agent, ticket.reference, "Note Exemple-Inavouable", "k2")
    file_id = conversation.attach(world.cdas_agent, ticket.reference, "inavouable.pdf", PDF, "k3")
    started = NOW - timedelta(minutes=9)
    call_id, _ = calls.record_call(
        world.cdas_agent,
        {"started_at": started, "minutes": 2, "answered": False, "matricule": "7654321"},
        "k4",
    )
    own_list, unit_list = (
        saved_lists.save(actor, "Exemple-Inavouable", "vue=cours&type=handover", for_unit=shared)
        for actor, shared in ((world.cdas_agent, False), (world.cdas_head, True))
    )
    stop_id = uuid4()
    stopped = {"account_id": world.cdas_agent.account_id, "unit_id": world.cdas_agent.unit_id}
    with transaction() as session:
        until = NOW + timedelta(hours=1)
        session.add(
            ReadingStop(id=stop_id, limit_key="reads_per_hour", stopped_at=NOW, until=until, **stopped)
        )
    model_id = answer_models.write(world.cdas_head, Wording("Exemple-Inavouable", "Bonjour,"), for_unit=True)
    with reading() as session:
        account_id = session.scalar(select(Account.id).where(Account.id == world.cdas_agent.account_id))
    return {
        "reference": [ticket.reference, draft.reference, relay],
        "ref": [ticket.reference, draft.reference, relay],
        "absence_id": [absence_id],
        "concertation_id": [session_id],
        "identifier": [uuid4()],
        "list_id": [uuid4()],
        "extension": ["csv"],
        "file_id": [file_id],
        "attachment_id": [file_id],
        "call_id": [call_id],
        "account_id": [account_id],
        "session_id": [uuid4()],
        "token_id": [uuid4()],
        "key_id": [passkey.id],
        "model_id": [model_id],
        "endpoint_id": [uuid4()],
        "delivery_id": [uuid4()],
        "stop_id": [stop_id],
        "opening_id": [uuid4()],
        "saved_id": [own_list, unit_list],
        **WORDS,
    }


def combinations(names: list[str], things: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    if not names:
        yield {}
        return
    for value in things[names[0]]:
        for rest in combinations(names[1:], things):
            yield {names[0]: value, **rest}


def absent(values: dict[str, Any]) -> dict[str, Any]:
    """The same address with names of things that do not exist."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name in ("reference", "ref"):
            made[name] = references.new(str(value).partition("-")[0])
        else:
            made[name] = value if name in ("name", "kind") else uuid4()
    return made


def test_every_route_answers_as_if_the_thing_did_not_exist(doors: Doors, world: World) -> None:
    """Forbidden and absent give the same answer, byte for byte, on each route that names something."""
    things = everything_at_redon(world)
    tried = 0
    for rule, method in doors.rules(with_parameters=True):
        names = sorted(rule.arguments)
        assert set(names) <= set(things) | {"message_id", "mail_id"}, (
            f"{rule.rule}: say what {names} may name"
        )
        for values in combinations([name for name in names if name in things], things):
            if set(names) - set(values):
                continue
            real = doors.knock(doors.url(rule, values), method)
            nothing = doors.knock(doors.url(rule, absent(values)), method)
            assert difference(said(real), said(nothing)) is None, (method, rule.rule)
            assert real.status_code in (400, 401, 403, 404, 405, 415, 422), (
                method,
                rule.rule,
                real.status_code,
            )
            tried += 1
    assert tried > 50


def test_no_list_count_or_search_moves_when_another_cdas_works(doors: Doors, world: World) -> None:
    """Invariant 5: lists, counters, sort orders and searches depend on readable rows only."""
    a_submitted_ticket(world.cdas_agent_elsewhere, matricule="1111111", last_name="Exemple-Visible")
    searches = [{"q": "7654321"}, {"q": "exemple"}, {"q": "inavouable"}]
    asked = [{"matricule": "7654321"}, {"name": "exemple"}, {"name": "inavouable"}]

    def everything_shown() -> list[tuple[str, tuple[int, str]]]:
        shown = [
            (rule.rule, said(doors.knock(rule.rule, "GET")))
            for rule, method in doors.rules(with_parameters=False)
            if method == "GET" and rule.rule not in RANDOM
        ]
        shown += [("search", said(doors.browser.post("/recherche", typed))) for typed in searches]
        shown += [("api", said(doors.knock("/api/v1/tickets/search", "POST", typed))) for typed in asked]
        shown += [
            ("verdict", said(doors.browser.post("/signaler/verdict", {"matricule": "7654321"}))),
        ]
        return shown

    everything_shown()  # the first call dates the token's last use on the account page
    before = everything_shown()
    everything_at_redon(world)
    after = everything_shown()
    assert len(before) > 12
    for (place, first), (_, second) in zip(before, after, strict=True):
        assert difference(first, second) is None, place
        assert "Exemple-Inavouable" not in second[1], place
