"""What retention concerns (R-DP-6): closed requests that are due, archives, openings, elimination lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, union_all
from sqlalchemy.orm import Session

from service import clock
from service.models import (
    DETAILS,
    Accompaniment,
    Account,
    ArchiveOpening,
    EliminationApproval,
    EliminationLine,
    EliminationList,
    Invitation,
    JournalEntry,
    Membership,
    Message,
    Ticket,
)
from service.permissions import HEAD_ROLES, OUT_OF_LISTS, Actor, Role
from service.queries.keyset import Order
from service.queries.tickets import archived_for, listed_to
from service.workflows import retention
from service.workflows.french import PARIS, local_day
from service.workflows.settings import Values

MET: Mapping[str, tuple[str, ...]] = {
    "co_intervention": ("exchange_on", "family_talk_on", "reviewed_on"),
    "handover": ("exchange_on", "meeting_on"),
    "appointment": ("held_on",),
    "rights_meeting": ("held_on", "checked_on"),
    "social_emergency": ("handled_on",),
}
"""The days of a kind's details on which somebody met the person, or spoke of them."""

_AT_ONCE = 500


class Leaving(NamedTuple):
    """A closed request, and the last day on which it stays on the screens."""

    id: UUID
    reference: str
    kind: str
    closed_on: date
    last_day: date


def leaving(
    session: Session, values: Values, today: date, ahead: int = 0, shown_to: Actor | None = None
) -> Iterator[Leaving]:
    """The requests whose last day is over `ahead` days from today, kind by kind, the oldest first.

    `shown_to`: those alone that lists show to somebody.
    """
    day = today + timedelta(days=ahead)
    seen = Ticket.id.is_not(None) if shown_to is None else listed_to(shown_to)
    for kind in DETAILS:
        months = values.number(f"retention_{kind}")
        for rows in _closed(session, kind, retention.earliest(day, months), seen):
            found = _contacts(session, kind, [row.id for row in rows])
            accompanied = _accompanied(session, [row.id for row in rows])
            for row in rows:
                until = accompanied.get(row.id, (False, None))
                if until[0]:
                    continue  # somebody still follows the person
                closed_on = local_day(row.ended_at)
                start = retention.starts_on(closed_on, found[row.id], until[1])
                if retention.is_due(day, start, months):
                    last = retention.last_day(start, months)
                    yield Leaving(row.id, row.reference, kind, closed_on, last)


def _closed(
    session: Session, kind: str, earliest: date, seen: ColumnElement[bool]
) -> Iterator[Sequence[Any]]:
    """Requests that may be due: nobody had been in contact before they were sent."""
    before = datetime.combine(earliest, time(), PARIS)
    query = (
        select(Ticket.id, Ticket.reference, Ticket.ended_at)
        .where(
            Ticket.kind == kind,
            Ticket.ended_at.is_not(None),
            Ticket.submitted_at < before,
            Ticket.archived_at.is_(None),
            seen,
        )
        .order_by(Ticket.ended_at, Ticket.id)
    )
    yield from session.execute(query).partitions(_AT_ONCE)


def _contacts(session: Session, kind: str, ids: Sequence[UUID]) -> Mapping[UUID, list[date]]:
    """The last act of somebody, the last shared message, the days on which the person was met."""
    entry, message = JournalEntry, Message
    rows = session.execute(
        union_all(
            select(entry.ticket_id, func.max(entry.happened_at))
            .where(entry.ticket_id.in_(ids), entry.actor_id.is_not(None))
            .group_by(entry.ticket_id),
            select(message.ticket_id, func.max(message.written_at))
            .where(message.ticket_id.in_(ids))
            .group_by(message.ticket_id),
        )
    )
    found: defaultdict[UUID, list[date]] = defaultdict(list)
    for ticket_id, at in rows:
        found[ticket_id].append(local_day(at))
    names, details = MET.get(kind, ()), DETAILS[kind]
    if names:
        columns = [getattr(details, name) for name in names]
        for row in session.execute(select(details.ticket_id, *columns).where(details.ticket_id.in_(ids))):
            found[row[0]] += [day for day in row[1:] if day is not None]
    return found


def _accompanied(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[bool, date | None]]:
    """Of the requests from which an accompaniment was opened: whether one goes on, and when the last one ended."""
    row = Accompaniment
    open_ones = func.count().filter(row.closed_on.is_(None))
    query = select(row.ticket_id, open_ones, func.max(row.closed_on)).where(row.ticket_id.in_(ids))
    found = session.execute(query.group_by(row.ticket_id))
    return {one: (bool(going), last) for one, going, last in found if one is not None}


BY_ARCHIVING = Order(Ticket.archived_at, Ticket.id, descending=True)
"""The last archived first. In the archives only."""


def archived(actor: Actor) -> Select[Ticket]:
    """What a head may open in the archives; notices are in no list (R-PE-4)."""
    return select(Ticket).where(archived_for(actor), Ticket.kind.not_in(OUT_OF_LISTS))


def to_open(actor: Actor, reference: str) -> Select[Ticket]:
    """The archived request of that reference, if the head may open it."""
    return select(Ticket).where(archived_for(actor), Ticket.reference == reference)


def opened_until(actor: Actor, ticket_id: UUID) -> Select[datetime | None]:
    """Until when the actor reads an archived request."""
    row = ArchiveOpening
    return select(func.max(row.ends_at)).where(
        row.ticket_id == ticket_id, row.account_id == actor.account_id, row.ends_at > clock.now()
    )


def lists_for(actor: Actor) -> ColumnElement[bool]:
    """The lists of one's institution for its heads – those of notices for the head of the Caf's social service alone.

    The administration reads no list: it has figures, and runs what is approved.
    """
    row = EliminationList
    if actor.role not in HEAD_ROLES:
        return false()
    own = row.institution == actor.institution
    return own if actor.role is Role.CAF_HEAD else own & row.reserved.is_(False)


def lists(actor: Actor) -> Select[EliminationList]:
    """The lists that the head reads, the last one first."""
    return select(EliminationList).where(lists_for(actor)).order_by(EliminationList.number.desc())


def every_list() -> Select[EliminationList]:
    """Every list, for who runs them: numbers and days alone are to be shown."""
    return select(EliminationList).order_by(EliminationList.number.desc())


def lines(list_id: UUID) -> Select[EliminationLine]:
    """The lines of a list, by reference."""
    return (
        select(EliminationLine)
        .where(EliminationLine.list_id == list_id)
        .order_by(EliminationLine.reference, EliminationLine.ticket_id)
    )


def approvals(list_id: UUID) -> Select[EliminationApproval, str]:
    """Who approved a list, by name, in order."""
    return (
        select(EliminationApproval, Account.name)
        .join(Account, Account.id == EliminationApproval.account_id)
        .where(EliminationApproval.list_id == list_id)
        .order_by(EliminationApproval.approved_at, EliminationApproval.account_id)
    )


def share_an_inviter(session: Session, account_id: UUID, others: Sequence[UUID]) -> bool:
    """Whether the account and one of the others entered at the word of one person, or one at the word of the other.

    By every link that was made, used or not, over however many accounts. The administration, which lets everybody in,
    ties nobody with the links of its time.
    """
    administered = session.execute(
        select(Membership.account_id, Membership.starts_on, Membership.ends_on).where(
            Membership.role == Role.ADMIN
        )
    ).all()
    links = session.execute(
        select(Invitation.account_id, Invitation.invited_by, Invitation.created_at).where(
            Invitation.invited_by.is_not(None)
        )
    )
    inviters: dict[UUID, set[UUID]] = defaultdict(set)
    for invited, inviter, made_at in links:
        day = local_day(made_at)
        if inviter is not None and not any(
            who == inviter and starts_on <= day and (ends_on is None or day < ends_on)
            for who, starts_on, ends_on in administered
        ):
            inviters[invited].add(inviter)
    mine = _upwards(inviters, account_id)
    return any(not mine.isdisjoint(_upwards(inviters, other)) for other in others)


def _upwards(inviters: Mapping[UUID, Set[UUID]], account_id: UUID) -> Set[UUID]:
    met, ahead = {account_id}, [account_id]
    while ahead:
        further = inviters.get(ahead.pop(), set()) - met
        met |= further
        ahead += further
    return met


def counted(session: Session) -> Mapping[str, tuple[int, int]]:
    """Of each kind, how many requests are archived and not eliminated, and how many were eliminated: figures alone."""
    rows = session.execute(
        select(
            Ticket.kind,
            func.count().filter(Ticket.eliminated_at.is_(None)),
            func.count(Ticket.eliminated_at),
        )
        .where(Ticket.archived_at.is_not(None))
        .group_by(Ticket.kind)
    )
    return {kind: (waiting, gone) for kind, waiting, gone in rows}
