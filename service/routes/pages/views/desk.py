"""What stands at the head of a list and of the home page: the gestures of the reader's post."""

from service.permissions import PRESTATIONS_ROLES, Actor, Permission, may


def notes_calls(actor: Actor) -> bool:
    """Whether the reader notes telephone calls on the direct line."""
    return may(actor, Permission.RECORD_CALL)


def next_label(actor: Actor, *, triages: bool) -> str:
    """What the button that opens the most pressing request says: the gesture that awaits there."""
    if triages:
        return "Trier la suivante"
    return "Prendre la suivante" if actor.role in PRESTATIONS_ROLES else "Ouvrir la plus pressée"
