"""One turn of the scheduler: claim a due slot under a lease, do it, close it; the fencing token refuses a zombie."""

import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import Refusal
from service.jobs.registry import JOBS, Job, Renew
from service.models import JobRun, ScheduledJob
from service.notifications.sending import Unusable

MAX_FAILURES = 5
"""After so many failures in a row a slot is given up; a holder that vanished under its lease is one of them."""

VANISHED = "lease_expired"
"""What is noted of a holder that did not come back under its lease."""

LONGEST_FAILURE = 200

Now = Callable[[], datetime]
log = logs.logger(__name__)


class LeaseLost(Exception):
    """Another process took the slot meanwhile: nothing of this run is kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A slot held by this process, with the token that must still be the last one when it is closed."""

    slot: datetime
    token: int


def turn(
    jobs: tuple[Job, ...] = JOBS, now: Now = clock.now, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Run every job whose slot is due; the number of slots done. A failing job never stops the others.

    `now` judges slots and leases: one clock for all machines. `stopping` ends the turn between two jobs. One look finds
    what may be due; each slot is then judged by itself.
    """
    done = 0
    due = _due(now)
    for job in jobs:
        if stopping():
            break
        if job.name not in due:
            continue
        try:
            done += _attempt(job, now)
        except LeaseLost:
            log.warning("job.lease_lost", job=job.name)
        except Exception:
            # The judge itself did not answer: the slot waits for the next turn.
            log.error("job.not_judged", job=job.name, exc_info=True)
    return done


def _due(now: Now) -> Collection[str]:
    try:
        at = now()
        with reading() as session:
            return session.scalars(select(ScheduledJob.name).where(ScheduledJob.next_slot <= at)).all()
    except Exception:
        log.error("job.not_judged", exc_info=True)
        return ()


def enrol(jobs: tuple[Job, ...] = JOBS, now: Now = clock.now) -> None:
    """Give each job its row, once; racing processes leave one."""
    with reading() as session:
        known = set(session.scalars(select(ScheduledJob.name)))
    for job in jobs:
        if job.name in known:
            continue
        try:
            with transaction() as session:
                session.add(ScheduledJob(name=job.name, next_slot=job.slot_after(now())))
        except IntegrityError:
            log.info("job.enrolled_elsewhere", job=job.name)


def claim(job: Job, now: datetime) -> Claim | None:
    """Take the due slot of a job for the length of its lease; None when nothing is due or somebody holds it."""
    with transaction() as session:
        row = session.scalar(
            select(ScheduledJob)
            .where(
                ScheduledJob.name == job.name,
                ScheduledJob.next_slot <= now,
                or_(ScheduledJob.leased_until.is_(None), ScheduledJob.leased_until < now),
            )
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        failures = row.failures
        if row.leased_by is not None:
            log.warning("job.lease_expired", job=job.name, attempt=failures + 1)
            row.failed_at, row.failure = now, VANISHED
            failures += 1
        if failures >= MAX_FAILURES:
            _give_up(job, row, row.next_slot, now)
            return None
        slot, token = job.slot_due(row.next_slot, now), row.token + 1
        taken = session.scalar(
            update(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.token == row.token)
            .values(leased_by=worker(), leased_until=now + job.lease, token=token, failures=failures)
            .returning(ScheduledJob.token)
        )
        return None if taken is None else Claim(slot, token)


def carry_out(job: Job, held: Claim, now: Now = clock.now) -> None:
    """Effect, closing of the slot and its record in one transaction; refuses (LeaseLost) an old token.

    What the job does outside comes before it.
    """
    started = now()
    done = job.outside(_renewal(job, held, now))
    with transaction() as session:
        done += job.run(session)
        _close(session, job, held)
        session.execute(
            insert(JobRun).values(
                name=job.name, slot=held.slot, started_at=started, ended_at=now(), done=done
            )
        )
    log.info("job.done", job=job.name, slot=held.slot.isoformat(), count=done)


def _renewal(job: Job, held: Claim, now: Now) -> Renew:
    renewed_at = now()

    def renew() -> None:
        nonlocal renewed_at
        instant = now()
        if instant - renewed_at < job.lease / 2:
            return
        with transaction() as session:
            kept = session.scalar(
                update(ScheduledJob)
                .where(ScheduledJob.name == job.name, ScheduledJob.token == held.token)
                .values(leased_until=instant + job.lease)
                .returning(ScheduledJob.name)
            )
        if kept is None:
            raise LeaseLost(job.name)
        renewed_at = instant

    return renew


def _close(session: Session, job: Job, held: Claim) -> None:
    closed = session.scalar(
        update(ScheduledJob)
        .where(ScheduledJob.name == job.name, ScheduledJob.token == held.token)
        .values(
            next_slot=job.slot_after(held.slot),
            leased_until=None,
            leased_by=None,
            failures=0,
            failed_at=None,
            failure=None,
        )
        .returning(ScheduledJob.name)
    )
    if closed is None:
        raise LeaseLost(job.name)


def _attempt(job: Job, now: Now) -> int:
    held = claim(job, now())
    if held is None:
        return 0
    try:
        carry_out(job, held, now)
    except LeaseLost:
        raise
    except Exception as failed:
        log.error("job.failed", job=job.name, slot=held.slot.isoformat(), exc_info=True)
        _put_off(job, held, now(), _told(failed))
        return 0
    return 1


def _told(failed: Exception) -> str:
    """Its type, and its code when it is one of ours: the text may quote what people wrote."""
    code = failed.code if isinstance(failed, Refusal | Unusable) else ""
    return f"{type(failed).__name__} {code}".strip()


def _put_off(job: Job, held: Claim, now: datetime, failure: str) -> None:
    """Wait longer after each failure; after the last one give the slot up, loudly. `failure`: no text, it may tell."""
    with transaction() as session:
        row = session.scalar(
            select(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.token == held.token)
            .with_for_update()
        )
        if row is None:
            return
        row.failures += 1
        row.failed_at, row.failure = now, failure[:LONGEST_FAILURE]
        row.leased_by, row.leased_until = None, now + timedelta(minutes=2**row.failures)
        if row.failures >= MAX_FAILURES:
            _give_up(job, row, held.slot, now)


def _give_up(job: Job, row: ScheduledJob, slot: datetime, now: datetime) -> None:
    log.error("job.given_up", job=job.name, slot=slot.isoformat(), attempt=row.failures)
    row.next_slot = job.slot_after(now if job.coalesce else slot)
    row.leased_by, row.leased_until, row.failures = None, None, 0


def worker() -> str:
    """This process, as leases and turns name it."""
    # Asked each time: a process that was forked after this module was read is another one.
    return f"{socket.gethostname()}:{os.getpid()}"[:80]
