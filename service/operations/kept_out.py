"""« Lien avec la famille »: a head keeps an account out of a request and of its person, whatever its role."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import KeptOut, Membership, Person, Ticket
from service.operations import acts, staff
from service.permissions import CONTENT_ROLES, Actor, Permission, may
from service.queries import tickets

log = logs.logger(__name__)


def declare(actor: Actor, ticket_reference: str, account_id: UUID) -> None:
    """Keep the account out of the ticket, and of those of the same matricule, those to come included.

    Refuses (NotVisible) a ticket that the actor does not read, and an account of the other institution; (NotPermitted)
    oneself; (GuardRefused) who holds a ticket of the person, and the last one who could act (invariant 8).
    """
    with transaction() as session:
        ticket = _of_head(session, actor, ticket_reference)
        if account_id == actor.account_id:
            raise NotPermitted(
                "Personne ne change ses propres droits.", advice="Demandez à un autre responsable."
            )
        _expect_colleague(session, actor, account_id)
        index = session.scalar(select(Person.matricule_index).where(Person.ticket_id == ticket.id))
        _expect_somebody_left(session, _open_tickets(session, ticket, index), account_id, told_to=actor)
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
    """The link does not stand, or was declared by mistake. Refuses (NotVisible) like `declare`, and an absent one."""
    with transaction() as session:
        ticket = _of_head(session, actor, ticket_reference)
        _expect_colleague(session, actor, account_id)
        declared = session.scalar(_declared(ticket, account_id))
        if declared is None or account_id == actor.account_id:
            raise NotVisible
        session.execute(delete(KeptOut).where(KeptOut.id == declared.id))
    log.info("kept_out.taken_back", account_id=account_id, ticket_id=ticket.id)


def pass_on(session: Session, ticket_ids: Sequence[UUID]) -> None:
    """Before these tickets go, what they say of a family passes to another ticket of its matricule, if there is one."""
    going = select(KeptOut).where(KeptOut.ticket_id.in_(ticket_ids), KeptOut.matricule_index.is_not(None))
    for link in session.scalars(going.order_by(KeptOut.id)).all():
        said = select(KeptOut.ticket_id).where(KeptOut.account_id == link.account_id)
        other = session.scalar(
            select(Person.ticket_id)
            .where(
                Person.matricule_index == link.matricule_index,
                Person.ticket_id.not_in(ticket_ids),
                Person.ticket_id.not_in(said),
            )
            .order_by(Person.ticket_id)
            .limit(1)
        )
        if other is not None:
            link.ticket_id = other
            session.flush()


def follow_matricule(session: Session, ticket: Ticket, old: bytes | None, new: bytes) -> None:
    """A corrected matricule frees nobody: whoever was kept out of the ticket or by the old one is by both.

    After the correction, in its transaction. Refuses (InvalidInput) what would keep out who follows a request, or the
    last one who could act, of these and of those who are kept out of the new one (invariant 8).
    """
    here = KeptOut.ticket_id == ticket.id
    said = session.scalars(
        select(KeptOut).where(here if old is None else or_(here, KeptOut.matricule_index == old))
    )
    kept = {row.account_id: (row.declared_by, row.declared_at) for row in said}
    pass_on(session, [ticket.id])
    for row in session.scalars(select(KeptOut).where(here)):
        row.matricule_index = new
        del kept[row.account_id]
    session.add_all(
        KeptOut(
            account_id=account_id, ticket_id=ticket.id, matricule_index=new, declared_by=by, declared_at=at
        )
        for account_id, (by, at) in kept.items()
    )
    session.flush()
    by_new = session.scalars(
        select(KeptOut.account_id).where(KeptOut.matricule_index == new).distinct()
    ).all()
    try:
        for account_id in by_new:
            _expect_somebody_left(session, _open_tickets(session, ticket, new), account_id)
    except GuardRefused as nobody:
        raise InvalidInput({"matricule": [_NOBODY_LEFT]}, rule="R-DP-1") from nobody


_NOBODY_LEFT = (
    "Ce matricule tiendrait à l’écart, par un lien déclaré avec la famille, la personne qui suit une demande ou la "
    "seule qui peut y agir : confiez-la d’abord à un collègue."
)


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


def _open_tickets(session: Session, ticket: Ticket, index: bytes | None) -> Sequence[Ticket]:
    same = Ticket.id == ticket.id
    if index is not None:
        same = or_(same, Ticket.id.in_(select(Person.ticket_id).where(Person.matricule_index == index)))
    return session.scalars(select(Ticket).where(same, Ticket.ended_at.is_(None))).all()


def _expect_somebody_left(
    session: Session, open_ones: Sequence[Ticket], account_id: UUID, *, told_to: Actor | None = None
) -> None:
    """What hangs on a ticket that `told_to` does not read is told in one sentence, whatever it is (R-PE-4)."""
    for ticket in open_ones:
        holds = ticket.holder_id == account_id
        alone = bool(ticket.next_step_unit_id) and not _somebody_else(session, ticket, account_id)
        if (holds or alone) and told_to is not None and not _reads(session, told_to, ticket):
            raise GuardRefused(
                "Cette personne ne peut pas être écartée pour l’instant : une demande dépend encore d’elle.",
                rule="R-DP-1",
                advice="Voyez avec elle à qui la confier.",
            )
        if holds:
            raise GuardRefused(
                "Cette personne suit une demande de la famille : confiez-la d’abord à un collègue.",
                rule="R-DP-1",
            )
        if alone:
            raise GuardRefused(
                "Plus personne ne pourrait agir sur la demande : ce compte est le seul de son service à la voir.",
                rule="R-DP-1",
                advice="Faites d’abord venir quelqu’un d’autre dans le service.",
            )


def _reads(session: Session, actor: Actor, ticket: Ticket) -> bool:
    found = select(Ticket.id).where(Ticket.id == ticket.id, tickets.visible_to(actor))
    return session.scalar(found) is not None


def _somebody_else(session: Session, ticket: Ticket, account_id: UUID) -> bool:
    others = staff.members(clock.now()).where(
        Membership.unit_code == ticket.next_step_unit_id, Membership.account_id != account_id
    )
    return any(
        session.scalar(
            select(Ticket.id).where(Ticket.id == ticket.id, tickets.visible_to(staff.as_actor(one)))
        )
        for one in session.scalars(others)
    )
