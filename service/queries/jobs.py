"""How the machinery is: turns of the scheduler, runs of the jobs, mails that wait, mailboxes that were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import BackupMade, JobRun, MailboxPoll, OutboxMail, ScheduledJob, SchedulerBeat

ALIVE_WITHIN = timedelta(minutes=5)
"""A scheduler turns every five seconds, or after a minute or two of mail; one silent for so long has stopped."""

BACKUP = "back_up"
"""The job whose last run that made something is the last backup."""


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of the health page; None: there is none yet.

    `altered`: in how many places the last backup found the journal altered.
    """

    last_turn: datetime | None
    schedulers: int
    mails_waiting: int
    oldest_mail: datetime | None
    mails_refused: int
    mailboxes: Sequence[MailboxPoll]
    last_backup: datetime | None
    altered: int


def health(session: Session, since: datetime) -> Health:
    """How it is now; scheduler processes that have turned since the instant are counted."""
    last, alive = session.execute(
        select(
            func.max(SchedulerBeat.beat_at),
            func.count().filter(SchedulerBeat.beat_at >= since),
        )
    ).one()
    waiting, oldest = session.execute(
        select(func.count(OutboxMail.id), func.min(OutboxMail.created_at)).where(
            OutboxMail.next_try_at.is_not(None)
        )
    ).one()
    refused = session.scalar(
        select(func.count(OutboxMail.id)).where(
            OutboxMail.failed_at.is_not(None), OutboxMail.settled_at.is_(None)
        )
    )
    backed_up = session.scalar(
        select(func.max(JobRun.ended_at)).where(JobRun.name == BACKUP, JobRun.done > 0)
    )
    polls = session.scalars(select(MailboxPoll).order_by(MailboxPoll.name)).all()
    return Health(last, alive, waiting, oldest, refused or 0, polls, backed_up, _altered(session))


def _altered(session: Session) -> int:
    last = select(BackupMade.findings).order_by(BackupMade.made_at.desc()).limit(1)
    return session.scalar(last) or 0


def scheduled(session: Session) -> Mapping[str, ScheduledJob]:
    """The next slot of each job, by name."""
    return {row.name: row for row in session.scalars(select(ScheduledJob))}


def last_runs(session: Session) -> Mapping[str, JobRun]:
    """The last run of each job, by name."""
    newest = select(JobRun.name, func.max(JobRun.slot).label("slot")).group_by(JobRun.name).subquery()
    query = select(JobRun).join(newest, (JobRun.name == newest.c.name) & (JobRun.slot == newest.c.slot))
    return {row.name: row for row in session.scalars(query)}


def runs_of(session: Session, name: str, limit: int) -> Sequence[JobRun]:
    """The last runs of a job, the newest first."""
    return session.scalars(
        select(JobRun).where(JobRun.name == name).order_by(JobRun.slot.desc()).limit(limit)
    ).all()
