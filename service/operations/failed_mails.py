"""Mails that could not be delivered: somebody corrects and sends again, or says that it is settled."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import OutboxMail
from service.notifications.incoming import Undelivered
from service.permissions import Actor
from service.queries import outbox

log = logs.logger(__name__)

_ITS_OWN_ADDRESS = (
    "Un lien ne part qu’à l’adresse du compte. Si elle est fausse, suspendez le compte et invitez à la bonne."
)


def send_again(actor: Actor, mail_id: UUID, recipient: str) -> None:
    """Let it leave at once, to this address. Refuses (NotVisible) what does not wait for the actor.

    Refuses (InvalidInput) to give the link of an account to another address than the account's.
    The Message-ID stays: whoever had received it after all sees one mail.
    """
    with transaction() as session:
        row = _waiting(session, actor, mail_id)
        if row.link_sealed is not None and recipient != row.recipient:
            raise InvalidInput({"recipient": [_ITS_OWN_ADDRESS]}, rule="R-DP-5")
        row.recipient = recipient
        row.failed_at = row.failure = row.sent_at = None
        row.attempts, row.next_try_at = 0, clock.now()
    log.info("outbox.sent_again", account_id=actor.account_id)


def settle(actor: Actor, mail_id: UUID) -> None:
    """Nothing more has to be done about it. Refuses (NotVisible) what does not wait for the actor."""
    with transaction() as session:
        row = _waiting(session, actor, mail_id)
        row.settled_at, row.settled_by = clock.now(), actor.account_id
        row.link = None


def bounced(session: Session, told: Undelivered) -> None:
    """Another mail system gave one of our mails back for good: it is a task again. Others' mails are none of ours."""
    ours = session.scalar(
        update(OutboxMail)
        .where(
            OutboxMail.message_id.in_((told.message_id, f"<{told.message_id}>")),
            OutboxMail.failed_at.is_(None),
        )
        .values(failed_at=clock.now(), failure=f"bounced {told.status}".strip(), next_try_at=None)
        .returning(OutboxMail.id)
    )
    if ours is not None:
        log.warning("outbox.bounced", code=told.status)


def _waiting(session: Session, actor: Actor, mail_id: UUID) -> OutboxMail:
    query = select(OutboxMail).where(OutboxMail.id == mail_id, outbox.failed_for(actor)).with_for_update()
    row = session.scalar(query)
    if row is None:
        raise NotVisible
    return row
