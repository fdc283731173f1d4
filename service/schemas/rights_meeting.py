"""The forms of a rendez-vous des droits (R-RD): what is asked for, and one form for each act."""

from collections.abc import Mapping
from typing import Any

from service.schemas.acts import Reason, Reassign, Undo
from service.schemas.call_form import ClockTime
from service.schemas.fields import Choice, Choices, Day, Input, Text
from service.schemas.phone import phone_protected as _protected
from service.workflows.rights_meeting import (
    ASKED_BY,
    CAF_RIGHTS,
    CODES,
    DOCUMENTS,
    IN_PERSON,
    MEANS,
    OPENED,
    RESULTS,
    RIGHTS,
    SERVICES,
    TARGET_GROUPS,
)

_SHORT: dict[str, Any] = {"required": "Cette réponse manque.", "null": "Cette réponse manque."}


def _choices(codes: Mapping[str, str], label: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "widget": "choices", "choices": list(codes.items()), **more}


def _boxes(codes: Mapping[str, str], label: str, **more: Any) -> dict[str, Any]:
    return _choices(codes, label, widget="checkboxes", **more)


class Statement(Input):
    """What the request says besides the person and the ground of the exchange."""

    asked_by = Choice(
        ASKED_BY,
        required=True,
        metadata=_choices(ASKED_BY, "D’où vient ce rendez-vous ?", read_as="Origine du rendez-vous"),
    )
    to_service = Choice(
        SERVICES,
        required=True,
        metadata=_choices(
            SERVICES, "Quel service de la Caf reçoit la personne ?", read_as="Service qui reçoit la personne"
        ),
    )
    phone = Text(
        maximum=40,
        metadata={
            "label": "Téléphone de la personne",
            "hint": "La fiche remise à la fin le reprend, sauf s’il est à protéger.",
            "inputmode": "tel",
        },
    )
    phone_protected = _protected()
    wish = Text(
        maximum=2000,
        metadata={
            "label": "Ce que la personne souhaite voir",
            "hint": "Par exemple un changement de situation, ou les moments où elle est disponible.",
            "widget": "textarea",
        },
    )


class ScheduleMeeting(Input):
    """`schedule`: when and how; the same form fixes another day."""

    meeting_on = Day(required=True, metadata={"label": "Jour du rendez-vous"})
    meeting_time = ClockTime(
        required=True, error_messages=_SHORT, metadata={"label": "Heure", "widget": "time"}
    )
    means = Choice(MEANS, required=True, metadata=_choices(MEANS, "Comment ?", read_as="Moyen"))
    place = Text(
        maximum=200,
        metadata={
            "label": "Lieu",
            "hint": "Le plus proche du domicile de la personne.",
            "shown_when": f"means={IN_PERSON}",
        },
    )


class HoldMeeting(Input):
    """`hold`: what the Caf counts, and what the summary sheet says."""

    held_on = Day(metadata={"label": "Tenu le", "hint": "Sans réponse : le jour fixé."})
    code = Choice(CODES, required=True, metadata=_choices(CODES, "Motif"))
    target_group = Choice(TARGET_GROUPS, required=True, metadata=_choices(TARGET_GROUPS, "Public concerné"))
    rights_discussed = Choices(RIGHTS, required=True, metadata=_boxes(RIGHTS, "Droits évoqués"))
    documents_awaited = Choices(
        DOCUMENTS,
        metadata=_boxes(DOCUMENTS, "Pièces attendues", hint="Aucune case : rien n’est attendu."),
    )
    summary = Text(
        maximum=2000,
        metadata={
            "label": "En quelques mots",
            "hint": "Ces mots sont imprimés sur la fiche remise à la personne.",
            "widget": "textarea",
        },
    )


class CheckRights(Input):
    """`check`: whether rights were opened, and which."""

    check_result = Choice(
        RESULTS, required=True, metadata=_choices(RESULTS, "Trois mois après le rendez-vous")
    )
    rights_opened = Choices(
        CAF_RIGHTS,
        metadata=_boxes(CAF_RIGHTS, "Droits ouverts à la Caf", shown_when=f"check_result={OPENED}"),
    )
    checked_on = Day(metadata={"label": "Vérifié le", "hint": "Sans réponse : aujourd’hui."})


ACTS: Mapping[str, type[Input]] = {
    "schedule": ScheduleMeeting,
    "hold": HoldMeeting,
    "check": CheckRights,
    "cancel": Reason,
    "reassign": Reassign,
    "undo": Undo,
}
"""By transition."""
