"""Dates and amounts as people write them in French. What can be read two ways is not found."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from service.workflows.french import MONTHS


def plain(text: str) -> str:
    """Lower case, no accents, straight quotes, ordinary spaces; as long as the original, place by place."""
    return "".join(_plain_letter(letter) for letter in text)


def _plain_letter(letter: str) -> str:
    if letter in "’ʼ‘":
        return "'"
    if letter in "–—‑‐":
        return "-"
    if letter.isspace() and letter != "\n":
        return " "
    lower = unicodedata.normalize("NFD", letter)[0].lower()
    return lower if len(lower) == 1 else letter


_MONTH_NUMBERS = {plain(name): number for number, name in enumerate(MONTHS, start=1)}
_MONTH = "|".join(_MONTH_NUMBERS)
_DATE = re.compile(
    r"(?<![\d/.-])(?:"
    r"(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?:(?P=sep)(?P<y>\d{4}|\d{2}))?"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    rf"|(?P<day>\d{{1,2}}|1er)\s(?P<month>{_MONTH})\b(?:\s(?P<year>\d{{4}}))?"
    r")(?![\d/-])(?!\.\d)"
)
MONTH_ALONE = re.compile(rf"(?<!\d )(?<!\der )\b(?P<month>{_MONTH})\b(?:\s(?P<year>\d{{4}}))?")
AMOUNT = r"(?:\d{1,3}(?:[ .]\d{3})+(?:,\d{1,2})?|\d{1,6}(?:[.,]\d{1,2})?)"
"""A number that may be an amount, in a `plain` text."""
CURRENCY = r"\s?(?:€|euros?\b|eur\b)"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date of a text, where it begins, and whether its year is written in full."""

    day: date
    start: int
    full_year: bool


def dates(text: str, written_on: date | None) -> Iterator[FoundDate]:
    """The dates of a `plain` text. A day without its year is the last one before `written_on`."""
    for match in _DATE.finditer(text):
        day = _day(match, written_on)
        if day is not None:
            full = bool(match["iso"] or match["year"] or len(match["y"] or "") == 4)
            yield FoundDate(day, match.start(), full)


def last_day_before(month_name: str, year: str | None, written_on: date | None) -> date | None:
    """The eve of a month's first day; without year, of the last such month begun at `written_on`."""
    first = _first_day(month_name, year, written_on)
    return first - timedelta(days=1) if first else None


def last_day_of(month_name: str, year: str | None, written_on: date | None) -> date | None:
    """The last day of a month, as `last_day_before`."""
    first = _first_day(month_name, year, written_on)
    return first.replace(day=monthrange(first.year, first.month)[1]) if first else None


def _first_day(month_name: str, year: str | None, written_on: date | None) -> date | None:
    """The first day of a month named in a `plain` text."""
    number = _MONTH_NUMBERS[month_name]
    if year:
        return _date(int(year), number, 1)
    return _last_such_day(number, 1, written_on)


def amount(text: str) -> Decimal:
    """The amount of a number matched by `AMOUNT`: « 1 016,05 », « 1.016,05 » and « 1016.05 » are equal."""
    digits = text.replace(" ", "")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d{1,2})?", digits):
        digits = digits.replace(".", "")
    return Decimal(digits.replace(",", "."))


def _day(match: re.Match[str], written_on: date | None) -> date | None:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return _date(year, month, day)
    if match["day"]:
        day = 1 if match["day"] == "1er" else int(match["day"])
        month = _MONTH_NUMBERS[match["month"]]
        return (
            _date(int(match["year"]), month, day) if match["year"] else _last_such_day(month, day, written_on)
        )
    day, month, given = int(match["d"]), int(match["m"]), match["y"]
    if given is None:
        return _last_such_day(month, day, written_on) if match["sep"] == "/" else None
    return _date(int(given) + (2000 if len(given) == 2 else 0), month, day)


def _last_such_day(month: int, day: int, written_on: date | None) -> date | None:
    if written_on is None:
        return None
    this_year = _date(written_on.year, month, day)
    return this_year if this_year and this_year <= written_on else _date(written_on.year - 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None
