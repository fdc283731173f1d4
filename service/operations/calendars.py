"""Change when something is open: weekly hours from a day on, exceptional closures and openings (R-CAL-1, R-CAL-2).

What lies before a change never moves (R-CLK-7). A unit that shares its hours with others gets a calendar of its own
with its first change; each change is in the history of its calendar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import Calendar, CalendarHours, Closure, SettingChange, Unit
from service.operations import recomputation, revision
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may, may_change_hours_of
from service.queries import calendars as queries
from service.queries.calendars import Place
from service.queries.reference import open_hours
from service.workflows import french
from service.workflows.business_time import HoursRefused, OutsideKnownDays, Slot
from service.workflows.calendars import HoursFrom
from service.workflows.plain_text import plain
from service.workflows.weekly_hours import midnight, period_in_words, seconds_a_week, to_stored

log = logs.logger(__name__)

Row = TypeVar("Row", Calendar, CalendarHours, Closure)

LEAST_A_WEEK = 3600
"""Open seconds a week: with less, a target of some hours would take years."""
FURTHEST = timedelta(days=731)
"""How far ahead hours and closures are planned."""
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change of hours would do. `requests`: open ones whose deadline is computed in the hours that change."""

    place: Place
    before: HoursFrom
    requests: int


def foresee_hours(actor: Actor, code: str, hours: HoursFrom, *, seen: str) -> Foreseen:
    """What `change_hours` would do, and the same refusals; nothing is kept."""
    with reading() as session:
        place = _changeable(session, actor, code, seen)
        before = _expect_hours(session, place, hours)
        requests = session.scalar(queries.deadlines_in(place.concerned)) or 0
    return Foreseen(place, before, requests)


def change_hours(actor: Actor, code: str, hours: HoursFrom, *, seen: str) -> str:
    """Give other weekly hours, from a day after today on; gives the code of the calendar that has them.

    Refuses a day already begun, another change for that day, slots that overlap, hours that hardly or never open,
    and (StaleVersion) a calendar changed since it was `seen`. For a place that the actor may not change: as unknown.
    """
    with transaction() as session:
        revision.bump(session)  # holds the row: one change at a time
        place = _changeable(session, actor, code, seen)
        before = _expect_hours(session, place, hours)
        calendar_code = _own_calendar(session, place)
        session.add(
            CalendarHours(
                calendar_code=calendar_code,
                starts_on=hours.starts_on,
                weekly=to_stored(hours.weekly),
                follows_public_holidays=hours.follows_public_holidays,
                follows_school_holidays=hours.follows_school_holidays,
                changed_at=clock.now(),
                changed_by=actor.account_id,
            )
        )
        _keep(session, actor, calendar_code, before.in_words() + _until_now(place), _planned_words(hours))
    log.info("calendar.hours_planned", account_id=actor.account_id)
    return calendar_code


def withdraw_hours(actor: Actor, code: str, starts_on: date) -> None:
    """Take back a change of hours that has not begun. Refuses one that has: the past keeps its hours."""
    with transaction() as session:
        revision.bump(session)
        place = _changeable(session, actor, code)
        row = session.get(CalendarHours, (place.calendar_code, starts_on)) if place.own else None
        if row is None:
            raise NotVisible
        if starts_on <= french.local_day(clock.now()):
            raise InvalidInput(
                {"starts_on": ["Ces horaires ont commencé : prévoyez-en d’autres à partir d’un autre jour."]},
                rule="R-CLK-7",
            )
        taken = next(
            one for one in queries.timeline_of(session, place.calendar_code) if one.starts_on == starts_on
        )
        session.delete(row)
        _keep(session, actor, place.calendar_code, _planned_words(taken), "changement retiré avant son début")
    log.info("calendar.hours_withdrawn", account_id=actor.account_id)


def add_exception(
    actor: Actor,
    code: str,
    *,
    opens: bool,
    starts_at: datetime | None,
    ends_at: datetime,
    reason: str,
    seen: str,
) -> UUID:
    """Add an exceptional closure, or opening; `starts_at` None is now. Gives its identifier.

    Refuses a start in the past, an end before the start, one noted twice, a NIR or nothing in the reason, and what
    leaves nothing open afterwards. A unit that shares its hours gets its own calendar.
    """
    reason = " ".join(plain(reason).split())
    refuse_nir({"reason": reason})
    with transaction() as session:
        revision.bump(session)
        place, now = _changeable(session, actor, code, seen), clock.now()
        row = Closure(
            calendar_code=place.calendar_code,
            starts_at=starts_at or now,
            ends_at=ends_at,
            opens=opens,
            reason=reason,
        )
        _expect_period(session, place, row, now)
        row.calendar_code = _own_calendar(session, place)
        session.add(row)
        session.flush()
        _keep(session, actor, row.calendar_code, f"rien de prévu{_until_now(place)}", exception_words(row))
    log.info("calendar.exception_added", account_id=actor.account_id)
    return row.id


def withdraw_exception(actor: Actor, code: str, exception_id: UUID) -> Literal["removed", "ended"]:
    """Take back a closure or an opening that has not begun, or let a present one end now. Refuses a past one."""
    with transaction() as session:
        revision.bump(session)
        place, now = _changeable(session, actor, code), clock.now()
        row = session.get(Closure, exception_id)
        if row is None or not place.own or row.calendar_code != place.calendar_code:
            raise NotVisible
        if row.ends_at <= now:
            raise InvalidInput(
                {"": ["Cette période est passée : elle reste, les délais ont été comptés avec elle."]},
                rule="R-CLK-7",
            )
        words = exception_words(row)
        done: Literal["removed", "ended"] = "removed" if row.starts_at >= now else "ended"
        if done == "removed":
            session.delete(row)
        else:
            row.ends_at = now
        after = "retirée avant son début" if done == "removed" else f"terminée le {french.instant(now)}"
        _keep(session, actor, place.calendar_code, words, after)
    log.info(f"calendar.exception_{done}", account_id=actor.account_id)
    return done


def exception_words(row: Closure) -> str:
    """« fermeture du … au … (réunion de service) »."""
    kind = "ouverture" if row.opens else "fermeture"
    return f"{kind} {period_in_words(row.starts_at, row.ends_at)} ({row.reason})"


def _changeable(session: Session, actor: Actor, code: str, seen: str | None = None) -> Place:
    if not may(actor, Permission.CHANGE_CALENDARS):
        raise NotPermitted("Les horaires d’un service reviennent à son responsable et à l’administration.")
    place = queries.place(session, code)
    if place is None:
        raise NotVisible
    if not may_change_hours_of(actor, place.unit.code if place.unit else None):
        raise NotPermitted(
            "Vous changez les horaires de votre service ; les autres reviennent à l’administration."
        )
    if seen is not None and seen != queries.last_change(session, place.calendar_code):
        raise StaleVersion(
            "Ces horaires ont changé depuis que vous les avez ouverts.",
            advice="Relisez-les, puis recommencez s’il le faut encore.",
        )
    return place


def _expect_hours(session: Session, place: Place, hours: HoursFrom) -> HoursFrom:
    """The hours that these would replace; refuses those that can not be."""
    today = french.local_day(clock.now())
    if not today < hours.starts_on <= today + FURTHEST:
        sentence = "Choisissez un jour après aujourd’hui, dans les deux ans : ce qui est passé ne change pas."
        raise InvalidInput({"starts_on": [sentence]}, rule="R-CLK-7")
    _expect_slots(hours.weekly)
    known = queries.timeline_of(session, place.calendar_code)
    if any(one.starts_on == hours.starts_on for one in known):
        sentence = "D’autres horaires commencent déjà ce jour-là : retirez-les d’abord."
        raise InvalidInput({"starts_on": [sentence]})
    before = [one for one in known if one.starts_on < hours.starts_on]
    later = [one for one in known if one.starts_on > hours.starts_on]
    _expect_open(
        [*before, hours, *later],
        session.scalars(queries.exceptions(place.calendar_code)).all(),
        midnight(hours.starts_on),
        "weekly",
    )
    return before[-1]


def _expect_slots(weekly: Sequence[Slot]) -> None:
    if not weekly:
        sentence = "Un service dont les horaires sont vides n’ouvrirait jamais : donnez au moins une plage."
        raise InvalidInput({"weekly": [sentence]}, rule="R-CAL-2")
    wrong = {
        f"day_{before.weekday}": ["Les deux plages de ce jour se chevauchent."]
        for before, after in pairwise(sorted(weekly))
        if before.weekday == after.weekday and after.opens < before.closes
    }
    if wrong:
        raise InvalidInput(wrong)
    if seconds_a_week(weekly) < LEAST_A_WEEK:
        sentence = (
            "Moins d’une heure par semaine : les délais, comptés dans ces horaires, n’en finiraient pas."
        )
        raise InvalidInput({"weekly": [sentence]}, rule="R-CAL-2")


def _expect_period(session: Session, place: Place, row: Closure, now: datetime) -> None:
    if row.starts_at < now:
        sentence = "Ce début est passé. Laissez-le vide pour commencer maintenant."
        raise InvalidInput({"starts": [sentence]}, rule="R-CLK-7")
    if row.ends_at <= row.starts_at:
        raise InvalidInput({"ends": ["La fin vient avant le début."]})
    if row.ends_at > now + FURTHEST:
        sentence = (
            "Deux ans au plus : au-delà, changez les horaires, ou faites fermer le service dans l’annuaire."
        )
        raise InvalidInput({"ends": [sentence]})
    if not row.reason or len(row.reason) > LONGEST_REASON:
        raise InvalidInput({"reason": ["Dites pourquoi, en 200 caractères au plus : chacun le lira."]})
    known = session.scalars(queries.exceptions(place.calendar_code)).all()
    same = (row.opens, row.starts_at, row.ends_at)
    if any((one.opens, one.starts_at, one.ends_at) == same for one in known):
        raise InvalidInput({"starts": ["Cette période est déjà notée."]})
    _expect_open(queries.timeline_of(session, place.calendar_code), [*known, row], row.ends_at, "ends")


def _expect_open(
    timeline: Sequence[HoursFrom], exceptions: Iterable[Closure], after: datetime, field: str
) -> None:
    """Refuse (on that field) hours that no longer open after an instant."""
    sentence = "Plus rien n’ouvrirait ensuite, aussi loin que les jours sont connus."
    try:
        hours = open_hours(timeline, exceptions)
        state = hours.state(after)
    except (HoursRefused, OutsideKnownDays):
        raise InvalidInput({field: [sentence]}, rule="R-CAL-2") from None
    if not state.open and state.next_opening is None:
        raise InvalidInput({field: [sentence]}, rule="R-CAL-2")


def _own_calendar(session: Session, place: Place) -> str:
    """The code of the calendar to change: for a unit that shares one, a copy, its past and its closures included."""
    if place.own:
        return place.calendar_code
    shared = session.get_one(Calendar, place.calendar_code)
    session.add(_copied(shared, code=place.code, name=place.name))
    session.flush()
    for hours in session.scalars(
        select(CalendarHours).where(CalendarHours.calendar_code == shared.code)
    ).all():
        session.add(_copied(hours, calendar_code=place.code))
    for closure in session.scalars(queries.exceptions(shared.code)).all():
        session.add(_copied(closure, calendar_code=place.code, id=None))
    session.get_one(Unit, place.code).calendar_code = place.code
    session.flush()
    return place.code


def _copied(row: Row, **other: object) -> Row:
    """Another row with the same values, but for some."""
    values = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs} | other
    return type(row)(**{name: value for name, value in values.items() if value is not None})


def _until_now(place: Place) -> str:
    return "" if place.own else f" (horaires jusqu’ici partagés : « {place.calendar_name} »)"


def _planned_words(hours: HoursFrom) -> str:
    return f"à partir du {french.long_date(hours.starts_on)} : {hours.in_words()}"


def _keep(session: Session, actor: Actor, calendar_code: str, before: str, after: str) -> None:
    """Write the change down, and ask for the open deadlines to be computed anew."""
    session.add(
        SettingChange(
            key=queries.history_key(calendar_code),
            before=before,
            after=after,
            changed_at=clock.now(),
            changed_by=actor.account_id,
        )
    )
    recomputation.ask(session)
