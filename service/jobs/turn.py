"""One turn of the scheduler: claim a due slot under a lease, do it, close it; the fencing token refuses a zombie."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from service import clock
from service.database import transaction
from service.jobs.registry import JOBS, Job
from service.models import JobRun, ScheduledJob

MAX_FAILURES = 5
WORKER = f"{socket.gethostname()}:{os.getpid()}"
log = structlog.get_logger()


class LeaseLost(Exception):
    """Another process took the slot meanwhile: nothing of this run is kept."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A slot held by this process, with the token that must still be the last one when it is closed."""

    slot: datetime
    token: int


def turn(jobs: tuple[Job, ...] = JOBS) -> int:
    """Run every job whose slot is due; the number of slots done. A failing job never stops the others."""
    done = 0
    for job in jobs:
        try:
            done += _attempt(job)
        except LeaseLost:
            log.warning("lease_lost", job=job.name)
    return done


def enrol(jobs: tuple[Job, ...] = JOBS) -> None:
    """Give each job its row, once; racing processes leave one."""
    for job in jobs:
        try:
            with transaction() as session:
                if session.get(ScheduledJob, job.name) is None:
                    session.add(ScheduledJob(name=job.name, next_slot=job.slot_after(clock.now())))
        except IntegrityError:
            log.info("enrolled_elsewhere", job=job.name)


def claim(job: Job, now: datetime) -> Claim | None:
    """Take the due slot of a job for the length of its lease; None when nothing is due or somebody holds it."""
    with transaction() as session:
        row = session.execute(
            select(ScheduledJob.next_slot, ScheduledJob.token)
            .where(
                ScheduledJob.name == job.name,
                ScheduledJob.next_slot <= now,
                or_(ScheduledJob.leased_until.is_(None), ScheduledJob.leased_until < now),
            )
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        session.execute(
            update(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.token == row.token)
            .values(leased_by=WORKER[:80], leased_until=now + job.lease, token=row.token + 1)
        )
        return Claim(job.slot_due(row.next_slot, now), row.token + 1)


def carry_out(job: Job, held: Claim) -> None:
    """Effect, closing of the slot and its record in one transaction; refuses (LeaseLost) an old token."""
    started = clock.now()
    with transaction() as session:
        done = job.run(session)
        closed = session.scalars(
            update(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.token == held.token)
            .values(next_slot=job.slot_after(held.slot), leased_until=None, leased_by=None, failures=0)
            .returning(ScheduledJob.name)
        ).all()
        if not closed:
            raise LeaseLost(job.name)
        session.execute(
            insert(JobRun).values(
                name=job.name, slot=held.slot, started_at=started, ended_at=clock.now(), done=done
            )
        )


def _attempt(job: Job) -> int:
    held = claim(job, clock.now())
    if held is None:
        return 0
    try:
        carry_out(job, held)
    except LeaseLost:
        raise
    except Exception as failure:
        log.error("job_failed", job=job.name, error=type(failure).__name__)
        _put_off(job, held)
        return 0
    return 1


def _put_off(job: Job, held: Claim) -> None:
    """Wait longer after each failure; after the last one give the slot up, loudly."""
    with transaction() as session:
        row = session.scalar(
            select(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.token == held.token)
            .with_for_update()
        )
        if row is None:
            return
        row.failures += 1
        row.leased_until = clock.now() + timedelta(minutes=2**row.failures)
        if row.failures >= MAX_FAILURES:
            log.error("job_given_up", job=job.name)
            row.next_slot, row.leased_until, row.failures = job.slot_after(clock.now()), None, 0
