"""APScheduler as a clock: one interval job in memory, the turn. Any number of processes may run it."""

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from service import clock, database
from service.jobs.turn import enrol, turn

TICK_SECONDS = 5


def run_for_ever() -> None:
    """The scheduler's own process, until it is told to end. Time is the database's: one clock for all machines."""
    with clock.driven(database.time):
        enrol()
        turn()
        scheduler = BlockingScheduler()
        add_turn(scheduler)
        scheduler.start()


def add_turn(scheduler: BaseScheduler) -> None:
    """The one job that APScheduler knows: nothing is stored, nothing pickled."""
    scheduler.add_job(
        turn,
        "interval",
        seconds=TICK_SECONDS,
        jitter=1,
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
    )
