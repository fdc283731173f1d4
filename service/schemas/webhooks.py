"""The form that registers an address for webhooks: one list of boxes for each kind of request."""

from collections.abc import Mapping
from typing import Any

from service.schemas.fields import Choices, Input, Text
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import EVENTS, LONGEST_URL, event_name


class _Address(Input):
    label = Text(
        required=True,
        maximum=80,
        metadata={"label": "Quel logiciel ?", "hint": "Par exemple « tableau de bord du Département »."},
    )
    url = Text(
        required=True,
        maximum=LONGEST_URL,
        metadata={
            "label": "Adresse à prévenir",
            "hint": "En https://, sur une des machines que l’exploitant a listées.",
            "inputmode": "url",
            "width": "full",
        },
    )


KINDS: Mapping[str, Choices] = {
    kind: Choices(
        acts,
        metadata={"label": WORKFLOWS[kind].label, "widget": "checkboxes", "choices": list(acts.items())},
    )
    for kind, acts in EVENTS.items()
}

Register: type[Input] = _Address.from_dict(dict(KINDS), name="Register")  # type: ignore[assignment]
"""« Prévenir un logiciel »: its name, its address, and what it is told of."""


def chosen(given: Mapping[str, Any]) -> list[str]:
    """The names of the ticked events."""
    return [event_name(kind, act) for kind in KINDS for act in given.get(kind, ())]
