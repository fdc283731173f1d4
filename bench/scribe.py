"""One invented history as the rows that Relais would have stored: judged, sealed and chained by its own functions."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from bench import histories
from bench.histories import PARIS, Outline
from bench.staff import Staff
from service.demonstration import words_of_the_caf as caf
from service.demonstration import words_of_the_cdas as cdas
from service.demonstration.cases import BENEFITS, what_is_said
from service.demonstration.people import People
from service.demonstration.stage import Case
from service.models import (
    AccessEntry,
    Base,
    Call,
    Draft,
    InternalNote,
    Person,
    PersonWord,
    Ticket,
    UrgentRightsDetails,
)
from service.models.base import Identified, Sealed, new_id
from service.operations import standing, transitions, urgent_rights
from service.permissions import Actor
from service.queries.reference import LINE, Reference
from service.sealing import ring
from service.workflows import journal, judging, names
from service.workflows import reference as references
from service.workflows.urgency import Benefit, Event, add_months
from service.workflows.urgent_rights import URGENT_RIGHTS

_OF_THE_CDAS = frozenset({"open", "submit", "reply", "acknowledge", "reopen", "contest", "cancel"})
_OF_THE_SECRETARIAT = frozenset({"complete", "assign"})
_OF_NOBODY = frozenset({"receive", "auto_close"})
_CREATING = frozenset({"submit", "receive", "record_call"})
_OWN_EFFECTS = frozenset({"assign", "reassign", "complete", "cancel", *_CREATING})
_NOTED = 0.08
Mapped = TypeVar("Mapped", bound=Base)


class Scribe:
    """Writes one request after the other; `rows` gives each one's rows, nothing is stored here."""

    def __init__(self, known: Reference, staff: Staff, people: People, now: datetime) -> None:
        self.known, self.staff, self.people, self.now = known, staff, people, now
        self.sheet = _Sheet()

    def rows(self, outline: Outline) -> list[Base]:
        """Every row of the request that the outline describes."""
        rng = histories.dice("request", outline.number)
        told = histories.acts(rng, outline, self.now)
        case = self._case(rng, told[0][1])
        story = _Story(self, rng, case, outline, told[0][1])
        for name, at in told:
            story.act(name, at)
        return story.finished()

    def _case(self, rng: Random, at: datetime) -> Case:
        day = at.astimezone(PARIS).date()
        person = self.people.somebody(self.people.some_cdas())
        benefit = rng.choices(list(BENEFITS), list(BENEFITS.values()))[0]
        event = Event.STRONG_DECREASE if benefit.always_urgent and rng.random() < 0.28 else Event.INTERRUPTION
        last_payment = (
            day - timedelta(days=rng.randint(18, 70))
            if benefit.always_urgent
            else add_months(day, -3) - timedelta(days=rng.randint(1, 120))
        )
        author = rng.choice(self.staff.professionals[person.cdas])
        return Case(rng, person, benefit.value, event.value, last_payment, author)


class _Sheet(Session):
    """Where the operations lay the rows of one story. A story begins with no row: of those it has none to give back."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Base] = []

    def add(self, instance: object, _warn: bool = True) -> None:
        """Keep the row; the database is written by COPY."""
        self.rows.append(cast(Base, instance))

    def scalars(self, *_query: Any, **_options: Any) -> Any:
        """No row yet: `keep_clocks` asks, once a story, which clocks were kept before."""
        return ()

    def scalar(self, *_query: Any, **_options: Any) -> Any:
        """Nor a link of anybody with a family: `reopen` asks."""
        return None


class _Act(transitions.Act):
    """An act whose rows are laid."""

    def keep(self, mapped: type[Mapped], **values: Any) -> Mapped:
        """Lay the row with the others of the story."""
        row = _laid(mapped, **values)
        self.session.add(row)
        return row


class _Story:
    """One ticket while its acts are being told."""

    def __init__(self, scribe: Scribe, rng: Random, case: Case, outline: Outline, at: datetime) -> None:
        self.scribe, self.rng, self.case, self.known = scribe, rng, case, scribe.known
        self.agent = rng.choice(scribe.staff.agents)
        self.ticket = self._new(outline, at)
        self.details: UrgentRightsDetails | None = None
        self.rows: list[Base] = [self.ticket]
        self.sheet = scribe.sheet
        self.sheet.rows = []
        self.lines: list[standing.Line] = []

    def act(self, name: str, at: datetime) -> None:
        """Do one act, as `transitions.fire` does; the machine refuses what the table does not allow."""
        row, actor, given = URGENT_RIGHTS.transition(name), self._who(name), self._given(name, at)
        if row.source:
            where = standing.standing_of(self.ticket, self.details, self.known, at)
            judging.judge(URGENT_RIGHTS, name, where, actor, given)
        act = _Act(
            session=self.sheet,
            reference=self.known,
            ticket=self.ticket,
            details=self.details,
            actor=actor,
            row=row,
            given=given,
            happened_at=at,
            sequence=len(self.lines) + 1,
        )
        self._effect(name)(act)
        before = self.ticket.state if row.source else None
        transitions._move(act, at)
        previous = self.lines[-1].hash if self.lines else journal.FIRST
        self.lines.append(standing.line_of(transitions._write(act, before, at, None, previous)))
        if actor is not None:
            self.rows.append(self._read_by(actor, at))

    def finished(self) -> list[Base]:
        """The rows, with the clocks as the whole journal gives them."""
        standing.keep_clocks(self.sheet, self.ticket, self.lines, self.known)
        if self.rng.random() < _NOTED and self.ticket.holder_id is not None:
            self.rows.append(self._note())
        if self.ticket.state == "draft":
            self.rows.append(self._draft())
        return [*self.rows, *self.sheet.rows]

    # ------------------------------------------------------------ who does what
    def _who(self, name: str) -> Actor | None:
        if name in _OF_NOBODY:
            return None
        if name in _OF_THE_CDAS:
            return self.case.author
        early = name == "reject" and self.ticket.state == "submitted"
        if name in _OF_THE_SECRETARIAT or early:
            return self.rng.choice(self.scribe.staff.secretaries)
        if self.details is not None and self.agent.account_id == self.details.rejected_by:
            others = [agent for agent in self.scribe.staff.agents if agent != self.agent]
            self.agent = self.rng.choice(others)
        return self.agent

    def _given(self, name: str, at: datetime) -> Mapping[str, Any]:
        day = at.astimezone(PARIS).date()
        if name in _CREATING or name == "complete":
            return what_is_said(self.case, day)
        if name == "assign":
            return {"unit_id": self.agent.unit_id, "holder_id": None}
        if name == "reject":
            reason = self.rng.choice(("not_urgent", "visible_in_cdap", "wrong_service", "wrong_orientation"))
            return {"reason": reason, "sentence": self.rng.choice(caf.REJECTIONS[reason])}
        if name == "answer":
            return self._answer(at)
        if name == "acknowledge":
            return {"usefulness": self.rng.choice((None, 3, 4, 5)), "remark": None}
        texts = {
            "ask": ("question", caf.QUESTIONS),
            "reply": ("text", cdas.REPLIES),
            "reopen": ("reason", cdas.REOPENINGS),
            "contest": ("reason", cdas.CONTESTS),
            "cancel": ("reason", cdas.CANCELLATIONS),
        }
        field, words = texts.get(name, ("", ("",)))
        return {field: self.rng.choice(words)} if field else {}

    def _answer(self, at: datetime) -> dict[str, Any]:
        outcome = self.rng.choice(list(caf.ANSWERS))
        day = at.astimezone(PARIS).date() + timedelta(days=self.rng.randint(2, 12))
        sentence = self.rng.choice(caf.ANSWERS[outcome])
        of = Benefit(self.case.benefit).of
        return {
            "outcome": outcome,
            "outcome_on": day if outcome in ("payment_scheduled", "under_review") else None,
            "outcome_detail": self.rng.choice(caf.DETAILS.get(outcome, (None,))),
            "text": sentence.format(of=of, day=f"{day:%d/%m/%Y}"),
        }

    # ------------------------------------------------------------ what it changes
    def _effect(self, name: str) -> Callable[[transitions.Act], None]:
        """The operation's own effect, save where it asks the database for what is known here."""
        own = {"assign": self._assigned, "cancel": self._cancelled}
        if name in _CREATING:
            return self._created
        if name in _OWN_EFFECTS:
            return own.get(name, _nothing)
        return urgent_rights.EFFECTS.get(name, _nothing)

    def _created(self, act: transitions.Act) -> None:
        given, ticket = act.given, act.ticket
        ticket.submitted_at = act.happened_at
        self.details = act.details = UrgentRightsDetails(ticket_id=ticket.id)
        for field in urgent_rights._PLAIN_FIELDS:
            if given.get(field) is not None:
                setattr(self.details, field, given[field])
        day = act.happened_at.astimezone(PARIS).date()
        verdict = urgent_rights.verdict_of(self.known, ticket, given, day)
        self.details.urgency_rule = verdict.rule
        self.details.urgency_reached_on = verdict.reached_on
        self.details.urgency_explanation = verdict.explanation
        self.details.cdap_no_access = bool(given.get("cdap_no_access"))
        self.details.line_was_open = self.known.hours_of_calendar(LINE).is_open(act.happened_at)
        self.details.contested, self.details.reopened = False, 0
        if act.row.name == "record_call":
            ticket.assigned_unit_id, ticket.holder_id = self.agent.unit_id, self.agent.account_id
            self.rows.append(self._call(act))
        act.payload["channel"] = ticket.channel
        self.rows += [self.details, *self._person(given)]

    def _assigned(self, act: transitions.Act) -> None:
        act.ticket.assigned_unit_id = act.given["unit_id"]
        named = self.agent.account_id if self.rng.random() < 0.65 else None
        act.ticket.holder_id = named
        act.payload |= {"unit": act.given["unit_id"], "holder": None if named is None else str(named)}

    def _cancelled(self, act: transitions.Act) -> None:
        act.write_message(act.given["reason"])

    # ------------------------------------------------------------ rows
    def _new(self, outline: Outline, at: datetime) -> Ticket:
        channel = outline.channel
        return Ticket(
            reference=references.new(URGENT_RIGHTS.prefix, _symbols_of(outline.number)),
            kind=URGENT_RIGHTS.kind,
            state="draft",
            version=1,
            channel=channel,
            asking_unit_id=self.case.cdas,
            triage_unit_id=self.known.triage_unit().code,
            author_id=None if channel in {"email", "phone"} else self.case.author.account_id,
            convention_version=self.known.version_at(at).number,
            opened_at=at,
            state_since=at,
            changed_at=at,
        )

    def _person(self, given: Mapping[str, Any]) -> Iterator[Base]:
        born = given.get("birth_date")
        yield _laid(
            Person,
            ticket_id=self.ticket.id,
            commune_insee=given["commune"],
            matricule=given["matricule"],
            matricule_index=ring().blind_index("matricule", given["matricule"]),
            last_name=given["last_name"],
            first_name=given["first_name"],
            birth_date=None if born is None else born.isoformat(),
        )
        for word in names.words(f"{given['last_name']} {given['first_name']}"):
            yield _laid(PersonWord, ticket_id=self.ticket.id, word_index=ring().blind_index("name", word))

    def _call(self, act: transitions.Act) -> Call:
        return Call(
            cdas_code=self.case.cdas,
            matricule=self.case.person.matricule,
            matricule_index=ring().blind_index("matricule", self.case.person.matricule),
            benefit=self.case.benefit,
            event=self.case.event,
            started_at=act.happened_at,
            minutes=self.rng.randint(3, 25),
            answered=True,
            ticket_id=self.ticket.id,
            recorded_at=act.happened_at,
            recorded_by=self.agent.account_id,
            recorded_unit_id=self.agent.unit_id,
        )

    def _note(self) -> InternalNote:
        return InternalNote(
            ticket_id=self.ticket.id,
            author_id=self.agent.account_id,
            unit_id=self.agent.unit_id,
            institution=self.agent.institution,
            written_at=self.lines[-1].happened_at,
            body=self.rng.choice(caf.NOTES),
        )

    def _draft(self) -> Draft:
        kept = Draft(ticket_id=self.ticket.id, saved_at=self.ticket.changed_at)
        kept.form = json.dumps({"last_name": self.case.person.last_name, "benefit": self.case.benefit})
        return kept

    def _read_by(self, actor: Actor, at: datetime) -> AccessEntry:
        return _laid(
            AccessEntry,
            at=at,
            account_id=actor.account_id,
            unit_id=actor.unit_id,
            ticket_id=self.ticket.id,
            act="read",
        )


def _laid(mapped: type[Mapped], **values: Any) -> Mapped:
    """A row of its values alone, all that is stored: of what a request has ten of, the mapping is spared."""
    row = mapped.__new__(mapped)
    given = vars(row)
    if issubclass(mapped, Identified):
        given["id"] = new_id()
    given.update(values)
    for sealed in _sealed(mapped):
        plain = given.pop(sealed.name, None)
        given[f"{sealed.name}_sealed"] = sealed.sealed(row, None if plain is None else plain.encode())
    return row


@cache
def _sealed(mapped: type[Base]) -> tuple[Sealed, ...]:
    return tuple(found for found in vars(mapped).values() if isinstance(found, Sealed))


def _symbols_of(number: int) -> Callable[[str], str]:
    """What chooses the symbols of a reference, scattered, and different for every number."""
    left = number * 0x2545F4915 % 32 ** (references.LENGTH - 1)

    def choose(symbols: str) -> str:
        nonlocal left
        left, place = divmod(left, len(symbols))
        return symbols[place]

    return choose


def _nothing(_act: transitions.Act) -> None:
    """An act that changes the state only."""
