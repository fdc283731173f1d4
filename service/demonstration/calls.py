"""Calls on the direct line in the demonstration: answered or not, solved during the call or followed up."""

from collections.abc import Generator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.database import transaction
from service.demonstration import words_of_the_caf as caf
from service.demonstration import words_of_the_cdas as words
from service.demonstration.agenda import Story, minutes, office
from service.demonstration.cases import new_case
from service.demonstration.destiny import drawn
from service.demonstration.stage import CAF, SECRETARIAT, Case, Stage
from service.demonstration.treatment import Treatment
from service.models import Call, Ticket
from service.operations import calls
from service.permissions import Actor, Role
from service.workflows.french import PARIS

_SOLVED = 0.46
_NOTED_LATER = 0.05


def telephoned(stage: Stage, rng: Random, at: datetime) -> Story:
    """A call that somebody answers, now and then after one that nobody did."""
    yield at
    case = new_case(stage, rng)
    if rng.random() < 0.06:
        yield from nobody_answers(stage, case)
        yield stage.now + minutes(rng, 4, 9)
    started_at = stage.now
    spoken = min(45, max(2, round(rng.lognormvariate(2.0, 0.55))))
    solved = rng.random() < _SOLVED
    destiny = drawn(rng)
    yield _noted_at(rng, started_at + timedelta(minutes=spoken))
    given: dict[str, Any] = {
        "cdas": case.cdas,
        "benefit": case.benefit,
        "event": case.event,
        "started_at": started_at,
        "minutes": spoken,
        "answered": True,
        "remark": rng.choice(words.ABOUT_CALLS),
        **({"matricule": case.person.matricule} if rng.random() < 0.85 else {}),
        **(_outcome(rng, destiny.outcome, stage.day) if solved else {}),
    }
    who = _who_notes(stage, case)
    noted, _ = calls.record_call(who, given, case.key())
    case.reference = _reference_of(noted)
    case.holder = who if who.role is Role.CAF_AGENT else None
    stage.sent(case)
    treatment = Treatment(stage, case, destiny)
    yield from treatment.from_answered() if solved else treatment.from_call()


def nobody_answers(stage: Stage, case: Case) -> Generator[datetime, None, UUID]:
    """The CDAS rings, and notes that nobody answered; the identifier of the call."""
    started_at = stage.now
    yield started_at + minutes(case.rng, 2, 5)
    given = {
        "matricule": case.person.matricule,
        "benefit": case.benefit,
        "event": case.event,
        "started_at": started_at,
        "minutes": 2,
        "answered": False,
    }
    noted, _ = calls.record_call(case.author, given, case.key())
    return UUID(noted)


def _noted_at(rng: Random, ended_at: datetime) -> datetime:
    """At once, or on the next morning (R-CLK-8)."""
    if rng.random() < _NOTED_LATER:
        next_day = office().end_of_open_day(ended_at, 1).astimezone(PARIS).date()
        return datetime.combine(next_day, time(8, 40), PARIS).astimezone(UTC) + minutes(rng, 0, 40)
    return ended_at + minutes(rng, 1, 4)


def _who_notes(stage: Stage, case: Case) -> Actor:
    side = case.rng.choices(("caf", "cdas", "secretariat"), (0.58, 0.32, 0.1))[0]
    if side == "caf":
        return stage.staff.pick(case.rng, stage.day, CAF, Role.CAF_AGENT)
    if side == "secretariat":
        return stage.staff.pick(case.rng, stage.day, SECRETARIAT, Role.CAF_SECRETARIAT)
    return stage.professional(case)


def _outcome(rng: Random, outcome: str, day: date) -> dict[str, Any]:
    given: dict[str, Any] = {"outcome": outcome}
    if outcome in ("payment_scheduled", "under_review"):
        given["outcome_on"] = day + timedelta(days=rng.randint(2, 12))
    if details := caf.DETAILS.get(outcome):
        given["outcome_detail"] = rng.choice(details)
    return given


def _reference_of(call_id: str) -> str:
    with transaction() as session:
        query = (
            select(Ticket.reference).join(Call, Call.ticket_id == Ticket.id).where(Call.id == UUID(call_id))
        )
        return session.scalars(query).one()
