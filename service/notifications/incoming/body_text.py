"""The text of one part of a message, as its author saw it."""

import re
from collections.abc import Callable
from email.message import Message
from typing import TypeVar

from service.notifications.incoming.decoding import clean, decode_text
from service.notifications.incoming.html_text import to_text

_META_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE
)

T = TypeVar("T")


def decoded_text(part: Message, kind: str, data: bytes) -> str:
    """The bytes of a part as text, by the charset of its header, else of its own HTML, else the likeliest."""
    charset = tolerantly(part.get_content_charset, None)
    if kind == "text/html" and not charset and (declared := _META_CHARSET.search(data[:4000])):
        charset = declared[1].decode("ascii")
    return decode_text(data, charset)


def body_text(part: Message, kind: str, decoded: str) -> str:
    """A decoded part as clean plain text, HTML and flowed paragraphs included."""
    if kind == "text/html":
        return clean(to_text(decoded))
    if _parameter(part, "format").lower() == "flowed":
        return _unflowed(decoded, delete_space=_parameter(part, "delsp").lower() == "yes")
    return clean(decoded)


def _unflowed(text: str, *, delete_space: bool) -> str:
    """Paragraphs of a `format=flowed` text (RFC 3676): a line that ends with a space goes on below."""
    pieces: list[str] = []
    flows, depth = False, 0
    for line in text.splitlines():
        content = line.lstrip(">")
        level = len(line) - len(content)
        content = content.removeprefix(" ")
        if not (flows and level == depth and content != "-- "):
            pieces.append(f"\n{'>' * level} " if level else "\n")
        flows, depth = content.endswith(" ") and content != "-- ", level
        pieces.append(content[:-1] if flows and delete_space else content)
    return clean("".join(pieces))


def tolerantly(ask: Callable[[], T], otherwise: T) -> T:
    """The standard library's answer about a header, or `otherwise` where the header trips it."""
    try:
        return ask()
    except (ValueError, LookupError, TypeError, AttributeError):
        return otherwise


def _parameter(part: Message, name: str) -> str:
    value = tolerantly(lambda: part.get_param(name), None)
    return value if isinstance(value, str) else ""
