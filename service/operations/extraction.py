"""The alarm of mass reading: so many tickets in an hour or a day, and reading stops until a head lifts it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from service import clock, logs
from service.database import transaction
from service.errors import NotVisible, TooManyReadings
from service.models import AccessEntry, ReadingStop, Ticket
from service.operations.heads_told import heads_concerned, tell_members
from service.operations.texts import refuse_nir
from service.permissions import HEAD_ROLES, Actor
from service.queries.access_journal import of_service
from service.queries.readers import ME, Values, as_read_by
from service.queries.reference import reference
from service.workflows.accompaniment import LOGGED
from service.workflows.french import PARIS

log = logs.logger(__name__)

BY_HOUR, BY_DAY, LISTS = "reads_per_hour", "reads_per_day", "exports_per_day"
EXPORTS = ("export", "export_names")


_THESE = bindparam("tickets", type_=Ticket.id.type, expanding=True)
_READ = aliased(Ticket)
_LIFTED = select(func.max(ReadingStop.lifted_at)).where(ReadingStop.account_id == ME).scalar_subquery()
_HELD_UNTIL = (
    select(func.max(ReadingStop.until))
    .where(
        ReadingStop.account_id == ME,
        ReadingStop.until > bindparam("now"),
        ReadingStop.lifted_at.is_(None),
    )
    .scalar_subquery()
)


def _since(start: str) -> list[ColumnElement[bool]]:
    """What the actor was given since then, and since their last stop was lifted."""
    return [
        AccessEntry.account_id == ME,
        AccessEntry.at > bindparam(start),
        AccessEntry.refused.is_(False),
        or_(_LIFTED.is_(None), AccessEntry.at > _LIFTED),
    ]


def _read_since(start: str, besides: ColumnElement[bool]) -> ScalarSelect[int]:
    own = select(_READ.id).where(_READ.id == AccessEntry.ticket_id, _READ.author_id == ME)
    return (
        select(func.count(func.distinct(AccessEntry.ticket_id)))
        .where(*_since(start), AccessEntry.act.not_in(LOGGED), besides, ~own.exists())
        .correlate(Ticket)
        .scalar_subquery()
    )


def _counted(of_others: ColumnElement[int], besides: ColumnElement[bool]) -> tuple[ColumnElement[Any], ...]:
    return _HELD_UNTIL, of_others, _read_since("an_hour_ago", besides), _read_since("midnight", besides)


COUNTED_OF_ONE = _counted(
    case((Ticket.author_id.is_distinct_from(ME), 1), else_=0), AccessEntry.ticket_id != Ticket.id
)
"""What `stop_by` judges by, as columns of the one ticket that is about to be read."""
_COUNTED_OF_THESE = select(
    *_counted(
        select(func.count(_READ.id))
        .where(_READ.id.in_(_THESE), _READ.author_id.is_distinct_from(ME))
        .scalar_subquery(),
        AccessEntry.ticket_id.not_in(_THESE),
    )
)


def counted_for(actor: Actor, now: datetime, **values: Any) -> Values:
    """The values with which these numbers are asked, beside others."""
    hour, midnight = now - timedelta(hours=1), _midnight(now)
    return as_read_by(actor, now=now, an_hour_ago=hour, midnight=midnight, **values)


def stop_of(session: Session, actor: Actor, ticket_ids: Collection[UUID]) -> TooManyReadings | None:
    """What refuses these readings, given together, as `stop_by` says."""
    now = clock.now()
    counted = session.execute(_COUNTED_OF_THESE, counted_for(actor, now, tickets=ticket_ids)).one()
    return stop_by(session, actor, counted, now)


def stop_by(session: Session, actor: Actor, counted: Sequence[Any], now: datetime) -> TooManyReadings | None:
    """What refuses a reading: a stop that holds, or one begun now because a limit is reached; its head is told.

    `counted`: what is read now, and what was read beside it: reading again what is read already never stops anybody,
    nor does what one wrote oneself.
    """
    until, here, in_hour, in_day = counted
    midnight = _midnight(now)
    if until is not None:
        return _refusal(until, now)
    settings = reference(session).settings
    if here and in_hour + here > settings.number(BY_HOUR):
        return _stop(session, actor, BY_HOUR, now + timedelta(hours=1))
    if here and in_day + here > settings.number(BY_DAY):
        return _stop(session, actor, BY_DAY, midnight + timedelta(days=1))
    return None


def stop_of_list(session: Session, actor: Actor) -> TooManyReadings | None:
    """The same for a list that is taken away: so many a day."""
    now = clock.now()
    mine = as_read_by(actor, now=now, midnight=_midnight(now))
    until = session.scalar(select(_HELD_UNTIL), mine)
    if until is not None:
        return _refusal(until, now)
    taken = session.scalar(
        select(func.count(AccessEntry.id)).where(*_since("midnight"), AccessEntry.act.in_(EXPORTS)), mine
    )
    if (taken or 0) < reference(session).settings.number(LISTS):
        return None
    return _stop(session, actor, LISTS, _midnight(now) + timedelta(days=1))


def lift(actor: Actor, stop_id: UUID, reason: str) -> None:
    """Let somebody read again before the end of the stop; the count begins anew.

    Refuses (NotVisible) one's own, one of another service, one lifted already, and whoever is no head.
    """
    refuse_nir({"reason": reason})
    with transaction() as session:
        stop = session.scalar(_to_lift(actor, stop_id).with_for_update())
        if stop is None:
            raise NotVisible
        stop.lifted_by, stop.lifted_at, stop.lift_reason = actor.account_id, clock.now(), reason
    log.info("reading.stop_lifted", stop_id=stop_id)


def may_lift(actor: Actor, stop: ReadingStop) -> bool:
    """Whether the actor may lift a stop of their service: a head does, and nobody their own."""
    return actor.role in HEAD_ROLES and stop.account_id != actor.account_id


def _to_lift(actor: Actor, stop_id: UUID) -> Select[ReadingStop]:
    found = select(ReadingStop).where(
        ReadingStop.id == stop_id,
        ReadingStop.account_id != actor.account_id,
        ReadingStop.lifted_at.is_(None),
        of_service(actor, ReadingStop.unit_id),
    )
    return found if actor.role in HEAD_ROLES else found.where(false())


def _midnight(now: datetime) -> datetime:
    return now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)


def _stop(session: Session, actor: Actor, limit: str, until: datetime) -> TooManyReadings:
    now = clock.now()
    session.add(
        ReadingStop(
            account_id=actor.account_id, unit_id=actor.unit_id, limit_key=limit, stopped_at=now, until=until
        )
    )
    told = heads_concerned(session, [actor.unit_id], besides=actor.account_id)
    tell_members(session, told, "reading_stop", "Relais – lectures arrêtées", "reading_stop.txt", "/acces")
    log.warning("reading.stopped", account_id=actor.account_id, limit=limit)
    return _refusal(until, now)


def _refusal(until: datetime, now: datetime) -> TooManyReadings:
    return TooManyReadings(retry_after=max(1, int((until - now).total_seconds())))
