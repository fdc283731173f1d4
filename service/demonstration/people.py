"""The persons of the demonstration's requests: invented names and file numbers, real communes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from service.demonstration import names
from service.directory.places import Directory
from service.directory.rows import RENNES

_UNUSUAL_EVERY, _UNUSUAL_FIRST = 20, 5
_LEAST_AGE, _MOST_AGE = 18, 76


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist, in a commune that does."""

    matricule: str
    last_name: str
    first_name: str
    birth_date: date
    commune: str
    commune_name: str
    cdas: str


class People:
    """Persons as the requests bring them; a file number is given once. CDAS come up by the people they serve."""

    def __init__(self, directory: Directory, rng: Random, today: date, shown_cdas: str) -> None:
        self._rng, self._today = rng, today
        self._places = _places_by_cdas(directory)
        self._commune_names = {commune.insee: commune.name for commune in directory.communes}
        self._cdas = {code: sum(places.values()) for code, places in self._places.items()}
        # The CDAS that visitors see has enough to show.
        self._cdas[shown_cdas] *= 2
        self._matricules: set[str] = set()

    def some_cdas(self) -> str:
        """A CDAS, by the population it serves."""
        return self._rng.choices(list(self._cdas), list(self._cdas.values()))[0]

    def somebody(self, cdas: str) -> Person:
        """A new person of that CDAS."""
        places = self._places[cdas]
        commune = self._rng.choices(list(places), list(places.values()))[0]
        last_name, first_name = self._name()
        return Person(
            matricule=self._matricule(),
            last_name=last_name,
            first_name=first_name,
            birth_date=self._today - timedelta(days=self._rng.randint(_LEAST_AGE * 365, _MOST_AGE * 365)),
            commune=commune,
            commune_name=self._commune_names[commune],
            cdas=cdas,
        )

    def _matricule(self) -> str:
        found = str(self._rng.randrange(1_000_000, 10_000_000))
        if found in self._matricules:
            return self._matricule()
        self._matricules.add(found)
        return found

    def _name(self) -> tuple[str, str]:
        turn, rest = divmod(len(self._matricules), _UNUSUAL_EVERY)
        if rest == _UNUSUAL_FIRST:
            return names.UNUSUAL[turn % len(names.UNUSUAL)]
        return names.family(self._rng), names.first(self._rng)


def _places_by_cdas(directory: Directory) -> Mapping[str, Mapping[str, float]]:
    """Inhabitants by commune for each CDAS; a quarter of Rennes counts for its part of the city."""
    inhabitants = {commune.insee: float(commune.population) for commune in directory.communes}
    inhabitants[RENNES] /= len(directory.quarters)
    places: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in directory.coverage:
        places[row.cdas][row.insee] += inhabitants[row.insee]
    return places
