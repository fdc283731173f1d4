"""Which CDAS may be chosen, and in whose name a request leaves: of a unit that has not closed down."""

from datetime import date

from service.errors import GuardRefused
from service.models import Ticket
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


def expect_asker(known: Reference, ticket: Ticket, day: date) -> None:
    """Refuses (GuardRefused) to send in the name of a unit that has closed down: its answer would reach nobody."""
    unit = known.units.get(ticket.asking_unit_id or "")
    if unit is not None and unit.closed_by(day):
        raise GuardRefused(
            f"{unit.name} est fermé : aucune demande ne part plus en son nom.",
            rule="R-OR-1",
            advice="Recommencez-la au nom du service qui le remplace.",
        )
