"""The lines « label : value » of a text: a form filled in, or a mail written like one."""

import re
from typing import NamedTuple

from service.notifications.incoming.french_values import plain

_LINE = re.compile(r"^[ \t]*(?:[-•*]\s)?(?P<label>[^\n:]{2,60}?)\s?:[ \t]*(?P<value>[^\n]*)$")


class Line(NamedTuple):
    """Label and value in `plain` form, and the value as written."""

    label: str
    value: str
    written: str


def labelled_lines(text: str) -> list[Line]:
    """The labelled lines of a text; a value may stand on the line below its label."""
    rows = text.split("\n")
    found = []
    for number, row in enumerate(rows):
        if not (match := _LINE.match(row)):
            continue
        value = match["value"].strip()
        below = rows[number + 1].strip() if number + 1 < len(rows) else ""
        if not value and ":" not in below:
            value = below
        if value:
            found.append(Line(plain(match["label"]).strip(), plain(value), value))
    return found


def under(lines: list[Line], label: re.Pattern[str]) -> list[Line]:
    """The lines whose whole label is one of those."""
    return [line for line in lines if label.fullmatch(line.label)]
