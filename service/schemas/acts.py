"""What each transition asks for: one schema per row of the table, for the page's form and the API's body."""

from collections.abc import Mapping

from marshmallow import fields, validate

from service.schemas.fields import Choice, Day, Input, Matricule, Text
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import OUTCOMES, REJECTION_REASONS

_BENEFITS = [(benefit.value, benefit.label) for benefit in Benefit]
_EVENTS = [(event.value, event.label) for event in Event]


class Decision(Input):
    """What the Caf decides, with the ground that it kept where that is another than the one declared (R-UD-8)."""

    kept_benefit = Choice(
        Benefit,
        metadata={
            "label": "Prestation retenue, si c’est une autre",
            "widget": "select",
            "choices": _BENEFITS,
            "placeholder": "Comme déclarée",
            "last": True,
        },
    )
    kept_event = Choice(
        Event,
        metadata={
            "label": "Ce qui s’est passé, si c’est autre chose",
            "widget": "select",
            "choices": _EVENTS,
            "placeholder": "Comme déclaré",
            "last": True,
        },
    )


class Complete(Input):
    """`complete`: what a message or a call left out; blanks leave things as they are."""

    asking_unit = Text(maximum=40, metadata={"label": "CDAS demandeur", "widget": "select", "from": "cdas"})
    matricule = Matricule(metadata={"label": "Matricule Caf", "hint": "7 chiffres.", "inputmode": "numeric"})
    last_name = Text(maximum=80, metadata={"label": "Nom"})
    first_name = Text(maximum=80, metadata={"label": "Prénom"})
    commune = Text(maximum=5, metadata={"label": "Commune", "widget": "select", "from": "communes"})
    benefit = Choice(Benefit, metadata={"label": "Prestation", "widget": "select", "choices": _BENEFITS})
    event = Choice(Event, metadata={"label": "Que s’est-il passé ?", "widget": "choices", "choices": _EVENTS})
    last_payment_on = Day(metadata={"label": "Dernier versement reçu"})


class Assign(Input):
    """`assign`: a team, optionally a person."""

    unit_id = Text(
        required=True, maximum=40, metadata={"label": "Équipe", "widget": "select", "from": "prestations"}
    )
    holder_id = fields.UUID(
        allow_none=True,
        error_messages={"invalid_uuid": "Choisissez dans la liste."},
        metadata={"label": "Personne", "widget": "select", "from": "colleagues"},
    )


class Reject(Decision):
    """`reject`: why, in a sentence for the partner, and where to turn instead."""

    reason = Choice(
        REJECTION_REASONS,
        required=True,
        metadata={
            "label": "Pourquoi ne pas la retenir ?",
            "widget": "choices",
            "choices": list(REJECTION_REASONS.items()),
        },
    )
    duplicate_of = Text(
        maximum=16,
        metadata={
            "label": "Référence de la demande déjà en cours",
            "hint": "Par exemple UD-4F7K-92QX.",
            "references": True,
            "shown_when": "reason=duplicate",
        },
    )
    sentence = Text(
        required=True,
        maximum=2000,
        metadata={
            "label": "Une phrase pour le CDAS",
            "widget": "textarea",
            "hint": "Le CDAS la lit telle quelle.",
        },
    )
    turn_to = Text(
        required=True, maximum=500, metadata={"label": "Où s’adresser à la place", "widget": "textarea"}
    )


class Take(Input):
    """`take` asks for nothing."""


class Ask(Input):
    """`ask`: the question."""

    question = Text(
        required=True,
        metadata={
            "label": "Votre question au CDAS",
            "widget": "textarea",
            "hint": "Le délai de la Caf est suspendu jusqu’à la réponse.",
        },
    )


class Reply(Input):
    """`reply`: the answer to the question."""

    text = Text(required=True, metadata={"label": "Votre réponse à la Caf", "widget": "textarea"})


class Answer(Decision):
    """`answer`: what came out of it."""

    outcome = Choice(
        OUTCOMES,
        required=True,
        metadata={"label": "Issue", "widget": "choices", "choices": list(OUTCOMES.items())},
    )
    outcome_on = Day(
        metadata={
            "label": "À quelle date ?",
            "hint": "Date du paiement, ou jusqu’à quand le dossier est en vérification.",
            "shown_when": "outcome=payment_scheduled|under_review",
        }
    )
    outcome_detail = Text(
        maximum=500,
        metadata={
            "label": "Lesquelles, ou lequel ?",
            "hint": "Les pièces demandées, ou l’organisme attendu.",
            "shown_when": "outcome=documents_requested|other_body",
        },
    )
    text = Text(required=True, metadata={"label": "Votre réponse au CDAS", "widget": "textarea"})
    how_known = Text(
        maximum=500,
        metadata={
            "label": "Comment l’information vous est-elle parvenue ?",
            "hint": "Nécessaire si vous répondez avant le CDAS à qui vous aviez posé une question.",
            "only_in": "waiting_partner",
        },
    )


class Acknowledge(Input):
    """`acknowledge`: optionally a mark and a remark."""

    usefulness = fields.Integer(
        allow_none=True,
        validate=validate.Range(1, 5, error="De 1 à 5."),
        error_messages={"invalid": "De 1 à 5."},
        metadata={
            "label": "Cette réponse vous a-t-elle été utile ?",
            "widget": "choices",
            "choices": [("1", "1 – peu"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5 – beaucoup")],
        },
    )
    remark = Text(maximum=2000, metadata={"label": "Une remarque", "widget": "textarea"})


class Reason(Input):
    """`reopen`, `contest`, `cancel`: why."""

    reason = Text(
        required=True, maximum=2000, metadata={"label": "Pour quelle raison ?", "widget": "textarea"}
    )


class Reassign(Input):
    """`reassign`: the colleague."""

    holder_id = fields.UUID(
        required=True,
        error_messages={"invalid_uuid": "Choisissez dans la liste.", "required": "Choisissez un collègue."},
        metadata={"label": "À qui ?", "widget": "select", "from": "colleagues"},
    )


class Undo(Input):
    """`undo`: nothing is asked."""


ACTS: Mapping[str, type[Input]] = {
    "complete": Complete,
    "assign": Assign,
    "reject": Reject,
    "take": Take,
    "ask": Ask,
    "reply": Reply,
    "answer": Answer,
    "acknowledge": Acknowledge,
    "reopen": Reason,
    "contest": Reason,
    "cancel": Reason,
    "reassign": Reassign,
    "undo": Undo,
}
"""By transition; `submit` and `record_call` have schemas of their own."""
