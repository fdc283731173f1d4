"""Random histories of every kind through the real operations, on both databases: what always holds, always holds.

Actors of both institutions do what they may and what they may not, with bodies that are right or not, at random
instants across nights, weekends and changes of the hour; jobs run; processes are cut in the middle of an act.
The seed is fixed but for the night's; RELAIS_TEST_SEED plays a failing history again.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random, SystemRandom
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from marshmallow import fields
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from service import clock, database
from service.database import reading, transaction
from service.errors import NotPermitted, NotVisible, Refusal, WrongState
from service.jobs import auto_close, fall_due, return_silent
from service.models import (
    ClockRecord,
    JournalEntry,
    Participant,
    Ticket,
)
from service.models.base import Base
from service.operations import acts, conversation, standing
from service.operations.creation import create_ticket, leaves
from service.operations.transitions import link_of
from service.permissions import CDAS_ROLES, CONTENT_ROLES, OPENERS, Actor, Role
from service.queries import conversation as written
from service.queries import lists, tickets
from service.queries.reference import reference
from service.schemas.fields import Choices, Day, Input, Matricule, Text, load
from service.schemas.kinds import ACTS, STATEMENTS
from service.schemas.statement import expect_complete
from service.workflows import journal
from service.workflows import reference as references
from service.workflows.clocks import replay
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import URGENT_RIGHTS
from tests import scale
from tests.factories import (
    REDON,
    VITRE,
    World,
    a_submission,
    a_submitted_ticket,
    an_account,
    seeded_world,
    today,
)

PARIS = ZoneInfo("Europe/Paris")
STEPS = scale.count(200, 20_000)
OF_A_HISTORY = 100
IN_SIGHT = 20
"""Tickets that a history goes on with, so that a step costs the same on the last day as on the first."""
LAST_RESORTS = frozenset({"cancel", "decline", "redirect", "reject", "reassign"})
"""Acts that a history does less often than it could: too many requests would end before they begin."""
WITHOUT_TICKETS = frozenset({Role.ADMIN, Role.STEERING, Role.AUDITOR, Role.SI_REFERENT})
STARTS = (
    datetime(2026, 10, 20, 8, 55, tzinfo=PARIS),
    datetime(2026, 3, 26, 16, 40, tzinfo=PARIS),
    datetime(2025, 12, 19, 11, 59, tzinfo=PARIS),
    datetime(2025, 5, 7, 17, 1, tzinfo=PARIS),
)
"""Just before the two changes of the hour, the holidays of winter, the bank holidays of May."""

T = TypeVar("T")
Body = dict[str, Any]
NOBODY = "99999999-9999-4999-8999-999999999999"


class CutError(Exception):
    """The process ends here: the machine stops, the connection is lost."""


# ---------------------------------------------------------------- bodies
class Bodies:
    """What somebody types: for each (kind, act) a body that may be right, then sometimes another that is not."""

    def __init__(self, random: Random, people: Mapping[str, Sequence[Actor]]) -> None:
        self.random, self.people = random, people

    def of_act(self, ticket: Ticket, name: str) -> Body:
        """As typed: the form's own fields, answered as its table says or at random among its choices."""
        typed = self._typed(ACTS[ticket.kind][name], ticket)
        return typed | MAKERS.get((ticket.kind, name), MAKERS.get(("*", name), _nothing))(self, ticket)

    def statement(self, kind: str, actor: Actor) -> Body:
        """Plain values, as sending takes them."""
        made = MAKERS[kind, "send"](self, None)
        if kind == "urgent_rights":
            return a_submission(**made)
        typed = self._typed(STATEMENTS[kind], None, often=0.2) | made
        typed = {name: value for name, value in typed.items() if value is not None}
        person = {"last_name": "Exemple-Démo", "first_name": "Essai", "commune": self.pick(REDON, VITRE)}
        day = today()
        ground = self.pick({"told_on": day}, {"agreed_on": day}, {"agreed_on": day})
        if kind == "handover":
            ground = {"agreed_on": day}
        return load(STATEMENTS[kind](), typed) | person | ({} if kind == NOTICE else ground) | self._file()

    def spoilt(self, body: Body) -> Body:
        """The same with something left out, or something else in its place."""
        if not body:
            return {"unknown": "Essai"}
        name = self.random.choice(sorted(body))
        other = {key: value for key, value in body.items() if key != name}
        wrong: Sequence[Any] = ("", "pas dans la liste", "2019-02-30", NOBODY)
        return self.pick(other, {**body, name: self.random.choice(wrong)}, {**body, name: None})

    def pick(self, *choices: T) -> T:
        return self.random.choice(choices)

    def day(self, first: int, last: int) -> str:
        return (today() + timedelta(days=self.random.randint(first, last))).isoformat()

    def somebody(self, unit: str | None) -> str:
        """Mostly of that unit; now and then of another one."""
        known = self.people.get(unit or "", ())
        if not known or self.random.random() < 0.05:
            known = [one for people in self.people.values() for one in people]
        return str(self.random.choice(known).account_id)

    def _file(self) -> Body:
        return {"matricule": f"123456{self.random.randint(0, 9)}"} if self.random.random() < 0.8 else {}

    def _typed(self, schema: type[Input], ticket: Ticket | None, often: float = 0.6) -> Body:
        return {
            name: self._answer(name, field, ticket)
            for name, field in schema().fields.items()
            if field.required or self.random.random() < often
        }

    def _answer(self, name: str, field: fields.Field[Any], ticket: Ticket | None) -> Any:
        codes = [code for code, _ in field.metadata.get("choices", ())]
        if isinstance(field, Choices):
            return self.random.sample(codes, k=1)
        if codes:
            return self.random.choice(codes)
        if isinstance(field, Day):
            ahead = name in ("meeting_on", "review_on", "concertation_on", "term_on", "outcome_on")
            return self.day(0, 40) if ahead else self.day(0, 0)
        if isinstance(field, fields.UUID):
            return self.somebody(ticket.assigned_unit_id if ticket else "caf-social")
        if isinstance(field, Matricule):
            return "1234567"
        if not isinstance(field, Text):
            return {"meeting_time": "14:30"}.get(name, True)
        return {
            "cdas": self.pick("cdas-redon", "cdas-vitre"),
            "communes": REDON,
            "prestations": "caf-prestations",
        }.get(field.metadata.get("from", ""), self.pick("Équipe Démo", "Il manque une pièce, l’Essai suit."))


NOTICE = "child_protection_notice"
IN_SCOPE = {"scope_event": "planned_separation", "has_children": True, "is_allocataire": True}
Maker = Callable[[Bodies, Ticket | None], Body]


def _nothing(bodies: Bodies, ticket: Ticket | None) -> Body:
    return {}


def _forward(bodies: Bodies, ticket: Ticket | None) -> Body:
    if ticket is not None and ticket.triage_unit_id == "caf-secretariat":
        return {"holder_id": bodies.somebody("caf-social"), "concertation_on": None}
    return {"concertation_on": bodies.day(1, 30), "holder_id": None}


def _opinion(bodies: Bodies, ticket: Ticket | None) -> Body:
    asked = bodies.pick("favourable", "favourable", "unfavourable", None)
    return {
        "opinion": asked,
        "opinion_reason": "Un seul suivi suffit.",
        "cdas_professional": "Camille Exemple",
    }


def _social_emergency(bodies: Bodies, ticket: Ticket | None) -> Body:
    coded = bodies.random.random() < 0.2
    silent = dict.fromkeys(("description", "vulnerability_detail", "against_route_detail"))
    who = bodies.pick("nobody", "caf_worker", "cdas_same", "cdas_other")
    return {
        **(IN_SCOPE if bodies.random.random() < 0.7 else {"scope_event": "none"}),
        **(silent if coded else {}),
        "motives": ["child_protection"] if coded else [bodies.pick("food", "housing")],
        "vulnerabilities": [bodies.pick("isolation", "none_seen")],
        "vulnerability_detail": None,
        "who_accompanies": who,
        "referent_worker": bodies.pick(*[bodies.somebody("caf-social")] * 4, NOBODY)
        if who == "caf_worker"
        else None,
        "referent_cdas": bodies.pick("cdas-redon", "cdas-vitre") if who == "cdas_other" else None,
        "referent_unit": None,
        "receiving_cdas": bodies.pick("cdas-redon", "cdas-vitre"),
        "danger": None,
        "danger_reason": None,
        "not_told_code": None,
        "answer_given": None,
        "answered_on": None,
        "scope_event_on": None,
    }


def _to_redirect(bodies: Bodies, ticket: Ticket | None) -> Body:
    """The CDAS that receives, and texts left out as often as not: some requests keep codes only."""
    return {"redirect_cdas": "cdas-vitre"} | bodies.pick({}, {"detail": None})


MAKERS: Mapping[tuple[str, str], Maker] = {
    ("urgent_rights", "send"): lambda b, _: {
        "benefit": b.pick("rsa", "aah", "rsa"),
        "matricule": f"123456{b.random.randint(0, 9)}",
        "last_name": "Exemple-Démo",
    },
    ("co_intervention", "send"): lambda b, _: {
        **IN_SCOPE,
        "scope_event_on": None,
        "regime": b.pick("ordinary", "ordinary", "child_protection", "rsa"),
        "need": "complementary_skills",
        "asking_opinion_on": b.day(-3, 0),
        "asking_participants": "Équipe Démo",
        "asking_opinion": "Utile : la famille le demande.",
        "cdas_professional": "Camille Exemple",
        "receiving_unit": b.pick("cdas-redon", "cdas-vitre"),
        "out_of_scope_reason": "La famille y tient.",
    },
    ("handover", "send"): lambda b, _: {
        **IN_SCOPE,
        "scope_event_on": None,
        "agreement_collected_by": "Camille Exemple",
        "regime": b.pick("ordinary", "ordinary", "rsa"),
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": b.day(-2, 0),
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "receiving_unit": b.pick("cdas-redon", "cdas-vitre"),
        "out_of_scope_reason": "La famille y tient.",
    },
    ("social_emergency", "send"): _social_emergency,
    ("appointment", "send"): lambda b, _: {
        **IN_SCOPE,
        "scope_event_on": None,
        "source": b.pick("cdas", "cdas", "person_phone"),
        "out_of_scope_reason": "La famille y tient.",
    },
    (NOTICE, "send"): lambda b, _: {
        "informed_name": "Essai Cdas Head",
        "art40_on": None,
        "art40_reference": None,
        "receiving_unit": b.pick("cdas-redon", "cdas-vitre"),
        **b.pick(
            {"family_informed": "informed", "family_informed_on": b.day(0, 0), "reason_not_informed": None},
            {
                "family_informed": "not_informed",
                "family_informed_on": None,
                "reason_not_informed": "interest_of_child",
            },
        ),
    },
    ("orientation", "send"): lambda b, _: {
        **IN_SCOPE,
        "scope_event_on": None,
        "accompanied_by": "nobody",
        "reason_not_followed": "La personne y tient.",
        "receiving_unit": b.pick("cdas-redon", "cdas-vitre"),
    },
    ("rights_meeting", "send"): lambda b, _: {
        "asked_by": b.pick("person", "social_worker", "partner"),
        "to_service": b.pick("prestations", "prestations", "caf_social"),
    },
    ("rights_meeting", "schedule"): lambda b, _: {
        "meeting_on": b.day(0, 9),
        "meeting_time": "09:15",
        "means": b.pick("in_person", "telephone", "visio", "home"),
        "place": "Antenne d’Exemple",
    },
    ("rights_meeting", "hold"): lambda b, _: {"held_on": b.day(0, 0)},
    ("rights_meeting", "check"): lambda b, _: b.pick(
        {"check_result": "opened", "rights_opened": ["rsa", "apl"], "checked_on": None},
        {"check_result": "none", "rights_opened": None, "checked_on": b.day(0, 0)},
    ),
    ("*", "forward"): _forward,
    ("*", "name_recipient"): lambda b, t: {"recipient_id": b.somebody(t.assigned_unit_id if t else None)},
    ("co_intervention", "record_opinion"): _opinion,
    ("appointment", "offer"): lambda b, _: {"holder_id": b.somebody("caf-social")},
    ("appointment", "schedule"): lambda b, _: {
        "holder_id": b.somebody("caf-social"),
        "meeting_on": b.day(0, 9),
        "meeting_time": "09:15",
        "place": "Antenne d’Exemple",
    },
    ("appointment", "hold"): lambda b, _: {"held_on": b.pick(None, b.day(0, 0))},
    ("appointment", "close"): lambda b, _: {
        "outcome": b.pick("unreachable", "accompaniment_opened", "information"),
        "event": "separation",
        "event_on": b.day(-90, -9),
        "term_on": b.day(60, 180),
        "redirect_cdas": "cdas-vitre",
        "redirect_service": "La mission locale",
        "detail": "Vu à l’antenne.",
    },
    ("appointment", "log_call"): lambda b, _: {**IN_SCOPE, "scope_event_on": None},
    ("appointment", "redirect"): lambda b, _: {
        "redirect_cdas": "cdas-vitre",
        "redirect_service": "La mission locale",
    },
    ("social_emergency", "handle"): lambda b, _: b.pick({}, {"detail": None}),
    ("social_emergency", "redirect"): _to_redirect,
    ("social_emergency", "cancel"): lambda b, _: b.pick({}, {"detail": None}),
    ("urgent_rights", "assign"): lambda b, t: {
        "unit_id": "caf-prestations",
        "holder_id": b.somebody("caf-prestations"),
    },
    ("urgent_rights", "answer"): lambda b, _: {
        "outcome_on": b.day(1, 20),
        "outcome_detail": "Un justificatif.",
    },
    ("urgent_rights", "complete"): lambda b, _: {"asking_unit": "cdas-redon"},
    ("urgent_rights", "acknowledge"): lambda b, _: {"usefulness": b.random.randint(1, 5)},
}
"""What makes a body likely to be right; the rest is answered by the form itself. « send »: the statement."""


# ---------------------------------------------------------------- histories
class History:
    """One world in which things happen, and what is true of it after every step."""

    def __init__(self, random: Random, world: World, more: Sequence[Actor]) -> None:
        self.random = random
        self.instant = STARTS[0].astimezone(UTC)
        self.actors: list[Actor] = [*vars(world).values(), *more]
        people: dict[str, list[Actor]] = {}
        for actor in self.actors:
            people.setdefault(actor.unit_id, []).append(actor)
        self.people = people
        self.bodies = Bodies(random, people)
        self.sight: list[str] = []
        self.known: set[str] = set()
        self.done: Counter[tuple[str, str]] = Counter()
        self.refused: Counter[str] = Counter()
        self.cut = 0
        self.keys = 0

    def begin(self, start: datetime) -> None:
        """Another history: other tickets, another season."""
        self.instant = start.astimezone(UTC)
        self.sight = []

    def step(self) -> None:
        """Some time passes, something happens, and everything still holds."""
        ahead = self.random.choice((7, 900, 5400, 6 * 3600, 15 * 3600, 31 * 3600))
        self.instant += timedelta(seconds=self.random.randint(0, ahead))
        chance = self.random.random()
        if chance < 0.05:
            self.instant += timedelta(days=self.random.randint(3, 25))
            self.run_job()
        elif chance < 0.08:
            self.instant -= timedelta(seconds=3)  # the machine's clock is put right
        what = self.random.choices(
            (self.create, self.act, self.write, self.run_job), (20, 66, 9, 5) if self.sight else (1, 0, 0, 0)
        )[0]
        what()

    # -------------------------------------------------------- what happens
    def create(self) -> None:
        kind = self.random.choice(sorted(WORKFLOWS))
        usual = [actor for actor in self.actors if actor.role in OPENERS[kind]]
        actor = self.random.choice(usual if self.random.random() < 0.9 else self.actors)
        behalf = actor.role is Role.CAF_SECRETARIAT and self.random.random() < 0.7
        unit = "cdas-redon" if behalf or self.random.random() < 0.03 else None
        self.keys += 1
        key = f"history {self.keys}"
        given = self.bodies.statement(kind, actor)
        if self.random.random() < 0.15:
            given.pop(self.random.choice(sorted(given)))
        submit = self.random.random() < 0.85
        form = None if submit else {"last_name": "Exemple"}

        def make() -> tuple[str, bool]:
            if kind != "urgent_rights" and leaves(kind, submit=submit):
                expect_complete(kind, given)
            return create_ticket(actor, kind, given, key, submit=submit, asking_unit=unit, form=form)

        made = self.attempt(make, ())
        if made is None:
            return
        assert actor.role in OPENERS[kind], f"{actor.role} opened {kind}"
        row = WORKFLOWS[kind].sends if submit or not WORKFLOWS[kind].has_drafts else "open"
        self.done[kind, row] += 1
        if self.random.random() < 0.2:
            assert make() == (made[0], False), "the same key made it twice"
        self.look_around(made[0])

    def act(self) -> None:
        number = self.random.choice(self.sight)
        ticket = self.ticket(number)
        actor = self.random.choice(self.actors)
        likely = self.random.random() < 0.8
        if likely:
            willing = self.somebody_willing(ticket)
            if willing is None:
                self.sight.remove(number)
                return
            actor = willing
        offered = self.offers(number, [actor])[actor]
        names = sorted(offered) if likely else [row.name for row in WORKFLOWS[ticket.kind].transitions]
        quiet = [name for name in names if name not in LAST_RESORTS]
        name = self.random.choice(quiet if quiet and self.random.random() < 0.85 else names)
        self.do(ticket, actor, name, offered=name in offered)

    def somebody_willing(self, ticket: Ticket) -> Actor | None:
        """Somebody who is offered an act, those whose turn it is first; None when nobody is any more."""
        turns = [
            self.people.get(unit or "", []) for unit in (ticket.next_step_unit_id, ticket.asking_unit_id)
        ]
        for group in (*turns, self.actors):
            for actor in self.random.sample(group, k=len(group)):
                offered = self.offers(ticket.reference, [actor])[actor]
                if offered - LAST_RESORTS or (offered and self.random.random() < 0.1):
                    return actor
        return None

    def do(self, ticket: Ticket, actor: Actor, name: str, *, offered: bool) -> None:
        """One act: refused where it was not offered, and never for lack of right or state where it was."""
        body, right = self.body(ticket, actor, name)
        late = self.random.random() < 0.1
        when = clock.now() - timedelta(minutes=self.random.randint(0, 3000)) if late else None
        version = self.random.choice((None, *[ticket.version] * 10, ticket.version - 1))
        schema = ACTS[ticket.kind].get(name)

        def make() -> bool:
            given = body if schema is None else load(schema(), body)
            acts.perform(actor, ticket.reference, name, given, version=version, happened_at=when)
            return True

        asked_by_row = WORKFLOWS[ticket.kind].transition(name).requires
        never: tuple[type[Refusal], ...] = (WrongState, NotVisible) if offered and name != "submit" else ()
        if offered and not asked_by_row:
            never = (*never, NotPermitted)
        if not right:
            never = ()
        made = self.attempt(make, never)
        if made is None:
            return
        assert offered, f"{actor.role} did « {name} », which was not offered"
        assert version in (None, ticket.version), "an act on a version that has passed was kept"
        self.done[ticket.kind, name] += 1
        self.look_around(ticket.reference)

    def body(self, ticket: Ticket, actor: Actor, name: str) -> tuple[Body, bool]:
        """What is given, and whether nobody spoilt it."""
        if name not in ACTS[ticket.kind]:
            return self.bodies.statement(ticket.kind, actor), True
        body = {k: v for k, v in self.bodies.of_act(ticket, name).items() if v is not None}
        return (body, True) if self.random.random() < 0.85 else (self.bodies.spoilt(body), False)

    def write(self) -> None:
        """A message both sides read, or a note of one side."""
        number, actor = self.random.choice(self.sight), self.random.choice(self.actors)
        put = self.random.choice((conversation.write_message, conversation.write_note))
        self.keys += 1
        key, body = f"history {self.keys}", f"Écrit par {actor.institution}."
        seen = self.sees(actor, number)
        if self.attempt(lambda: put(actor, number, body, key), ()) is None:
            return
        assert seen, f"{actor.role} of {actor.unit_id} wrote on a request that is not visible"
        assert actor.role in CONTENT_ROLES
        final = WORKFLOWS[self.ticket(number).kind].state(self.ticket(number).state).final
        assert put is conversation.write_note or not final, "a message in a final state"

    def run_job(self) -> None:
        job = self.random.choice((auto_close.run, fall_due.run, return_silent.run))

        def make() -> int:
            with transaction() as session:
                return job(session)

        if self.attempt(make, ()):
            self.done["job", job.__module__] += 1
            self.hold_all()

    def attempt(self, make: Callable[[], T], never: tuple[type[Refusal], ...]) -> T | None:
        """What it gives; None when it was refused or cut, and then nothing of it was kept."""
        before = self.kept()
        try:
            with self.interruptions():
                return make()
        except CutError:
            self.cut += 1
        except never as refusal:
            raise AssertionError(f"offered, then refused: {refusal!r}") from refusal
        except Refusal as refusal:
            self.refused[type(refusal).__name__] += 1
        assert self.kept() == before, "something of an act that failed was kept"
        return None

    @contextmanager
    def interruptions(self) -> Iterator[None]:
        """Sometimes the process is cut: before the n-th statement, or just before the commit."""
        kind = self.random.random()
        left = self.random.randint(1, 40)

        def at_a_statement(*_: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise CutError

        def at_the_commit(_: Session) -> None:
            raise CutError

        target, name, hook = (
            (database.engine(), "before_cursor_execute", at_a_statement)
            if kind < 0.08
            else (Session, "before_commit", at_the_commit)
        )
        if kind >= 0.12:
            yield
            return
        event.listen(target, name, hook)
        try:
            yield
        finally:
            event.remove(target, name, hook)

    # -------------------------------------------------------- what is seen
    def ticket(self, number: str) -> Ticket:
        with reading() as session:
            return session.scalars(select(Ticket).where(Ticket.reference == number)).one()

    def sees(self, actor: Actor, number: str) -> bool:
        with reading() as session:
            return session.scalar(tickets.only(actor, number)) is not None

    def offers(self, number: str, actors: Sequence[Actor]) -> Mapping[Actor, frozenset[str]]:
        """What each of them is offered; nothing where the request is not visible."""
        with reading() as session:
            found = {}
            for actor in actors:
                ticket = session.scalar(tickets.only(actor, number))
                rows = () if ticket is None else acts.possible_for(session, ticket, actor)
                found[actor] = frozenset(row.name for row in rows)
            return found

    def kept(self) -> Mapping[str, Any]:
        """How many rows stand in each table, and all that is stored of the requests in sight."""
        sight = ", ".join(f"'{number}'" for number in self.sight) or "''"
        with reading() as session:
            counts = ", ".join(f"(SELECT count(*) FROM {table.name})" for table in _TABLES)
            found: dict[str, Any] = {"counts": tuple(session.execute(text(f"SELECT {counts}")).one())}
            for table in _OF_TICKETS:
                key = "id" if table.name == "ticket" else "ticket_id"
                stored = text(
                    f"SELECT kept.* FROM {table.name} AS kept JOIN ticket ON ticket.id = kept.{key} "
                    f"WHERE ticket.reference IN ({sight})"
                )
                found[table.name] = sorted(
                    repr([_plain(value) for value in row]) for row in session.execute(stored)
                )
            return found

    def look_around(self, number: str) -> None:
        """The request that was touched, those that it made, and now and then everything in sight."""
        with reading() as session:
            newest = session.scalars(select(Ticket.reference).order_by(Ticket.id.desc()).limit(3)).all()
        made = [one for one in newest if one not in self.known and one != number]
        self.known |= {number, *made}
        self.sight += [one for one in (number, *made) if one not in self.sight]
        while len(self.sight) > IN_SIGHT:
            ended = [one for one in self.sight if self.ticket(one).ended_at is not None]
            self.sight.remove(self.random.choice(ended or self.sight))
        for one in (number, *made):
            self.hold(one)
        if self.random.random() < 0.1:
            self.hold_lists()

    # -------------------------------------------------------- what always holds
    def hold_all(self) -> None:
        for number in self.sight:
            self.hold(number)
        self.hold_lists()

    def hold(self, number: str) -> None:
        """workflows.md, « Properties that hold for every workflow », and the invariants of roles.md, on one request."""
        witnesses = self.random.sample(self.actors, k=4)
        with reading() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.reference == number)).one()
            the_journal_gives_the_state(session, ticket)
            the_clocks_are_those_of_the_journal(session, ticket)
            the_units_are_parties(session, ticket)
            seen = {actor for actor in witnesses if session.scalar(tickets.only(actor, number)) is not None}
            nobody_sees_more(session, ticket, seen, witnesses)
        self.somebody_can_act_today(ticket)
        actor = witnesses[0]
        offered = self.offers(number, [actor])[actor]
        self.offered_is_what_is_accepted(ticket, actor, offered, actor in seen)

    def somebody_can_act_today(self, ticket: Ticket) -> None:
        """Invariant 8: the unit that owes the next step has somebody who can do something other than give up."""
        people = self.people.get(ticket.next_step_unit_id or "")
        if not people:
            return
        offers = self.offers(ticket.reference, people)
        able = [actor for actor in people if offers[actor] - {"cancel", "reassign"}]
        assert able, f"{ticket.kind} {ticket.state}: nobody of {ticket.next_step_unit_id} can act"

    def offered_is_what_is_accepted(
        self, ticket: Ticket, actor: Actor, offered: frozenset[str], seen: bool
    ) -> None:
        """Invariant 7 too: what is forbidden and what is absent give the same answer."""
        workflow = WORKFLOWS[ticket.kind]
        absent = references.new(workflow.prefix, self.random.choice)
        with transaction():
            for row in workflow.transitions:
                if not row.source:
                    continue
                said = _answer(actor, ticket.reference, row.name)
                assert (said is None) == (row.name in offered), f"{actor.role} {row.name}: {said!r}"
                if not seen and self.random.random() < 0.2:
                    other = _answer(actor, absent, row.name)
                    assert said is not None
                    assert other is not None
                    assert (type(said), said.detail, said.advice) == (type(other), other.detail, other.advice)

    def hold_lists(self) -> None:
        """Invariants 2 and 5, R-PE-4: a list shows what reading each one would, without any notice."""
        numbers = self.random.sample(self.sight, k=min(6, len(self.sight)))
        with reading() as session:
            rows = session.scalars(select(Ticket).where(Ticket.reference.in_(numbers))).all()
            for actor in self.random.sample(self.actors, k=6):
                readable = {
                    one.reference for one in rows if session.scalar(tickets.only(actor, one.reference))
                }
                expected = {one.reference for one in rows if one.reference in readable and one.kind != NOTICE}
                shown = session.scalars(tickets.readable(actor).where(Ticket.reference.in_(numbers)))
                assert {one.reference for one in shown} == expected
                queue = lists.queue(actor, lists.Filters())
                queued = session.scalars(queue.where(Ticket.reference.in_(numbers))).all()
                assert {one.reference for one in queued} == expected
                for one in rows:
                    single = session.scalar(tickets.by_reference(actor, one.reference))
                    assert (single is not None) == (one.reference in expected)
                counted = select(func.count()).select_from(Ticket)
                if actor.role in WITHOUT_TICKETS:
                    assert session.scalar(counted.where(tickets.visible_to(actor))) == 0
                notices = counted.where(tickets.listed_to(actor), Ticket.kind == NOTICE)
                assert session.scalar(notices) == 0


_TABLES = Base.metadata.sorted_tables
_OF_TICKETS = [table for table in _TABLES if table.name == "ticket" or "ticket_id" in table.c]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _answer(actor: Actor, number: str, name: str) -> Refusal | None:
    try:
        acts.expect_possible(actor, number, name)
    except Refusal as refusal:
        return refusal
    return None


def the_journal_gives_the_state(session: Session, ticket: Ticket) -> None:
    """Each entry is a row of the table from where the last one led; the chain verifies; the last one is the ticket."""
    workflow = WORKFLOWS[ticket.kind]
    entries = session.scalars(
        select(JournalEntry).where(JournalEntry.ticket_id == ticket.id).order_by(JournalEntry.sequence)
    ).all()
    assert journal.first_break([(link_of(entry), entry.hash) for entry in entries]) is None
    state: str | None = None
    since = happened = datetime.min.replace(tzinfo=UTC)
    for entry in entries:
        row = workflow.transition(entry.transition)
        assert entry.from_state == (state if row.source else None)
        assert state in row.source if row.source else state is None
        assert entry.to_state in row.landings(entry.from_state)
        assert happened <= entry.happened_at <= entry.recorded_at
        salt, payload = entry.payload_salt or b"", (entry.payload or "").encode()
        assert journal.payload_digest(salt, payload) == entry.payload_digest
        state, happened = entry.to_state, entry.happened_at
        since = happened if row.target or entry.to_state != entry.from_state else since
    assert entries
    assert (ticket.state, ticket.state_since) == (state, since)
    assert ticket.next_step_unit_id == entries[-1].next_step_unit_id
    assert ticket.version == 1 + sum(bool(workflow.transition(entry.transition).source) for entry in entries)
    assert (ticket.ended_at is not None) == workflow.state(ticket.state).final


def the_clocks_are_those_of_the_journal(session: Session, ticket: Ticket) -> None:
    """R-CLK-1: no clock runs in a final state, nor two of one kind; while one runs exactly one unit owes the step."""
    steps = standing.steps_of(ticket.kind, standing.lines_of(session, ticket))
    told = {(run.name, run.run): (run.started_at, run.stopped_at) for run in replay(steps)}
    records = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id)).all()
    assert {(one.name, one.run): (one.started_at, one.stopped_at) for one in records} == told
    running = [one.name for one in records if one.stopped_at is None]
    assert len(running) == len(set(running)), f"two of {running}"
    assert all(one.started_at <= (one.stopped_at or one.started_at) for one in records)
    final = WORKFLOWS[ticket.kind].state(ticket.state).final
    assert not (running and final), f"{running} run in {ticket.state}"
    assert not (final and ticket.next_deadline_at)
    assert not running or ticket.next_step_unit_id in reference(session).units


def the_units_are_parties(session: Session, ticket: Ticket) -> None:
    """Whoever owes the next step or answers for the situation asked for it or received it (R-PR-6)."""
    received = {ticket.assigned_unit_id or ticket.triage_unit_id, ticket.triage_unit_id}
    parties = {ticket.asking_unit_id, *received}
    assert ticket.next_step_unit_id in {None, *parties}
    if ticket.submitted_at is None:
        return
    assert ticket.responsible_unit_id is not None
    assert ticket.responsible_unit_id in parties
    if ticket.kind == "handover":
        moved = ticket.assigned_unit_id if ticket.state == "completed" else ticket.asking_unit_id
        assert ticket.responsible_unit_id == moved


def nobody_sees_more(session: Session, ticket: Ticket, seen: set[Actor], everybody: Sequence[Actor]) -> None:
    """Invariants 1 and 2, R-DP-1, R-PE-4, by hand: never another CDAS, nor the other side's notes."""
    parties = {ticket.asking_unit_id, ticket.triage_unit_id, ticket.assigned_unit_id}
    named = set(session.scalars(select(Participant.account_id).where(Participant.ticket_id == ticket.id)))
    for actor in everybody:
        notes = [note for note, _, _ in session.execute(*written.notes(actor, ticket.id))]
        assert all(note.institution == actor.institution for note in notes)
        if actor not in seen:
            assert not notes
            assert not session.execute(*written.messages(actor, ticket.id)).all()
            continue
        assert actor.role not in WITHOUT_TICKETS
        assert actor.role not in CDAS_ROLES or actor.unit_id in parties
        if ticket.submitted_at is None:
            assert actor.unit_id == ticket.asking_unit_id or actor.account_id == ticket.author_id
        if ticket.kind == NOTICE:
            mine = actor.account_id in {ticket.author_id, *named}
            assert mine or actor.deputy or actor.role in (Role.CDAS_HEAD, Role.CAF_HEAD)
        if ticket.kind == URGENT_RIGHTS.kind:
            assert actor.role not in (Role.CAF_TS, Role.CAF_HEAD)


# ---------------------------------------------------------------- the test
def _seed() -> int:
    told = os.environ.get("RELAIS_TEST_SEED")
    return int(told) if told else SystemRandom().randrange(2**32) if scale.NIGHTLY else 20261126


def _more_people(session: Session, world: World) -> list[Actor]:
    """A second worker of the Caf, and members of a CDAS named for the concertation, or standing in for its head."""
    worker = an_account(session, "caf-social", Role.CAF_TS, email="other-caf-ts@test.example")
    named = an_account(session, "cdas-redon", Role.CDAS_AGENT, email="named@test.example")
    deputy = an_account(session, "cdas-vitre", Role.CDAS_AGENT, email="deputy@test.example")
    return [worker, replace(named, named=True), replace(deputy, deputy=True)]


def test_whatever_happens_everything_that_holds_still_holds(db: str) -> None:
    """workflows.md, properties of every workflow; roles.md, invariants 1, 2, 5, 7 and 8; R-CLK-1, R-PR-6, R-PE-4."""
    seed = _seed()
    random = Random(seed)
    with clock.driven(lambda: datetime(2025, 1, 10, 9, tzinfo=PARIS)), transaction() as session:
        world = seeded_world(session)
        more = _more_people(session, world)
    history = History(random, world, more)
    with clock.driven(lambda: history.instant):
        for number in range(STEPS):
            try:
                if number % OF_A_HISTORY == 0:
                    history.begin(STARTS[(number // OF_A_HISTORY) % len(STARTS)])
                history.step()
            except Exception as error:
                raise AssertionError(f"RELAIS_TEST_SEED={seed}, step {number}: {error!r}") from error
        history.hold_all()
    assert {kind for kind, _ in history.done} >= set(WORKFLOWS)
    assert sum(history.done.values()) > STEPS // 3
    assert history.refused
    assert history.cut


def test_a_clock_that_is_put_right_keeps_nobody_from_acting(sqlite_db: str) -> None:
    """R-CLK-8: the act that follows happened no earlier than the one before, and is not recorded before it happened."""
    instant = STARTS[0]
    with clock.driven(lambda: instant):
        with transaction() as session:
            world = seeded_world(session)
        ticket = a_submitted_ticket(world.cdas_agent)
        instant -= timedelta(seconds=2)
        acts.perform(world.caf_agent, ticket.reference, "take", {})
    with reading() as session:
        kept = session.get_one(Ticket, ticket.id)
        the_journal_gives_the_state(session, kept)
        the_clocks_are_those_of_the_journal(session, kept)
        assert (kept.state, kept.state_since) == ("in_progress", STARTS[0])
