"""What a person may have corrected, and how others are masked in what they receive about themselves (R-DP-9)."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType

from service.workflows import names

IDENTITY: Mapping[str, str] = MappingProxyType(
    {
        "last_name": "Nom",
        "first_name": "Prénom",
        "birth_date": "Date de naissance",
        "matricule": "Matricule Caf",
    }
)
"""What may be corrected, in the order of the form."""

MASK = "[…]"
_WORD = re.compile(r"[^\W_]+")


def masked(text: str, hidden: frozenset[str]) -> str:
    """The text with `MASK` for each whole word whose normalised form (`names.words`) is hidden."""
    return _WORD.sub(lambda found: MASK if hidden & set(names.words(found[0])) else found[0], text)


def hidden_words(others: Collection[str], own: str) -> frozenset[str]:
    """The words of other people's names to mask, without those that the person bears too."""
    return frozenset(word for name in others for word in names.words(name)) - set(names.words(own))
