"""Every cell: role × route × relation to the request × state, on the pages and on the API.

The plays of each kind are gone through; wherever a request stands, every post of the small world – its author, a
colleague, another CDAS, who holds it, who does not – knocks at every route that names it, and tries every act. What
may be read is computed here once more, from the reach of each role and the facts of the request; what may be done
stands in the grids written by hand. Both sides leave internal notes with a word in them that must never be found
outside the institution that wrote it, and the person has a name that no list may hold (R-DP-1, R-DP-3, R-PE-4).
"""

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import clock
from service.database import reading, transaction
from service.models import Participant, Ticket
from service.operations import tokens
from service.permissions import CDAS_ROLES, OUT_OF_LISTS, REACH, Actor, Permission, Reach, Role, may
from service.routes.guard import _permission as declared
from service.workflows.registry import WORKFLOWS
from tests import scale
from tests.api.conftest import Caller, Hand, a_body
from tests.api.test_plays import Stage
from tests.factories import World, email_of, seeded_world
from tests.pages.conftest import Visitor
from tests.plays import PLAYS, POSTS, Play, Step, told
from tests.workflows.test_grids import grid

NAME = "Exemple-Introuvable"
NOTES = {"caf": "Pelargonium", "departement": "Chrysantheme"}
STALE = 999
LISTS = (
    "/",
    "/demandes",
    "/demandes/export.csv",
    "/api/v1/tickets",
    "/statistiques",
    "/messages",
    "/concertations",
)
SOCIAL = ("caf-secretariat", "caf-social")
KINDS = tuple(WORKFLOWS) if scale.NIGHTLY else ("urgent_rights",)
PLAYED, STEPS = scale.count(1, 9), scale.count(2, 99)
"""Of the plays of a kind, and of the steps of each."""

BY_DAY = ("cdas_agent", "cdas_agent_elsewhere", "caf_agent", "caf_ts", "admin")
ASKED = POSTS if scale.NIGHTLY else BY_DAY


def _urgent(*steps: Step) -> Play:
    body = a_body()
    person, ground = body.pop("person"), body.pop("ground")
    assert ground
    rest = {name: value for name, value in body.items() if name not in ("kind", "submit")}
    return Play("urgent_rights", "cdas_agent", "", {**person, "ground": "told", **rest}, steps)


def _step(who: str, act: str, **body: Any) -> Step:
    return Step(who, act, "", "", body)


URGENT = (
    lambda: _urgent(
        _step("cdas_agent", "submit"),
        _step("caf_agent", "take"),
        _step("caf_agent", "ask", question="Quelle date ?"),
        _step("other_cdas_agent", "reply", text="Le 30 septembre."),
        _step("caf_agent", "answer", outcome="restored", text="Le droit est rétabli."),
        _step("cdas_head", "acknowledge"),
    ),
    lambda: _urgent(
        _step("cdas_agent", "submit"),
        _step("caf_secretariat", "assign", unit_id="caf-prestations"),
        _step("caf_lead", "reject", reason="not_urgent", sentence="Non.", turn_to="Le 3230"),
        _step("cdas_agent", "contest", reason="La situation est bien urgente."),
    ),
)


@pytest.fixture
def db(sqlite_db: str) -> str:
    """Who may do what does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def watch(app: Flask, world: World, hand: Hand) -> "Watch":
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    return Watch(app, world, hand)


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_is_as_the_matrix_says(watch: "Watch", kind: str) -> None:
    plays = [make() for make in URGENT] if kind == "urgent_rights" else PLAYS[kind]
    for play in plays[:PLAYED]:
        named = {**play.statement, "last_name": NAME}
        watch.play(replace(play, statement=named, steps=play.steps[:STEPS]))
    print(f"{kind}: {watch.cells} cells, {dict(sorted(watch.answers.items()))}")


class Watch(Stage):
    """Plays a request, and has everybody knock wherever it stands."""

    def __init__(self, app: Flask, world: World, hand: Hand) -> None:
        self.app = app
        self.actors = {post: getattr(world, post) for post in POSTS}
        callers = {post: Caller(app, tokens.create(actor, "tests")) for post, actor in self.actors.items()}
        super().__init__(callers, world, hand)
        self.browsers = {post: self.entered(post) for post in ASKED}
        self.cells, self.answers = 0, Counter[int]()

    def entered(self, post: str) -> Visitor:
        visitor = Visitor(self.app)
        assert visitor.log_in(email_of(post)).status_code == 303
        return visitor

    def write(self, play: Play) -> None:
        super().write(replace(play, opens=" ".join(POSTS)))
        self.notes_left = False
        self.look()

    def do(self, step: Step) -> None:
        body = told(step.body, self.world)
        done = self.callers[step.who].act(self.reference, step.act, body, self.version)
        assert done.status_code in (200, 204), (step, done.text)
        self.version = self.row().version
        self.look()

    def expect(self, step: Step) -> None:
        """After what Relais does by itself."""
        self.version = self.row().version
        self.look()

    # ------------------------------------------------------------ one look around
    def look(self) -> None:
        ticket, named = self.row(), self.named()
        self.leave_notes(ticket)
        for post in ASKED:
            actor = self.actors[post]
            sees = reads(actor, ticket, named)
            texts = [
                *self.knock(post, actor, ticket, sees=sees),
                *self.try_acts(post, actor, ticket, sees=sees),
            ]
            foreign = [word for side, word in NOTES.items() if side != actor.institution or not sees]
            for text in texts:
                assert not any(word in text for word in foreign), (post, ticket.state)
                assert sees or NAME not in text, (post, ticket.state)
            for text in self.lists(post):
                assert NAME not in text, (post, ticket.state)
                assert not any(word in text for word in NOTES.values()), (post, ticket.state)

    def knock(self, post: str, actor: Actor, ticket: Ticket, *, sees: bool) -> Iterator[str]:
        """Every route that names a request and reads."""
        for address, permission in self.addresses(ticket):
            of_api = address.startswith("/api/")
            answer = self.callers[post].get(address) if of_api else self.browsers[post].get(address)
            self.count(answer.status_code)
            where = (post, address, ticket.state, answer.status_code)
            assert answer.status_code < 500, where
            if not sees and may(actor, permission):
                assert answer.status_code in absent_at(address), where
            elif not sees:
                assert answer.status_code == 403, where
            elif of_api or address == f"/demandes/{ticket.reference}":
                assert answer.status_code in (200, 302, 303), where
            yield words(answer)

    def try_acts(self, post: str, actor: Actor, ticket: Ticket, *, sees: bool) -> Iterator[str]:
        """Every act on a version that is gone: nothing moves, and the refusal says who one is to this request."""
        rows = grid(ticket.kind)
        offered = self.offered(post) if sees else set()
        now = {name for name, (states, *_) in rows.items() if ticket.state in states}
        assert offered <= now, (post, ticket.state, offered)
        for name in rows:
            answer = self.callers[post].act(ticket.reference, name, {}, STALE)
            self.count(answer.status_code)
            where = (post, name, ticket.state, answer.status_code)
            if not sees:
                assert answer.status_code in (403, 404), where
            elif name in offered:
                assert answer.status_code in (412, 422), where
            else:
                assert answer.status_code in (403, 404, 409, 412, 422), where
            yield answer.text

    def lists(self, post: str) -> Iterator[str]:
        for address in LISTS:
            of_api = address.startswith("/api/")
            answer = self.callers[post].get(address) if of_api else self.browsers[post].get(address)
            self.count(answer.status_code)
            assert answer.status_code < 500, (post, address)
            yield answer.text

    def addresses(self, ticket: Ticket) -> Iterator[tuple[str, Permission]]:
        """Every address that names the request and reads, with what its route asks for."""
        names = list(grid(ticket.kind))
        with self.app.test_request_context():
            bound = self.app.url_map.bind("localhost")
            for rule in self.app.url_map.iter_rules():
                known = {"reference": ticket.reference, "ref": ticket.reference, "kind": ticket.kind}
                if "GET" not in (rule.methods or ()) or not rule.arguments & {"reference", "ref"}:
                    continue
                asked = declared(self.app.view_functions[rule.endpoint], "GET")
                assert asked is not None
                if rule.arguments <= set(known):
                    yield bound.build(rule.endpoint, {name: known[name] for name in rule.arguments}), asked
                elif rule.arguments <= {*known, "name"}:
                    for name in names:
                        values: Mapping[str, str] = {**known, "name": name}
                        yield bound.build(rule.endpoint, {one: values[one] for one in rule.arguments}), asked

    # ------------------------------------------------------------ facts
    def row(self) -> Ticket:
        with reading() as session:
            return session.scalars(select(Ticket).where(Ticket.reference == self.reference)).one()

    def named(self) -> set[Any]:
        with reading() as session:
            query = select(Participant.account_id).join(Ticket, Ticket.id == Participant.ticket_id)
            return set(session.scalars(query.where(Ticket.reference == self.reference)))

    def leave_notes(self, ticket: Ticket) -> None:
        """Once it was sent, each side that reads it notes its word; a notice takes no text (R-PE-3)."""
        if self.notes_left or ticket.submitted_at is None or ticket.kind in OUT_OF_LISTS:
            return
        for side, word in NOTES.items():
            readers = [
                post
                for post, actor in self.actors.items()
                if actor.institution == side and reads(actor, ticket, self.named())
            ]
            answers = [
                self.callers[post].post(f"/tickets/{self.reference}/notes", {"body": word})
                for post in readers
            ]
            assert not readers or any(answer.status_code == 201 for answer in answers), side
        self.notes_left = True

    def count(self, status: int) -> None:
        self.cells += 1
        self.answers[status] += 1


def words(answer: TestResponse) -> str:
    """What somebody reads in it, on paper too."""
    if answer.mimetype != "application/pdf":
        return answer.text
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def absent_at(address: str) -> tuple[int, ...]:
    """A form of a kind that one does not open is refused before anything is looked for."""
    return (403, 404) if address.startswith("/nouvelle/") else (404,)


def reads(actor: Actor, ticket: Ticket, named: set[Any]) -> bool:
    """What the reach of a role means for this request: own, of the unit, of the service."""
    reach = REACH[ticket.kind].get(actor.role)
    units = {ticket.asking_unit_id, ticket.triage_unit_id, ticket.assigned_unit_id}
    sent = ticket.submitted_at is not None
    if reach is None or (actor.role in CDAS_ROLES and actor.unit_id not in units):
        return False
    if ticket.kind == "urgent_rights":
        return ticket.asking_unit_id == actor.unit_id if reach is Reach.UNIT else sent
    own_draft = not sent and ticket.author_id == actor.account_id
    of_unit = ticket.asking_unit_id == actor.unit_id or own_draft or (sent and actor.unit_id in units)
    if reach is Reach.UNIT:
        return of_unit
    if reach is Reach.SERVICE:
        return own_draft or ticket.asking_unit_id == actor.unit_id or (sent and bool(units & set(SOCIAL)))
    mine = actor.account_id in {ticket.author_id, ticket.holder_id, *named}
    if actor.role is not Role.CAF_TS:
        return mine and of_unit
    free = (
        ticket.kind == "social_emergency"
        and ticket.assigned_unit_id == actor.unit_id
        and not ticket.holder_id
    )
    return mine or free
