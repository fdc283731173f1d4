"""Names of places as people write them: case, accents, hyphens and « St » for « Saint » do not matter."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_SAME_NAME_GOES_ON = re.compile(r"[\s'’./‐‑–-]{1,3}")
_IN_FULL = {"st": "saint", "ste": "sainte"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, as written and as compared. `joined`: only a space, hyphen or the like before it."""

    written: str
    key: str
    joined: bool


def words(text: str) -> list[Word]:
    """The words of a text, in order; « s/ » is « sur », as in « Servon s/ Vilaine »."""
    composed = unicodedata.normalize("NFC", text)
    found: list[Word] = []
    end = 0
    for match in _WORD.finditer(composed):
        joined = _SAME_NAME_GOES_ON.fullmatch(composed, end, match.start()) is not None
        found.append(Word(match[0], _key(match, composed), joined))
        end = match.end()
    return found


@lru_cache(maxsize=2000)
def key_of(name: str) -> str:
    """The form under which two writings of one name are equal: `St-Méen` and `SAINT MEEN` → `saint meen`."""
    return " ".join(word.key for word in words(name))


def _key(match: re.Match[str], text: str) -> str:
    plain = _without_accents(match[0])
    if plain == "s" and text[match.end() : match.end() + 1] == "/":
        return "sur"
    return _IN_FULL.get(plain, plain)


def _without_accents(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
