"""An appointment for a calendar (RFC 5545): when, under which reference, and where to read more. Nothing of a person.

Neither the place of an appointment, which may be somebody's home, nor who comes (R-DP-5); a meeting says its room.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=1)
"""How long an appointment is (ours): Relais only knows when it begins."""

_LONGEST_LINE = 75
"""Bytes, without the end of the line."""


def invitation(
    reference: str,
    begins_at: datetime,
    *,
    link: str,
    domain: str,
    sequence: int,
    written_at: datetime,
    organizer: str | None = None,
    summary: str | None = None,
    description: str | None = None,
    place: str | None = None,
) -> str:
    """A VCALENDAR with one event, published: it asks for no answer.

    The same reference gives the same event: a larger `sequence` moves it. `organizer` is a mailbox. `summary`,
    `description` and `place` are those of a meeting. Refuses (ValueError) an instant without its time zone.
    """
    if begins_at.tzinfo is None or written_at.tzinfo is None:
        raise ValueError("an invitation needs the time zone of its instants")
    rows = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Relais//Relais//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{reference}@{domain}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(written_at)}",
        f"DTSTART:{_utc(begins_at)}",
        f"DTEND:{_utc(begins_at + LASTS)}",
        f"SUMMARY:{_escaped(summary or f'Rendez-vous Relais {reference}')}",
        f"DESCRIPTION:{_escaped(description or f'Ouvrir la demande (connexion nécessaire) : {link}')}",
        *([f"LOCATION:{_escaped(place)}"] if place else []),
        f"URL:{link}",
        *([f"ORGANIZER:mailto:{organizer}"] if organizer else []),
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{piece}\r\n" for row in rows for piece in _folded(row))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(row: str) -> Iterator[str]:
    """Lines of 75 bytes at most, never cut inside a letter; what goes on starts with a space."""
    line = ""
    for letter in row:
        if len((line + letter).encode()) > _LONGEST_LINE:
            yield line
            line = " "
        line += letter
    yield line
