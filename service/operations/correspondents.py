"""Who wrote an incoming message: claimed by its addresses, and vouched for before it touches a known ticket."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.models import Account, Membership
from service.notifications.incoming import IncomingMessage, contact_form
from service.operations import staff
from service.permissions import Institution, UnitKind
from service.queries.reference import Reference, UnitCard


@dataclass(frozen=True, slots=True)
class Correspondents:
    """`claimed`: the CDAS that asks, to believe the message. `vouched`: the CDAS whose word this is for certain
    enough to join its own ticket. `by_caf`: a service or a colleague of the Caf sent it.
    """

    claimed: UnitCard | None
    vouched: UnitCard | None
    by_caf: bool


def correspondents(session: Session, known: Reference, message: IncomingMessage) -> Correspondents:
    """Look the addresses up among the generic mailboxes and the accounts in force when it was received.

    A stranger can write any address into a text: only the sender's own counts on a known ticket, and those
    that CDAP's form or a colleague of the Caf passes on.
    """
    at = message.received_at
    asking = [cdas_of(session, known, address, at) for address in message.origins]
    sender = unit_of(session, known, message.sender, at)
    by_caf = sender is not None and sender.institution is Institution.CAF
    return Correspondents(
        claimed=next(filter(None, asking), None),
        vouched=cdas_of(session, known, _author(message, by_caf=by_caf), at),
        by_caf=by_caf,
    )


def unit_of(session: Session, known: Reference, address: str | None, at: datetime) -> UnitCard | None:
    """The unit behind an address: a generic mailbox, or an account that works there on that day."""
    if not address:
        return None
    if (unit := known.unit_of_email(address)) is not None:
        return unit
    code = session.scalar(
        select(Membership.unit_code)
        .join(Membership.account)
        .where(Account.email == address.strip().lower(), *staff.in_force(at))
    )
    return known.units.get(code or "")


def cdas_of(session: Session, known: Reference, address: str | None, at: datetime) -> UnitCard | None:
    """The same, when it is a CDAS."""
    unit = unit_of(session, known, address, at)
    return unit if unit is not None and unit.kind is UnitKind.CDAS else None


def _author(message: IncomingMessage, *, by_caf: bool) -> str | None:
    if by_caf and message.is_forward:
        return message.partner or message.original_sender
    if contact_form.partner_of(message.content, (message.sender,)) is not None:
        return message.partner
    return message.sender
