"""Sealing the journal: the heads of the requests that moved become one seal more in each institution's list."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, exists, func, insert, literal, or_, select
from sqlalchemy.orm import Session, aliased

from service import clock
from service.models import JournalEntry, JournalSeal, SealedHead, Ticket, Unit
from service.permissions import Institution
from service.queries.seals import last_seal
from service.workflows.seals import Heads, Seal

LOOKED_BACK = timedelta(days=7)
"""An act may be committed after the seal of its hour, and a machine's clock may have been wrong: looked at again."""


def seal_journal(session: Session) -> int:
    """Seal what moved since the last seal, in the caller's transaction; the number of requests sealed.

    A request stands in the list of each institution that takes part in it; a draft is in none. Nothing moved: no seal.
    """
    return sum(_seal(session, institution) for institution in Institution)


def _seal(session: Session, institution: Institution) -> int:
    last = last_seal(session, institution)
    number = last.number + 1 if last else 1
    columns = ["institution", "number", "ticket_id", "sequence", "reference", "hash"]
    session.execute(insert(SealedHead).from_select(columns, _moved(institution, number, last)))
    heads = _heads(session, institution, number)
    if heads.count:
        seal = Seal.after(last, institution, clock.now(), heads.count, heads.digest())
        session.add(
            JournalSeal(
                institution=seal.institution,
                number=seal.number,
                sealed_at=seal.sealed_at,
                tickets=seal.tickets,
                heads=seal.heads,
                previous=seal.previous,
                digest=seal.digest,
            )
        )
        session.flush()
    return heads.count


def _moved(institution: Institution, number: int, last: Seal | None) -> Select[*tuple[Any, ...]]:
    """The last entry of each request that takes part and has one that is not sealed yet."""
    entry, later = JournalEntry, aliased(JournalEntry)
    recent = select(later.ticket_id)
    if last is not None:
        recent = recent.where(later.recorded_at >= last.sealed_at - LOOKED_BACK)
    newest = select(func.max(later.sequence)).where(later.ticket_id == entry.ticket_id).scalar_subquery()
    sealed = exists().where(
        SealedHead.ticket_id == entry.ticket_id,
        SealedHead.sequence == entry.sequence,
        SealedHead.institution == institution,
    )
    ours = select(Unit.code).where(Unit.institution == institution)
    takes_part = or_(
        *(
            column.in_(ours)
            for column in (Ticket.asking_unit_id, Ticket.triage_unit_id, Ticket.assigned_unit_id)
        )
    )
    return (
        select(
            literal(institution.value),
            literal(number),
            entry.ticket_id,
            entry.sequence,
            Ticket.reference,
            entry.hash,
        )
        .join(Ticket, Ticket.id == entry.ticket_id)
        .where(
            entry.ticket_id.in_(recent),
            entry.sequence == newest,
            Ticket.submitted_at.is_not(None),
            takes_part,
            ~sealed,
        )
    )


def _heads(session: Session, institution: Institution, number: int) -> Heads:
    heads = Heads()
    query = (
        select(SealedHead.ticket_id, SealedHead.sequence, SealedHead.hash)
        .where(SealedHead.institution == institution, SealedHead.number == number)
        .order_by(SealedHead.ticket_id)
    )
    for ticket_id, sequence, entry_hash in session.execute(query.execution_options(yield_per=1000)):
        heads.add(str(ticket_id), sequence, entry_hash)
    return heads
