"""The openings out of scope: those that still hold, those that somebody has to review, those reviewed."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from service import clock
from service.models import Account, OutOfScopeOpening, Ticket, Unit
from service.permissions import HEAD_ROLES, Actor, Institution, Role
from service.queries.tickets import kept_out_of


def to_review(actor: Actor) -> Select[OutOfScopeOpening]:
    """The openings that the actor has to review, by somebody else, the oldest first.

    None for the audit: it watches that they are reviewed, and judges no reason that it may not read.
    """
    own = false() if actor.role is Role.AUDITOR else _concerns(actor)
    return (
        select(OutOfScopeOpening)
        .join(Ticket, Ticket.id == OutOfScopeOpening.ticket_id)
        .where(own, OutOfScopeOpening.reviewed_at.is_(None))
        .order_by(OutOfScopeOpening.opened_at, OutOfScopeOpening.id)
    )


def told(actor: Actor, *, reviewed: bool) -> Select[OutOfScopeOpening, str, str, str]:
    """Those to review, or the reviewed ones, each with the ticket's reference, who opened it and from which unit."""
    state = (
        OutOfScopeOpening.reviewed_at.is_not(None) if reviewed else OutOfScopeOpening.reviewed_at.is_(None)
    )
    return (
        select(OutOfScopeOpening, Ticket.reference, Account.name, Unit.name)
        .join(Ticket, Ticket.id == OutOfScopeOpening.ticket_id)
        .join(Account, Account.id == OutOfScopeOpening.account_id)
        .join(Unit, Unit.code == OutOfScopeOpening.unit_id)
        .where(_concerns(actor), state)
        .order_by(OutOfScopeOpening.opened_at.desc(), OutOfScopeOpening.id)
    )


def held(actor: Actor, ticket_id: UUID) -> Select[OutOfScopeOpening]:
    """The actor's opening of the ticket that still holds."""
    return (
        select(OutOfScopeOpening)
        .where(
            OutOfScopeOpening.ticket_id == ticket_id,
            OutOfScopeOpening.account_id == actor.account_id,
            OutOfScopeOpening.unit_id == actor.unit_id,
            OutOfScopeOpening.expires_at > clock.now(),
        )
        .order_by(OutOfScopeOpening.opened_at.desc())
        .limit(1)
    )


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """Somebody else's: of a ticket of the head's CDAS, of any at the Caf; those of the institution for the audit."""
    another = OutOfScopeOpening.account_id != actor.account_id
    openers = select(Unit.code).where(Unit.institution == actor.institution)
    own = and_(another, OutOfScopeOpening.unit_id.in_(openers), ~kept_out_of(actor.account_id))
    if actor.role is Role.AUDITOR or (actor.role in HEAD_ROLES and actor.institution is Institution.CAF):
        return own
    if actor.role is not Role.CDAS_HEAD:
        return false()
    parties = (Ticket.asking_unit_id, Ticket.triage_unit_id, Ticket.assigned_unit_id)
    return and_(own, or_(*(party == actor.unit_id for party in parties)))
