"""Remarks from the field: one's own, those of one's institution, those that were shared (R-GO-2)."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, false, or_, select

from service.models import Remark
from service.permissions import Actor, may_share_remarks_of
from service.workflows.weekly_hours import midnight


def own(actor: Actor) -> Select[Remark]:
    """What the actor wrote, the last one first."""
    return (
        select(Remark)
        .where(Remark.author_id == actor.account_id)
        .order_by(Remark.written_at.desc(), Remark.id)
    )


def to_sort(actor: Actor) -> Select[Remark]:
    """What the field teams of the actor's institution wrote, for its heads and its steering; nothing for others."""
    if not may_share_remarks_of(actor, actor.institution):
        return select(Remark).where(false()).order_by(Remark.id)
    return (
        select(Remark)
        .where(Remark.institution == actor.institution)
        .order_by(Remark.written_at.desc(), Remark.id)
    )


def gathered(actor: Actor, since: date | None, until: date) -> Select[Remark]:
    """The remarks of some days that the actor may read: those that were shared, and all of one's own institution
    for its heads and its steering. The day `until` is included.
    """
    readable: ColumnElement[bool] = Remark.shared_at.is_not(None)
    if may_share_remarks_of(actor, actor.institution):
        readable = or_(readable, Remark.institution == actor.institution)
    query = select(Remark).where(readable, Remark.written_at < midnight(until + timedelta(days=1)))
    if since is not None:
        query = query.where(Remark.written_at >= midnight(since))
    return query.order_by(Remark.theme, Remark.institution, Remark.written_at, Remark.id)


def shared(since: date, until: date) -> Select[Remark]:
    """The remarks of some days that both institutions read; the day `until` is included."""
    return (
        select(Remark)
        .where(
            Remark.shared_at.is_not(None),
            Remark.written_at >= midnight(since),
            Remark.written_at < midnight(until + timedelta(days=1)),
        )
        .order_by(Remark.theme, Remark.institution, Remark.written_at, Remark.id)
    )
