"""A protected telephone, shown to somebody who may read the request, with a reason, and logged (R-DP-8)."""

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused
from service.models import DETAILS, PhoneShown, Ticket
from service.operations.consultation import consult
from service.operations.texts import refuse_nir
from service.permissions import Actor


def show(actor: Actor, ticket_reference: str, reason: str) -> str:
    """The number. The act is logged before it is given; reason, name and hour are kept.

    Refuses (NotVisible) as `consult`, who has opened the request out of scope too; (GuardRefused) a request without a
    protected telephone.
    """
    refuse_nir({"reason": reason})
    ticket_id = consult(actor, ticket_reference, "phone")
    with transaction() as session:
        number = _protected(session, session.get_one(Ticket, ticket_id))
        shown = PhoneShown(account_id=actor.account_id, ticket_id=ticket_id, shown_at=clock.now())
        shown.reason = reason
        session.add(shown)
    return number


def _protected(session: Session, ticket: Ticket) -> str:
    details = session.get(DETAILS[ticket.kind], ticket.id)
    number: str | None = getattr(details, "phone", None)
    if not number or not getattr(details, "phone_protected", False):
        raise GuardRefused("Cette demande n’a pas de numéro protégé.", rule="R-DP-8")
    return number
