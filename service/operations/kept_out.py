"""« Lien avec la famille »: a head keeps an account out of a request and of its person, whatever its role."""

from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import NotPermitted, NotVisible
from service.models import KeptOut, Membership, Ticket
from service.operations import acts, family_links, staff
from service.permissions import CONTENT_ROLES, Actor, Permission, may
from service.queries import tickets

log = logs.logger(__name__)


def declare(actor: Actor, ticket_reference: str, account_id: UUID) -> None:
    """Keep the account out of the ticket, and of those of the same matricule, those to come included.

    Refuses (NotVisible) a ticket that the actor does not read, and an account of the other institution; (NotPermitted)
    oneself; (GuardRefused) who holds a ticket of the person or accompanies them, and the last one who could act
    (invariant 8).
    """
    with transaction() as session:
        ticket = _of_head(session, actor, ticket_reference)
        if account_id == actor.account_id:
            raise NotPermitted(
                "Personne ne change ses propres droits.", advice="Demandez à un autre responsable."
            )
        _expect_colleague(session, actor, account_id)
        index = session.scalar(tickets.matricule_of(ticket.id))
        family_links.expect_somebody_left(
            session, family_links.open_tickets(session, ticket, index), account_id, told_to=actor
        )
        family_links.expect_no_accompaniment(session, account_id, index, told_to=actor)
        if session.scalar(_declared(ticket, account_id)) is None:
            session.add(
                KeptOut(
                    account_id=account_id,
                    ticket_id=ticket.id,
                    matricule_index=index,
                    declared_by=actor.account_id,
                    declared_at=clock.now(),
                )
            )
    log.info("kept_out.declared", account_id=account_id, ticket_id=ticket.id)


def take_back(actor: Actor, ticket_reference: str, account_id: UUID) -> None:
    """The link does not stand, or was declared by mistake: nor does what followed it to other requests.

    Refuses (NotVisible) like `declare`, and an absent one.
    """
    with transaction() as session:
        ticket = _of_head(session, actor, ticket_reference)
        _expect_colleague(session, actor, account_id)
        declared = session.scalar(_declared(ticket, account_id))
        if declared is None or account_id == actor.account_id:
            raise NotVisible
        same = {"declared_by": declared.declared_by, "declared_at": declared.declared_at}
        session.execute(delete(KeptOut).filter_by(account_id=account_id, **same))
    log.info("kept_out.taken_back", account_id=account_id, ticket_id=ticket.id)


def _of_head(session: Session, actor: Actor, ticket_reference: str) -> Ticket:
    if not may(actor, Permission.KEEP_OUT):
        raise NotPermitted("Écarter un compte d’une demande revient aux responsables.")
    return acts.locked(session, actor, ticket_reference)


def _declared(ticket: Ticket, account_id: UUID) -> Select[KeptOut]:
    return select(KeptOut).where(KeptOut.ticket_id == ticket.id, KeptOut.account_id == account_id)


def _expect_colleague(session: Session, actor: Actor, account_id: UUID) -> Membership:
    membership = session.scalar(
        staff.members(clock.now()).where(
            Membership.account_id == account_id, Membership.unit.has(institution=actor.institution.value)
        )
    )
    if membership is None or membership.role not in CONTENT_ROLES:
        raise NotVisible
    return membership
