"""Local meetings of the ASIP and local governance bodies (I.3, R-GO-7): their kinds, and the territory of each."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

MEETING_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "asip": "Rencontre locale des acteurs de l’ASIP",
        "governance": "Instance locale de gouvernance",
    }
)

SCALES: Mapping[str, str] = MappingProxyType({"epci": "Intercommunalités (EPCI)", "pays": "Pays"})


def pays_of(listed: str) -> list[str]:
    """The Pays of the Setting, which separates them with commas."""
    return [name for name in (one.strip() for one in listed.split(",")) if name]


def territories(epci: Iterable[str], pays: Iterable[str]) -> Sequence[tuple[str, list[tuple[str, str]]]]:
    """What a list offers, by scale; each value says its scale, so that two names never meet."""
    named = {"epci": sorted(set(epci)), "pays": list(pays)}
    return [
        (label, [(f"{scale}|{name}", name) for name in named[scale]])
        for scale, label in SCALES.items()
        if named[scale]
    ]
