"""What the pages about access ask for: a reference, a person and days, a reason, a verdict."""

from typing import Any

from marshmallow import fields

from service.schemas.fields import Choice, Day, Input, Text
from service.schemas.phone import reason

VERDICTS = {"justified": "justifiée", "unjustified": "à reprendre avec la personne"}
"""What a review says of an opening out of scope."""

_UNKNOWN: dict[str, Any] = {"invalid_uuid": "Choisissez dans la liste.", "required": "Cette réponse manque."}


class OpenOutOfScope(Input):
    """One ticket and why it has to be read."""

    reference = Text(
        required=True,
        maximum=20,
        metadata={"label": "Référence de la demande", "hint": "Par exemple UD-1234-ABCD.", "width": "medium"},
    )
    reason = reason(
        "Pourquoi devez-vous la lire ?",
        "Il est relu par une autre personne dans les sept jours.",
    )


class Review(Input):
    """Whether an opening was justified."""

    verdict = Choice(VERDICTS, required=True)


class Lift(Input):
    """Why somebody may go on reading."""

    reason = reason("Pourquoi lever cet arrêt ?", "Sans nommer de personne aidée.")


class OfTicket(Input):
    """The ticket whose readers are asked for."""

    reference = Text(
        required=True,
        maximum=20,
        metadata={"label": "Référence de la demande", "references": True, "width": "medium"},
    )


class OfPerson(Input):
    """Somebody's readings between two days, both included."""

    person = fields.UUID(
        required=True,
        error_messages=_UNKNOWN,
        metadata={"label": "Personne", "widget": "select", "from": "people"},
    )
    since = Day(metadata={"label": "Du", "width": "short"})
    until = Day(metadata={"label": "Au", "width": "short"})


class KeepOut(Input):
    """The account that has a link with the family."""

    account = fields.UUID(
        required=True,
        error_messages=_UNKNOWN,
        metadata={
            "label": "Qui a un lien avec la famille ?",
            "hint": "Le lien lui-même n’est pas noté. Cette personne ne trouvera plus la demande nulle part.",
            "widget": "select",
            "from": "people",
        },
    )


class AskList(Input):
    """Which of one's lists, and why with names."""

    view = Text(
        required=True, maximum=20, metadata={"label": "Quelle liste ?", "widget": "select", "from": "views"}
    )
    reason = reason(
        "Pourquoi vous faut-il les noms ?", "Il est écrit en tête de la liste : n’y nommez personne."
    )
