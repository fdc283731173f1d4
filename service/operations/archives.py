"""The intermediate archive (R-DP-6): what is due leaves the screens, and a head opens it for a while, saying why."""

from datetime import timedelta
from itertools import islice

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import ArchiveOpening, Ticket
from service.models.elimination import SHORTEST_REASON
from service.operations.consultation import log_access
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries import retention
from service.queries.reference import reference
from service.workflows import reference as references
from service.workflows.french import local_day

AT_ONCE = 5000
OPENED = "open_archive"
_RULE = "R-DP-6"


def archive_due(session: Session) -> int:
    """Archive what is due, `AT_ONCE` at most, in the caller's transaction; gives how many.

    As long as the Setting `retention_on` says no, nothing changes: the number says what would have left.
    """
    now = clock.now()
    values = reference(session).settings
    due = list(islice(retention.leaving(session, values, local_day(now)), AT_ONCE))
    if values.flag("retention_on"):
        moved = update(Ticket).where(
            Ticket.id.in_([one.id for one in due]),
            Ticket.ended_at.is_not(None),  # somebody may have reopened it meanwhile
            Ticket.archived_at.is_(None),
        )
        session.execute(moved.values(archived_at=now))
    return len(due)


def open_archived(actor: Actor, typed_reference: str, reason: str) -> str:
    """Let the actor read an archived request for the hours of the Setting, read only; gives its reference.

    Logged with the opening, refusals too. Refuses (NotVisible) what is not archived, or was never theirs to read, and
    (InvalidInput) a reason of less than 20 characters, or with a social security number.
    """
    written = " ".join(reason.split())
    if len(written) < SHORTEST_REASON:
        raise InvalidInput(
            {"reason": [f"Dites pourquoi, en {SHORTEST_REASON} caractères au moins : cela reste noté."]},
            rule=_RULE,
        )
    refuse_nir({"reason": written})
    now, canonical = clock.now(), references.parse(typed_reference) or ""
    with transaction() as session:
        ticket = session.scalar(retention.to_open(actor, canonical))
        named = select(Ticket.id).where(Ticket.reference == canonical, Ticket.archived_at.is_not(None))
        known = ticket.id if ticket else session.scalar(named)
        if known is not None:
            log_access(session, actor, OPENED, known, refused=ticket is None)
        if ticket is not None:
            hours = reference(session).settings.number("archive_opening_hours")
            session.add(
                ArchiveOpening(
                    ticket_id=ticket.id,
                    account_id=actor.account_id,
                    unit_id=actor.unit_id,
                    opened_at=now,
                    ends_at=now + timedelta(hours=hours),
                    reason=written,
                )
            )
    if ticket is None:
        raise NotVisible
    return canonical
