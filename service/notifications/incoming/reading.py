"""Bytes of a mail in, what it says out. Never raises, whatever the bytes."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message
from pathlib import PurePosixPath

from service.notifications.incoming import mime
from service.notifications.incoming.automatic import reason_of, undelivered
from service.notifications.incoming.contact_form import partner_of
from service.notifications.incoming.conversation import Conversation, take_apart
from service.notifications.incoming.decoding import MAX_TEXT, decode_text
from service.notifications.incoming.headers import Headers, sender_of, sent_at
from service.notifications.incoming.message import (
    Attachment,
    AutomaticReason,
    IncomingMessage,
    Unreadable,
    UnreadableReason,
)
from service.workflows import keyword, nir, reference

_KNOWN_HEADERS = ("from", "sender", "subject", "date", "message-id", "received", "return-path", "to")
_TEXT_FILES = frozenset({".txt", ".csv", ".html", ".htm", ".json", ".xml", ".md", ".ics", ".vcf"})
_MAX_ENCLOSED = 5
_PGP = "-----BEGIN PGP MESSAGE-----"


def read(raw: bytes, received_at: datetime) -> IncomingMessage | Unreadable:
    """The message of these bytes; Unreadable when it must be kept aside whole (workflows.md §1).

    NIR are masked in everything that is returned (R-DP-7), text attachments included; what is inside other
    attachments can not be checked. Refuses (ValueError) a `received_at` without its zone.
    """
    if received_at.tzinfo is None:
        raise ValueError(f"a time of reception without its time zone: {received_at}")
    received_at = received_at.astimezone(UTC).replace(microsecond=0)
    if not raw.strip(b"\0\r\n\t \xef\xbb\xbf"):
        return Unreadable(UnreadableReason.EMPTY, _digest(raw))
    try:
        return _read(raw, received_at)
    except mime.TooComplex:
        return Unreadable(UnreadableReason.TOO_COMPLEX, _digest(raw))
    except Exception:  # a stranger chooses these bytes: whatever trips on them, the message is kept
        return Unreadable(UnreadableReason.DAMAGED, _digest(raw))


def _read(raw: bytes, received_at: datetime) -> IncomingMessage | Unreadable:
    parsed, too_large = mime.parse(raw)
    headers = Headers(parsed)
    if not any(name in headers for name in _KNOWN_HEADERS):
        return Unreadable(UnreadableReason.NOT_A_MESSAGE, _digest(raw))
    if mime.is_encrypted(parsed):
        return _unreadable(UnreadableReason.ENCRYPTED, headers, raw)
    parts = mime.collect(parsed, keep_attachments=not too_large)
    if _PGP in parts.text:
        return _unreadable(UnreadableReason.ENCRYPTED, headers, raw)
    if parts.garbled:
        return _unreadable(UnreadableReason.UNDECODABLE, headers, raw)
    return _message(parsed, headers, parts, received_at)


def _message(parsed: Message, headers: Headers, parts: mime.Parts, received_at: datetime) -> IncomingMessage:
    mask = _Mask()
    sender_name, sender = sender_of(headers)
    subject = mask(headers.text("subject"))
    kind = mime.content_type(parsed)
    said = _with_enclosed(take_apart(parts.text, subject), parts, is_report=kind == "multipart/report")
    partner = partner_of(_joined(said.text, said.forwarded), (sender, said.original_sender))
    automatic = reason_of(headers, subject, sender, kind, is_form=partner is not None)
    text, forwarded, quoted = mask(said.text), mask(said.forwarded), mask(said.quoted)
    message_id = next(iter(headers.identifiers("message-id")), None)
    attachments = tuple(_masked_attachment(file, mask) for file in parts.attachments)
    own = (subject, text, *((forwarded, quoted) if said.is_forward else ()))
    return IncomingMessage(
        message_id=message_id,
        fingerprint=_fingerprint(
            message_id, headers, sender, (subject, text, forwarded, quoted), attachments
        ),
        sender=mask(sender) if sender else None,
        sender_name=mask(sender_name),
        recipients=_recipients(headers, mask),
        subject=subject,
        sent_at=sent_at(headers, received_at),
        received_at=received_at,
        text=text,
        forwarded=forwarded,
        quoted=quoted,
        in_reply_to=next(iter(headers.identifiers("in-reply-to")), None),
        thread=headers.identifiers("references"),
        attachments=attachments,
        automatic_reason=automatic,
        keyword=any(keyword.contains_keyword(part) for part in own),
        references=_references(subject, text, forwarded, quoted),
        original_sender=mask(said.original_sender) if said.original_sender else None,
        partner=mask(partner) if partner else None,
        is_forward=said.is_forward,
        from_cdap=partner is not None,
        nir_masked=mask.count,
        too_large=parts.incomplete or len(parts.text) >= MAX_TEXT,
        undelivered=undelivered(parsed) if automatic is AutomaticReason.BOUNCE else None,
    )


def _with_enclosed(said: Conversation, parts: mime.Parts, *, is_report: bool, depth: int = 0) -> Conversation:
    """What was said, with the messages attached: passed on by a person, or returned by a mail system."""
    for inner in parts.enclosed[:_MAX_ENCLOSED]:
        headers = Headers(inner)
        found = mime.collect(inner, keep_attachments=not parts.incomplete, budget=parts.budget)
        below = take_apart(found.text, headers.text("subject"))
        if depth < _MAX_ENCLOSED:
            below = _with_enclosed(below, found, is_report=False, depth=depth + 1)
        subject = headers.text("subject")
        whole = _joined(subject and f"Objet : {subject}", below.text, below.forwarded)
        if is_report:
            said = replace(said, quoted=_joined(said.quoted, whole, below.quoted))
            continue
        parts.attachments += found.attachments
        said = replace(
            said,
            forwarded=_joined(said.forwarded, whole),
            quoted=_joined(said.quoted, below.quoted),
            is_forward=True,
            original_sender=said.original_sender or below.original_sender or sender_of(headers)[1],
        )
    parts.incomplete |= len(parts.enclosed) > _MAX_ENCLOSED
    return said


class _Mask:
    """Takes the NIR out of one text after the other and counts them (R-DP-7)."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> str:
        masked, count = nir.mask(text)
        self.count += count
        return masked


def _masked_attachment(file: Attachment, mask: _Mask) -> Attachment:
    """Its name and, where it is text, its content without NIR; other contents are left as they are."""
    content = file.content
    if file.declared_type.startswith("text/") or PurePosixPath(file.name).suffix.lower() in _TEXT_FILES:
        before = mask.count
        masked = mask(decode_text(content, None))
        content = content if mask.count == before else masked.encode()
    return replace(file, name=mask(file.name), content=content)


def _recipients(headers: Headers, mask: _Mask) -> tuple[str, ...]:
    found = [mask(address) for name in ("to", "cc") for _, address in headers.addresses(name)]
    return tuple(dict.fromkeys(found))


def _references(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for text in texts for found in reference.find(text)))


def _fingerprint(
    message_id: str | None,
    headers: Headers,
    sender: str | None,
    texts: tuple[str, ...],
    attachments: tuple[Attachment, ...],
) -> str:
    """Equal for one message received twice: by its Message-ID, else by all that its author put into it."""
    if message_id:
        return _digest(b"id", message_id.encode())
    files = b"".join(hashlib.sha256(file.content).digest() for file in attachments)
    said = (headers.raw("date"), sender or "", *(" ".join(text.split()) for text in texts))
    return _digest(b"content", *(part.encode("utf-8", "replace") for part in said), files)


def _unreadable(reason: UnreadableReason, headers: Headers, raw: bytes) -> Unreadable:
    mask = _Mask()
    sender = sender_of(headers)[1]
    subject = mask(headers.text("subject"))
    message_id = next(iter(headers.identifiers("message-id")), None)
    fingerprint = _digest(b"id", message_id.encode()) if message_id else _digest(raw)
    return Unreadable(reason, fingerprint, mask(sender) if sender else None, subject, mask.count)


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
