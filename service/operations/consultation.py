"""The log of who read what (R-DP-4): a row before anything is shown, refusals too, never the content."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, insert, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import NotVisible, Refusal, TooManyReadings
from service.models import AccessEntry, Membership, Ticket
from service.models.base import new_id
from service.operations import extraction, staff
from service.permissions import CONTENT_ROLES, Actor
from service.queries import access_journal, tickets
from service.queries.readers import sort_of

_LOGGED = insert(AccessEntry.__table__)  # type: ignore[arg-type]

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
        found = session.connection().execute(_about(sort_of(actor), reads=act in READINGS), asked).first()
        if found is not None:
            refusal = _refusal(session, actor, found, now)
            log_access(session, actor, act, found.id, refused=refusal is not None)
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


@contextmanager
def searching(actor: Actor) -> Iterator[Session]:
    """Log that the actor searches, and give the session to search with; what for is content and is not kept."""
    with transaction() as session:
        log_access(session, actor, "search")
        yield session


def note_journal(actor: Actor) -> None:
    """Log that the actor looked who opened what."""
    with transaction() as session:
        log_access(session, actor, "journal")


def note_export(actor: Actor) -> None:
    """Log that the actor takes a list away. Refuses (TooManyReadings) who takes too many in a day."""
    with transaction() as session:
        stop = extraction.stop_of_list(session, actor)
        log_access(session, actor, "export", refused=stop is not None)
    if stop is not None:
        raise stop


def readers(actor: Actor) -> Select[Membership]:
    """Those whose readings the actor may ask about: those of their service; for the audit whoever reads requests."""
    content = Membership.role.in_([role.value for role in CONTENT_ROLES])
    return staff.members(clock.now()).where(content, access_journal.of_service(actor, Membership.unit_code))


def note_act(actor: Actor, act: str, ticket_id: UUID | None = None) -> None:
    """Log another way of reading content: an extract for the person themself, a search for it."""
    with transaction() as session:
        log_access(session, actor, act, ticket_id)


def note_reset(session: Session, actor: Actor, whose: Membership) -> None:
    """Log in the caller's transaction that the actor has reset somebody's second factor: a line for each of them."""
    done = _row(actor, "reset_second_factor", None)
    suffered = {"account_id": whose.account_id, "unit_id": whose.unit_code, "act": "second_factor_reset"}
    _write(session, done, done | {"id": new_id()} | suffered)


def note_given(actor: Actor, act: str, ticket_ids: Collection[UUID]) -> TooManyReadings | None:
    """Log that these tickets leave in one document, which counts as a list and as a reading of each.

    Gives what refuses it, for the caller to raise once this is kept; then all are logged as refused.
    """
    with transaction() as session:
        stop = extraction.stop_of_list(session, actor) or extraction.stop_of(session, actor, ticket_ids)
        refused = stop is not None
        exported = _row(actor, "export", None, refused=refused)
        _write(session, exported, *(_row(actor, act, one, refused=refused) for one in ticket_ids))
    return stop


def log_access(
    session: Session, actor: Actor, act: str, opened: UUID | None = None, *, refused: bool = False
) -> None:
    """Log in the caller's transaction what the actor does or was refused.

    `opened`: the ticket, or the incoming message or the accompaniment whose identifier stands where a ticket's would.
    """
    _write(session, _row(actor, act, opened, refused=refused))


def _write(session: Session, *rows: dict[str, Any]) -> None:
    # Not by way of the session: each page logs a line, and to keep account of an object takes longer than to write it.
    session.connection().execute(_LOGGED, rows)


def _row(actor: Actor, act: str, opened: UUID | None, *, refused: bool = False) -> dict[str, Any]:
    return {
        "id": new_id(),
        "at": clock.now(),
        "account_id": actor.account_id,
        "unit_id": actor.unit_id,
        "ticket_id": opened,
        "act": act,
        "refused": refused,
    }
