"""What a select of CDAS offers: the code and the name of each."""

from datetime import date

from service.permissions import UnitKind
from service.queries.reference import Reference, UnitCard

Options = list[tuple[str, str]]


def every_cdas(known: Reference) -> Options:
    """All of them, by name: what is past may be of one that has closed down."""
    return _options(known.units_of(UnitKind.CDAS))


def open_cdas(known: Reference, day: date, kept: str | None = None) -> Options:
    """Those that work on a day, by name, and the one that is kept already."""
    there = known.units_of(UnitKind.CDAS)
    return _options([unit for unit in there if unit.code == kept or not unit.closed_by(day)])


def _options(units: list[UnitCard]) -> Options:
    return [(unit.code, unit.name) for unit in units]
