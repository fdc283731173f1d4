"""Messages, notes and files: what comes in, and what the API gives back."""

from typing import Any

from marshmallow import fields

from service.models import Attachment, InternalNote, Message
from service.schemas.fields import Input, Text
from service.schemas.output import AuthorOut, Output, text

LONGEST_DESCRIPTION = 200
"""Characters: a sentence."""


class TextBody(Input):
    """A message or a note."""

    body = Text(required=True)


class FileSaid(Input):
    """What is said of a file that is joined."""

    description = Text(maximum=LONGEST_DESCRIPTION)


class MessageOut(Output):
    """A text that both sides read; `sequence`: the journal entry it came with, if any."""

    id = fields.UUID()
    author = fields.Nested(AuthorOut)
    institution = text()
    channel = fields.String()
    sequence = fields.Integer(allow_none=True)
    written_at = fields.DateTime("iso")
    body = fields.String()


class NoteOut(Output):
    """An internal note of the reader's own institution."""

    id = fields.UUID()
    author = fields.Nested(AuthorOut)
    written_at = fields.DateTime("iso")
    body = fields.String()


class AttachmentOut(Output):
    """A joined file, without its content."""

    id = fields.UUID()
    author = fields.Nested(AuthorOut)
    filename = fields.String()
    description = fields.String(
        allow_none=True, metadata={"description": "What who joined it says that it holds."}
    )
    content_type = fields.String()
    size = fields.Integer(metadata={"description": "In bytes."})
    sha256 = fields.String()
    joined_at = fields.DateTime("iso")
    href = fields.String()


class MessageList(Output):
    """The messages, oldest first."""

    items = fields.List(fields.Nested(MessageOut))


class NoteList(Output):
    """The notes, oldest first."""

    items = fields.List(fields.Nested(NoteOut))


class AttachmentList(Output):
    """The files, oldest first."""

    items = fields.List(fields.Nested(AttachmentOut))


def message_of(message: Message, author: str | None, unit: str | None) -> dict[str, Any]:
    """A message with who wrote it."""
    return {
        **{
            name: getattr(message, name)
            for name in ("id", "institution", "channel", "sequence", "written_at")
        },
        "author": {"name": author, "unit": unit},
        "body": message.body or "",
    }


def note_of(note: InternalNote, author: str | None, unit: str | None) -> dict[str, Any]:
    """A note with who wrote it."""
    return {
        "id": note.id,
        "author": {"name": author, "unit": unit},
        "written_at": note.written_at,
        "body": note.body or "",
    }


def attachment_of(file: Attachment, author: str | None, unit: str | None, href: str) -> dict[str, Any]:
    """A file with who joined it and where it is."""
    return {
        **{name: getattr(file, name) for name in ("id", "content_type", "size", "joined_at")},
        "author": {"name": author, "unit": unit},
        "filename": file.filename,
        "description": file.description,
        "sha256": file.sha256.hex(),
        "href": href,
    }
