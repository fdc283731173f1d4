"""Meetings of the demonstration: a technical one a month, a committee a year, remarks all along (R-GO-1, R-GO-2)."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle
from uuid import UUID

from service.demonstration import meetings_words as words
from service.demonstration.agenda import Story, later, office
from service.demonstration.situations import working_days
from service.demonstration.stage import Stage
from service.operations import meeting_agenda, meeting_records, put_forward, remarks
from service.operations import meetings as operations
from service.permissions import Actor, Institution, Role
from service.workflows.french import PARIS
from service.workflows.meetings import HEADINGS, MeetingKind, begins, month_after

_THURSDAY = 3
_PARTICIPANTS = (
    "unit:delegation",
    "unit:caf-direction",
    "unit:caf-secretariat",
    "unit:caf-prestations",
    "unit:caf-social",
    "unit:cdas-redon",
    "unit:cdas-vitre",
)
_MARCH = 3


def stories(stage: Stage) -> Iterator[Story]:
    """All of it."""
    yield _monthly(stage)
    yield _committees(stage)
    yield _remarks(stage)
    yield _questions(stage)


def _monthly(stage: Stage) -> Story:
    """The steering plans the next one when the last one is over; what was decided is done sooner or later."""
    yield office().add(datetime.combine(stage.first_day, time(8), PARIS), 3600)
    steering, month = stage.staff.shown(Role.STEERING), begins(MeetingKind.MONTHLY, stage.first_day)
    texts = cycle(words.DECISIONS), cycle(words.ACTIONS)
    rng = stage.dice("meetings")
    while True:
        day = _thursday_after(max(month_after(month), stage.day))
        planned = operations.plan(steering, _plan(MeetingKind.MONTHLY, month, day))
        _gather(steering, planned, alone=month == begins(MeetingKind.MONTHLY, stage.first_day))
        yield datetime.combine(day, time(10, 5), PARIS)
        if rng.random() < 0.5:
            meeting_agenda.add_line(steering, planned, rng.choice(words.LINES))
        operations.hold(steering, planned)
        meeting_records.record(steering, planned, {"sort": "decision", "said": next(texts[0])})
        said, owner = next(texts[1])
        due = day + timedelta(days=rng.randint(20, 50))
        given = {"sort": "action", "said": said, "owner": owner, "due_on": due}
        action = meeting_records.record(steering, planned, given)
        if rng.random() < 0.9:
            stage.agenda.add(_done(stage, steering, action, rng.choice((9, 24, 48, 66))))
        month = month_after(month)


def _done(stage: Stage, steering: Actor, action: UUID, days: int) -> Story:
    yield office().add(stage.now + timedelta(days=days), 3600)
    meeting_records.done(steering, action, stage.day, words.DONE)


def _committees(stage: Stage) -> Story:
    """Planned in autumn for the March that follows, about the year that ends; prepared by both institutions."""
    steering, lead = stage.staff.shown(Role.STEERING), stage.staff.shown(Role.CAF_LEAD)
    yield office().add(datetime.combine(stage.first_day, time(8), PARIS), 7200)
    alone = True
    for year in range(stage.first_day.year - 1, stage.today.year + 1):
        held_on = _thursday_after(date(year + 1, _MARCH, 7))
        if held_on <= stage.first_day:
            continue
        yield max(datetime.combine(date(year, 11, 3), time(9, 30), PARIS), stage.now)
        planned = operations.plan(steering, _plan(MeetingKind.COMMITTEE, date(year, 1, 1), held_on))
        _gather(steering, planned, alone=alone)
        alone = False
        yield max(datetime.combine(date(year + 1, 2, 3), time(9, 30), PARIS), stage.now)
        remarks.call(steering, planned)
        yield datetime.combine(held_on - timedelta(days=8), time(15), PARIS)
        for actor in (steering, lead):
            for heading, text in zip(HEADINGS, words.COMMENTS[actor.institution], strict=True):
                meeting_records.comment(actor, planned, heading, text, seen=0)
        yield datetime.combine(held_on, time(14, 5), PARIS)
        operations.hold(steering, planned)
        for said in words.OF_THE_COMMITTEE:
            meeting_records.record(steering, planned, {"sort": "decision", "said": said})


def _remarks(stage: Stage) -> Story:
    """Somebody of the field now and then; half of them are shared by those who steer."""
    rng = stage.dice("remarks")
    heads = {
        Institution.DEPARTEMENT: stage.staff.shown(Role.STEERING),
        Institution.CAF: stage.staff.shown(Role.CAF_HEAD),
    }
    at = office().add(datetime.combine(stage.first_day, time(9), PARIS), 3600)
    for theme, tone, text, role in cycle(words.REMARKS):
        at = later(rng, at + timedelta(days=rng.randint(20, 60)), 3.0)
        yield at
        made = remarks.write(stage.staff.shown(role), theme, tone, text)
        if rng.random() < 0.6:
            remarks.share(heads[stage.staff.shown(role).institution], made)


def _questions(stage: Stage) -> Story:
    """A professional puts a request under way forward, twice a month or so."""
    rng = stage.dice("questions")
    at, put = office().add(datetime.combine(stage.first_day, time(9), PARIS), 3600), set[str]()
    for question in cycle(words.QUESTIONS):
        at = later(rng, at + timedelta(days=rng.randint(9, 16)), 3.0)
        yield at
        waiting = sorted(stage.current.keys() - put)
        if waiting:
            case = stage.current[rng.choice(waiting)]
            put_forward.put_forward(stage.professional(case), case.reference, question)
            put.add(case.reference)


def _plan(kind: MeetingKind, about: date, day: date) -> dict[str, object]:
    starts_at = "10:00" if kind is MeetingKind.MONTHLY else "14:00"
    place = words.PLACES[about.month % 2]
    return {"kind": kind, "about_on": about, "held_on": day, "starts_at": starts_at, "place": place}


def _gather(steering: Actor, planned: UUID, *, alone: bool) -> None:
    """Those of the last meeting come again; where there was none (`alone`), everybody is named."""
    for who in _PARTICIPANTS if alone else ():
        operations.add_participant(steering, planned, who)
    operations.invite(steering, planned)


def _thursday_after(day: date) -> date:
    return next(one for one in working_days(day) if one.weekday() == _THURSDAY)
