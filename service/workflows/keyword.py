"""The keyword of urgent requests, `URGENCE DEFINIE` (R-UD-2)."""

import re
import unicodedata

KEYWORD = "URGENCE DEFINIE"

# Spaces of every kind, line breaks (those of a quotation too), hyphens and dashes.
_BETWEEN = r"[\s_>\-\u2010-\u2015\u2043\u2212]*"
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_FOUND = re.compile(rf"(?<![^\W\d_])urgence{_BETWEEN}definie(?![^\W\d_])")


def contains_keyword(text: str) -> bool:
    """Whether the text carries the keyword; case, accents, spaces, hyphens and line breaks do not matter.

    « urgence indéfinie » is not the keyword. Nor is the plural « urgences définies »: it speaks of the rule,
    or of several persons, and then somebody qualifies the message, one ticket each.
    """
    decomposed = unicodedata.normalize("NFKD", _INVISIBLE.sub("", text)).casefold()
    return bool(_FOUND.search("".join(letter for letter in decomposed if not unicodedata.combining(letter))))
