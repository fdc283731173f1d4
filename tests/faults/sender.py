"""The scheduler of the storms: its own process, the house's turns, mails to a server of the test.

Slots come each second and leases and claims run out within seconds, so that what a dead process held is taken up
while the storm lasts; nothing else differs from the house.
"""

from dataclasses import replace
from datetime import timedelta
from time import sleep

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.exc import DBAPIError

from service import logs
from service.jobs import send_outbox
from service.jobs.registry import JOBS
from service.jobs.turn import enrol, turn
from service.notifications import sending
from service.outside import Smtp, SmtpSecurity
from service.start import open_house
from tests import settings

MOVED = frozenset({"send_outbox", "seal_journal"})
SOON = timedelta(seconds=2)
_REST = 0.2
log = logs.logger(__name__)


def keep_sending(url: str, port: int) -> None:
    """Turn for ever: the process is ended by killing it."""
    open_house(settings.config(url, LOG_LEVEL="CRITICAL"))
    sending.configure(Smtp("127.0.0.1", port, SmtpSecurity.NONE, "", "", 5, "relais@relais.example"))
    send_outbox.HELD = SOON
    jobs = tuple(
        replace(job, trigger=CronTrigger(second="*"), lease=SOON) for job in JOBS if job.name in MOVED
    )
    enrolled = False
    while True:
        try:
            if not enrolled:
                enrol(jobs)
                enrolled = True
            turn(jobs)
        except DBAPIError:
            log.warning("sender.waits")
        sleep(_REST)
