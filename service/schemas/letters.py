"""The forms of the model letters: the wording of one, and what is merged into it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from service.schemas.fields import Choice, Day, Input, Text, load
from service.workflows import french
from service.workflows.letter_models import (
    LONGEST_BODY,
    LONGEST_SUBJECT,
    LONGEST_TITLE,
    MergeField,
    Wording,
)

_KNOWN_DAYS = validate.Range(
    date(1990, 1, 1), date(2100, 12, 31), error="Choisissez un jour entre 1990 et 2100."
)


class WordingForm(Input):
    """Title, subject and body of a model."""

    title = Text(required=True, maximum=LONGEST_TITLE, metadata={"label": "Nom du modèle"})
    subject = Text(required=True, maximum=LONGEST_SUBJECT, metadata={"label": "Objet du courrier"})
    body = Text(
        required=True,
        maximum=LONGEST_BODY,
        metadata={
            "label": "Texte",
            "widget": "textarea",
            "hint": "Une ligne vide sépare deux paragraphes ; un tiret et une espace commencent une ligne de liste.",
        },
    )


def wording_of(typed: Mapping[str, Any]) -> Wording:
    """The wording that was typed; refuses (InvalidInput) what is missing or too long."""
    given = load(WordingForm(unknown="exclude"), typed)
    return given["title"], given["subject"], given["body"]


def form_of(asked: Sequence[MergeField]) -> type[Schema]:
    """The form of a letter that merges those fields."""
    return Input.from_dict({field.code: _control(field) for field in asked}, name="LetterForm")


def values_of(asked: Sequence[MergeField], typed: Mapping[str, Any]) -> tuple[dict[str, str], date]:
    """The words to merge, and the day of the letter; refuses (InvalidInput) what is missing or can not be read."""
    given = load(form_of(asked)(unknown="exclude"), typed)
    words = {
        code: french.short_date(value) if isinstance(value, date) else value for code, value in given.items()
    }
    return words, given["date"]


def _control(field: MergeField) -> fields.Field[Any]:
    said = {"label": field.label, "hint": field.hint}
    if field.control == "day":
        return Day(required=field.required, metadata=said, validate=_KNOWN_DAYS)
    if field.control == "choice":
        choices = [(words, words) for words in field.choices]
        return Choice(
            field.choices, required=field.required, metadata={**said, "widget": "choices", "choices": choices}
        )
    return Text(required=field.required, maximum=field.longest, metadata={**said, "widget": field.control})
