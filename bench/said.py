"""What a request is about, and what people write with each act: the words of the demonstration."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bench.histories import PARIS
from bench.staff import Staff
from service.demonstration import words_of_the_caf as caf
from service.demonstration import words_of_the_cdas as cdas
from service.demonstration.cases import BENEFITS, what_is_said
from service.demonstration.people import People
from service.demonstration.stage import Case
from service.workflows.urgency import Benefit, Event, add_months

CREATING = frozenset({"submit", "receive", "record_call"})
_DECREASES = 0.28
_REASONS = ("not_urgent", "visible_in_cdap", "wrong_service", "wrong_orientation")
_TEXTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ask": ("question", caf.QUESTIONS),
    "reply": ("text", cdas.REPLIES),
    "reopen": ("reason", cdas.REOPENINGS),
    "contest": ("reason", cdas.CONTESTS),
    "cancel": ("reason", cdas.CANCELLATIONS),
}


def new_case(rng: Random, people: People, staff: Staff, at: datetime) -> Case:
    """Somebody whose benefit has stopped or fallen, and who says so."""
    day, person = at.astimezone(PARIS).date(), people.somebody(people.some_cdas())
    benefit = rng.choices(list(BENEFITS), list(BENEFITS.values()))[0]
    decreases = benefit.always_urgent and rng.random() < _DECREASES
    event = Event.STRONG_DECREASE if decreases else Event.INTERRUPTION
    author = rng.choice(staff.professionals[person.cdas])
    return Case(rng, person, benefit.value, event.value, _last_payment(rng, benefit, day), author)


def given(rng: Random, name: str, case: Case, unit_id: str, at: datetime) -> Mapping[str, Any]:
    """The input of the act `name`; `unit_id` is the team that a request is assigned to."""
    if name in CREATING or name == "complete":
        return what_is_said(case, at.astimezone(PARIS).date())
    if name == "assign":
        return {"unit_id": unit_id, "holder_id": None}
    if name == "reject":
        reason = rng.choice(_REASONS)
        return {"reason": reason, "sentence": rng.choice(caf.REJECTIONS[reason])}
    if name == "answer":
        return _answer(rng, case, at)
    if name == "acknowledge":
        return {"usefulness": rng.choice((None, 3, 4, 5)), "remark": None}
    if name in _TEXTS:
        field, words = _TEXTS[name]
        return {field: rng.choice(words)}
    return {}


def _answer(rng: Random, case: Case, at: datetime) -> dict[str, Any]:
    outcome = rng.choice(list(caf.ANSWERS))
    day = at.astimezone(PARIS).date() + timedelta(days=rng.randint(2, 12))
    sentence = rng.choice(caf.ANSWERS[outcome])
    return {
        "outcome": outcome,
        "outcome_on": day if outcome in ("payment_scheduled", "under_review") else None,
        "outcome_detail": rng.choice(caf.DETAILS.get(outcome, (None,))),
        "text": sentence.format(of=Benefit(case.benefit).of, day=f"{day:%d/%m/%Y}"),
    }


def _last_payment(rng: Random, benefit: Benefit, day: date) -> date:
    if benefit.always_urgent:
        return day - timedelta(days=rng.randint(18, 70))
    return add_months(day, -3) - timedelta(days=rng.randint(1, 120))
