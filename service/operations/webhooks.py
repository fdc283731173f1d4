"""Which programs are told of what: registered by the administration, switched off, told again."""

import base64
import secrets
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import WebhookDelivery, WebhookEndpoint
from service.notifications.webhooks import hosts
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.workflows.machine import UNDO_WITHIN
from service.workflows.webhooks import EVENTS, SECRET_BYTES, SECRET_PREFIX, event_name, refused

log = logs.logger(__name__)

SWITCHED_OFF, NO_SECRET, NOT_SENT = "switched_off", "no_secret", "not_sent"
"""The answers that are noted where nothing left: switched off before, a secret that does not open, something else."""

_KNOWN = frozenset(event_name(kind, act) for kind, acts in EVENTS.items() for act in acts)


def register(actor: Actor, *, label: str, url: str, events: Collection[str]) -> str:
    """Tell that address of these events from now on; its secret, to be shown this once.

    Refuses a machine that is not listed, no event or an unknown one, and a social-security number (R-DP-7).
    """
    _expect_permitted(actor)
    refuse_nir({"label": label, "url": url})
    if sentence := refused(url, hosts()):
        raise InvalidInput({"url": [sentence]}, rule="R-DP-5")
    if not events or not set(events) <= _KNOWN:
        raise InvalidInput({"events": ["Cochez au moins un événement."]})
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    row = WebhookEndpoint(
        label=label, url=url, events=sorted(events), created_at=clock.now(), created_by=actor.account_id
    )
    row.secret = secret
    with transaction() as session:
        session.add(row)
    log.info("webhook.registered", account_id=actor.account_id)
    return secret


def switch_off(actor: Actor, endpoint_id: UUID) -> None:
    """Tell it nothing more until it is switched on again; what waits is set aside."""
    with transaction() as session:
        silence(session, _locked(session, actor, endpoint_id))
    log.info("webhook.switched_off", account_id=actor.account_id)


def switch_on(actor: Actor, endpoint_id: UUID) -> None:
    """Tell it of what happens from now on. Refuses (GuardRefused) a machine that is no longer listed."""
    with transaction() as session:
        row = _locked(session, actor, endpoint_id)
        if sentence := refused(row.url, hosts()):
            raise GuardRefused(sentence, rule="R-DP-5")
        row.switched_off_at = row.failing_since = None
    log.info("webhook.switched_on", account_id=actor.account_id)


def remove(actor: Actor, endpoint_id: UUID) -> None:
    """Forget the address, its secret and what it was told. Refuses (GuardRefused) one that is on: acts write for it."""
    with transaction() as session:
        row = _locked(session, actor, endpoint_id)
        if row.switched_off_at is None:
            raise GuardRefused("Cette adresse est en marche.", advice="Arrêtez-la, puis retirez-la.")
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == row.id))
        session.delete(row)
    log.info("webhook.removed", account_id=actor.account_id)


def replay(actor: Actor, delivery_id: UUID) -> None:
    """Send it once more, at once, under the same `webhook-id`: who had it knows it again.

    Refuses (GuardRefused) while its address is switched off, and what can still be undone.
    """
    with transaction() as session:
        found = session.get(WebhookDelivery, delivery_id)
        if found is None:
            raise NotVisible
        if _locked(session, actor, found.endpoint_id).switched_off_at is not None:
            raise GuardRefused(
                "Cette adresse est arrêtée.", advice="Remettez-la en marche, puis rejouez l’envoi."
            )
        held = found.attempts == 0 and found.next_try_at is not None
        if held and found.created_at > clock.now() - UNDO_WITHIN:
            raise GuardRefused("Cet envoi n’est pas encore parti.", advice="Il part de lui-même.")
        found.waiting_since = found.next_try_at = clock.now()
        found.attempts, found.delivered_at, found.failed_at = 0, None, None
    log.info("webhook.replayed", account_id=actor.account_id)


def silence(session: Session, row: WebhookEndpoint) -> None:
    """Switch an address off, in the caller's transaction."""
    now = clock.now()
    row.switched_off_at = row.switched_off_at or now
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.endpoint_id == row.id, WebhookDelivery.next_try_at.is_not(None))
        .values(next_try_at=None, failed_at=now, answer=SWITCHED_OFF)
    )


def _locked(session: Session, actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    _expect_permitted(actor)
    row = session.get(WebhookEndpoint, endpoint_id, with_for_update=True)
    if row is None:
        raise NotVisible
    return row


def _expect_permitted(actor: Actor) -> None:
    if not may(actor, Permission.MANAGE_WEBHOOKS):
        raise NotPermitted("Prévenir d’autres logiciels revient à l’administration.")
