"""`send_webhooks`: what other programs are to be told leaves, the oldest first, one address never keeping the others.

At least once, under the same `webhook-id`: the claim keeps a row from every other process meanwhile, and a process
that dies between an answer and its mark sends it again. An address that fails for 72 hours is switched off.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.jobs.send_outbox import HELD, PATIENCE_SECONDS, TOO_OLD, next_try
from service.models import WebhookDelivery, WebhookEndpoint
from service.notifications.telling import tell_address
from service.notifications.webhooks import hosts
from service.operations.webhook_sending import Outcome, send
from service.operations.webhooks import NO_SECRET, NOT_SENT, SWITCHED_OFF, silence
from service.permissions import UnitKind
from service.queries.reference import reference
from service.sealing import SealBroken
from service.workflows.webhooks import headers

KEPT = timedelta(days=30)
"""So long it can be seen, and told again, what an address was told (ours)."""

log = logs.logger(__name__)


def run(renew: Callable[[], None]) -> int:
    """Send what is due and forget what is old; the number taken. Without listed machines nothing is sent."""
    _forget(clock.now())
    taken, began = 0, time.monotonic()
    resting: set[UUID] = set()
    while hosts() and time.monotonic() - began <= PATIENCE_SECONDS and (row := _claim(resting)) is not None:
        renew()
        outcome = _send(row)
        with transaction() as session:
            _mark(session, row, outcome)
        taken += outcome.taken
        if not outcome.taken:
            resting.add(row.endpoint_id)  # what does not answer is asked once a turn
    return taken


def _forget(now: datetime) -> None:
    old = (WebhookDelivery.waiting_since < now - KEPT,)
    with reading() as session:
        if session.scalar(select(WebhookDelivery.id).where(*old).limit(1)) is None:
            return
    with transaction() as session:
        session.execute(delete(WebhookDelivery).where(*old))


def _claim(resting: set[UUID]) -> WebhookDelivery | None:
    """The oldest one that is due, for this process alone until `HELD` has passed."""
    now = clock.now()
    due = (WebhookDelivery.next_try_at <= now, WebhookDelivery.endpoint_id.not_in(resting))
    oldest = select(WebhookDelivery.id).where(*due).order_by(WebhookDelivery.created_at, WebhookDelivery.id)
    with reading() as session:
        found = session.scalar(oldest.limit(1))
    if found is None:
        return None
    with transaction() as session:
        row = session.scalar(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == found, *due)
            .values(next_try_at=now + HELD, attempts=WebhookDelivery.attempts + 1)
            .returning(WebhookDelivery)
            .execution_options(synchronize_session=False)
        )
    return row or _claim(resting)


def _send(row: WebhookDelivery) -> Outcome:
    """Refused before anything leaves: an address that was removed or switched off since, and one without its secret."""
    with reading() as session:
        endpoint = session.get(WebhookEndpoint, row.endpoint_id)
    if endpoint is None or endpoint.switched_off_at is not None:
        return Outcome(False, SWITCHED_OFF)
    try:
        if not endpoint.secret:
            return Outcome(False, NO_SECRET)
        signed = headers(endpoint.secret, row.message_id, clock.now(), row.body)
        return send(endpoint.url, row.body, signed, hosts())
    except SealBroken:  # one address never keeps the others
        log.error("webhook.not_sent", exc_info=True)
        return Outcome(False, NO_SECRET)
    except ValueError:
        log.error("webhook.not_sent", exc_info=True)
        return Outcome(False, NOT_SENT)


def _mark(session: Session, claimed: WebhookDelivery, outcome: Outcome) -> None:
    """Note what came of it; one whose address was switched off meanwhile is set aside."""
    endpoint = session.get(WebhookEndpoint, claimed.endpoint_id, with_for_update=True)
    row = session.get(WebhookDelivery, claimed.id)
    if endpoint is None or row is None:
        return
    now = clock.now()
    if endpoint.switched_off_at is not None:  # an act that had read it as on wrote this meanwhile
        row.next_try_at, row.failed_at, row.answer = None, now, SWITCHED_OFF
        return
    row.answer = outcome.code
    if outcome.taken:
        row.delivered_at, row.next_try_at, endpoint.failing_since = now, None, None
        return
    row.next_try_at = next_try(row.attempts, row.waiting_since, now)
    row.failed_at = now if row.next_try_at is None else None
    endpoint.failing_since = endpoint.failing_since or now
    log.warning("webhook.failed", code=outcome.code, attempt=row.attempts)
    if now - endpoint.failing_since >= TOO_OLD:
        _switch_off(session, endpoint, now)


def _switch_off(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    session.flush()
    silence(session, endpoint)
    log.error("webhook.given_up")
    for unit in reference(session).units_of(UnitKind.ADMINISTRATION):
        if unit.email:
            tell_address(
                session,
                None,
                unit,
                "webhook_off",
                "Relais – un logiciel n’est plus prévenu",
                "webhook_off.txt",
                now,
                path="/webhooks",
                host=urlsplit(endpoint.url).hostname,
            )
