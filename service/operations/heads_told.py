"""Who is told when a right was used beyond the ordinary: a head other than whoever did it, else the audit."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from service import clock
from service.models import Membership, Ticket, Unit
from service.notifications.telling import tell_address
from service.operations import staff
from service.permissions import HEAD_ROLES, Actor, Institution, Role, UnitKind
from service.queries.reference import reference
from service.queries.tickets import accounts_kept_from


def heads_concerned(
    session: Session, unit_codes: Iterable[str | None], besides: UUID, of: Ticket | None = None
) -> list[Membership]:
    """The heads of the units, at the Caf those of both services; the audit of the institution for want of another.

    `of`: the request that it is about; who is kept out of it hears nothing (invariant 8).
    """
    units = reference(session).units
    concerned = [units[code] for code in dict.fromkeys(unit_codes) if code is not None and code in units]
    of_the_caf = any(unit.institution is Institution.CAF for unit in concerned)
    codes = [unit.code for unit in concerned if unit.kind is UnitKind.CDAS]
    heads = Membership.role.in_([role.value for role in HEAD_ROLES])
    places: list[ColumnElement[bool]] = [Unit.code.in_(codes)]
    places += [Unit.institution == Institution.CAF.value] if of_the_caf else []
    query = staff.members(clock.now()).where(heads, or_(*places), Membership.account_id != besides)
    if of is not None:
        query = query.where(Membership.account_id.not_in(accounts_kept_from(of.id)))
    return list(session.scalars(query)) or _audit(session, {unit.institution for unit in concerned})


def tell_heads_of(
    session: Session, actor: Actor, ticket: Ticket, event: str, done: str, template: str, path: str
) -> None:
    """Tell the other heads of the actor's institution whom a ticket concerns what the actor has done with it."""
    told = other_heads_of(session, actor, ticket)
    subject = f"Relais – {ticket.reference} – {done}"
    tell_members(session, told, event, subject, template, path, about=ticket.reference)


def other_heads_of(session: Session, actor: Actor, ticket: Ticket) -> list[Membership]:
    """The other heads of the actor's institution whom a ticket concerns."""
    units = reference(session).units
    parties = (ticket.asking_unit_id, ticket.triage_unit_id, ticket.assigned_unit_id)
    own = [code for code in parties if code and units[code].institution is actor.institution]
    return heads_concerned(session, own, besides=actor.account_id, of=ticket)


def tell_members(
    session: Session,
    told: Iterable[Membership],
    event: str,
    subject: str,
    template: str,
    path: str,
    *,
    about: str = "",
) -> None:
    """One mail to each, without personal data (R-DP-5); `about`: a reference or a count, where a template says one."""
    units, now = reference(session).units, clock.now()
    for one in told:
        unit, address = units[one.unit_code], one.account.email
        tell_address(session, address, unit, event, subject, template, now, path=path, reference=about)


def _audit(session: Session, institutions: set[Institution]) -> list[Membership]:
    auditors = staff.members(clock.now()).where(
        Membership.role == Role.AUDITOR.value, Unit.institution.in_([one.value for one in institutions])
    )
    return list(session.scalars(auditors))
