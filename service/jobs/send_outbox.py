"""`send_outbox`: mails that wait leave, the oldest first, claimed a few at a time and marked one by one.

At least once: a mail that the server took is marked at once, and one that was taken while this process died is sent
again, with the same Message-ID. The claim keeps it from every other process meanwhile.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import chance, clock, logs
from service.database import reading, transaction
from service.models import OutboxMail
from service.notifications import sending
from service.notifications.sending import Outcome
from service.outside import Smtp

AT_ONCE = 1000
PATIENCE_SECONDS = 45.0
"""So long a slot begins to send further mails; the next one takes the rest."""

TOGETHER = 10
"""Mails claimed in one go; those that a process leaves when it dies are free again once `HELD` has passed."""

HELD = timedelta(minutes=10)
"""So long a claimed mail is nobody else's: longer than `PATIENCE_SECONDS` and any conversation about one."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240))
"""After the first try that failed, the second …; then each time the last one (ours)."""
TOO_OLD = timedelta(hours=72)
LEAST_TRIES = 5
"""A mail that waited out an outage still gets these: a server that greylists refuses the first one."""

log = logs.logger(__name__)


def run(renew: Callable[[], None]) -> int:
    """Send what is due, `AT_ONCE` at most; the number sent. Without a server nothing is sent.

    Raises (sending.Unusable) when the server takes nothing: no mail's own tries are spent on that.
    """
    server = sending.server()
    if server is None or not (due := _due(clock.now())):
        return 0
    try:
        return _send(server, due, renew)
    except sending.Unusable as failed:
        _give_up_the_oldest(failed.code, clock.now())
        raise


def next_try(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """When to try again after so many tries, up to a fifth later so that mails spread; None: no more.

    Counted from when the mail was written: 72 hours, but never fewer than `LEAST_TRIES` tries.
    """
    if now - created_at >= TOO_OLD and attempts >= LEAST_TRIES:
        return None
    wait = WAITS[min(attempts, len(WAITS)) - 1]
    spread = int(wait.total_seconds()) * int(chance.choose("0123456789")) // 50
    return now + wait + timedelta(seconds=spread)


def _due(now: datetime) -> Sequence[UUID]:
    with reading() as session:
        query = select(OutboxMail.id).where(OutboxMail.next_try_at <= now)
        return session.scalars(query.order_by(OutboxMail.created_at, OutboxMail.id).limit(AT_ONCE)).all()


def _send(server: Smtp, due: Sequence[UUID], renew: Callable[[], None]) -> int:
    sent, waiting, began = 0, iter(due), time.monotonic()
    with sending.line(server) as line:
        with transaction() as session:
            claimed = _claim(session, waiting)
        while claimed:
            row = claimed.popleft()
            renew()
            try:
                outcome = line.send(row)
            except sending.Unusable:
                with transaction() as session:
                    _let_go(session, [row, *claimed])
                raise
            sent += outcome.taken
            enough = outcome.over or time.monotonic() - began > PATIENCE_SECONDS
            with transaction() as session:  # one commit, not two, between a mail and the next
                _mark(session, row, outcome)
                if enough:
                    _let_go(session, claimed)
                    break
                claimed = claimed or _claim(session, waiting)
    return sent


def _claim(session: Session, waiting: Iterator[UUID]) -> deque[OutboxMail]:
    """The next mails, for this process alone until `HELD` has passed; those that another one has are passed over."""
    now = clock.now()
    while mail_ids := list(islice(waiting, TOGETHER)):
        rows = session.scalars(
            update(OutboxMail)
            .where(OutboxMail.id.in_(mail_ids), OutboxMail.next_try_at <= now)
            .values(next_try_at=now + HELD, attempts=OutboxMail.attempts + 1)
            .returning(OutboxMail)
            .execution_options(synchronize_session=False)
        ).all()
        if rows:
            return deque(sorted(rows, key=lambda row: mail_ids.index(row.id)))
    return deque()


def _let_go(session: Session, rows: Iterable[OutboxMail]) -> None:
    """It was no fault of these mails: as if they had not been tried."""
    if mail_ids := [row.id for row in rows]:
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.id.in_(mail_ids))
            .values(next_try_at=clock.now(), attempts=OutboxMail.attempts - 1)
        )


def _mark(session: Session, row: OutboxMail, outcome: Outcome) -> None:
    now = clock.now()
    again = None
    if not outcome.taken and not outcome.for_good:
        again = next_try(row.attempts, row.created_at, now)
    values: dict[str, object] = {"next_try_at": again}
    if outcome.taken:
        values |= {"sent_at": now, "link_sealed": None}
    elif again is None:
        values |= {
            "failed_at": now,
            "failure": outcome.code if outcome.for_good else f"{outcome.code} expired",
        }
        log.warning("outbox.failed", code=outcome.code, attempt=row.attempts)
    if outcome.over:
        log.warning("outbox.line_lost", code=outcome.code)
    session.connection().execute(
        update(OutboxMail).where(OutboxMail.id == row.id, OutboxMail.sent_at.is_(None)).values(values)
    )


def _give_up_the_oldest(code: str, now: datetime) -> None:
    """After 72 hours without a server that takes them, mails are a task for somebody."""
    with transaction() as session:
        given_up = session.scalars(
            update(OutboxMail)
            .where(OutboxMail.next_try_at <= now, OutboxMail.created_at < now - TOO_OLD)
            .values(next_try_at=None, failed_at=now, failure=f"{code} unreachable"[:200])
            .returning(OutboxMail.id)
        ).all()
    if given_up:
        log.warning("outbox.given_up", count=len(given_up))
