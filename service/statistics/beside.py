"""What figures read beside the tickets: calls, messages, actions, remarks, and the number of notices."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import AwarenessAction, Call, IncomingMail, Remark, ReportedCount, Ticket
from service.statistics.facts import OUT_OF_FIGURES, ActionFacts, CallFacts, MailFacts
from service.statistics.periods import Month, Period
from service.workflows.french import local_day


def calls(session: Session, period: Period) -> tuple[CallFacts, ...]:
    """Those on the direct line, in their order; who wrote them down does not matter."""
    rows = session.execute(
        select(
            Call.cdas_code,
            Call.started_at,
            Call.recorded_at,
            Call.minutes,
            Call.answered,
            Call.outcome.is_not(None),
        )
        .where(Call.started_at >= period.start, Call.started_at < period.end)
        .order_by(Call.started_at, Call.id)
    )
    return tuple(CallFacts(*row) for row in rows)


def mails(session: Session, period: Period) -> tuple[MailFacts, ...]:
    """Messages without the keyword that somebody qualified."""
    rows = session.execute(
        select(IncomingMail.received_at, IncomingMail.nature)
        .where(
            IncomingMail.fate == "qualified",
            IncomingMail.received_at >= period.start,
            IncomingMail.received_at < period.end,
        )
        .order_by(IncomingMail.received_at, IncomingMail.id)
    )
    return tuple(MailFacts(received_at, str(nature)) for received_at, nature in rows)


def reported(session: Session, period: Period) -> dict[str, int]:
    """What is counted elsewhere and typed in, month by month."""
    keys = [period.key] if isinstance(period, Month) else [month.key for month in period.months]
    rows = session.execute(
        select(ReportedCount.name, func.sum(ReportedCount.number))
        .where(ReportedCount.month.in_(keys))
        .group_by(ReportedCount.name)
    )
    return {name: int(number) for name, number in rows}


def actions(session: Session, period: Period) -> tuple[ActionFacts, ...]:
    """Awareness actions by the day they were held, but those taken back (R-GO-4)."""
    action = AwarenessAction
    rows = session.execute(
        select(action.kind, action.participants)
        .where(
            action.held_on >= local_day(period.start),
            action.held_on < local_day(period.end),
            action.removed_at.is_(None),
        )
        .order_by(action.held_on, action.id)
    )
    return tuple(ActionFacts(*row) for row in rows)


def remarks(session: Session, period: Period) -> int:
    """How many were written."""
    query = select(func.count()).where(Remark.written_at >= period.start, Remark.written_at < period.end)
    return session.scalar(query) or 0


def notices(session: Session, period: Period) -> int:
    """How many were sent, and no more (R-PE-4)."""
    query = select(func.count()).where(
        Ticket.kind == OUT_OF_FIGURES, Ticket.submitted_at >= period.start, Ticket.submitted_at < period.end
    )
    return session.scalar(query) or 0
