"""The forms of a request for an appointment (R-RV): what it states when sent, and one form for each act."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from service.schemas import scope
from service.schemas.acts import Reason, Reassign, Undo
from service.schemas.call_form import ClockTime
from service.schemas.fields import Choice, Day, Input, Matricule, Text
from service.schemas.phone import phone_protected as _protected
from service.workflows.accompaniment import EVENTS
from service.workflows.appointment import (
    ABSENCES,
    CALL_RESULTS,
    OUTCOMES,
    REDIRECTIONS,
    REFUSED_OFFER,
    SOURCES,
)
from service.workflows.routing import Referent

_WHO = [(who.value, who.label) for who in Referent]
_SHORT: dict[str, Any] = {"required": "Cette réponse manque.", "null": "Cette réponse manque."}


class Statement(Input):
    """What the request says besides the person and the ground of the exchange."""

    source = Choice(
        SOURCES,
        required=True,
        metadata={
            "label": "D’où vient la demande ?",
            "read_as": "Origine de la demande",
            "widget": "choices",
            "choices": list(SOURCES.items()),
        },
    )
    phone = Text(
        maximum=40,
        allow_none=True,
        metadata={
            "label": "Téléphone de la personne",
            "hint": "Le secrétariat de la Caf la rappelle à ce numéro.",
            "inputmode": "tel",
        },
    )
    phone_protected = _protected()
    who_accompanies = Choice(
        Referent,
        allow_none=True,
        metadata={
            "label": "Qui accompagne déjà la personne ?",
            "read_as": "Déjà accompagnée par",
            "widget": "choices",
            "choices": _WHO,
        },
    )
    referent_name = Text(
        maximum=120,
        allow_none=True,
        metadata={
            "label": "Nom du travailleur social",
            "shown_when": f"who_accompanies={'|'.join(who.value for who in Referent if who.accompanies)}",
            "optional": True,
        },
    )
    scope_event = scope.scope_event(needed=True)
    scope_event_on = scope.scope_event_on()
    has_children = scope.has_children()
    is_allocataire = scope.is_allocataire()
    out_of_scope_reason = scope.out_of_scope_reason()
    description = Text(
        maximum=2000,
        allow_none=True,
        metadata={
            "label": "Ce qui est utile au rendez-vous",
            "hint": "Par exemple les moments où la personne peut répondre.",
            "widget": "textarea",
        },
    )


class LogCall(Input):
    """`log_call`: whether the person was reached, and what was learnt of the scope."""

    call_result = Choice(
        CALL_RESULTS,
        required=True,
        metadata={"label": "L’appel", "widget": "choices", "choices": list(CALL_RESULTS.items())},
    )
    scope_event = scope.scope_event(shown_when="call_result=reached")
    scope_event_on = scope.scope_event_on()
    has_children = scope.has_children(shown_when="call_result=reached")
    is_allocataire = scope.is_allocataire(shown_when="call_result=reached")
    who_accompanies = Choice(
        Referent,
        metadata={
            "label": "Qui accompagne déjà la personne ?",
            "read_as": "Déjà accompagnée par",
            "widget": "choices",
            "choices": _WHO,
            "shown_when": "call_result=reached",
            "optional": True,
        },
    )


class Offer(Input):
    """`offer`: the day, the place nearest to home, the worker of the sector."""

    meeting_on = Day(required=True, metadata={"label": "Jour du rendez-vous"})
    meeting_time = ClockTime(
        required=True, error_messages=_SHORT, metadata={"label": "Heure", "widget": "time"}
    )
    place = Text(
        required=True,
        maximum=200,
        metadata={"label": "Lieu", "hint": "Le plus proche du domicile de la personne."},
    )
    holder_id = fields.UUID(
        required=True,
        error_messages={"invalid_uuid": "Choisissez dans la liste.", **_SHORT},
        metadata={"label": "Travailleur social du secteur", "widget": "select", "from": "social_workers"},
    )


class Schedule(Input):
    """`schedule`: what differs from the offer; everything when nothing was offered. The form begins with the offer."""

    meeting_on = Day(metadata={"label": "Jour du rendez-vous", "needed": True})
    meeting_time = ClockTime(metadata={"label": "Heure", "widget": "time", "needed": True})
    place = Text(
        maximum=200,
        metadata={"label": "Lieu", "hint": "Le plus proche du domicile de la personne.", "needed": True},
    )
    holder_id = fields.UUID(
        error_messages={"invalid_uuid": "Choisissez dans la liste."},
        metadata={
            "label": "Travailleur social du secteur",
            "widget": "select",
            "from": "social_workers",
            "needed": True,
        },
    )


class RefuseOffer(Input):
    """`refuse_offer`: why the person says no."""

    refused_because = Choice(
        REFUSED_OFFER,
        required=True,
        metadata={
            "label": "Pour quelle raison ?",
            "read_as": "Raison du refus",
            "widget": "choices",
            "choices": list(REFUSED_OFFER.items()),
        },
    )


class NoShow(Input):
    """`no_show`: with or without notice."""

    absence = Choice(
        ABSENCES,
        required=True,
        metadata={
            "label": "La personne n’est pas venue",
            "widget": "choices",
            "choices": list(ABSENCES.items()),
        },
    )


class Hold(Input):
    """`hold`: on another day than the one that was fixed."""

    held_on = Day(metadata={"label": "Tenu le", "hint": "Sans réponse : le jour fixé."})


class RedirectAppointment(Input):
    """`redirect`: where, and why."""

    redirect_to = Choice(
        REDIRECTIONS,
        required=True,
        metadata={
            "label": "Vers qui ?",
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
    redirect_service = Text(
        maximum=120,
        metadata={"label": "Quel service ?", "read_as": "Service", "shown_when": "redirect_to=other_service"},
    )
    detail = Text(
        required=True,
        maximum=2000,
        metadata={
            "label": "Pour quelle raison ?",
            "hint": "Le service demandeur le lit tel quel.",
            "widget": "textarea",
        },
    )


class CloseAppointment(Input):
    """`close`: what came of the appointment, or that the person can not be reached."""

    outcome = Choice(
        OUTCOMES,
        required=True,
        metadata={"label": "Issue", "widget": "choices", "choices": list(OUTCOMES.items())},
    )
    event = Choice(
        EVENTS,
        metadata={
            "label": "Événement",
            "widget": "select",
            "choices": list(EVENTS.items()),
            "shown_when": "outcome=accompaniment_opened",
        },
    )
    event_on = Day(
        metadata={
            "label": "Date de l’événement",
            "shown_when": "outcome=accompaniment_opened",
            "optional": True,
        }
    )
    term_on = Day(
        metadata={"label": "Terme de l’accompagnement", "shown_when": "outcome=accompaniment_opened"}
    )
    matricule = Matricule(
        metadata={
            "label": "Matricule Caf",
            "hint": "Sans réponse : celui de la demande.",
            "inputmode": "numeric",
            "shown_when": "outcome=accompaniment_opened",
            "optional": True,
        }
    )
    redirect_to = Choice(
        REDIRECTIONS,
        metadata={
            "label": "Vers qui ?",
            "read_as": "Réorientée vers",
            "widget": "choices",
            "choices": list(REDIRECTIONS.items()),
            "shown_when": "outcome=redirected",
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
    redirect_service = Text(
        maximum=120,
        metadata={"label": "Quel service ?", "read_as": "Service", "shown_when": "redirect_to=other_service"},
    )
    detail = Text(
        maximum=2000,
        metadata={
            "label": "En quelques mots",
            "hint": "Nécessaire pour une réorientation. Le service demandeur le lit tel quel.",
            "widget": "textarea",
        },
    )


ACTS: Mapping[str, type[Input]] = {
    "log_call": LogCall,
    "offer": Offer,
    "schedule": Schedule,
    "refuse_offer": RefuseOffer,
    "no_show": NoShow,
    "hold": Hold,
    "close": CloseAppointment,
    "redirect": RedirectAppointment,
    "cancel": Reason,
    "reassign": Reassign,
    "undo": Undo,
}
