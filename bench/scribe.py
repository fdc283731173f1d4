"""One invented history as the rows that Relais would have stored: judged, sealed and chained by its own functions."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench import histories, rows, said
from bench.histories import PARIS, Outline
from bench.staff import Staff
from service.demonstration import words_of_the_caf as caf
from service.demonstration.people import People
from service.demonstration.stage import Case
from service.models import Base, ClockRecord, UrgentRightsDetails
from service.operations import standing, transitions, urgent_rights
from service.permissions import Actor
from service.queries.reference import LINE, Reference
from service.workflows import journal, machine
from service.workflows.urgent_rights import URGENT_RIGHTS

_OF_THE_CDAS = frozenset({"open", "submit", "reply", "acknowledge", "reopen", "contest", "cancel"})
_OF_THE_SECRETARIAT = frozenset({"complete", "assign"})
_OF_NOBODY = frozenset({"receive", "auto_close"})
_NAMED, _NOTED = 0.65, 0.08


class Scribe:
    """Writes one request after the other; `rows` gives each one's rows, nothing is stored here."""

    def __init__(self, known: Reference, staff: Staff, people: People, now: datetime) -> None:
        self.known, self.staff, self.people, self.now = known, staff, people, now
        # `keep_clocks` asks which records there are: in this empty table, none.
        memory = create_engine("sqlite://")
        Base.metadata.tables[ClockRecord.__tablename__].create(memory)
        self.session = Session(memory, autoflush=False)

    def rows(self, outline: Outline) -> list[Base]:
        """Every row of the request that the outline describes."""
        rng = histories.dice("request", outline.number)
        told = histories.acts(rng, outline, self.now)
        case = said.new_case(rng, self.people, self.staff, told[0][1])
        story = _Story(self, rng, case, outline.channel, told[0][1])
        for name, at in told:
            story.act(name, at)
        return story.finished()


class _Story:
    """One ticket while its acts are being told."""

    def __init__(self, scribe: Scribe, rng: Random, case: Case, channel: str, at: datetime) -> None:
        self.scribe, self.rng, self.case, self.known = scribe, rng, case, scribe.known
        self.agent = rng.choice(scribe.staff.agents)
        self.ticket = rows.new_ticket(self.known, case, channel, at)
        self.details: UrgentRightsDetails | None = None
        self.rows: list[Base] = [self.ticket]
        self.lines: list[standing.Line] = []

    def act(self, name: str, at: datetime) -> None:
        """Do one act, as `transitions.fire` does; the machine refuses what the table does not allow."""
        row, actor = URGENT_RIGHTS.transition(name), self._who(name)
        given = said.given(self.rng, name, self.case, self.agent.unit_id, at)
        if row.source:
            where = standing.standing_of(self.ticket, self.details, self.known, at)
            machine.judge(URGENT_RIGHTS, name, where, actor, given)
        act = transitions.Act(
            session=self.scribe.session,
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
        self.lines.append(transitions._line(transitions._write(act, before, at, None, previous)))
        if actor is not None:
            self.rows.append(rows.reading(self.ticket, actor, at))

    def finished(self) -> list[Base]:
        """The rows, with the clocks as the whole journal gives them."""
        steps = standing.steps_of(self.ticket.kind, self.lines)
        standing.keep_clocks(self.scribe.session, self.ticket, steps, self.known)
        if self.ticket.holder_id is not None and self.rng.random() < _NOTED:
            body = self.rng.choice(caf.NOTES)
            self.rows.append(rows.note(self.ticket, self.agent, body, self.lines[-1].happened_at))
        if self.ticket.state == "draft":
            self.rows.append(rows.draft(self.ticket, self.case))
        written = list(self.scribe.session.new)
        self.scribe.session.expunge_all()
        return [*self.rows, *written]

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

    def _effect(self, name: str) -> Callable[[transitions.Act], None]:
        """The operation's own effect, save where it asks the database for what is known here."""
        own: dict[str, Callable[[transitions.Act], None]] = {
            **dict.fromkeys(said.CREATING, self._created),
            "complete": _nothing,
            "assign": self._assigned,
            "cancel": _said_why,
        }
        return own.get(name) or urgent_rights.EFFECTS.get(name, _nothing)

    def _created(self, act: transitions.Act) -> None:
        ticket, details = act.ticket, UrgentRightsDetails(ticket_id=act.ticket.id)
        ticket.submitted_at = act.happened_at
        for field in urgent_rights._PLAIN_FIELDS:
            if act.given.get(field) is not None:
                setattr(details, field, act.given[field])
        day = act.happened_at.astimezone(PARIS).date()
        verdict = urgent_rights.verdict_of(self.known, ticket, act.given, day)
        details.urgency_rule, details.urgency_reached_on = verdict.rule, verdict.reached_on
        details.urgency_explanation = verdict.explanation
        details.cdap_no_access = bool(act.given.get("cdap_no_access"))
        details.line_was_open = self.known.hours_of_calendar(LINE).is_open(act.happened_at)
        details.contested, details.reopened = False, 0
        self.details = act.details = details
        self.rows += [details, *rows.person(ticket, act.given)]
        act.payload["channel"] = ticket.channel
        if act.row.name == "record_call":
            ticket.assigned_unit_id, ticket.holder_id = self.agent.unit_id, self.agent.account_id
            self.rows.append(rows.call(ticket, self.case, self.agent, self.rng.randint(3, 25)))

    def _assigned(self, act: transitions.Act) -> None:
        named = self.agent.account_id if self.rng.random() < _NAMED else None
        act.ticket.assigned_unit_id, act.ticket.holder_id = act.given["unit_id"], named
        act.payload |= {"unit": act.given["unit_id"], "holder": None if named is None else str(named)}


def _said_why(act: transitions.Act) -> None:
    """An act whose reason is a message."""
    act.write_message(act.given["reason"])


def _nothing(_act: transitions.Act) -> None:
    """An act that changes the state only."""
