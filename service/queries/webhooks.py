"""Who is told by webhook, and what they were told last."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.models import WebhookDelivery, WebhookEndpoint

SHOWN = 50


def endpoints(session: Session) -> Sequence[WebhookEndpoint]:
    """Every registered address, by name."""
    return session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.label, WebhookEndpoint.id)).all()


def last_deliveries(session: Session) -> Sequence[WebhookDelivery]:
    """The newest `SHOWN`, whatever came of them."""
    newest = select(WebhookDelivery).order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    return session.scalars(newest.limit(SHOWN)).all()


def waiting(session: Session) -> int:
    """How many are still to be taken."""
    query = select(func.count(WebhookDelivery.id)).where(WebhookDelivery.next_try_at.is_not(None))
    return session.scalar(query) or 0
