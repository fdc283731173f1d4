"""What a declared link with a family does beyond the request it was declared on: it follows the matricule."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service import clock
from service.errors import GuardRefused, InvalidInput
from service.models import Account, KeptOut, Membership, Person, Ticket
from service.operations import staff
from service.operations.transitions import Act, Effect
from service.permissions import Actor, Permission, may
from service.queries import accompaniments, tickets
from service.sealing import ring
from service.workflows.matricule import digits_of


def _by_a_colleague() -> InvalidInput:
    """To who has a link with the family: it says nothing of it, nor of what Relais holds."""
    return InvalidInput({"matricule": ["Confiez cette situation à un collègue."]}, rule="R-DP-1")


def index_of(matricule: object) -> bytes | None:
    """The blind index of a matricule as it is typed; None of what is none, or not whole yet."""
    digits = digits_of(matricule)
    return None if digits is None else ring().blind_index("matricule", digits)


def has_link(session: Session, account_id: UUID, matricule: object) -> bool:
    """Whether the account has a declared link with the family of that matricule; without one no family is known."""
    index = index_of(matricule)
    if index is None:
        return False
    known = select(KeptOut.id).where(KeptOut.account_id == account_id, KeptOut.matricule_index == index)
    return session.scalar(known.limit(1)) is not None


def expect_stranger(session: Session, actor: Actor, matricule: object) -> None:
    """Refuses (InvalidInput) who has a declared link with the family: they note and ask nothing of it (R-DP-1)."""
    if has_link(session, actor.account_id, matricule):
        raise _by_a_colleague()


def sending(effect: Effect) -> Effect:
    """The effect of sending a request of any kind: refused as by `expect_stranger`, before anything else is said.

    A link that was declared on the draft follows the matricule with which it leaves.
    """

    def send(act: Act) -> None:
        index = index_of(act.given.get("matricule"))
        here = KeptOut.ticket_id == act.ticket.id
        with act.session.no_autoflush:  # what the act writes, it writes at once
            known = select(KeptOut).where(or_(here, KeptOut.matricule_index == index))
            links = [] if index is None else act.session.scalars(known).all()
        if act.actor is not None and act.actor.account_id in {link.account_id for link in links}:
            raise _by_a_colleague()
        effect(act)
        if index is not None and any(link.matricule_index != index for link in links):
            follow_matricule(act.session, act.ticket, None, index)

    return send


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


def pass_to(session: Session, origin: Ticket, made: Ticket) -> None:
    """Who is kept out of a request is kept out of what is made from it, with or without a matricule."""
    said = session.scalars(select(KeptOut).where(KeptOut.ticket_id == origin.id))
    session.add_all(
        KeptOut(
            account_id=row.account_id,
            ticket_id=made.id,
            matricule_index=row.matricule_index,
            declared_by=row.declared_by,
            declared_at=row.declared_at,
        )
        for row in said.all()
    )
    session.flush()


def follow_matricule(session: Session, ticket: Ticket, old: bytes | None, new: bytes) -> None:
    """A matricule that comes or changes frees nobody: whoever was kept out of the ticket or by the old one is by both.

    After it is written, in its transaction. Refuses (InvalidInput) what would keep out who follows a request,
    accompanies the family, or is the last one who could act, of these and of those who are kept out of the new one
    (invariant 8).
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
        select(KeptOut.account_id)
        .where(KeptOut.matricule_index == new)
        .distinct()
        .order_by(KeptOut.account_id)
    ).all()
    try:
        for account_id in by_new:
            expect_somebody_left(session, open_tickets(session, ticket, new), account_id)
            expect_no_accompaniment(session, account_id, new)
    except GuardRefused as nobody:
        raise InvalidInput({"matricule": [_NOBODY_LEFT]}, rule="R-DP-1") from nobody


_NOBODY_LEFT = (
    "Ce matricule tiendrait à l’écart, par un lien déclaré avec la famille, la personne qui suit une demande, qui "
    "accompagne la famille, ou la seule qui peut agir : confiez d’abord ce qu’elle suit à un collègue."
)


def open_tickets(session: Session, ticket: Ticket, index: bytes | None) -> Sequence[Ticket]:
    """The ticket and those of its matricule, as far as they are open."""
    same = Ticket.id == ticket.id
    if index is not None:
        same = or_(same, Ticket.id.in_(select(Person.ticket_id).where(Person.matricule_index == index)))
    return session.scalars(select(Ticket).where(same, Ticket.ended_at.is_(None))).all()


def expect_somebody_left(
    session: Session, open_ones: Sequence[Ticket], account_id: UUID, *, told_to: Actor | None = None
) -> None:
    """Refuses (GuardRefused) to keep out who holds one of them, or the last one who could act (invariant 8).

    What hangs on a ticket that `told_to` does not read is told in one sentence, whatever it is (R-PE-4).
    """
    for ticket in open_ones:
        holds = ticket.holder_id == account_id
        alone = bool(ticket.next_step_unit_id) and not _somebody_else(session, ticket, account_id)
        if (holds or alone) and told_to is not None and not _reads(session, told_to, ticket):
            raise _needed()
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


def expect_no_accompaniment(
    session: Session, account_id: UUID, index: bytes | None, *, told_to: Actor | None = None
) -> None:
    """Refuses (GuardRefused) to keep out who accompanies the family: the register would go on naming them (R-AC).

    A `told_to` who does not read the register is told as of a request that they do not read.
    """
    hold(session, account_id)
    if not accompaniments.follows(session, account_id, index):
        return
    if told_to is not None and not may(told_to, Permission.READ_ACCOMPANIMENTS):
        raise _needed()
    raise GuardRefused(
        "Cette personne accompagne la famille : confiez d’abord l’accompagnement à un collègue.",
        rule="R-DP-1",
        advice="Le secrétariat ou le responsable du service social le fait dans « Accompagnements ».",
    )


def hold(session: Session, account_id: UUID) -> None:
    """Until the end of the transaction nobody else declares a link of the account, nor confides a family to it."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))


def _needed() -> GuardRefused:
    """One sentence, whatever it is that depends on them: it says neither which request nor who accompanies."""
    return GuardRefused(
        "Cette personne ne peut pas être écartée pour l’instant : une demande ou un accompagnement dépend encore "
        "d’elle.",
        rule="R-DP-1",
        advice="Voyez avec elle à qui le confier.",
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
