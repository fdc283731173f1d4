"""Every scheduled job, in one table. Never between 02:00 and 03:00: that hour is missing in March, twice in October."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.orm import Session

from service.jobs import auto_close, clean_drafts, clean_set_aside, forget_sessions, remind, return_silent

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when (Europe/Paris), what, for how long its lease holds, and whether missed slots become one.

    `run` works in the transaction that closes the slot, and gives the number of things done.
    """

    name: str
    label: str
    trigger: CronTrigger
    run: Callable[[Session], int]
    lease: timedelta = timedelta(minutes=2)
    coalesce: bool = True

    def slot_after(self, instant: datetime) -> datetime:
        """The first slot strictly later than the instant, UTC."""
        # Added and compared in UTC: in one local zone arithmetic forgets `fold`, and 02:50 stands after a later 02:00.
        start = instant.astimezone(UTC)
        found = self.trigger.get_next_fire_time(None, (start + timedelta(microseconds=1)).astimezone(PARIS))
        slot: datetime | None = None if found is None else found.astimezone(UTC)
        if slot is None or slot <= start:
            raise RuntimeError(f"the trigger of {self.name} has no slot after {start}")
        return slot

    def slot_due(self, waiting: datetime, now: datetime) -> datetime:
        """The slot to run now: the waiting one, or the last one passed when missed slots become one."""
        slot = waiting
        while self.coalesce and (following := self.slot_after(slot)) <= now:
            slot = following
        return slot


JOBS = (
    Job(
        name="auto_close",
        label="Clore les réponses dont le délai d’accusé de réception est passé",
        trigger=CronTrigger(minute="*/10", timezone=PARIS),
        run=auto_close.run,
    ),
    Job(
        name="clean_drafts",
        label="Supprimer les brouillons abandonnés",
        trigger=CronTrigger(hour=4, minute=10, timezone=PARIS),
        run=clean_drafts.run,
    ),
    Job(
        name="clean_set_aside",
        label="Effacer les messages gardés à part depuis 30 jours",
        trigger=CronTrigger(hour=4, minute=20, timezone=PARIS),
        run=clean_set_aside.run,
    ),
    Job(
        name="forget_sessions",
        label="Effacer les sessions terminées",
        trigger=CronTrigger(hour=4, minute=30, timezone=PARIS),
        run=forget_sessions.run,
    ),
    Job(
        name="remind",
        label="Prévenir des délais qui approchent ou sont dépassés",
        trigger=CronTrigger(minute="2-52/10", timezone=PARIS),
        run=remind.run,
    ),
    Job(
        name="return_silent",
        label="Rendre les relais dont le destinataire ne répond pas",
        trigger=CronTrigger(minute="5-55/10", timezone=PARIS),
        run=return_silent.run,
    ),
)
