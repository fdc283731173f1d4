"""The form of a model of answer."""

from collections.abc import Mapping
from typing import Any

from service.schemas.fields import Choice, Input, Text, load
from service.workflows.answer_models import LONGEST_BODY, LONGEST_TITLE, Wording

WHOSE = {"own": "Pour moi seul", "unit": "Pour tout mon service"}


class WordingForm(Input):
    """The title by which one finds it, and the text."""

    title = Text(
        required=True,
        maximum=LONGEST_TITLE,
        metadata={
            "label": "Nom du modèle",
            "hint": "Ce qui le fait retrouver dans la liste.",
            "width": "full",
        },
    )
    body = Text(
        required=True,
        maximum=LONGEST_BODY,
        metadata={
            "label": "Texte",
            "widget": "textarea",
            "hint": "Sans nom, ni matricule, ni rien d’une personne : ce qui lui est propre s’ajoute sur la demande.",
        },
    )


class NewForm(WordingForm):
    """The same, and for whom it is."""

    whose = Choice(
        WHOSE,
        required=True,
        metadata={"label": "Pour qui ?", "widget": "choices", "choices": [*WHOSE.items()]},
    )


def wording_of(typed: Mapping[str, Any]) -> Wording:
    """What was typed; refuses (InvalidInput) what is missing or too long."""
    given = load(WordingForm(unknown="exclude"), typed)
    return Wording(given["title"], given["body"])


def new_of(typed: Mapping[str, Any], *, keeps: bool) -> tuple[Wording, bool]:
    """A new one, and whether it is for the unit; who keeps none of a unit is not asked."""
    if not keeps:
        return wording_of(typed), False
    given = load(NewForm(unknown="exclude"), typed)
    return Wording(given["title"], given["body"]), given["whose"] == "unit"
