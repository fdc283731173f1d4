"""The fields of a form from the schema that reads it: one description, for the page and the API."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from service.workflows import french

Choices = Sequence[Any]
Shown = dict[str, Any]

_UNANSWERED = "Cette réponse manque."


def form_fields(
    schema: type[Schema],
    values: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    choices: Mapping[str, Choices],
    *,
    state: str = "",
    direction: str = "",
) -> list[Shown]:
    """The fields for the macros, in the order of the schema, those that are `last` after the others.

    Each field's metadata says label, hint, widget, choices or `from` (a key of `choices`), `shown_when`,
    `only_in` (the one state in which it is asked), `direction` (towards whom), `needed` (the form asks for it
    where the API may leave it out) and `optional` (not even where it is shown). `values` are as typed, `errors`
    sentences by field.
    """
    return [
        _shown(name, kind, values.get(name), list(errors.get(name, ())), choices)
        for name, kind in sorted(schema().fields.items(), key=lambda one: bool(one[1].metadata.get("last")))
        if state in ("", kind.metadata.get("only_in", state))
        and direction in ("", kind.metadata.get("direction", direction))
    ]


def with_unanswered(shown: Sequence[Shown]) -> list[Shown]:
    """The fields of a refused form: one that another answer makes visible, waits and is empty is said in this round."""
    named = {field["name"]: field for field in shown}
    return [
        {**field, "errors": [_UNANSWERED]}
        if field["required"]
        and not (field["value"] or field["errors"])
        and field["shown_when"]
        and _is_shown(field, named)
        else field
        for field in shown
    ]


def _is_shown(field: Shown, named: Mapping[str, Shown]) -> bool:
    if not field["shown_when"]:
        return True
    name, _, wanted = field["shown_when"].partition("=")
    other = named.get(name)
    return other is not None and str(other["value"] or "") in wanted.split("|") and _is_shown(other, named)


def general_errors(errors: Mapping[str, Sequence[str]], shown: Sequence[Shown]) -> list[str]:
    """The sentences that belong to no field of the form: said at its head."""
    named = {field["name"] for field in shown}
    return [sentence for name, sentences in errors.items() if name not in named for sentence in sentences]


def words_of(shown: Sequence[Shown]) -> str:
    """The name of the first field in which something is written at length; empty where there is none."""
    return next((field["name"] for field in shown if field["widget"] == "textarea"), "")


def _shown(
    name: str, kind: fields.Field[Any], value: Any, errors: list[str], choices: Mapping[str, Choices]
) -> Shown:
    said = kind.metadata
    shown: Shown = {
        "name": name,
        "label": said.get("label", name),
        "hint": said.get("hint", ""),
        "widget": said.get("widget") or _widget(kind),
        "value": as_typed(value),
        "errors": errors,
        "required": kind.required or bool(said.get("needed")),
        "shown_when": said.get("shown_when", ""),
        "inputmode": said.get("inputmode", ""),
        "maxlength": getattr(kind, "maximum", None) or "",
        "autocomplete": said.get("autocomplete", "off"),
        "width": said.get("width", ""),
        "references": said.get("references", False),
    }
    if shown["shown_when"] and not said.get("optional"):
        shown["required"] = True  # asked only where it must be answered
    if "choices" in said or "from" in said:
        shown["choices"] = [_capital(one) for one in said.get("choices") or choices[said["from"]]]
        shown["placeholder"] = said.get("placeholder") or (
            "Choisir…" if shown["required"] else "Sans précision"
        )
        shown["column"] = len(shown["choices"]) > 4
    return shown


def _capital(choice: Any) -> Any:
    """The choice with a capital to its label; a group of choices stays as it is."""
    code, label, *more = choice
    return (code, french.capital(label), *more) if isinstance(label, str) else choice


def as_typed(value: Any) -> Any:
    """A plain value as its control holds it."""
    if isinstance(value, (date, UUID)):
        return str(value)
    return value


def _widget(kind: fields.Field[Any]) -> str:
    if isinstance(kind, fields.Date):
        return "date"
    if isinstance(kind, fields.Integer):
        return "number"
    return "text"
