"""The parts of a message: its text, its attachments, the messages it encloses. Bounded in memory and time."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from pathlib import PurePosixPath

from service.notifications.incoming.body_text import body_text, decoded_text, tolerantly
from service.notifications.incoming.decoding import clean_line, decode_transfer, is_gibberish
from service.notifications.incoming.headers import decode_words
from service.notifications.incoming.message import Attachment

MAX_BYTES = 15 * 1024 * 1024
"""A larger message is read for its beginning only, without its attachments."""
MAX_LINES = 300_000
MAX_ATTACHMENTS = 50

_HEAD_BYTES, _HEAD_LINES = 2 * 1024 * 1024, 40_000
_MAX_SEPARATORS = 2_000
_MAX_NESTING = 60
_MAX_DEPTH = 12
_MAX_READ = 1_000_000
_MAX_HEADER = 16_000
_NESTING = re.compile(rb"boundary|message/rfc822", re.IGNORECASE)
_PART_HEADER = re.compile(
    rb"(?:\A|[\r\n])content-(?:type|disposition)[ \t]*:[^\r\n]*+(?:[\r\n]++[ \t][^\r\n]*+)*+", re.IGNORECASE
)
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_DELIVERY = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
_BODY_TYPES = frozenset({"text/plain", "text/html", "text/enriched"})
_EXTENSIONS = {"text/calendar": ".ics", "application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_MAX_NAME = 120


class TooComplex(Exception):
    """The message nests more parts than a person would send."""


@dataclass
class Budget:
    """How many characters of text are still read, in a message and all those it encloses."""

    left: int = _MAX_READ


@dataclass
class Parts:
    """What was found in a message. `rich`: its text came as HTML; `garbled`: no charset makes sense of it."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Message] = field(default_factory=list)
    rich: bool = False
    garbled: bool = False
    incomplete: bool = False
    budget: Budget = field(default_factory=Budget)

    @property
    def text(self) -> str:
        """The body: its text parts one after the other."""
        return "\n\n".join(text for text in self.texts if text)


def parse(raw: bytes) -> tuple[Message, bool]:
    """The message, and whether only its beginning was read. Raises TooComplex."""
    too_large = len(raw) > MAX_BYTES or raw.count(b"\n") + raw.count(b"\r") > 2 * MAX_LINES
    if too_large or raw.count(b"\n--") > _MAX_SEPARATORS:
        too_large = True
        raw = b"\n".join(raw[:_HEAD_BYTES].split(b"\n", _HEAD_LINES)[:_HEAD_LINES])
    if sum(1 for _ in _NESTING.finditer(raw)) > _MAX_NESTING:
        raise TooComplex
    if any(len(header[0]) > _MAX_HEADER for header in _PART_HEADER.finditer(raw)):
        raise TooComplex  # the standard library takes minutes over a long list of parameters
    return message_from_bytes(raw.lstrip(b"\xef\xbb\xbf\r\n\t "), policy=policy.compat32), too_large


def collect(message: Message, *, keep_attachments: bool = True, budget: Budget | None = None) -> Parts:
    """The parts of a parsed message; without attachments when its bytes were cut."""
    parts = Parts(incomplete=not keep_attachments, budget=budget or Budget())
    _visit(message, parts, 0)
    if len(parts.attachments) > MAX_ATTACHMENTS:
        parts.incomplete = True
        del parts.attachments[MAX_ATTACHMENTS:]
    if not keep_attachments:
        parts.attachments.clear()
    return parts


def is_encrypted(message: Message) -> bool:
    """Whether its text can only be read with a key (S/MIME enveloped or opaque, PGP)."""
    kind = content_type(message)
    if kind == "multipart/encrypted":
        return True
    return kind in ("application/pkcs7-mime", "application/x-pkcs7-mime")


def content_type(part: Message) -> str:
    """The declared type, in lower case; text/plain when it is missing or malformed."""
    return tolerantly(part.get_content_type, "text/plain")


def _visit(part: Message, parts: Parts, depth: int) -> None:
    kind = content_type(part)
    if depth > _MAX_DEPTH:
        parts.incomplete = True
    elif kind in _SIGNATURES or kind in _DELIVERY:
        return
    elif kind == "message/rfc822":
        parts.enclosed += _payload(part)
    elif kind == "multipart/alternative" and part.is_multipart():
        _choose(part, parts, depth)
    elif part.is_multipart():
        for inner in _payload(part):
            _visit(inner, parts, depth + 1)
    else:
        _leaf(part, kind, parts)


def _choose(part: Message, parts: Parts, depth: int) -> None:
    """The plain text of the alternatives, unless it is only a stub for the HTML."""
    found = []
    for inner in _payload(part):
        found.append(Parts(budget=parts.budget))
        _visit(inner, found[-1], depth + 1)
    for other in found:
        parts.attachments += other.attachments
        parts.enclosed += other.enclosed
        parts.incomplete |= other.incomplete
        parts.garbled |= other.garbled
    plain = next((other.text for other in found if not other.rich and other.text.strip()), "")
    rich = next((other.text for other in found if other.rich), "")
    parts.texts.append(rich if len(rich) > 4 * len(plain) + 200 or not plain else plain)


def _leaf(part: Message, kind: str, parts: Parts) -> None:
    # The encoding is taken off here: the standard library gives up on what is slightly broken.
    encoding = str(part.get("content-transfer-encoding", ""))
    del part["content-transfer-encoding"]
    whole = part.get_payload(decode=True)
    data = decode_transfer(whole if isinstance(whole, bytes) else b"", encoding)
    if _is_body(part, kind, parts):
        decoded = decoded_text(part, kind, data)
        parts.incomplete |= len(decoded) > parts.budget.left
        decoded = decoded[: parts.budget.left]
        parts.budget.left -= len(decoded)
        parts.garbled |= is_gibberish(decoded)
        parts.texts.append(body_text(part, kind, decoded))
        parts.rich |= kind == "text/html"
        return
    name = _name(part, kind, len(parts.attachments) + 1)
    if name.lower().endswith(".eml"):
        parts.enclosed.append(parse(data)[0])
    else:
        parts.attachments.append(Attachment(name, kind, data))


def _is_body(part: Message, kind: str, parts: Parts) -> bool:
    if kind.startswith("multipart/"):
        return True
    if kind not in _BODY_TYPES or tolerantly(part.get_content_disposition, None) == "attachment":
        return False
    return not (parts.texts and _filename(part))


def _name(part: Message, kind: str, number: int) -> str:
    name = clean_line(decode_words(_filename(part)), 500).replace("\\", "/")
    name = name.rpartition("/")[2].strip(". ")
    if not name:
        return f"piece-jointe-{number}{_EXTENSIONS.get(kind, '')}"
    if len(name) > _MAX_NAME:
        extension = PurePosixPath(name).suffix[:12]
        name = name[: _MAX_NAME - len(extension)] + extension
    return name


def _filename(part: Message) -> str:
    return tolerantly(lambda: part.get_filename() or "", "")


def _payload(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []
