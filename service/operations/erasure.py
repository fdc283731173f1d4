"""What an elimination takes, table by table: everything that says something of a person (R-DP-6, P-07).

What stays of a request is a skeleton: its row without people, the entries of its journal without their payload, its
clocks, and the codes that figures read. So no figure moves, and the chain still verifies.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Delete,
    Integer,
    LargeBinary,
    String,
    Update,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import KeyedColumnElement

from service import clock
from service.models import (
    DETAILS,
    Accompaniment,
    ArchiveOpening,
    Attachment,
    Call,
    ConcertationItem,
    DigestLine,
    Draft,
    IdempotencyKey,
    IncomingFile,
    IncomingMail,
    InternalNote,
    JournalEntry,
    KeptOut,
    LetterPrinted,
    MeetingLine,
    Message,
    OutboxMail,
    OutOfScopeOpening,
    Participant,
    Person,
    PersonWord,
    PhoneShown,
    PutForward,
    Rectification,
    Reminder,
    Ticket,
    TicketLink,
)
from service.operations.family_links import pass_on

DELETED: Sequence[Any] = (
    PersonWord,
    Person,
    Draft,
    Message,
    InternalNote,
    Attachment,
    Participant,
    ConcertationItem,
    OutboxMail,
    DigestLine,
    Reminder,
    ArchiveOpening,
    OutOfScopeOpening,
    KeptOut,
    PhoneShown,
    Rectification,
    Accompaniment,
)
"""Rows that go, each by its `ticket_id`."""

LINKED = (TicketLink.from_id, TicketLink.to_id)
"""A link goes with either of its ends."""

GONE = "–"
"""What stands where a question about an eliminated request stood."""

BLANKED: Mapping[Any, Mapping[str, Any]] = {
    JournalEntry: {"payload_sealed": None, "payload_salt": None},
    Call: {"matricule_sealed": None, "matricule_index": None, "remark_sealed": None},
    IncomingMail: {
        "matricule_index": None,
        "sender_sealed": None,
        "subject_sealed": None,
        "text_sealed": None,
        "rest_sealed": None,
        "raw_sealed": None,
    },
    MeetingLine: {"question": None},
    PutForward: {"question": GONE},
    LetterPrinted: {"ticket_id": None},
}
"""Rows that stay for a figure, a minute or a chain, and what they lose, each by its `ticket_id`."""

KEPT_CODES: Mapping[str, frozenset[str]] = {
    "urgent_rights": frozenset(
        {"benefit", "event", "cdap_no_access", "line_was_open", "line_open_reason", "repeats_id"}
    ),
    "co_intervention": frozenset({"regime", "need", "scope_event"}),
    "handover": frozenset(
        {
            "regime",
            "relay_case",
            "scope_event",
            "communication",
            "known_to_receiver",
            "communicated_on",
            "agreed_on",
        }
    ),
    "social_emergency": frozenset({"motives", "unaccompanied_sent"}),
    "appointment": frozenset({"source", "scope_event", "first_reached_at"}),
    "child_protection_notice": frozenset(),
    "orientation": frozenset({"reason", "accompanied_by", "to_service", "advised_service", "advised_rule"}),
    "rights_meeting": frozenset(
        {
            "code",
            "target_group",
            "held_on",
            "rights_opened",
            "checked_on",
            "check_due_on",
            "check_result",
            "to_service",
            "asked_by",
        }
    ),
}
"""The coded columns of the details that stay: those that figures read, and those without which no row may stand."""


def erase(session: Session, ticket_ids: Sequence[UUID]) -> None:
    """Leave of these requests their skeletons, in the caller's transaction. Doing it twice changes nothing more."""
    pass_on(session, ticket_ids)
    mails = select(IncomingMail.id).where(IncomingMail.ticket_id.in_(ticket_ids))
    named = IdempotencyKey.made.in_(_made(session, ticket_ids))
    statements: list[Delete | Update] = [
        delete(IdempotencyKey).where(named),
        delete(IncomingFile).where(IncomingFile.mail_id.in_(mails)),
        delete(TicketLink).where(or_(*(end.in_(ticket_ids) for end in LINKED))),
        *(delete(model).where(model.ticket_id.in_(ticket_ids)) for model in DELETED),
        *(
            update(model).where(model.ticket_id.in_(ticket_ids)).values(values)
            for model, values in BLANKED.items()
        ),
        *(
            update(details).where(details.ticket_id.in_(ticket_ids)).values(blank_details(kind))
            for kind, details in DETAILS.items()
        ),
        update(Ticket).where(Ticket.id.in_(ticket_ids)).values(_skeleton()),
    ]
    for statement in statements:
        session.execute(statement, execution_options={"synchronize_session": False})


def _skeleton() -> Mapping[str, Any]:
    now = clock.now()
    when = {name: func.coalesce(getattr(Ticket, name), now) for name in ("archived_at", "eliminated_at")}
    return {"author_id": None, "holder_id": None, **when}


def blank_details(kind: str) -> Mapping[str, Any]:
    """What each column of the details of a kind becomes, those apart that stay."""
    kept = KEPT_CODES[kind] | {"ticket_id"}
    return {
        column.name: _nothing(column) for column in DETAILS[kind].__table__.columns if column.name not in kept
    }


def _nothing(column: KeyedColumnElement[Any]) -> Any:
    """The emptiest value that the column takes. Refuses (TypeError) a kind of column that is not known here."""
    # One case of a relay may not be without its explanation (R-PR): an empty one.
    if getattr(column, "nullable", False) and column.name != "relay_case_detail_sealed":
        return None
    for kind, value in ((Boolean, False), (Integer, 0), (LargeBinary, b""), (String, "")):
        if isinstance(column.type, kind):
            return value
    raise TypeError(f"{column} has no empty value: keep it, or say what it becomes")


def _made(session: Session, ticket_ids: Sequence[UUID]) -> list[str]:
    """What creating calls know these requests by, and their messages, notes, files and calls."""
    found = list(session.scalars(select(Ticket.reference).where(Ticket.id.in_(ticket_ids))))
    for model in (Message, InternalNote, Attachment, Call):
        ids = session.scalars(select(model.id).where(model.ticket_id.in_(ticket_ids)))
        found += [str(one) for one in ids]
    return found
