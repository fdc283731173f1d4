"""What a notice of R-PE asks for: codes, dates and names; a name or a reference can hold no sentence."""

import re
from collections.abc import Mapping

from marshmallow import fields, validate

from service.schemas.fields import Choice, Day, Input, Text
from service.workflows.child_protection_notice import (
    DECISIONS,
    FAMILY,
    FUNCTIONS,
    MEANS,
    REASONS_NOT_INFORMED,
)

_NAME = re.compile(r"(?:M\. |Mme )?[^\W\d_]+(?:[ '’\-][^\W\d_]+){0,4}\Z")
_REFERENCE = re.compile(r"(?=\S*\d)[A-Za-z0-9/.\-]{1,30}\Z")
_CHOOSE = "Choisissez dans la liste."


class Statement(Input):
    """What is recorded when the notice is sent: known or not, whom it informed and how, the family, art. 40."""

    receiving_unit = Text(
        maximum=40,
        metadata={
            "label": "CDAS destinataire",
            "hint": "Sans réponse : le CDAS de la commune du domicile.",
            "widget": "select",
            "from": "cdas",
        },
    )
    known_to_cdas = fields.Boolean(
        required=True,
        error_messages={"invalid": _CHOOSE, "required": "Cette réponse manque."},
        metadata={
            "label": "La situation est-elle connue du CDAS ?",
            "read_as": "Situation connue du CDAS",
            "widget": "choices",
            "choices": [("true", "oui"), ("false", "non")],
        },
    )
    means = Choice(
        MEANS,
        required=True,
        metadata={
            "label": "Comment avez-vous informé le CDAS ?",
            "read_as": "Comment le CDAS a été informé",
            "widget": "choices",
            "choices": list(MEANS.items()),
        },
    )
    informed_on = Day(required=True, metadata={"label": "Quand ?", "read_as": "CDAS informé le"})
    informed_name = Text(
        required=True,
        maximum=80,
        validate=[validate.Regexp(_NAME, error="Un nom seulement, sans autre précision (R-PE-3).")],
        metadata={
            "label": "Qui avez-vous informé ?",
            "read_as": "Qui a été informé",
            "hint": "Nom et prénom de la personne du CDAS.",
        },
    )
    informed_function = Choice(
        FUNCTIONS,
        required=True,
        metadata={"label": "Sa fonction", "widget": "select", "choices": list(FUNCTIONS.items())},
    )
    family_informed = Choice(
        FAMILY,
        required=True,
        metadata={
            "label": "La famille est-elle informée de cette transmission ?",
            "read_as": "Information de la famille",
            "widget": "choices",
            "choices": list(FAMILY.items()),
        },
    )
    family_informed_on = Day(
        metadata={
            "label": "Quand a-t-elle été informée ?",
            "read_as": "Famille informée le",
            "shown_when": "family_informed=informed",
        }
    )
    reason_not_informed = Choice(
        REASONS_NOT_INFORMED,
        metadata={
            "label": "Pourquoi ne l’est-elle pas ?",
            "read_as": "Famille non informée, parce que",
            "widget": "choices",
            "choices": list(REASONS_NOT_INFORMED.items()),
            "shown_when": "family_informed=not_informed",
        },
    )
    art40_on = Day(
        metadata={
            "label": "Signalement au procureur (art. 40), date",
            "hint": "Seulement si le procureur a été saisi directement, en urgence.",
        }
    )
    art40_reference = Text(
        maximum=30,
        validate=[validate.Regexp(_REFERENCE, error="Une référence seulement : chiffres, lettres, / . -")],
        metadata={"label": "Signalement au procureur, référence"},
    )


class NameRecipient(Input):
    """`name_recipient`: somebody of the CDAS."""

    recipient_id = fields.UUID(
        required=True,
        error_messages={"invalid_uuid": _CHOOSE, "required": "Choisissez une personne."},
        metadata={"label": "Qui ?", "widget": "select", "from": "colleagues"},
    )


class ReceiveNotice(Input):
    """`receive` asks for nothing."""


class Assess(Input):
    """`assess`: a code and a date."""

    decision = Choice(
        DECISIONS,
        required=True,
        metadata={"label": "Suite décidée", "widget": "choices", "choices": list(DECISIONS.items())},
    )
    decided_on = Day(required=True, metadata={"label": "Décidée le"})


class GiveUp(Input):
    """`cancel` of a draft asks for nothing: nothing has left."""


ACTS: Mapping[str, type[Input]] = {
    "name_recipient": NameRecipient,
    "receive": ReceiveNotice,
    "assess": Assess,
    "cancel": GiveUp,
}
"""By transition."""
