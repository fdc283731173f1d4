"""The forms of the directory: a place to look up, an absence to note, the worker of a sector."""

from typing import Any

from marshmallow import fields

from service.schemas.fields import Day, Input, Text

_NOT_LISTED: dict[str, Any] = {
    "invalid_uuid": "Choisissez dans la liste.",
    "required": "Cette réponse manque.",
}


class PlaceForm(Input):
    """Where somebody lives; the quarter, where the map splits the commune. The names are those of the address."""

    commune = Text(
        required=True,
        maximum=5,
        metadata={"label": "Commune du domicile", "widget": "select", "from": "communes", "width": "full"},
    )
    quartier = Text(
        maximum=80, metadata={"label": "Quartier", "widget": "select", "from": "quarters", "width": "full"}
    )


class AbsenceForm(Input):
    """Who is away, when, and who acts instead."""

    account = fields.UUID(
        required=True,
        error_messages=_NOT_LISTED,
        metadata={"label": "Qui sera absent ?", "widget": "select", "from": "people", "width": "full"},
    )
    starts_on = Day(required=True, metadata={"label": "Premier jour d’absence"})
    ends_on = Day(required=True, metadata={"label": "Dernier jour d’absence"})
    replacement = fields.UUID(
        error_messages=_NOT_LISTED,
        metadata={
            "label": "Qui remplace ?",
            "hint": "Quelqu’un du même service. Sans remplacement, les demandes restent à tout le service.",
            "widget": "select",
            "from": "colleagues",
            "width": "full",
        },
    )


class EndForm(Input):
    """The last day of an absence that ends earlier."""

    ends_on = Day(required=True, metadata={"label": "Dernier jour d’absence"})


class ClosingForm(Input):
    """From when a unit no longer exists."""

    day = Day(
        required=True,
        metadata={"label": "Premier jour de fermeture", "hint": "Aujourd’hui, ou un jour à venir."},
    )


class SectorForm(Input):
    """Who answers for a sector of the Caf social service."""

    worker = fields.UUID(
        error_messages=_NOT_LISTED,
        metadata={"label": "Travailleur social", "widget": "select", "from": "workers", "width": "full"},
    )
