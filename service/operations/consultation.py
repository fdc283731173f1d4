"""The log of who read what (R-DP-4): a row before anything is shown, refusals too, never the content."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import NotVisible, Refusal, TooManyReadings
from service.models import AccessEntry, Membership, Ticket
from service.operations import extraction, staff
from service.permissions import CONTENT_ROLES, Actor
from service.queries import access_journal, tickets
from service.queries.readers import sort_of

READINGS = frozenset({"read", "download"})
"""What may be done with a request that was opened out of scope, or in the archives."""


def consult(actor: Actor, ticket_reference: str, act: str = "read") -> UUID:
    """Log that the actor opens the ticket, and give its identifier.

    Refuses (NotVisible) what is absent or not for the actor; the refusal of a ticket that exists is logged. What was
    opened out of scope or in the archives may be read, and nothing else. Refuses (TooManyReadings) who reads too many
    in little time.
    """
    if not tickets.is_stored_so(ticket_reference):
        raise NotVisible
    now, refusal = clock.now(), None
    asked = extraction.counted_for(actor, now, reference=ticket_reference)
    with transaction() as session:
        found = session.execute(_about(sort_of(actor), reads=act in READINGS), asked).first()
        if found is not None:
            refusal = _refusal(session, actor, found, now)
            session.add(_entry(actor, act, found.id, refused=refusal is not None))
    if found is None:
        raise NotVisible
    if refusal is not None:
        raise refusal
    ticket_id: UUID = found.id
    return ticket_id


@cache
def _about(reader: Actor, *, reads: bool) -> Select[Any]:
    """All that is asked of a ticket before it is shown: whether it is the reader's, and how much they have read."""
    is_theirs = tickets.readable_to(reader) if reads else tickets.visible_to(reader)
    return select(Ticket.id, is_theirs, *extraction.COUNTED_OF_ONE).where(
        Ticket.reference == bindparam("reference")
    )


def _refusal(session: Session, actor: Actor, found: Sequence[Any], now: datetime) -> Refusal | None:
    _, is_theirs, *counted = found
    return extraction.stop_by(session, actor, counted, now) if is_theirs else NotVisible()


def note_search(actor: Actor) -> None:
    """Log that the actor searched; what for is content and is not kept."""
    with transaction() as session:
        session.add(_entry(actor, "search", None, refused=False))


def note_journal(actor: Actor) -> None:
    """Log that the actor looked who opened what."""
    with transaction() as session:
        session.add(_entry(actor, "journal", None, refused=False))


def note_export(actor: Actor) -> None:
    """Log that the actor takes a list away. Refuses (TooManyReadings) who takes too many in a day."""
    with transaction() as session:
        stop = extraction.stop_of_list(session, actor)
        session.add(_entry(actor, "export", None, refused=stop is not None))
    if stop is not None:
        raise stop


def readers(actor: Actor) -> Select[Membership]:
    """Those whose readings the actor may ask about: those of their service; for the audit whoever reads requests."""
    content = Membership.role.in_([role.value for role in CONTENT_ROLES])
    return staff.members(clock.now()).where(content, access_journal.of_service(actor, Membership.unit_code))


def note_act(actor: Actor, act: str, ticket_id: UUID | None = None) -> None:
    """Log another way of reading content: an extract for the person themself, a search for it."""
    with transaction() as session:
        session.add(_entry(actor, act, ticket_id, refused=False))


def note_reset(session: Session, actor: Actor, whose: Membership) -> None:
    """Log in the caller's transaction that the actor has reset somebody's second factor: a line for each of them."""
    done = _entry(actor, "reset_second_factor", None, refused=False)
    suffered = AccessEntry(
        at=done.at,
        account_id=whose.account_id,
        unit_id=whose.unit_code,
        ticket_id=None,
        act="second_factor_reset",
        refused=False,
    )
    session.add_all([done, suffered])


def note_given(actor: Actor, act: str, ticket_ids: Collection[UUID]) -> TooManyReadings | None:
    """Log that these tickets leave in one document, which counts as a list and as a reading of each.

    Gives what refuses it, for the caller to raise once this is kept; then all are logged as refused.
    """
    with transaction() as session:
        stop = extraction.stop_of_list(session, actor) or extraction.stop_of(session, actor, ticket_ids)
        refused = stop is not None
        session.add(_entry(actor, "export", None, refused=refused))
        session.add_all(_entry(actor, act, ticket_id, refused=refused) for ticket_id in ticket_ids)
    return stop


def _entry(actor: Actor, act: str, ticket_id: UUID | None, *, refused: bool) -> AccessEntry:
    return AccessEntry(
        at=clock.now(),
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        ticket_id=ticket_id,
        act=act,
        refused=refused,
    )
