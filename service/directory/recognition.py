"""The communes that a text names, for the secretariat that qualifies a mail: proposals, a person decides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.directory.names import Word, words
from service.directory.places import Directory
from service.directory.rows import CommuneRow

_ARTICLES = {
    "le": ("le", "au", "du"),
    "la": ("la",),
    "les": ("les", "aux", "des"),
    "l": ("l",),
}
"""How the article of a name appears in a sentence: « j’habite au Rheu »."""

_LINKS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l"})
# fmt: off
_STREETS = frozenset({
    "rue", "r", "avenue", "av", "boulevard", "bd", "bvd", "place", "pl", "route", "rte", "chemin", "allee",
    "impasse", "quai", "square", "faubourg", "fg",
})
_ORDINARY_WORDS = frozenset({
    "brie", "esse", "feins", "fougeres", "gael", "melle", "moulins", "moutiers", "parce", "prince", "sains",
    "taillis", "trimer", "verger", "vitre",
})
"""Names that are also words, abbreviations or first names without their accents: « parce que », « Melle »."""
# fmt: on


@dataclass(frozen=True, slots=True)
class Sighting:
    """A commune that a text seems to name; `certain` when its name stands beside its postal code."""

    commune: CommuneRow
    certain: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to write a commune's name: the article, if any, and the words after it."""

    article: tuple[str, ...]
    proper: tuple[Word, ...]
    commune: CommuneRow

    @property
    def length(self) -> int:
        return len(self.article) + len(self.proper)

    def is_at(self, text: Sequence[Word]) -> bool:
        """Whether the text begins with this name, its words following each other."""
        keys = (*self.article, *(word.key for word in self.proper))
        return tuple(word.key for word in text) == keys and all(word.joined for word in text[1:])

    def could_be_a_word(self, text: Sequence[Word]) -> bool:
        """Whether what is written may be an ordinary word: without its capital, or without its accents."""
        if len(self.proper) > 1 or self.proper[0].key not in _ORDINARY_WORDS:
            return False
        written = text[-1].written
        return written[0].islower() or written.casefold() != self.proper[0].written.casefold()


class Recogniser:
    """Finds the communes of one directory in texts; built once, used for every mail."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._names: defaultdict[str, list[_Name]] = defaultdict(list)
        for name in (name for commune in directory.communes for name in _names_of(commune)):
            self._names[(*name.article, name.proper[0].key)[0]].append(name)
        for names in self._names.values():
            names.sort(key=lambda name: name.length, reverse=True)

    def places_in(self, text: str) -> tuple[Sighting, ...]:
        """Communes named by a text, certain ones first, then in order of appearance; each once.

        A street (« rue de Redon ») is no sighting. A postal code alone is one when only one commune has it.
        """
        certainty: dict[CommuneRow, bool] = {}
        for seen in self._sightings(words(text)):
            certainty[seen.commune] = certainty.get(seen.commune, False) or seen.certain
        found = [Sighting(commune, certain) for commune, certain in certainty.items()]
        return tuple(sorted(found, key=lambda sighting: not sighting.certain))

    def _sightings(self, text: list[Word]) -> Iterator[Sighting]:
        position = 0
        while position < len(text):
            name = self._longest_name_at(text, position)
            if name is None:
                sharing = self._directory.communes_at(text[position].key)
                if len(sharing) == 1:
                    yield Sighting(sharing[0], certain=False)
                position += 1
                continue
            end = position + name.length
            certain = _is_beside(name.commune.postal_codes, text, position, end)
            if certain or not (_is_street(text, position) or name.could_be_a_word(text[position:end])):
                yield Sighting(name.commune, certain)
            position = end

    def _longest_name_at(self, text: list[Word], position: int) -> _Name | None:
        names = self._names.get(text[position].key, ())
        return next((name for name in names if name.is_at(text[position : position + name.length])), None)


def _names_of(commune: CommuneRow) -> Iterator[_Name]:
    article, *rest = words(commune.name)
    if rest and article.key in _ARTICLES:
        for form in _ARTICLES[article.key]:
            yield _Name((form,), tuple(rest), commune)
    else:
        yield _Name((), (article, *rest), commune)


def _is_beside(postal_codes: tuple[str, ...], text: list[Word], start: int, end: int) -> bool:
    return any(word.key in postal_codes for word in (*text[max(start - 1, 0) : start], *text[end : end + 1]))


def _is_street(text: list[Word], start: int) -> bool:
    """« rue de la … », « route … »: a word for a street before, with or without small words between."""
    before = start - 1
    while before >= 0 and text[before].key in _LINKS:
        before -= 1
    return before >= 0 and text[before].key in _STREETS
