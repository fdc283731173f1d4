"""What people may do to the scheduled jobs: ask that one runs now. The scheduler does the rest."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import NotPermitted, NotVisible
from service.models import DigestLine, IdempotencyKey, JobRun, ScheduledJob, SchedulerBeat
from service.permissions import Actor, Permission, may

RUNS_KEPT = timedelta(days=30)
BEATS_KEPT = timedelta(days=1)
log = logs.logger(__name__)


def run_now(actor: Actor, name: str) -> bool:
    """Ask that the job runs at the scheduler's next turn; False when it is due or under way already.

    Refuses who is not the administration, and a job that no scheduler has enrolled.
    """
    if not may(actor, Permission.RUN_JOBS):
        raise NotPermitted("Lancer une tâche revient à l’administration.")
    with transaction() as session:
        if session.get(ScheduledJob, name) is None:
            raise NotVisible
        asked = bring_forward(session, name, actor.account_id)
    log.info("job.asked", job=name, account_id=actor.account_id, result=asked)
    return asked


def bring_forward(session: Session, name: str, asked_by: UUID | None = None) -> bool:
    """Make the job due now, in the caller's transaction; False when it is due or under way already."""
    now = clock.now()
    moved = session.scalar(
        update(ScheduledJob)
        .where(
            ScheduledJob.name == name,
            ScheduledJob.next_slot > now,
            ScheduledJob.leased_until.is_(None) | (ScheduledJob.leased_until < now),
        )
        .values(next_slot=now, asked_at=now, asked_by=asked_by)
        .returning(ScheduledJob.name)
    )
    return moved is not None


def note_beat(worker: str, at: datetime) -> None:
    """Write down that this scheduler process has just turned."""
    with transaction() as session:
        session.merge(SchedulerBeat(worker=worker, beat_at=at))


def forget_old_runs(session: Session) -> int:
    """Forget runs, told digest lines and keys of calls of more than 30 days, processes silent for a day; how many."""
    now = clock.now()
    runs = session.scalars(delete(JobRun).where(JobRun.slot < now - RUNS_KEPT).returning(JobRun.slot)).all()
    beats = session.scalars(
        delete(SchedulerBeat).where(SchedulerBeat.beat_at < now - BEATS_KEPT).returning(SchedulerBeat.worker)
    ).all()
    lines = session.scalars(
        delete(DigestLine).where(DigestLine.told_at < now - RUNS_KEPT).returning(DigestLine.id)
    ).all()
    keys = session.scalars(
        delete(IdempotencyKey).where(IdempotencyKey.at < now - RUNS_KEPT).returning(IdempotencyKey.key)
    ).all()
    return len(runs) + len(beats) + len(lines) + len(keys)
