"""What other targets or another definition would have made of the last months: for a preview, nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import ClockRecord, Ticket, UrgentRightsDetails
from service.operations import standing
from service.queries.reference import Reference
from service.workflows import french, urgency
from service.workflows.deadlines import within_target
from service.workflows.settings import Values

SINCE = timedelta(days=90)
MOST = 1000
TARGETS = "target_"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Of `looked_at` cases, how many would be within the target, or urgent: as it is, and as proposed."""

    key: str
    looked_at: int
    before: int
    after: int


def open_requests(session: Session) -> int:
    """How many open requests keep the version they were opened under."""
    return session.scalar(select(func.count(Ticket.id)).where(Ticket.next_step_unit_id.is_not(None))) or 0


def targets(
    session: Session, known: Reference, keys: Iterable[str], proposed: Values, now: datetime
) -> Iterator[WhatIf]:
    """For each changed target: the clocks that stopped in the last 90 days, `MOST` at most, under both targets."""
    present = known.values_of(known.version_at(now).number)
    for key in keys:
        name = key.removeprefix(TARGETS)
        old, new = present.target(name), proposed.target(name)
        if not key.startswith(TARGETS) or old is None or new is None:
            continue
        tickets = session.scalars(
            select(Ticket)
            .join(ClockRecord, ClockRecord.ticket_id == Ticket.id)
            .where(ClockRecord.name == name, ClockRecord.stopped_at >= now - SINCE)
            .order_by(ClockRecord.stopped_at.desc())
            .limit(MOST)
        ).unique()
        runs = [run for _, run in standing.runs_of(session, tickets) if run.name == name and not run.running]
        hits = [tuple(within_target(run, target, known.hours_of) for target in (old, new)) for run in runs]
        yield WhatIf(key, len(runs), sum(hit[0] for hit in hits), sum(hit[1] for hit in hits))


def definition(session: Session, known: Reference, proposed: Values, now: datetime) -> WhatIf | None:
    """The requests of the last 90 days, judged on the day they were sent under both definitions; None: the same."""
    present = known.values_of(known.version_at(now).number)
    rules = {"before": present.urgency_rules(), "after": proposed.urgency_rules()}
    if rules["before"] == rules["after"]:
        return None
    rows = session.execute(
        select(UrgentRightsDetails, Ticket.submitted_at)
        .join(Ticket, Ticket.id == UrgentRightsDetails.ticket_id)
        .where(
            Ticket.submitted_at >= now - SINCE,
            UrgentRightsDetails.benefit.is_not(None),
            UrgentRightsDetails.event.is_not(None),
        )
        .order_by(Ticket.submitted_at.desc())
        .limit(MOST)
    ).all()
    urgent: Mapping[str, int] = {
        name: sum(_urgent(details, sent, applied) for details, sent in rows)
        for name, applied in rules.items()
    }
    return WhatIf("definition", len(rows), urgent["before"], urgent["after"])


def _urgent(details: UrgentRightsDetails, sent: datetime | None, rules: urgency.UrgencyRules) -> bool:
    if details.benefit is None or details.event is None or sent is None:
        return False
    return urgency.check(
        details.benefit,
        details.event,
        french.local_day(sent),
        details.last_payment_on,
        details.amount_before,
        details.amount_after,
        rules,
    ).urgent
