"""Files joined to a ticket: PDF, JPEG or PNG, given back as downloads."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, request, send_file, url_for

from service.database import reading
from service.errors import InvalidInput, WrongMediaType
from service.operations import conversation
from service.operations.consultation import consult
from service.operations.once import is_known
from service.permissions import Permission
from service.queries import conversation as queries
from service.routes.api.interface import KEY, MULTIPART, Interface
from service.routes.api.preconditions import canonical, idempotency_key
from service.routes.guard import present_actor
from service.schemas.conversation_out import (
    LONGEST_DESCRIPTION,
    AttachmentList,
    AttachmentOut,
    FileSaid,
    attachment_of,
)
from service.schemas.fields import load

_TYPES = ("application/pdf", "image/jpeg", "image/png")
_FILE = {"type": "string", "format": "binary"}
_UPLOAD = {
    "type": "object",
    "properties": {"file": _FILE, "description": {"type": "string", "maxLength": LONGEST_DESCRIPTION}},
    "required": ["file"],
    "additionalProperties": False,
}
_SAID = frozenset(FileSaid().fields)
_DOWNLOAD = {"description": "The file.", "content": {name: {"schema": _FILE} for name in _TYPES}}

files = Interface("files", __name__, description="Files joined to a ticket.")


@files.get("/tickets/<ref>/attachments", Permission.READ_TICKETS, AttachmentList)
def list_attachments(ref: str) -> dict[str, Any]:
    """List the joined files, without their content."""
    return {"items": _listed(canonical(ref))}


@files.post(
    "/tickets/<ref>/attachments",
    Permission.READ_TICKETS,
    AttachmentOut,
    status=201,
    headers=[KEY],
    document={"requestBody": {"required": True, "content": {MULTIPART: {"schema": _UPLOAD}}}},
)
def join_file(ref: str) -> tuple[dict[str, Any], int]:
    """Join one file of 10 MB at most; its content decides what it is, `description` says what it shows."""
    actor, key, reference = present_actor(), idempotency_key(), canonical(ref)
    filename, content = _file()
    said = load(FileSaid(), {name: request.form[name] for name in _SAID & request.form.keys()})
    known = is_known(actor, key)
    made = conversation.attach(actor, reference, filename, content, key, said.get("description") or None)
    return next(item for item in _listed(reference) if item["id"] == made), 200 if known else 201


@files.get(
    "/tickets/<ref>/attachments/<uuid:attachment_id>",
    Permission.READ_TICKETS,
    None,
    document={"responses": {"200": _DOWNLOAD}},
)
def download_file(ref: str, attachment_id: UUID) -> Response:
    """Download a joined file; each download is logged."""
    kept = conversation.download(present_actor(), canonical(ref), attachment_id)
    answer = send_file(
        BytesIO(kept.content or b""),
        mimetype=kept.content_type,
        as_attachment=True,
        download_name=kept.filename,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _listed(ticket_reference: str) -> list[dict[str, Any]]:
    actor = present_actor()
    ticket_id = consult(actor, ticket_reference)
    with reading() as session:
        rows = session.execute(*queries.attachments(actor, ticket_id)).all()
    return [
        attachment_of(
            file,
            author,
            unit,
            url_for("files.download_file", ref=ticket_reference, attachment_id=file.id),
        )
        for file, author, unit in rows
    ]


def _file() -> tuple[str, bytes]:
    if request.mimetype != MULTIPART:
        raise WrongMediaType("Envoyez le fichier en multipart/form-data, dans le champ file.")
    given = request.files.getlist("file")
    unknown = {
        name or "form" for name in (*request.files, *request.form) if name not in {"file", *_SAID}
    }  # a part may be nameless
    unknown |= _SAID & request.files.keys()
    if unknown:
        raise InvalidInput({name: ["Ce champ n’est pas connu."] for name in sorted(unknown)})
    if len(given) != 1 or "file" in request.form:
        raise InvalidInput({"file": ["Joignez un fichier, un seul à la fois."]})
    return given[0].filename or "", given[0].read()
