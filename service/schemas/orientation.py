"""What a fiche d’orientation asks for, and its acts (R-OR)."""

from collections.abc import Mapping

from service.schemas import scope
from service.schemas.acts import Reassign, Undo
from service.schemas.fields import Choice, Input, Text
from service.workflows.orientation import JUDGEMENTS, SERVICES
from service.workflows.orientation_rules import Reason
from service.workflows.routing import Referent

_REFERENTS = [
    (
        one.value,
        "Un travailleur social du CDAS qui oriente, ou du CDAS du domicile si la Caf oriente"
        if one is Referent.CDAS_SAME
        else one.label,
    )
    for one in Referent
]
_SOCIAL = "reason=accompagnement|instruction_autre"
_NAMED = "accompanied_by=caf_worker|cdas_same|cdas_other|external"


class Statement(Input):
    """What is asked when the fiche is sent, besides the person and the ground of the exchange."""

    reason = Choice(
        Reason,
        required=True,
        metadata={
            "label": "Que demande la personne ?",
            "read_as": "Demande de la personne",
            "widget": "choices",
            "choices": [(one.value, one.label) for one in Reason],
        },
    )
    accompanied_by = Choice(
        Referent,
        required=True,
        metadata={
            "label": "Qui accompagne la personne ?",
            "read_as": "Accompagnée par",
            "widget": "choices",
            "choices": _REFERENTS,
        },
    )
    accompanied_by_name = Text(
        maximum=120,
        metadata={
            "label": "Son nom, ou le nom du service",
            "hint": "Nécessaire pour un service extérieur.",
            "shown_when": _NAMED,
            "optional": True,
        },
    )
    scope_event = scope.scope_event(shown_when=_SOCIAL)
    scope_event_on = scope.scope_event_on()
    has_children = scope.has_children(shown_when=_SOCIAL)
    is_allocataire = scope.is_allocataire(shown_when=_SOCIAL)
    to_service = Choice(
        SERVICES,
        required=True,
        metadata={
            "label": "À quel service adressez-vous la fiche ?",
            "read_as": "Service auquel la fiche est adressée",
            "widget": "choices",
            "choices": list(SERVICES.items()),
        },
    )
    receiving_unit = Text(
        maximum=40,
        metadata={
            "label": "Quel CDAS ?",
            "read_as": "CDAS destinataire",
            "hint": "Sans réponse : le CDAS de la commune du domicile.",
            "widget": "select",
            "from": "cdas",
            "shown_when": "to_service=cdas",
            "optional": True,
        },
    )
    reason_not_followed = Text(
        maximum=500,
        metadata={
            "label": "Pourquoi un autre service que celui indiqué ?",
            "read_as": "Autre service que celui indiqué, parce que",
            "hint": "Demandé seulement si vous ne suivez pas le service que les règles indiquent.",
            "widget": "textarea",
        },
    )


class Receive(Input):
    """`receive` asks for nothing."""


class Judge(Input):
    """`judge`: justified or not, and why; the sender reads it."""

    judgement = Choice(
        JUDGEMENTS,
        required=True,
        metadata={
            "label": "Cette orientation était",
            "widget": "choices",
            "choices": list(JUDGEMENTS.items()),
        },
    )
    judgement_reason = Text(
        required=True,
        maximum=1000,
        metadata={
            "label": "Pour quelle raison ?",
            "widget": "textarea",
            "hint": "Le service qui a orienté la lit telle quelle.",
        },
    )


ACTS: Mapping[str, type[Input]] = {
    "receive": Receive,
    "judge": Judge,
    "reassign": Reassign,
    "undo": Undo,
}
"""By transition."""
