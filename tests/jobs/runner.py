"""A scheduler process of the tests: the house's own turns, on a clock in a file, with jobs that stop at gates.

The jobs are two that do nothing but leave a trace, or those of the house that play a part in simulated days.

`build` names what is taken away from it: the lease, the fence, or every guard. A test that finds no fault in the
build without guards would not find one in the house either.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Column, Integer, MetaData, String, Table, select, update
from sqlalchemy.orm import Session

from service import clock
from service.config import Config
from service.database import transaction
from service.jobs import scheduler
from service.jobs import turn as house
from service.jobs.registry import JOBS, Job, Renew
from service.jobs.turn import Claim, Now
from service.models import ScheduledJob
from service.models.base import UtcTime
from service.start import open_house
from tests import settings
from tests.jobs.yard import Yard

PARIS = ZoneInfo("Europe/Paris")
LEASE = timedelta(minutes=2)

HOUSE = tuple(job for job in JOBS if job.name in {"auto_close", "recompute", "remind", "return_silent"})
"""The house's own jobs of the simulated days."""

EFFECTS = Table(
    "effect",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("job", String(40)),
    Column("at", UtcTime()),
    Column("worker", Integer),
)
"""What a job of the tests does, and each of the house's beside its own work: a row. Nothing but the scheduler keeps
a second one away."""


@dataclass(frozen=True)
class Order:
    """What a process is told when it starts. `jobs`: the `trace` ones, or those of the `house`."""

    url: str
    folder: Path
    build: str = "whole"
    jobs: str = "trace"


def jobs(yard: Yard, which: str) -> tuple[Job, ...]:
    """Two jobs, each minute: one whose missed slots become one, one that replays them. Or those of the house."""
    if which == "house":
        return tuple(_watched(yard, job) for job in HOUSE)
    trigger = CronTrigger(minute="*", timezone=PARIS)
    return (
        Job("once", "", trigger, _effect(yard, "once"), lease=LEASE),
        Job("each", "", trigger, _effect(yard, "each"), lease=LEASE, coalesce=False),
    )


def work(order: Order, worker: int) -> None:
    """Turn until told to stop. The gate `before` stands before the effect, `after` behind it, uncommitted."""
    yard = Yard(order.folder)
    open_house(settings.config(order.url))
    structlog.configure(processors=[_noting(yard)])
    for name, changed in BUILDS[order.build].items():
        setattr(house, name, changed)
    global _worker
    _worker = worker
    with clock.driven(yard.clock):
        mine, number = jobs(yard, order.jobs), 0
        while not yard.stopped():
            number, began = number + 1, yard.clock()
            yard.begin_turn(number)
            done = house.turn(mine)
            yard.end_turn(number)
            if not done and order.jobs == "house":
                yard.rest(began)


def keep_schedule(variables: Mapping[str, str], log: Path) -> None:
    """What `relais scheduler` does, its log in a file."""
    sys.stderr = log.open("w", encoding="utf-8", buffering=1)
    open_house(Config.from_values(variables))
    scheduler.run_for_ever()


_worker = 0


def _effect(yard: Yard, name: str) -> Callable[[Session], int]:
    def run(session: Session) -> int:
        yard.pass_through("before")
        session.execute(EFFECTS.insert().values(job=name, at=clock.now(), worker=_worker))
        yard.pass_through("after")
        return 1

    return run


def _watched(yard: Yard, job: Job) -> Job:
    """The job with its trace. The gate `before` stands where no transaction is open."""

    def outside(renew: Renew) -> int:
        yard.pass_through("before")
        return job.outside(renew)

    def run(session: Session) -> int:
        session.execute(EFFECTS.insert().values(job=job.name, at=clock.now(), worker=_worker))
        done = job.run(session)
        session.flush()
        yard.pass_through("after")
        return done

    return replace(job, outside=outside, run=run)


def _noting(yard: Yard) -> Callable[[Any, str, Any], Any]:
    def note(_logger: Any, _method: str, event: Any) -> Any:
        yard.note(event["event"])
        raise structlog.DropEvent

    return note


# ---------------------------------------------------------------- builds that lack something
def _claim_without_lease(job: Job, now: datetime) -> Claim | None:
    """Whoever sees the slot takes it, held or not."""
    with transaction() as session:
        row = session.scalar(
            select(ScheduledJob)
            .where(ScheduledJob.name == job.name, ScheduledJob.next_slot <= now)
            .with_for_update()
        )
        if row is None:
            return None
        row.token += 1
        return Claim(job.slot_due(row.next_slot, now), row.token)


def _close_without_fence(session: Session, job: Job, held: Claim) -> None:
    """Whoever comes to the end closes the slot, holder or not."""
    session.execute(
        update(ScheduledJob)
        .where(ScheduledJob.name == job.name)
        .values(next_slot=job.slot_after(held.slot), leased_until=None, leased_by=None, failures=0)
    )


def _carry_out_without_guards(job: Job, held: Claim, now: Now = clock.now) -> None:
    """Neither the fence nor the record of the slot, whose key would refuse a second one."""
    job.outside(lambda: None)
    with transaction() as session:
        job.run(session)
        _close_without_fence(session, job, held)


BUILDS: Mapping[str, Mapping[str, Any]] = {
    "whole": {},
    "without_lease": {"claim": _claim_without_lease},
    "without_fence": {"_close": _close_without_fence},
    "without_lease_nor_fence": {"claim": _claim_without_lease, "_close": _close_without_fence},
    "without_guards": {"claim": _claim_without_lease, "carry_out": _carry_out_without_guards},
    "without_fence_nor_record": {"carry_out": _carry_out_without_guards},
}
