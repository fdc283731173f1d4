"""An appointment for a calendar (RFC 5545, RFC 5546): when, under which reference, where to read more.

Neither the place of an appointment, which may be somebody's home, nor who comes (R-DP-5); a meeting says its room.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LASTS = timedelta(hours=1)
"""How long an appointment is (ours): Relais only knows when it begins."""

_LONGEST_LINE = 75
"""Bytes, without the end of the line."""
_HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Relais//Relais//FR")
_BEGINS = re.compile(r"^DTSTART:(\S+)", re.MULTILINE)


def invitation(
    reference: str,
    begins_at: datetime,
    *,
    link: str,
    domain: str,
    sequence: int,
    written_at: datetime,
    attendee: str,
    organizer: str | None = None,
    summary: str | None = None,
    description: str | None = None,
    place: str | None = None,
) -> str:
    """A VCALENDAR with one event, a request that asks for no answer: only what was requested can be called off.

    The same reference gives the same event: a larger `sequence` moves it. `attendee` and `organizer` are mailboxes
    of units; `summary`, `description` and `place` are those of a meeting. Refuses (ValueError) an instant without
    its time zone.
    """
    if begins_at.tzinfo is None or written_at.tzinfo is None:
        raise ValueError("an invitation needs the time zone of its instants")
    rows = [
        *_HEAD,
        "METHOD:REQUEST",
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
        f"ATTENDEE;RSVP=FALSE:mailto:{attendee}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return _written(rows)


@dataclass(frozen=True, slots=True)
class Dated:
    """One thing of a calendar that somebody reads: an instant, or a whole day; `words` name nobody."""

    name: str
    begins: datetime | date
    words: str
    link: str
    lasts: timedelta | None = None


def published(dated: Iterable[Dated], *, domain: str, written_at: datetime) -> str:
    """A VCALENDAR of many events, for software that comes back for it; nobody is invited by it."""
    rows = [*_HEAD, "METHOD:PUBLISH", "X-WR-CALNAME:Relais", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for one in dated:
        rows += [
            "BEGIN:VEVENT",
            f"UID:{one.name}@{domain}",
            f"DTSTAMP:{_utc(written_at)}",
            *_when(one),
            f"SUMMARY:{_escaped(one.words)}",
            f"URL:{one.link}",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    return _written([*rows, "END:VCALENDAR"])


def called_off(calendar: str, *, sequence: int, written_at: datetime) -> str:
    """The same event, which no longer takes place; `sequence` larger than the one of the invitation."""
    changed = {"METHOD": "CANCEL", "SEQUENCE": str(sequence), "DTSTAMP": _utc(written_at)}
    for name, value in changed.items():
        calendar = re.sub(rf"^{name}:\S+", f"{name}:{value}", calendar, flags=re.MULTILINE)
    return calendar.replace("END:VEVENT\r\n", "STATUS:CANCELLED\r\nEND:VEVENT\r\n")


def invites_after(calendar: str, instant: datetime) -> bool:
    """Whether it invites to something that has not begun; what is called off does not."""
    begins = _BEGINS.search(calendar)
    to_come = begins is not None and begins[1] > _utc(instant)
    return to_come and "\r\nMETHOD:CANCEL\r\n" not in calendar


def _when(one: Dated) -> Iterator[str]:
    if not isinstance(one.begins, datetime):
        yield f"DTSTART;VALUE=DATE:{one.begins:%Y%m%d}"
        return
    yield f"DTSTART:{_utc(one.begins)}"
    if one.lasts:
        yield f"DTEND:{_utc(one.begins + one.lasts)}"


def _written(rows: Iterable[str]) -> str:
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
