"""The forms of a relay (R-PR): what it states when sent, and one form for each act."""

from collections.abc import Mapping

from marshmallow import fields

from service.schemas import circuits, scope
from service.schemas.acts import Reassign, Undo
from service.schemas.fields import Choice, Day, Input, Text
from service.workflows.handover import CANCEL_REASONS, CASES, LINKS, MEANS


class Statement(Input):
    """What the request says besides the person and the ground, which must be an agreement (R-PR-1)."""

    receiving_unit = circuits.receiving_unit()
    agreement_collected_by = Text(
        required=True,
        maximum=120,
        metadata={
            "label": "Qui a recueilli l’accord de la personne ?",
            "read_as": "Accord recueilli par",
            "hint": "Sans accord daté, le relais ne part pas.",
        },
    )
    regime = circuits.regime()
    relay_case = Choice(
        CASES,
        required=True,
        metadata={
            "label": "Pourquoi un relais ?",
            "read_as": "Motif du relais",
            "widget": "choices",
            "choices": list(CASES.items()),
        },
    )
    relay_case_detail = Text(
        maximum=2000,
        metadata={
            "label": "Quelle raison ?",
            "read_as": "Raison du relais",
            "widget": "textarea",
            "shown_when": "relay_case=other",
        },
    )
    known_to_receiver = Choice(
        LINKS,
        required=True,
        metadata={
            "label": "Le service destinataire connaît-il la situation ?",
            "read_as": "Le service destinataire et la situation",
            "hint": "Un relais vers un service qui la connaît suppose peu de liens, ou plus aucun ; rien n’est bloqué.",
            "widget": "choices",
            "choices": list(LINKS.items()),
        },
    )
    communication = Choice(
        MEANS,
        required=True,
        metadata={
            "label": "Communication avec l’autre service",
            "widget": "choices",
            "choices": list(MEANS.items()),
        },
    )
    communicated_on = Day(
        required=True, metadata={"label": "Faite le", "read_as": "Communication faite le", "widget": "date"}
    )
    communicated_by = Text(
        required=True, maximum=120, metadata={"label": "Par qui ?", "read_as": "Communication faite par"}
    )
    communicated_to = Text(
        required=True, maximum=120, metadata={"label": "À qui ?", "read_as": "Communication faite à"}
    )
    communication_content = Text(
        required=True,
        maximum=6000,
        metadata={
            "label": "Son contenu, ou un résumé",
            "read_as": "Contenu de la communication",
            "widget": "textarea",
        },
    )
    scope_event = scope.scope_event(direction=circuits.TO_CAF, needed=True)
    scope_event_on = scope.scope_event_on(direction=circuits.TO_CAF)
    has_children = scope.has_children(direction=circuits.TO_CAF)
    is_allocataire = scope.is_allocataire(direction=circuits.TO_CAF)
    out_of_scope_reason = scope.out_of_scope_reason(direction=circuits.TO_CAF)


class RecordExchange(Input):
    """`record_exchange`: when and who, and whether a joint meeting with the family is wanted (R-PR-4)."""

    exchange_on = Day(required=True, metadata={"label": "Date de l’échange", "widget": "date"})
    participants = Text(required=True, maximum=500, metadata={"label": "Participants"})
    joint_meeting = scope.flag(
        "Une rencontre commune avec la famille est-elle utile ?", read_as="Rencontre commune utile"
    )


class PlanMeeting(Input):
    """`plan_meeting`: the joint meeting with the family (R-PR-4)."""

    meeting_on = Day(required=True, metadata={"label": "Date de la rencontre", "widget": "date"})
    meeting_place = Text(required=True, maximum=200, metadata={"label": "Lieu"})


class Accept(Input):
    """`accept`: who takes it (R-PR-6)."""

    holder_id = fields.UUID(
        required=True,
        error_messages={
            "invalid_uuid": "Choisissez dans la liste.",
            "required": "Nommez qui reprend le relais.",
        },
        metadata={"label": "Qui reprend le relais ?", "widget": "select", "from": "colleagues"},
    )


class Confirm(Input):
    """`confirm` asks for nothing."""


class Cancel(Input):
    """`cancel`: why; the receiving service only when the person withdraws the agreement (R-PR-1)."""

    cancel_reason = Choice(
        CANCEL_REASONS,
        required=True,
        metadata={
            "label": "Pour quelle raison ?",
            "read_as": "Raison de l’annulation",
            "widget": "choices",
            "choices": list(CANCEL_REASONS.items()),
        },
    )
    reason = Text(
        maximum=2000,
        metadata={
            "label": "Précisions",
            "widget": "textarea",
            "hint": "Nécessaires pour une autre raison. L’autre service les lit.",
        },
    )


ACTS: Mapping[str, type[Input]] = {
    "forward": circuits.Forward,
    "record_exchange": RecordExchange,
    "plan_meeting": PlanMeeting,
    "accept": Accept,
    "decline": circuits.Decline,
    "confirm": Confirm,
    "cancel": Cancel,
    "reassign": Reassign,
    "undo": Undo,
}
"""By transition."""
