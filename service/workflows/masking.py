"""What is said of others is masked in what somebody receives about themselves (R-DP-9)."""

import re
from collections.abc import Collection

from service.workflows import names

MASK = "[…]"
_WORD = re.compile(r"[^\W_]+")


def masked(text: str, hidden: frozenset[str]) -> str:
    """The text with `MASK` for each whole word whose normalised form (`names.words`) is hidden."""
    return _WORD.sub(lambda found: MASK if hidden & set(names.words(found[0])) else found[0], text)


def hidden_words(others: Collection[str], own: str) -> frozenset[str]:
    """The words of other people's names to mask, without those that the person bears too."""
    return frozenset(word for name in others for word in names.words(name)) - set(names.words(own))
