"""Elimination lists: seen by the Archives, approved by two heads, run by the administration (R-DP-6)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import EliminationApproval, EliminationLine, EliminationList, Ticket
from service.operations import elimination_register, staff
from service.operations.elimination_lists import digest
from service.operations.erasure import erase
from service.operations.scheduled_jobs import bring_forward
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries import retention as queries
from service.queries.reference import reference
from service.workflows.french import local_day

JOB = "eliminate"
APPROVALS = 2
_AT_ONCE = 100
_RULE = "R-DP-6"
log = logs.logger(__name__)


def note_visa(actor: Actor, list_id: UUID, visa_reference: str, visa_on: date) -> None:
    """Note the visa of the Archives départementales. Refuses a day to come or before the list, and a second visa."""
    refuse_nir({"visa_reference": visa_reference})
    with transaction() as session:
        row = _held(session, actor, list_id)
        if row.visa_at is not None:
            raise GuardRefused("Le visa de cette liste est déjà noté : il ne se change plus.", rule=_RULE)
        if not local_day(row.drawn_at) <= visa_on <= local_day(clock.now()):
            raise InvalidInput(
                {
                    "visa_on": [
                        "Le visa se donne après l’établissement de la liste, et au plus tard aujourd’hui."
                    ]
                },
                rule=_RULE,
            )
        row.visa_reference, row.visa_on = visa_reference, visa_on
        row.visa_at, row.visa_by = clock.now(), actor.account_id


def approve(actor: Actor, list_id: UUID) -> None:
    """Approve a list that has its visa.

    Refuses (GuardRefused) before it, a third approval, one's own again, and that of an account which came by
    the same inviter as the first, or one by the other: who invites chooses the address that opens it.
    """
    with transaction() as session:
        row = _held(session, actor, list_id)
        if row.visa_at is None:
            raise GuardRefused(
                "Le visa des Archives départementales n’est pas encore noté : rien ne s’approuve avant lui.",
                rule=_RULE,
                advice="Envoyez-leur la liste (CSV ou PDF), puis notez la référence et la date de leur visa.",
            )
        given = _approved_by(session, list_id)
        if actor.account_id in given:
            raise GuardRefused(
                "Vous avez déjà approuvé cette liste : il faut l’accord de deux personnes différentes.",
                rule=_RULE,
                advice="Demandez à une autre personne responsable de l’approuver.",
            )
        if len(given) >= APPROVALS:
            raise GuardRefused("Deux personnes ont déjà approuvé cette liste.", rule=_RULE)
        # Those that count no more, too: their authors may be reinstated.
        ever = [one.given.account_id for one in approvals(session, list_id)]
        if queries.share_an_inviter(session, actor.account_id, ever):
            raise GuardRefused(
                "Vos deux comptes ont été ouverts par des invitations d’une même personne, ou l’un par l’autre : la "
                "seconde approbation revient à quelqu’un d’autre.",
                rule=_RULE,
                advice="Demandez à une autre personne responsable de l’approuver.",
            )
        session.add(
            EliminationApproval(
                list_id=list_id,
                account_id=actor.account_id,
                unit_id=actor.unit_id,
                approved_at=clock.now(),
            )
        )


class Approval(NamedTuple):
    """An approval and its author's name; it stands while they are a head who reads the list (invariant 4)."""

    given: EliminationApproval
    name: str
    stands: bool


def approvals(session: Session, list_id: UUID) -> Sequence[Approval]:
    """Who approved a list, in order."""
    rows = session.execute(queries.approvals(list_id)).all()
    return [Approval(given, name, _reads(session, given.account_id, list_id)) for given, name in rows]


def _reads(session: Session, account_id: UUID, list_id: UUID) -> bool:
    head = staff.actor_of(session, account_id, clock.now())
    if head is None:
        return False
    return session.scalar(queries.lists(head).where(EliminationList.id == list_id)) is not None


def set_aside(actor: Actor, list_id: UUID) -> None:
    """Give the list up: its requests stay in the archives, and stand in a later list. Refuses one that has begun."""
    with transaction() as session:
        row = _held(session, actor, list_id)
        if len(_left(session, list_id)) < row.lines:
            raise GuardRefused(
                "Cette liste a commencé d’être exécutée : elle ne s’écarte plus.",
                rule=_RULE,
                advice="Il lui manque une approbation : donnez-la, puis l’administration la termine.",
            )
        row.set_aside_at, row.set_aside_by = clock.now(), actor.account_id


def ask_to_run(actor: Actor, list_id: UUID) -> None:
    """Have the list run at the scheduler's next turn: the administration's, once it has its visa and two approvals."""
    if not may(actor, Permission.RUN_ELIMINATIONS):
        raise NotPermitted("L’exécution d’une liste revient à l’administration.", rule=_RULE)
    elimination_register.expect_place()
    with transaction() as session:
        row = session.scalar(select(EliminationList).where(EliminationList.id == list_id).with_for_update())
        if row is None:
            raise NotVisible
        _expect_ready(session, row)
        if row.asked_at is None:
            row.asked_at, row.asked_by = clock.now(), actor.account_id
        bring_forward(session, JOB, actor.account_id)


def run_asked(renew: Callable[[], None], forget: Callable[[], None] = lambda: None) -> int:
    """Run every list that was asked for, in short transactions; gives how many requests were eliminated.

    `forget` comes before a list is called done: it lets the database forget the bytes. What was done before a crash is
    done again without harm. Nothing runs while the Setting `retention_on` says no. A list that has lost an approval
    since waits for another one, and is asked for anew. Refuses as `expect_place`, and a list whose lines are not the
    ones that were frozen.
    """
    with reading() as session:
        if not reference(session).settings.flag("retention_on"):
            return 0
        asked = session.scalars(
            select(EliminationList.id)
            .where(EliminationList.asked_at.is_not(None), EliminationList.executed_at.is_(None))
            .order_by(EliminationList.number)
        ).all()
    done, refusals = 0, list[GuardRefused]()
    for list_id in asked:
        try:
            done += 0 if _lost_an_approval(list_id) else _run(list_id, renew, forget)
        except GuardRefused as refused:  # the other lists are run all the same
            refusals.append(refused)
    if refusals:
        raise refusals[0]
    return done


def _lost_an_approval(list_id: UUID) -> bool:
    with transaction() as session:
        row = session.get_one(EliminationList, list_id, with_for_update=True)
        if len(_approved_by(session, list_id)) >= APPROVALS:
            return False
        row.asked_at = row.asked_by = None
        number = row.number
    log.warning("elimination.approval_lost", code=str(number))
    return True


def _run(list_id: UUID, renew: Callable[[], None], forget: Callable[[], None]) -> int:
    with reading() as session:
        row = session.get_one(EliminationList, list_id)
        _expect_ready(session, row)
        left = _left(session, list_id)
    for start in range(0, len(left), _AT_ONCE):
        renew()
        some = left[start : start + _AT_ONCE]
        elimination_register.add(row.number, some)
        with transaction() as session:
            erase(session, some)
    renew()
    forget()
    with transaction() as session:
        session.get_one(EliminationList, list_id).executed_at = clock.now()
    log.info("elimination.done", code=str(row.number), count=len(left))
    return len(left)


def _left(session: Session, list_id: UUID) -> Sequence[UUID]:
    return session.scalars(
        select(Ticket.id)
        .join(EliminationLine, EliminationLine.ticket_id == Ticket.id)
        .where(EliminationLine.list_id == list_id, Ticket.eliminated_at.is_(None))
        .order_by(Ticket.id)
    ).all()


def _expect_ready(session: Session, row: EliminationList) -> None:
    """Switched on, not set aside, seen by the Archives, approved by two, and the same as when it was drawn up."""
    if not reference(session).settings.flag("retention_on"):
        raise GuardRefused("La conservation n’est pas activée : rien n’est éliminé (réglage).", rule=_RULE)
    if row.set_aside_at is not None:
        raise GuardRefused("Cette liste a été écartée : elle ne s’exécute plus.", rule=_RULE)
    if row.visa_at is None:
        raise GuardRefused(
            "Cette liste n’a pas le visa des Archives départementales : elle ne s’exécute pas.", rule=_RULE
        )
    if len(_approved_by(session, row.id)) < APPROVALS:
        raise GuardRefused("Deux personnes responsables doivent d’abord approuver cette liste.", rule=_RULE)
    if digest(session.scalars(queries.lines(row.id))) != row.digest:
        raise GuardRefused(
            "Cette liste n’est plus celle qui a été établie : elle ne s’exécute pas.", rule=_RULE
        )


def _approved_by(session: Session, list_id: UUID) -> Sequence[UUID]:
    return [one.given.account_id for one in approvals(session, list_id) if one.stands]


def _held(session: Session, actor: Actor, list_id: UUID) -> EliminationList:
    """The list, for a head who reads it, until the end of the transaction; one that may still change."""
    if not may(actor, Permission.APPROVE_ELIMINATIONS):
        raise NotPermitted("Les listes d’élimination reviennent aux responsables.", rule=_RULE)
    query = select(EliminationList).where(EliminationList.id == list_id, queries.lists_for(actor))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotVisible
    if row.asked_at is not None or row.set_aside_at is not None:
        raise GuardRefused("Cette liste ne change plus : elle a été exécutée ou écartée.", rule=_RULE)
    return row
