"""The questions about the scope of the Caf social service (R-EL), the same on every form that asks them."""

from typing import Any

from marshmallow import fields

from service.schemas.fields import Choice, Day, Text
from service.workflows.scope import ScopeEvent

YES_NO = [("true", "Oui"), ("false", "Non")]
SCOPE_EVENTS = [(event.value, event.label) for event in ScopeEvent]
_DATED = "|".join(
    event.value for event in ScopeEvent if event.needs_date or event is ScopeEvent.ISOLATED_PREGNANCY
)


def flag(label: str, **metadata: Any) -> fields.Boolean:
    """A question answered by yes, by no, or not at all."""
    return fields.Boolean(
        allow_none=True,
        error_messages={"invalid": "Répondez par oui ou par non."},
        metadata={"label": label, "widget": "choices", "choices": YES_NO, **metadata},
    )


def scope_event(**metadata: Any) -> Choice:
    """The event that the person lives."""
    said = {
        "label": "Événement vécu par la famille",
        "widget": "choices",
        "choices": SCOPE_EVENTS,
        "optional": True,
        **metadata,
    }
    return Choice(ScopeEvent, allow_none=True, metadata=said)


def scope_event_on(**metadata: Any) -> Day:
    """Its day."""
    return Day(
        allow_none=True,
        metadata={
            "label": "Date de l’événement",
            "hint": "Naissance, décès, séparation, ou terme prévu d’une grossesse.",
            "shown_when": f"scope_event={_DATED}",
            **metadata,
        },
    )


def has_children(**metadata: Any) -> fields.Boolean:
    """The dependent child of the rule."""
    return flag(
        "Y a-t-il au moins un enfant à charge ?", read_as="Enfant à charge", optional=True, **metadata
    )


def is_allocataire(**metadata: Any) -> fields.Boolean:
    """The allocataire of the rule."""
    return flag(
        "La famille est-elle allocataire de la Caf ?",
        read_as="Famille allocataire",
        optional=True,
        **metadata,
    )


def out_of_scope_reason(**metadata: Any) -> Text:
    """Why it is sent all the same."""
    return Text(
        maximum=1000,
        allow_none=True,
        metadata={
            "label": "Hors du périmètre : pourquoi l’envoyer tout de même ?",
            "read_as": "Envoyée hors du périmètre, parce que",
            "hint": "Demandé seulement si l’événement est hors du périmètre. Le secrétariat de la Caf décide.",
            "widget": "textarea",
            **metadata,
        },
    )
