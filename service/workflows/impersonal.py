"""Whether a text that everybody may read names somebody (R-GO-1): numbers of persons, and the names of one of them.

It finds what can be found by looking; who writes stays responsible for the rest.
"""

import re
from collections.abc import Iterable

from service.workflows import names, nir
from service.workflows.submission import NIR_SENTENCE

_MATRICULE = re.compile(r"(?<![\d.,/])(?:\d[ \u00a0\u202f]?){6}\d(?![\d.,/]?\d)")
_SHORTEST = 3
_ARTICLES = frozenset(names.words("de des du la le les et en au aux un une"))

MATRICULE_SENTENCE = (
    "Ce texte semble contenir un matricule. Écrivez-le sans numéro : les deux institutions le lisent."
)
NAME_SENTENCE = (
    "Ce texte nomme la personne de la demande. La question est lue par des personnes qui n’ont pas à la connaître : "
    "posez-la sans nom."
)


def faults(text: str) -> list[str]:
    """What numbers of persons the text holds, in a sentence each; empty when none was found."""
    found = [NIR_SENTENCE] if nir.find(text) else []
    return [*found, MATRICULE_SENTENCE] if not found and _MATRICULE.search(text) else found


def holds_a_name(text: str, known: Iterable[str]) -> bool:
    """Whether the text holds a whole word of one of the names, accents and case aside; articles are no names."""
    written = set(names.words(text))
    return any(written & set(_telling(name)) for name in known)


def _telling(name: str) -> Iterable[str]:
    """The words of a name by which somebody is known: « Le Gall » by « gall », « Ly » by itself."""
    words = [word for word in names.words(name) if word not in _ARTICLES]
    return [word for word in words if len(word) >= _SHORTEST] or words
