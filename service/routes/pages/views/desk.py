"""What stands at the head of a list and of the home page: the gestures of the reader's post."""

from collections.abc import Mapping

from service.permissions import PRESTATIONS_ROLES, Actor, Permission, may
from service.queries.keyset import Counted
from service.queries.situations import LATE, TODAY
from service.routes.pages import turning


def notes_calls(actor: Actor) -> bool:
    """Whether the reader notes telephone calls on the direct line."""
    return may(actor, Permission.RECORD_CALL)


def next_label(actor: Actor, *, triages: bool) -> str:
    """What the button that opens the most pressing request says: the gesture that awaits there."""
    if triages:
        return "Trier la suivante"
    return "Prendre la suivante" if actor.role in PRESTATIONS_ROLES else "Ouvrir la plus pressée"


def pressing(counted: Mapping[str, Counted]) -> list[str]:
    """« 2 hors délai », « 5 à traiter aujourd’hui »: of what `situations.counts` counted, what there is."""
    late, today = counted[LATE], counted[TODAY]
    said = [f"{turning.number(late)} hors délai"] if late else []
    return [*said, f"{turning.number(today)} à traiter aujourd’hui"] if today else said
