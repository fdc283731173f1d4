"""The requests behind a figure of the live page, from the facts that it is computed from. Pure.

Never behind a figure by unit: those are masked, in the pack alone. Notices of child protection are in no facts.
"""

from service.statistics.document import Cell, Share
from service.statistics.facts import Facts, TicketFacts
from service.statistics.figures import MEASURES
from service.statistics.measures import Count, Delays, Measure, Portion


def number_behind(name: str, row: str, column: str, cell: Cell) -> int:
    """How many requests one may ask to see behind a cell; 0 where there is no list to see."""
    match listed(name, row), column, cell:
        case Count(), "n", int():
            return cell
        case Portion(), "share", Share(part, _):
            return part
        case Delays(), "within", Share(part, whole):
            return whole - part
        case _:
            return 0


def listed(name: str, row: str) -> Measure | None:
    """The measure of that id with that row, if it says which requests it counts and is not by unit."""
    found = MEASURES.get(name)
    if not isinstance(found, Count | Portion | Delays) or found.by_unit or row not in found.labels:
        return None
    return found


def which(measure: Measure) -> str:
    """Which requests of a row stand in its list, said under its title."""
    match measure:
        case Portion():
            return "Celles que compte la part."
        case Delays():
            return "Celles qui ont dépassé leur objectif."
        case _:
            return ""


def behind(facts: Facts, measure: Measure, row: str) -> tuple[TicketFacts, ...]:
    """The requests of a row, each once, in the order in which they were sent."""
    found = {ticket.id: ticket for ticket in measure.tickets(facts, row)}
    return tuple(sorted(found.values(), key=lambda ticket: (ticket.submitted_at, ticket.id)))
