"""Other programs told by webhook: rows written with the act they tell of, as mails are (R-DP-5)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Ticket, WebhookDelivery, WebhookEndpoint
from service.workflows.webhooks import EVENTS, body, event_name

_hosts: tuple[str, ...] = ()


def configure(hosts: tuple[str, ...]) -> None:
    """Give the machines that may be told; none: nothing is written, nothing leaves."""
    global _hosts
    _hosts = hosts


def hosts() -> tuple[str, ...]:
    """The machines that may be told."""
    return _hosts


def note(session: Session, ticket: Ticket, act: str, happened_at: datetime, now: datetime) -> None:
    """Write what each address that chose this event will be told, in the transaction of the act."""
    if not _hosts or act not in EVENTS.get(ticket.kind, {}):
        return
    name = event_name(ticket.kind, act)
    for endpoint in session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.switched_off_at.is_(None))):
        if name in endpoint.events:
            session.add(_delivery(endpoint, ticket, name, happened_at, now))


def _delivery(
    endpoint: WebhookEndpoint, ticket: Ticket, name: str, happened_at: datetime, now: datetime
) -> WebhookDelivery:
    row = WebhookDelivery(
        endpoint_id=endpoint.id,
        event=name,
        reference=ticket.reference,
        created_at=now,
        waiting_since=now,
        next_try_at=now,
    )
    row.body = body(row.message_id, name, ticket.reference, ticket.version, happened_at)
    return row
