"""Ticket references: `UD-4F7K-92QX`, a prefix per kind, seven random symbols and a check symbol.

The 32 symbols can not be confused when dictated. The check is a weighted sum over the field of 32 elements,
with a different weight for each place: one wrong symbol, or any two exchanged, is always noticed.
"""

import re
import secrets
from collections.abc import Callable, Iterator

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIXES = ("UD", "CI", "PR", "US", "RV", "IN", "OR", "RD")
LENGTH = 8

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans("ILO", "110")
_DASH = r"[\-\u00ad\u2010-\u2015\u2212]"
_GAP = rf"(?:\s?{_DASH}\s?|[ \u00a0\u202f])?"
_FOUR = r"[0-9A-TV-Za-tv-z]{4}"
_WRITTEN = re.compile(
    rf"(?<![^\W_])(?P<prefix>(?i:{'|'.join(PREFIXES)}))(?P<gap>{_GAP})"
    rf"(?P<body>{_FOUR}{_GAP}{_FOUR})(?![^\W_])"
)
_SEPARATORS = re.compile(rf"[\s_]|{_DASH}")


def new(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """A new reference; `choose` picks one symbol. It says nothing of date, place or sequence."""
    if prefix not in PREFIXES:
        raise ValueError(f"no kind of ticket has the prefix {prefix}")
    body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return _written(prefix, body + _check_symbol(body))


def parse(text: str) -> str | None:
    """The reference as it is stored, from one typed or dictated; None where its check symbol is wrong.

    Case, spaces and dashes do not matter; I and L are read as 1, O as 0.
    """
    bare = _SEPARATORS.sub("", text).upper()
    prefix, body = bare[:2], bare[2:].translate(_LOOKALIKES)
    if prefix not in PREFIXES or len(body) != LENGTH or not set(body) <= set(ALPHABET):
        return None
    return _written(prefix, body) if _check_symbol(body[:-1]) == body[-1] else None


def find(text: str) -> list[str]:
    """Every reference in a text, as it is stored, each once and in order.

    Without a dash after the prefix at least one digit is asked for: « or » and « protection » are words.
    """
    return list(dict.fromkeys(reference for _, reference in _found(text)))


def begun(text: str) -> tuple[str, str] | None:
    """The first and the last reference that begin as somebody types; None for what begins none, or too early.

    As in `find`, letters alone are a word unless a dash follows the prefix.
    """
    bare = _SEPARATORS.sub("", text).upper()
    prefix, body = bare[:2], bare[2:].translate(_LOOKALIKES)
    word = not any(symbol.isdigit() for symbol in bare) and not _SEPARATORS.match(text.strip()[2:])
    if prefix not in PREFIXES or not 0 < len(body) <= LENGTH or word or not set(body) <= set(ALPHABET):
        return None
    return _written(prefix, body.ljust(LENGTH, ALPHABET[0])), _written(
        prefix, body.ljust(LENGTH, ALPHABET[-1])
    )


def pieces(text: str) -> list[tuple[str, str | None]]:
    """The text cut where it holds a reference: each piece as it was written, with the reference that it is."""
    found: list[tuple[str, str | None]] = []
    end = 0
    for written, reference in _found(text):
        if written.start() > end:
            found.append((text[end : written.start()], None))
        found.append((written[0], reference))
        end = written.end()
    return [*found, (text[end:], None)] if end < len(text) else found


def _found(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _WRITTEN.finditer(text):
        if match["gap"].strip() or any(symbol.isdigit() for symbol in match["body"]):
            reference = parse(match[0])
            if reference is not None:
                yield match, reference


def _written(prefix: str, body: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}"


def _product(first: int, second: int) -> int:
    """Multiplication in GF(32), modulo x⁵ + x³ + 1."""
    result = 0
    while second:
        if second & 1:
            result ^= first
        first <<= 1
        if first & 0b100000:
            first ^= 0b101001
        second >>= 1
    return result


def _powers(generator: int, number: int) -> tuple[int, ...]:
    powers = [generator]
    while len(powers) < number:
        powers.append(_product(powers[-1], generator))
    return tuple(powers)


# All different, and none is 1, the weight of the check symbol itself. Of the generators that give such
# weights, this one makes the reference that the documentation shows a right one.
_WEIGHTS = _powers(10, LENGTH - 1)


def _check_symbol(body: str) -> str:
    total = 0
    for weight, symbol in zip(_WEIGHTS, body, strict=True):
        total ^= _product(weight, _VALUES[symbol])
    return ALPHABET[total]
