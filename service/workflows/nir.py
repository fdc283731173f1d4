"""Social-security numbers (NIR) in a text: found, and masked before anything is stored (R-DP-7).

A NIR is 13 characters – sex, year, month, département (2A and 2B included), commune, order – and a key of two
digits, 97 − n mod 97; spaces, dashes, dots and line breaks in between are ignored. Found are:
- 13 of a plausible shape with their key, or alone;
- 15 in one piece with a wrong key: a slip of the finger does not make the number anybody else's.
Only whole groups of digits are looked at, not the inside of an IBAN nor what runs across a date.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

MASK = "[NIR masqué]"

_LONGEST_GAP = 5
_GAP = rf"[\s.\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]{{0,{_LONGEST_GAP}}}"
_GROUP_START = re.compile(r"(?<!\d)\d")
# Sex, year, month, then the département, where Corsica has its letter; commune and order.
_THIRTEEN = rf"\d{_GAP}(?:\d{_GAP}){{4}}(?:\d{_GAP}\d|2{_GAP}[ABab])(?:{_GAP}\d){{6}}"
_SHORT = re.compile(rf"{_THIRTEEN}(?!\d)")
_FULL = re.compile(rf"{_THIRTEEN}{_GAP}\d{_GAP}\d(?!\d)")
_NEXT_GROUP = re.compile(rf"{_GAP}\d")
_PREVIOUS_GROUP = re.compile(rf"\d{_GAP}\Z")
_GROUPS = re.compile(r"[0-9A-Z]+")
_USUAL_CUTS = frozenset({1, 3, 5, 7, 10, 13})

_IBAN_LENGTHS = {"FR": 27, "MC": 27, "BE": 16, "CH": 21, "DE": 22, "ES": 24, "IT": 27, "LU": 20, "PT": 25}
_IBAN = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(_IBAN_LENGTHS)})\d\d(?:[ \u00a0\u202f]?[A-Z0-9]){{11,23}}")


class Found(NamedTuple):
    """Where a NIR stands in the text."""

    start: int
    end: int


def find(text: str) -> list[Found]:
    """Where NIR stand in the text, in order; those that overlap are one."""
    plain = text if text.isascii() else _with_plain_digits(text)
    ibans = list(_ibans(plain))
    found: list[Found] = []
    for candidate in _candidates(plain):
        if any(candidate.start < iban.end and iban.start < candidate.end for iban in ibans):
            continue
        if found and candidate.start < found[-1].end:
            found[-1] = Found(found[-1].start, max(found[-1].end, candidate.end))
        else:
            found.append(candidate)
    return found


def mask(text: str) -> tuple[str, int]:
    """The same text with `MASK` instead of each NIR, until none is found; and how many there were."""
    count = 0
    while found := find(text):
        count += len(found)
        for start, end in reversed(found):
            text = text[:start] + MASK + text[end:]
    return text, count


def _candidates(text: str) -> Iterator[Found]:
    for start in (match.start() for match in _GROUP_START.finditer(text)):
        full = _FULL.match(text, start)
        if full and _is_full(full):
            yield Found(*full.span())
            continue
        short = _SHORT.match(text, start)
        if short and _is_short(text, short):
            yield Found(*short.span())


def _is_full(match: re.Match[str]) -> bool:
    """Its key is right, however it is cut; or wrong, in one piece."""
    number = _symbols(match[0])
    if match[0].isalnum():
        return _is_plausible(number)
    return _has_its_key(number) and _is_plausible(number) and not _holds_a_date(match[0])


def _is_short(text: str, match: re.Match[str]) -> bool:
    """Cut where a NIR is; or in another way, where no digits beside it could be meant instead.

    Otherwise a matricule beside a telephone number would be one, or a date beside a postcode.
    """
    if not _is_plausible(_symbols(match[0])):
        return False
    return _is_cut_as_usual(match[0]) or (_stands_alone(text, match) and not _holds_a_date(match[0]))


def _with_plain_digits(text: str) -> str:
    """The text, as long as before, with the digits of every script as 0 … 9."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def _symbols(written: str) -> str:
    """The digits of a written number, with the letter of Corsica."""
    return "".join(_groups(written))


def _groups(written: str) -> list[str]:
    return _GROUPS.findall(written.upper())


def _is_plausible(number: str) -> bool:
    """Sex, month, département, commune and order that exist."""
    month = int(number[3:5])
    known_month = 1 <= month <= 12 or 20 <= month <= 42 or 50 <= month <= 99
    known_place = number[5:7] != "00" and number[7:10] != "000" and number[10:13] != "000"
    return number[0] in "123478" and known_month and known_place


def _has_its_key(number: str) -> bool:
    digits = number.replace("2A", "19").replace("2B", "18")
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LONGEST_GAP - 1) : match.start()]
    return not _NEXT_GROUP.match(text, match.end()) and not _PREVIOUS_GROUP.search(before)


def _is_cut_as_usual(written: str) -> bool:
    """Whether it is separated where people separate a NIR: 1 85 05 35 238 005."""
    position, cuts = 0, set()
    for group in _groups(written):
        position += len(group)
        cuts.add(position)
    return cuts <= _USUAL_CUTS


def _holds_a_date(written: str) -> bool:
    """Whether three groups in a row read as 23 10 1986 or 1986 10 23."""
    groups = _groups(written)
    rows = zip(groups, groups[1:], groups[2:], strict=False)
    return any(_is_date(*row) or _is_date(*reversed(row)) for row in rows)


def _is_date(day: str, month: str, year: str) -> bool:
    if (len(day), len(month), len(year)) != (2, 2, 4) or not (day + month + year).isdigit():
        return False
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12 and 1900 <= int(year) <= 2100


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        places = [place for place in range(match.start(), match.end()) if text[place].isalnum()]
        length = _IBAN_LENGTHS[match[1]]
        if len(places) >= length:
            last = places[length - 1]
            if _is_iban("".join(text[place] for place in places[:length])):
                yield Found(match.start(), last + 1)


def _is_iban(written: str) -> bool:
    return int("".join(str(int(sign, 36)) for sign in written[4:] + written[:4])) % 97 == 1
