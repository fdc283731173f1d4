"""The forms of a co-intervention (R-CI): what it states when sent, and one form for each act."""

from collections.abc import Mapping

from service.schemas import circuits, scope
from service.schemas.acts import Reason, Reassign, Undo
from service.schemas.fields import Choice, Day, Input, Text
from service.workflows.co_intervention import NEEDS, OPINIONS, OUTCOMES

_ORDINARY = "regime=ordinary"


class Statement(Input):
    """What the request says besides the person and the ground; need and opinion only where R-CI-2 asks for them."""

    receiving_unit = circuits.receiving_unit()
    regime = circuits.regime()
    need = Choice(
        NEEDS,
        metadata={
            "label": "Ce qui appelle deux professionnels",
            "widget": "choices",
            "choices": list(NEEDS.items()),
            "shown_when": _ORDINARY,
        },
    )
    need_detail = Text(
        required=True,
        maximum=4000,
        metadata={
            "label": "Ce que vous attendez de l’autre service",
            "read_as": "Ce qui est attendu de l’autre service",
            "hint": "Les compétences qu’il apporte, ou ce qui rend la situation complexe.",
            "widget": "textarea",
        },
    )
    asking_opinion_on = Day(
        metadata={
            "label": "Avis de votre service donné le",
            "read_as": "Avis du service demandeur, le",
            "widget": "date",
            "shown_when": _ORDINARY,
        }
    )
    asking_participants = Text(
        maximum=500,
        metadata={
            "label": "Qui y a participé ?",
            "read_as": "Participants à cet avis",
            "hint": "Vous, votre équipe, la famille.",
            "shown_when": _ORDINARY,
        },
    )
    asking_opinion = Text(
        maximum=4000,
        metadata={
            "label": "Avis de votre service",
            "read_as": "Avis du service demandeur",
            "hint": "Favorable, puisque vous envoyez la demande : dites pourquoi.",
            "widget": "textarea",
            "shown_when": _ORDINARY,
        },
    )
    cdas_professional = Text(
        maximum=120,
        metadata={
            "label": "Professionnel du CDAS qui prend part",
            "direction": circuits.TO_CAF,
            "needed": True,
        },
    )
    scope_event = scope.scope_event(direction=circuits.TO_CAF, needed=True)
    scope_event_on = scope.scope_event_on(direction=circuits.TO_CAF)
    has_children = scope.has_children(direction=circuits.TO_CAF)
    is_allocataire = scope.is_allocataire(direction=circuits.TO_CAF)
    out_of_scope_reason = scope.out_of_scope_reason(direction=circuits.TO_CAF)


class RecordOpinion(Input):
    """`record_opinion`: the receiving side's exchange and opinion (R-CI-4); no opinion under R-CI-2."""

    exchange_on = Day(required=True, metadata={"label": "Date de l’échange", "widget": "date"})
    participants = Text(required=True, maximum=500, metadata={"label": "Participants"})
    cdas_professional = Text(
        maximum=120,
        metadata={"label": "Professionnel du CDAS qui prend part", "direction": circuits.TO_CDAS},
    )
    opinion = Choice(
        OPINIONS,
        metadata={
            "label": "Avis de votre service",
            "read_as": "Avis du service destinataire",
            "widget": "choices",
            "choices": list(OPINIONS.items()),
        },
    )
    opinion_reason = Text(
        maximum=4000,
        metadata={
            "label": "Pour quelle raison ?",
            "read_as": "Motif de cet avis",
            "hint": "L’autre service le lit.",
            "widget": "textarea",
            "shown_when": "opinion=unfavourable",
        },
    )


class Start(Input):
    """`start`: who does what, and when it was agreed with the family (R-CI-5)."""

    cdas_scope = Text(
        required=True, maximum=4000, metadata={"label": "Ce qui revient au CDAS", "widget": "textarea"}
    )
    caf_scope = Text(
        required=True, maximum=4000, metadata={"label": "Ce qui revient à la Caf", "widget": "textarea"}
    )
    family_talk_on = Day(required=True, metadata={"label": "Échange avec la famille le", "widget": "date"})
    review_on = Day(required=True, metadata={"label": "Prochain point le", "widget": "date"})


class Review(Input):
    """`review`: what was seen together, and when next (R-CI-6)."""

    reviewed_on = Day(required=True, metadata={"label": "Point fait le", "widget": "date"})
    text = Text(required=True, metadata={"label": "Où en est la situation ?", "widget": "textarea"})
    review_on = Day(required=True, metadata={"label": "Prochain point le", "widget": "date"})


class End(Input):
    """`end`: the outcome (R-CI-6); a relay prepares a draft."""

    outcome = Choice(
        OUTCOMES,
        required=True,
        metadata={
            "label": "Issue",
            "hint": "Un relais prépare un brouillon de passage de relais, à compléter par le service qui le passe.",
            "widget": "choices",
            "choices": list(OUTCOMES.items()),
        },
    )
    outcome_detail = Text(
        maximum=2000,
        metadata={
            "label": "Précisions",
            "hint": "Nécessaires pour « autre ». L’autre service les lit.",
            "widget": "textarea",
        },
    )


ACTS: Mapping[str, type[Input]] = {
    "forward": circuits.Forward,
    "record_opinion": RecordOpinion,
    "decline": circuits.Decline,
    "start": Start,
    "review": Review,
    "end": End,
    "cancel": Reason,
    "reassign": Reassign,
    "undo": Undo,
}
"""By transition."""
