"""The forms of the register « Accompagnements » (R-AC)."""

from marshmallow import fields

from service.schemas.fields import Choice, Day, Input, Matricule, Text
from service.workflows.accompaniment import CLOSING_REASONS, EVENTS

_MISSING = "Cette réponse manque."


class Open(Input):
    """A new accompaniment."""

    matricule = Matricule(
        required=True,
        error_messages={"required": _MISSING, "null": _MISSING},
        metadata={"label": "Matricule Caf", "hint": "7 chiffres.", "inputmode": "numeric"},
    )
    last_name = Text(required=True, maximum=80, metadata={"label": "Nom"})
    first_name = Text(required=True, maximum=80, metadata={"label": "Prénom"})
    event = Choice(
        EVENTS,
        required=True,
        metadata={"label": "Événement", "widget": "select", "choices": list(EVENTS.items())},
    )
    event_on = Day(metadata={"label": "Date de l’événement"})
    worker_id = fields.UUID(
        error_messages={"invalid_uuid": "Choisissez dans la liste."},
        metadata={
            "label": "Travailleur social",
            "hint": "Sans réponse : vous-même.",
            "widget": "select",
            "from": "workers",
        },
    )
    opened_on = Day(metadata={"label": "Ouvert le", "hint": "Sans réponse : aujourd’hui."})
    term_on = Day(required=True, metadata={"label": "Terme"})


class Renew(Input):
    """The new term."""

    term_on = Day(required=True, metadata={"label": "Nouveau terme"})


class Confide(Input):
    """Who accompanies from now on."""

    worker_id = fields.UUID(
        required=True,
        error_messages={"required": _MISSING, "null": _MISSING, "invalid_uuid": "Choisissez dans la liste."},
        metadata={"label": "À qui ?", "widget": "select", "from": "workers"},
    )


class Close(Input):
    """The end."""

    closing_reason = Choice(
        CLOSING_REASONS,
        required=True,
        metadata={
            "label": "Pour quelle raison ?",
            "widget": "choices",
            "choices": list(CLOSING_REASONS.items()),
        },
    )
    closing_talk_on = Day(metadata={"label": "Date de l’entretien de fin d’accompagnement"})
    closed_on = Day(metadata={"label": "Clos le", "hint": "Sans réponse : aujourd’hui."})
