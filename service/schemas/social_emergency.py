"""The forms of an urgent social situation (R-US): what it states when sent, and one form for each act."""

from collections.abc import Mapping

from marshmallow import fields

from service.schemas import scope
from service.schemas.acts import Reassign, Take
from service.schemas.fields import Choice, Choices, Day, Input, Text
from service.schemas.phone import phone_protected as _protected
from service.workflows.routing import Referent
from service.workflows.social_emergency import (
    AGAINST_ROUTE,
    CANCEL_REASONS,
    CHILD_PROTECTION,
    DANGERS,
    MOTIVES,
    NOT_TOLD,
    REDIRECT_REASONS,
    REDIRECTIONS,
    REFERENT_SOURCES,
    SEND_TO,
    TREATMENTS,
    VULNERABILITIES,
)

_CODED = "Jamais de texte libre si la protection de l’enfance est en jeu."
_FOLLOWED = "|".join(who.value for who in Referent if who.accompanies)
_NOT_FOLLOWED = "|".join(who.value for who in Referent if not who.accompanies)


class Statement(Input):
    """What an emergency says besides the person and the ground of the exchange."""

    motives = Choices(
        MOTIVES,
        required=True,
        metadata={
            "label": "Motif de l’urgence",
            "hint": "Protection de l’enfance : Relais n’en garde que des codes. Les faits vont sans délai à la CRIP.",
            "widget": "checkboxes",
            "choices": list(MOTIVES.items()),
        },
    )
    vulnerabilities = Choices(
        VULNERABILITIES,
        required=True,
        metadata={
            "label": "Vulnérabilité de la personne",
            "widget": "checkboxes",
            "choices": list(VULNERABILITIES.items()),
        },
    )
    vulnerability_detail = Text(
        maximum=500,
        allow_none=True,
        metadata={
            "label": "Laquelle, si c’est une autre ?",
            "read_as": "Autre vulnérabilité",
            "hint": _CODED,
        },
    )
    danger = fields.Boolean(
        allow_none=True,
        error_messages={"invalid": "Répondez par oui ou par non."},
        metadata={"label": "Il y a un danger", "widget": "checkbox"},
    )
    danger_reason = Choice(
        DANGERS,
        allow_none=True,
        metadata={
            "label": "Lequel ?",
            "read_as": "Quel danger",
            "hint": "Avec un danger, l’envoi est possible malgré une opposition : la raison est notée, "
            "le responsable est prévenu.",
            "widget": "choices",
            "choices": list(DANGERS.items()),
            "shown_when": "danger=1",
        },
    )
    not_told_code = Choice(
        NOT_TOLD,
        allow_none=True,
        metadata={
            "label": "Personne non informée : pourquoi, en protection de l’enfance ?",
            "read_as": "Personne non informée, parce que",
            "widget": "choices",
            "choices": list(NOT_TOLD.items()),
            "shown_when": f"motives={CHILD_PROTECTION}",
            "optional": True,
        },
    )
    who_accompanies = Choice(
        Referent,
        required=True,
        metadata={
            "label": "Qui accompagne la personne ?",
            "read_as": "Accompagnée par",
            "widget": "choices",
            "choices": [(who.value, who.label) for who in Referent],
        },
    )
    referent_worker = fields.UUID(
        allow_none=True,
        error_messages={"invalid_uuid": "Choisissez dans la liste."},
        metadata={
            "label": "Quel travailleur social de la Caf ?",
            "read_as": "Travailleur social de la Caf",
            "hint": "Sans réponse, le secrétariat du service social de la Caf organise le traitement.",
            "widget": "select",
            "from": "social_workers",
            "shown_when": "who_accompanies=caf_worker",
            "optional": True,
        },
    )
    referent_cdas = Text(
        maximum=40,
        allow_none=True,
        metadata={
            "label": "Quel CDAS ?",
            "read_as": "CDAS",
            "widget": "select",
            "from": "cdas",
            "shown_when": "who_accompanies=cdas_other",
        },
    )
    referent_unit = Text(
        maximum=120,
        allow_none=True,
        metadata={
            "label": "Quel service ?",
            "read_as": "Service",
            "hint": "La personne est dirigée vers lui.",
            "shown_when": "who_accompanies=external",
        },
    )
    referent_name = Text(
        maximum=120,
        allow_none=True,
        metadata={
            "label": "Nom du travailleur social",
            "shown_when": f"who_accompanies={_FOLLOWED}",
            "optional": True,
        },
    )
    referent_source = Choice(
        REFERENT_SOURCES,
        allow_none=True,
        metadata={
            "label": "Comment le savez-vous ?",
            "read_as": "Su par",
            "widget": "choices",
            "choices": list(REFERENT_SOURCES.items()),
            "shown_when": f"who_accompanies={_FOLLOWED}",
            "optional": True,
        },
    )
    referent_known_on = Day(
        allow_none=True,
        metadata={
            "label": "Depuis quand le savez-vous ?",
            "read_as": "Su depuis le",
            "shown_when": f"who_accompanies={_FOLLOWED}",
            "optional": True,
        },
    )
    scope_event = scope.scope_event(shown_when=f"who_accompanies={_NOT_FOLLOWED}")
    scope_event_on = scope.scope_event_on()
    has_children = scope.has_children(shown_when=f"who_accompanies={_NOT_FOLLOWED}")
    is_allocataire = scope.is_allocataire(shown_when=f"who_accompanies={_NOT_FOLLOWED}")
    answer_given = Choices(
        TREATMENTS,
        metadata={
            "label": "Réponse déjà donnée à l’urgence",
            "hint": "Quand personne n’accompagne encore la personne, le CDAS répond à l’urgence.",
            "widget": "checkboxes",
            "choices": list(TREATMENTS.items()),
        },
    )
    answered_on = Day(allow_none=True, metadata={"label": "Donnée le"})
    receiving_cdas = Text(
        maximum=40,
        allow_none=True,
        metadata={
            "label": "CDAS destinataire",
            "hint": "Depuis la Caf : sans réponse, le CDAS de la commune.",
            "widget": "select",
            "from": "cdas",
        },
    )
    send_to = Choice(
        SEND_TO,
        allow_none=True,
        metadata={
            "label": "Envoyer ailleurs que là où l’urgence revient",
            "read_as": "Envoyée",
            "widget": "select",
            "choices": list(SEND_TO.items()),
        },
    )
    against_route_reason = Choice(
        AGAINST_ROUTE,
        allow_none=True,
        metadata={
            "label": "Pourquoi l’envoyer ailleurs ?",
            "read_as": "Envoyée ailleurs, parce que",
            "widget": "choices",
            "choices": list(AGAINST_ROUTE.items()),
            "shown_when": f"send_to={'|'.join(SEND_TO)}",
            "optional": True,
        },
    )
    against_route_detail = Text(
        maximum=500,
        allow_none=True,
        metadata={"label": "Précisez", "hint": _CODED, "shown_when": "against_route_reason=other"},
    )
    phone = Text(
        maximum=40, allow_none=True, metadata={"label": "Téléphone de la personne", "inputmode": "tel"}
    )
    phone_protected = _protected()
    description = Text(
        maximum=2000,
        allow_none=True,
        metadata={"label": "La situation en quelques mots", "hint": _CODED, "widget": "textarea"},
    )


class HandleEmergency(Input):
    """`handle`: what was done, and when."""

    treatments = Choices(
        TREATMENTS,
        required=True,
        metadata={"label": "Ce qui a été fait", "widget": "checkboxes", "choices": list(TREATMENTS.items())},
    )
    handled_on = Day(required=True, metadata={"label": "Fait le"})
    detail = Text(
        maximum=2000,
        metadata={
            "label": "En quelques mots",
            "hint": f"Le service demandeur le lit tel quel. {_CODED}",
            "widget": "textarea",
        },
    )


class RedirectEmergency(Input):
    """`redirect`: to whom, and why."""

    redirect_to = Choice(
        REDIRECTIONS,
        required=True,
        metadata={
            "label": "À qui ?",
            "read_as": "Réorientée vers",
            "widget": "choices",
            "choices": list(REDIRECTIONS.items()),
        },
    )
    redirect_cdas = Text(
        maximum=40,
        metadata={
            "label": "Quel CDAS ?",
            "read_as": "CDAS",
            "widget": "select",
            "from": "cdas",
            "shown_when": "redirect_to=cdas",
        },
    )
    redirect_reason = Choice(
        REDIRECT_REASONS,
        required=True,
        metadata={
            "label": "Pour quelle raison ?",
            "read_as": "Raison de la réorientation",
            "widget": "choices",
            "choices": list(REDIRECT_REASONS.items()),
        },
    )
    detail = Text(
        maximum=1000,
        metadata={
            "label": "En quelques mots",
            "hint": f"Le service demandeur le lit tel quel. {_CODED}",
            "widget": "textarea",
        },
    )


class CloseEmergency(Input):
    """`close` asks for nothing."""


class CancelEmergency(Input):
    """`cancel`: why."""

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
    detail = Text(maximum=1000, metadata={"label": "Précisez", "hint": _CODED, "widget": "textarea"})


ACTS: Mapping[str, type[Input]] = {
    "take": Take,
    "handle": HandleEmergency,
    "redirect": RedirectEmergency,
    "close": CloseEmergency,
    "cancel": CancelEmergency,
    "reassign": Reassign,
}
