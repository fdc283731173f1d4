"""Text as it is kept: Unicode normal form, no control characters, no piles of combining marks. Linear in its length."""

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 8
"""Combining marks in a row that a script may need; more is a pile that takes normalisation quadratic time."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain(text: str) -> str:
    """The text in normal form C, line ends as `\\n`, control characters dropped, piles of marks cut."""
    bare = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", without_piles(bare))


def without_piles(text: str) -> str:
    """The text with `MOST_MARKS` combining marks in a row at most."""
    return text if text.isascii() else "".join(_cut(text))


def _cut(text: str) -> Iterator[str]:
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            yield letter
