"""The headers of a message: decoded whatever was put there, addresses, dates and identifiers."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from itertools import islice

from service.notifications.incoming.decoding import clean_line, decode_base64, decode_text

MAX_SUBJECT = 500
MAX_NAME = 120
MAX_RECIPIENTS = 100
MAX_THREAD = 50
OLDEST = timedelta(days=366)
"""A message sent longer ago than that has a clock that is wrong."""

_MAX_HEADERS = 1000
_MAX_VALUE = 16_000
_FOLD = re.compile(r"[\r\n\0]+[ \t]*")
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)(?:\?=|$)")
_SIGN = r"[^\s\x00-\x1f\x7f-\x9f<>\"(),:;@\[\]]"
_ADDRESS = re.compile(rf"{_SIGN}{{1,100}}@{_SIGN}{{1,150}}")
_IDENTIFIER = re.compile(r"<\s*([^<>\s]{1,400})\s*>")


class Headers:
    """The headers of one message, by name without case. Absent ones are empty."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in islice(message.raw_items(), _MAX_HEADERS):
            self._values.setdefault(name.strip().lower(), []).append(_unfolded(str(value)))

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> str:
        """The first value of that name, encoded words left as they are."""
        return next(iter(self._values.get(name, ())), "")

    def text(self, name: str, limit: int = MAX_SUBJECT) -> str:
        """The first value of that name, decoded, on one line."""
        return clean_line(decode_words(self.raw(name)), limit)

    def addresses(self, name: str) -> Iterator[tuple[str, str]]:
        """Display name and address of each address of the headers of that name."""
        for value in self._values.get(name, ()):
            yield from addresses(value)

    def identifiers(self, name: str) -> tuple[str, ...]:
        """The Message-IDs of a header, without their brackets; a lone one may have none."""
        value = self.raw(name).strip()
        found = _IDENTIFIER.findall(value)
        if not found and re.fullmatch(r"[^<>\s]{3,400}", value):
            found = [value]
        return tuple(dict.fromkeys(found[:MAX_THREAD]))


def sender_of(headers: Headers) -> tuple[str, str | None]:
    """Display name and address of who wrote: From, else Sender, Reply-To or the envelope's sender."""
    for name in ("from", "sender", "reply-to", "return-path"):
        for shown, address in headers.addresses(name):
            return shown, address
    return headers.text("from", MAX_NAME), None


def sent_at(headers: Headers, received_at: datetime) -> datetime:
    """When it was sent, UTC, to the second; `received_at` when the date is missing or absurd."""
    try:
        sent = parsedate_to_datetime(headers.raw("date")[:100])
        sent = (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return received_at
    if not received_at - OLDEST <= sent <= received_at:
        return received_at
    return sent.replace(microsecond=0)


def addresses(value: str) -> list[tuple[str, str]]:
    """(display name, address in lower case) for each address in a header's value, however badly written."""
    parsed = [] if value.count("(") > 20 else getaddresses([value])
    found = [
        (clean_line(decode_words(name), MAX_NAME), address.lower())
        for name, address in parsed[:MAX_RECIPIENTS]
        if _ADDRESS.fullmatch(address)
    ]
    return found or [("", address.lower()) for address in _ADDRESS.findall(value)[:MAX_RECIPIENTS]]


def decode_words(value: str) -> str:
    """Encoded words decoded; neighbours of one charset together, since some are cut inside a letter."""
    pieces: list[str] = []
    pending, charset, end = b"", "", 0
    for match in _ENCODED.finditer(value):
        between = value[end : match.start()]
        named = match[1].lower().partition("*")[0]
        same = charset == named and not between.strip()
        if pending and not same:
            pieces.append(decode_text(pending, charset))
            pending = b""
        if between.strip() or end == 0:
            pieces.append(between)
        charset, end = named, match.end()
        pending += _word_bytes(match[2], match[3])
    if pending:
        pieces.append(decode_text(pending, charset))
    return "".join([*pieces, value[end:]])


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(data)
    quoted = data.replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), quoted)


def _unfolded(value: str) -> str:
    data = value[:_MAX_VALUE].encode("utf-8", "surrogateescape")
    return _FOLD.sub(" ", decode_text(data, "utf-8"))
