"""The figures that a watcher reads in the database: counts, ages and states of the service, none of a person.

The same from whichever process is asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.models import ScheduledJob, Ticket, WebhookEndpoint
from service.permissions import OUT_OF_LISTS
from service.queries import jobs, webhooks
from service.queries.reference import LINE, reference
from service.workflows.registry import WORKFLOWS


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure: its name without the prefix, what it says, its labels."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str]


def gauges(session: Session, now: datetime) -> Iterator[Gauge]:
    """All of them; those of one name stand together. No notice is counted (R-PE-4)."""
    yield from _jobs(session, now)
    yield from _health(session, now)
    yield Gauge("webhooks_waiting", "Webhook deliveries still to be taken.", webhooks.waiting(session), {})
    off = select(func.count(WebhookEndpoint.id)).where(WebhookEndpoint.switched_off_at.is_not(None))
    yield Gauge(
        "webhook_endpoints_off", "Webhook addresses that are switched off.", session.scalar(off) or 0, {}
    )
    counted = session.execute(_open_tickets(Ticket.kind, Ticket.state)).all()
    for kind, state, number in counted:
        yield Gauge("tickets_open", "Requests that are open.", number, {"kind": kind, "state": state})
    late = _open_tickets(Ticket.kind).where(Ticket.next_deadline_at < now)
    missed = {row[0]: row[1] for row in session.execute(late)}
    for kind in sorted(WORKFLOWS.keys() - OUT_OF_LISTS):
        yield Gauge(
            "deadlines_missed", "Open requests past their deadline.", missed.get(kind, 0), {"kind": kind}
        )
    line = reference(session).hours_of_calendar(LINE).is_open(now)
    yield Gauge("line_open", "1 while the direct line is open, else 0.", float(line), {})


def _jobs(session: Session, now: datetime) -> Iterator[Gauge]:
    for name, run in sorted(jobs.last_runs(session).items()):
        age = (now - run.ended_at).total_seconds()
        yield Gauge("job_last_success_age_seconds", "Since a job's last run ended well.", age, {"job": name})
    rows = session.scalars(select(ScheduledJob).order_by(ScheduledJob.name)).all()
    for row in rows:
        yield Gauge("job_failures", "Failures in a row of a job's slot.", row.failures, {"job": row.name})


def _health(session: Session, now: datetime) -> Iterator[Gauge]:
    found = jobs.health(session, now - jobs.ALIVE_WITHIN)
    yield Gauge(
        "schedulers", "Scheduler processes that turned in the last five minutes.", found.schedulers, {}
    )
    yield Gauge("mails_waiting", "Mails still to be sent.", found.mails_waiting, {})
    yield Gauge(
        "mails_refused", "Mails that nobody received and nobody has settled.", found.mails_refused, {}
    )
    yield Gauge(
        "journal_altered_places", "Where the last backup found the journal altered.", found.altered, {}
    )
    ages = {
        ("oldest_mail_age_seconds", "Age of the oldest mail still to be sent."): found.oldest_mail,
        ("backup_age_seconds", "Since the last backup, made and tried."): found.last_backup,
    }
    for (name, help_), instant in ages.items():
        if instant is not None:
            yield Gauge(name, help_, (now - instant).total_seconds(), {})


def _open_tickets(*by: InstrumentedAttribute[str]) -> Any:
    # Somebody owes a step as long as a request is open: the database sees to it.
    still = (
        Ticket.next_step_unit_id.is_not(None),
        Ticket.kind.not_in(OUT_OF_LISTS),
        Ticket.submitted_at.is_not(None),
        Ticket.archived_at.is_(None),
    )
    query: Any = select(*by, func.count(Ticket.id))
    return query.where(*still).group_by(*by).order_by(*by)
