"""Names as people search them: whole words, without accents or case."""

import re
import unicodedata

_BREAK = re.compile(r"[\W_]+")


def words(name: str) -> tuple[str, ...]:
    """The normalised words of a name, each once: « Démo-Martin Éloïse » → demo, martin, eloise."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(dict.fromkeys(word for word in _BREAK.split(bare) if word))
