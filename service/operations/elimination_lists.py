"""Drawing up elimination lists: once a month, frozen, one for each institution (R-DP-6).

Whose request it is: the institution that asked, else the one that received. Notices have lists of their own, which the
head of the Caf's social service alone reads (R-PE-4).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock
from service.models import EliminationLine, EliminationList, Ticket
from service.permissions import OUT_OF_LISTS
from service.queries.reference import Reference, reference
from service.workflows import retention
from service.workflows.french import PARIS, local_day

LONGEST_LIST = 5000
Key = tuple[str, bool]


def draw(session: Session) -> int:
    """Draw up a list for each institution of what has waited long enough in the archives; gives how many lines.

    Once a month: the Archives départementales do not want one each day. A request stands in one list at a time: one
    that was set aside gives its requests back. Nothing is drawn up as long as the Setting `retention_on` says no.
    """
    known = reference(session)
    values = known.settings
    if not values.flag("retention_on") or _drawn_this_month(session):
        return 0
    today, months = local_day(clock.now()), values.number("archive_months")
    found: dict[Key, list[Ticket]] = {}
    for ticket in session.scalars(_waiting(retention.earliest(today, months))):
        since = local_day(_instant(ticket.archived_at))
        if months == 0 or retention.is_due(today, since, months):
            found.setdefault(_owner(known, ticket), []).append(ticket)
    for key, tickets in sorted(found.items()):
        _keep(session, key, tickets)
    return sum(len(tickets) for tickets in found.values())


def _drawn_this_month(session: Session) -> bool:
    last = session.scalar(select(func.max(EliminationList.drawn_at)))
    month = local_day(clock.now()).replace(day=1)
    return last is not None and local_day(last) >= month


def _waiting(earliest: date) -> Any:
    standing = (
        select(EliminationLine.ticket_id)
        .join(EliminationList, EliminationList.id == EliminationLine.list_id)
        .where(EliminationList.set_aside_at.is_(None))
    )
    return (
        select(Ticket)
        .where(
            Ticket.archived_at < datetime.combine(earliest, time(), PARIS),
            Ticket.eliminated_at.is_(None),
            Ticket.id.not_in(standing),
        )
        .order_by(Ticket.archived_at, Ticket.id)
        .limit(LONGEST_LIST)
    )


def _owner(known: Reference, ticket: Ticket) -> Key:
    unit = known.units[ticket.asking_unit_id or ticket.triage_unit_id]
    return unit.institution, ticket.kind in OUT_OF_LISTS


def _keep(session: Session, key: Key, tickets: Sequence[Ticket]) -> None:
    number = (session.scalar(select(func.max(EliminationList.number))) or 0) + 1
    made = EliminationList(number=number, institution=key[0], reserved=key[1], drawn_at=clock.now())
    lines = [
        EliminationLine(
            list_id=made.id,
            ticket_id=ticket.id,
            reference=ticket.reference,
            kind=ticket.kind,
            sent_on=local_day(ticket.submitted_at or ticket.opened_at),
            closed_on=local_day(_instant(ticket.ended_at)),
            archived_on=local_day(_instant(ticket.archived_at)),
        )
        for ticket in tickets
    ]
    made.lines, made.digest = len(lines), digest(lines)
    session.add(made)
    session.flush()
    session.add_all(lines)
    session.flush()


def _instant(at: datetime | None) -> datetime:
    if at is None:
        raise TypeError("an archived request was closed and archived at an instant")
    return at


def digest(lines: Iterable[EliminationLine]) -> bytes:
    """The digest of frozen lines, whatever their order."""
    said = sorted(
        [
            str(line.ticket_id),
            line.reference,
            line.kind,
            str(line.sent_on),
            str(line.closed_on),
            str(line.archived_on),
        ]
        for line in lines
    )
    return hashlib.sha256(json.dumps(said).encode()).digest()
