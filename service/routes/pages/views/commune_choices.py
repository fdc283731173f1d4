"""The communes as a list to choose from with the keyboard: those of one's own CDAS first."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from service.models import Commune
from service.workflows.names import words

Group = tuple[str, list[tuple[str, str]]]


def commune_names(communes: Sequence[Commune]) -> Mapping[str, str]:
    """« Redon (35600) », by INSEE code."""
    return {commune.insee: _label(commune) for commune in communes}


def commune_choices(communes: Sequence[Commune], own: frozenset[str] = frozenset()) -> list[Group]:
    """Two groups, each in the order of the names, accents aside: no collation of a database is relied upon."""
    ordered = sorted(communes, key=lambda one: _place(one.name))
    groups = [
        ("Votre CDAS", [(one.insee, _label(one)) for one in ordered if one.insee in own]),
        ("Ille-et-Vilaine", [(one.insee, _label(one)) for one in ordered if one.insee not in own]),
    ]
    return [group for group in groups if group[1]]


_place = lru_cache(maxsize=1_000)(words)
"""Where a name stands; the same few hundred on every form."""


def _label(commune: Commune) -> str:
    codes = ", ".join(commune.postal_codes.replace(",", " ").split())
    return f"{commune.name} ({codes})" if codes else commune.name
