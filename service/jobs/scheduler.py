"""APScheduler as a clock: one interval job in memory, the beat. Any number of processes may run it."""

import signal
from datetime import UTC, datetime
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from service import database, logs
from service.jobs.turn import enrol, turn, worker
from service.operations.scheduled_jobs import note_beat

TICK_SECONDS = 5
_ENDINGS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
log = logs.logger(__name__)


class Heart:
    """A thread that beats: each beat is one turn of the jobs. Never start it before a fork, which would stop it."""

    def __init__(self) -> None:
        self._stopping = Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Beat now, then every `TICK_SECONDS`, give or take one so that processes spread out."""
        self._scheduler.add_job(
            self._beat,
            "interval",
            seconds=TICK_SECONDS,
            jitter=1,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop between two jobs: the one in hand is finished first."""
        self._stopping.set()
        log.info("scheduler.stopping")
        self._scheduler.shutdown(wait=True)

    def _beat(self) -> None:
        try:
            enrol(now=shared_time)
            turn(now=shared_time, stopping=self._stopping.is_set)
            note_beat(worker(), shared_time())
        except Exception:
            # An unreachable database costs its beats, not the process.
            log.error("scheduler.beat_failed", exc_info=True)


def run_for_ever() -> None:
    """The scheduler's own process, until it is told to end; told a second time, it ends at once, unfinished."""
    # Blocked before the thread starts, which inherits it: a signal interrupts no job.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    heart = Heart()
    heart.start()
    log.info("scheduler.started")
    signal.sigwait(_ENDINGS)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDINGS)
    heart.stop()
    log.info("scheduler.stopped")


def shared_time() -> datetime:
    """The database's time, in whole seconds: machines whose clocks differ agree on slots and leases."""
    return database.time().replace(microsecond=0)
