"""Opening one ticket outside one's scope: a reason, four hours, a head told at once, a review by somebody else."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import OutOfScopeOpening, Ticket
from service.operations.consultation import log_access
from service.operations.heads_told import tell_heads_of
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries import openings, tickets

log = logs.logger(__name__)

OPEN_FOR = timedelta(hours=4)
NOT_OPENED = "Aucune demande de votre institution ne s’ouvre ainsi sous cette référence."


def open_ticket(actor: Actor, reference: str, reason: str) -> str:
    """Let a head read one ticket of their institution for four hours; gives its reference.

    The heads concerned are told, without personal data. Refuses (InvalidInput, the same sentence) a reference that
    is absent, of the other institution alone, a draft, kept from the actor, or of a notice (R-PE-4); the refusal of
    a ticket that exists is logged.
    """
    if not may(actor, Permission.OPEN_OUT_OF_SCOPE):
        raise NotPermitted("Ouvrir une demande hors de son périmètre revient aux responsables.")
    refuse_nir({"reason": reason})
    with transaction() as session:
        ticket = _to_open(session, actor, reference)
        if ticket is not None and not _reads(session, actor, ticket):
            _open(session, actor, ticket, reason)
    if ticket is None:
        raise InvalidInput({"reference": [NOT_OPENED]}, rule="R-DP-1")
    return ticket.reference


def review(actor: Actor, opening_id: UUID, verdict: str) -> None:
    """Say whether an opening was justified. Refuses (NotVisible) one that is not the actor's to review, or reviewed.

    Nobody reviews their own (NotVisible too: it never stands in their list).
    """
    with transaction() as session:
        opening = session.scalar(
            openings.to_review(actor).where(OutOfScopeOpening.id == opening_id).with_for_update()
        )
        if opening is None:
            raise NotVisible
        opening.reviewed_by, opening.reviewed_at, opening.verdict = actor.account_id, clock.now(), verdict
    log.info("out_of_scope.reviewed", opening_id=opening_id, verdict=verdict)


def _to_open(session: Session, actor: Actor, reference: str) -> Ticket | None:
    found: Ticket | None = session.scalar(
        select(Ticket).where(tickets.named(reference), tickets.beyond(actor)).with_for_update()
    )
    known = found.id if found else session.scalar(select(Ticket.id).where(tickets.named(reference)))
    if known is not None:
        log_access(session, actor, "open_out_of_scope", known, refused=found is None)
    return found


def _reads(session: Session, actor: Actor, ticket: Ticket) -> bool:
    """Ordinarily, or by an opening that still holds: there is nothing to open."""
    query = select(Ticket.id).where(Ticket.id == ticket.id, tickets.readable_to(actor))
    return session.scalar(query) is not None


def _open(session: Session, actor: Actor, ticket: Ticket, reason: str) -> None:
    now = clock.now()
    opening = OutOfScopeOpening(
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        ticket_id=ticket.id,
        opened_at=now,
        expires_at=now + OPEN_FOR,
    )
    opening.reason = reason
    session.add(opening)
    tell_heads_of(
        session, actor, ticket, "out_of_scope", "ouverte hors périmètre", "out_of_scope.txt", "/ouvertures"
    )
    log.info("out_of_scope.opened", ticket_id=ticket.id, account_id=actor.account_id)
