"""`digest`: each morning, one mail for what an address chose to read together; on the open days of its unit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from service import clock
from service.models import Account, DigestLine, Ticket
from service.notifications.telling import tell_digest
from service.permissions import OUT_OF_LISTS
from service.queries.reference import Reference, reference
from service.queries.tickets import kept_out_of
from service.workflows import french
from service.workflows.machine import UNDO_WITHIN
from service.workflows.registry import WORKFLOWS
from service.workflows.weekly_hours import midnight

_UNDOABLE = or_(
    *(
        and_(Ticket.kind == workflow.kind, DigestLine.event == row.name)
        for workflow in WORKFLOWS.values()
        for row in workflow.transitions
        if row.undoable
    )
)


def run(session: Session) -> int:
    """Write the digests of the units that open today; gives how many. What waits for the others stays."""
    known, now = reference(session), clock.now()
    waiting: dict[tuple[str, str], list[DigestLine]] = defaultdict(list)
    # What can still be undone waits for the next one.
    held = select(DigestLine.id).join(Ticket, Ticket.id == DigestLine.ticket_id).where(_UNDOABLE)
    held = held.where(DigestLine.created_at > now - UNDO_WITHIN)
    query = (
        select(DigestLine)
        .where(DigestLine.told_at.is_(None), DigestLine.id.not_in(held))
        .order_by(DigestLine.created_at, DigestLine.id)
    )
    for line in session.scalars(query.with_for_update(skip_locked=True)):
        if line.unit_id is not None:
            waiting[line.recipient, line.unit_id].append(line)
    awake = [
        (recipient, unit, lines)
        for (recipient, unit), lines in waiting.items()
        if _opens_today(known, unit, now)
    ]
    for recipient, unit, lines in awake:
        _tell(session, known, recipient, unit, lines, now)
    return len(awake)


def _opens_today(known: Reference, unit_code: str, now: datetime) -> bool:
    day = french.local_day(now)
    start, end = midnight(day), midnight(day + timedelta(days=1))
    return any(True for _ in known.hours_of(unit_code).open_spans(start, end))


def _tell(
    session: Session,
    known: Reference,
    recipient: str,
    unit_code: str,
    lines: Sequence[DigestLine],
    now: datetime,
) -> None:
    tonight = midnight(french.local_day(now) + timedelta(days=1))
    late, due = (_owed(session, unit_code, before) for before in (now, tonight))
    references = _references(session, recipient, lines)
    told = [
        (references[line.ticket_id], line.words, line.created_at)
        for line in lines
        if line.ticket_id in references
    ]
    if told:
        unit = known.units[unit_code]
        tell_digest(session, unit, recipient, told, late=late, today=due - late, now=now)
    for line in lines:
        line.told_at = now


def _owed(session: Session, unit_code: str, before: datetime) -> int:
    """How many steps the unit owes before an instant."""
    query = select(func.count(Ticket.id)).where(
        Ticket.next_step_unit_id == unit_code,
        Ticket.next_deadline_at <= before,
        Ticket.kind.not_in(OUT_OF_LISTS),
    )
    return session.scalar(query) or 0


def _references(session: Session, recipient: str, lines: Sequence[DigestLine]) -> dict[object, str]:
    """By ticket; without those of which somebody at that address is kept out by now (R-DP-1)."""
    ids = {line.ticket_id for line in lines if line.ticket_id}
    query = select(Ticket.id, Ticket.reference).where(Ticket.id.in_(ids))
    account_id = session.scalar(select(Account.id).where(Account.email == recipient))
    if account_id is not None:
        query = query.where(~kept_out_of(account_id))
    return {row[0]: row[1] for row in session.execute(query)}
