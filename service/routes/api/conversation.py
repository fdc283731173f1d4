"""Messages that both sides read, and the notes of one's own institution."""

from typing import Any
from uuid import UUID

from service.database import reading
from service.operations import conversation
from service.operations.consultation import consult
from service.operations.once import is_known
from service.permissions import Permission
from service.queries import conversation as queries
from service.routes.api.interface import KEY, Interface
from service.routes.api.preconditions import canonical, idempotency_key
from service.routes.guard import present_actor
from service.schemas.conversation_out import (
    MessageList,
    MessageOut,
    NoteList,
    NoteOut,
    TextBody,
    message_of,
    note_of,
)

Made = tuple[dict[str, Any], int]

texts = Interface("texts", __name__, description="What is written on a ticket.")


@texts.get("/tickets/<ref>/messages", Permission.READ_TICKETS, MessageList)
def list_messages(ref: str) -> dict[str, Any]:
    """Read the shared messages, oldest first."""
    return {"items": _messages(canonical(ref))}


@texts.post(
    "/tickets/<ref>/messages", Permission.READ_TICKETS, MessageOut, body=TextBody, status=201, headers=[KEY]
)
def write_message(given: dict[str, Any], ref: str) -> Made:
    """Write where both sides read; refused on a draft and in a final state."""
    actor, key, reference = present_actor(), idempotency_key(), canonical(ref)
    known = is_known(actor, key)
    made = conversation.write_message(actor, reference, given["body"], key)
    return _one(_messages(reference), made), 200 if known else 201


@texts.get("/tickets/<ref>/notes", Permission.READ_TICKETS, NoteList)
def list_notes(ref: str) -> dict[str, Any]:
    """Read the internal notes of one's own institution, oldest first (R-DP-3)."""
    return {"items": _notes(canonical(ref))}


@texts.post(
    "/tickets/<ref>/notes", Permission.READ_TICKETS, NoteOut, body=TextBody, status=201, headers=[KEY]
)
def write_note(given: dict[str, Any], ref: str) -> Made:
    """Write a note that only one's own institution reads; possible in final states too."""
    actor, key, reference = present_actor(), idempotency_key(), canonical(ref)
    known = is_known(actor, key)
    made = conversation.write_note(actor, reference, given["body"], key)
    return _one(_notes(reference), made), 200 if known else 201


def _messages(ticket_reference: str) -> list[dict[str, Any]]:
    actor = present_actor()
    ticket_id = consult(actor, ticket_reference)
    with reading() as session:
        return [message_of(*row) for row in session.execute(*queries.messages(actor, ticket_id))]


def _notes(ticket_reference: str) -> list[dict[str, Any]]:
    actor = present_actor()
    ticket_id = consult(actor, ticket_reference)
    with reading() as session:
        return [note_of(*row) for row in session.execute(*queries.notes(actor, ticket_id))]


def _one(items: list[dict[str, Any]], made: UUID) -> dict[str, Any]:
    return next(item for item in items if item["id"] == made)
