"""The forms that co-intervention and relay share (R-CI-3): to whom, passed on to whom, declined, which regime."""

from marshmallow import fields

from service.schemas.fields import Choice, Day, Input, Text
from service.workflows.circuits import DECLINE_REASONS, REGIMES

TO_CAF, TO_CDAS = "to_caf", "to_cdas"
"""The `direction` in which a field is asked for; without it, in both."""


def receiving_unit() -> Text:
    """The CDAS to which the Caf writes."""
    return Text(
        maximum=40,
        metadata={
            "label": "CDAS destinataire",
            "hint": "Celui du domicile de la personne. Sans réponse : celui de sa commune.",
            "widget": "select",
            "from": "cdas",
            "direction": TO_CDAS,
        },
    )


def regime() -> Choice:
    """Child protection, RSA follow-up, or neither (R-CI-2, R-PR-5)."""
    return Choice(
        REGIMES,
        required=True,
        metadata={
            "label": "La situation est-elle suivie par le CDAS à l’un de ces titres ?",
            "read_as": "Suivi par le CDAS",
            "widget": "choices",
            "choices": list(REGIMES.items()),
        },
    )


class Forward(Input):
    """`forward`: the worker of the sector at the Caf, or the date of the concertation at a CDAS (R-CI-3)."""

    holder_id = fields.UUID(
        error_messages={"invalid_uuid": "Choisissez dans la liste."},
        metadata={
            "label": "Travailleur social du secteur",
            "hint": "Ceux du secteur de la personne sont proposés en premier.",
            "widget": "select",
            "from": "social_workers",
            "direction": TO_CAF,
            "needed": True,
        },
    )
    concertation_on = Day(
        metadata={
            "label": "Date de la concertation de service social",
            "direction": TO_CDAS,
            "widget": "date",
            "needed": True,
        }
    )


class Decline(Input):
    """`decline`: why, in a sentence for the other service, and where to turn instead."""

    decline_reason = Choice(
        DECLINE_REASONS,
        required=True,
        metadata={"label": "Motif", "widget": "choices", "choices": list(DECLINE_REASONS.items())},
    )
    sentence = Text(
        required=True,
        maximum=2000,
        metadata={
            "label": "Une phrase pour le service demandeur",
            "widget": "textarea",
            "hint": "Il la lit telle quelle.",
        },
    )
    turn_to = Text(
        required=True, maximum=500, metadata={"label": "Où s’adresser à la place", "widget": "textarea"}
    )
