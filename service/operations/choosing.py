"""Which CDAS may be chosen: one that there is, and that has not closed down."""

from datetime import date

from service.permissions import UnitKind
from service.queries.reference import Reference


def cdas_mistake(known: Reference, code: str | None, day: date) -> str | None:
    """What is wrong with the CDAS that somebody chose, as of a day; None: nothing."""
    unit = known.units.get(code or "")
    if unit is None or unit.kind is not UnitKind.CDAS:
        return "Choisissez un CDAS dans la liste."
    if unit.closed_by(day):
        return f"{unit.name} est fermé : choisissez le CDAS qui le remplace."
    return None
