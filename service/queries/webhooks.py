"""Who is told by webhook, and what they were told last."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from service.models import WebhookDelivery, WebhookEndpoint
from service.queries.keyset import Order, Place

BY_WRITING = Order(WebhookDelivery.created_at, WebhookDelivery.id, descending=True)
"""The newest first."""
STATES: Mapping[str, ColumnElement[bool]] = {
    "waiting": WebhookDelivery.next_try_at.is_not(None),
    "taken": WebhookDelivery.delivered_at.is_not(None),
    "aside": and_(WebhookDelivery.next_try_at.is_(None), WebhookDelivery.delivered_at.is_(None)),
}
"""To be tried, taken by the program, or given up."""


def endpoints(session: Session) -> Sequence[WebhookEndpoint]:
    """Every registered address, by name."""
    return session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.label, WebhookEndpoint.id)).all()


def deliveries(
    state: str | None = None, order: Order = BY_WRITING, place: Place | None = None
) -> Select[WebhookDelivery]:
    """What the programs were told, in a state or whatever came of it, in an order, from a place on."""
    return order.rows(select(WebhookDelivery).where(STATES[state] if state else true()), place)


def waiting(session: Session) -> int:
    """How many are still to be taken."""
    query = select(func.count(WebhookDelivery.id)).where(WebhookDelivery.next_try_at.is_not(None))
    return session.scalar(query) or 0
