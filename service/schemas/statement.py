"""A request of any social kind: the API's body and the page's flat form become the same plain values."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from marshmallow import fields

from service.errors import InvalidInput
from service.schemas.fields import Choice, Day, Input, Instant, Matricule, Text, load
from service.schemas.kinds import ACTS, STATEMENTS
from service.schemas.urgent_rights import (
    CreateBody,
    GroundBody,
    PersonBody,
    SubmitBody,
    from_body,
    grounded,
    grounds_of,
)
from service.workflows.registry import WORKFLOWS
from service.workflows.stated import WITHOUT_GROUND
from service.workflows.urgent_rights import CHANNELS

__all__ = [
    "body_of_act",
    "create_body",
    "expect_complete",
    "from_body",
    "from_form",
    "plain_form",
    "typed_names",
]

GROUNDS = (
    ("told", "Oui, sans objection"),
    ("agreed", "Elle a donné son accord"),
    ("not_told", "Elle n’a pas pu être informée"),
    ("objected", "Elle s’y oppose"),
)


class PersonForm(Input):
    """The person, on a page; the matricule helps to find the file, and only some kinds need it."""

    last_name = Text(maximum=80, metadata={"label": "Nom", "width": "medium"}, required=True)
    first_name = Text(maximum=80, metadata={"label": "Prénom", "width": "medium"}, required=True)
    commune = Text(
        maximum=5,
        required=True,
        metadata={"label": "Commune du domicile", "widget": "select", "from": "communes"},
    )
    matricule = Matricule(
        metadata={
            "label": "Matricule Caf",
            "hint": "7 chiffres, s’il est connu. Jamais le numéro de sécurité sociale.",
            "inputmode": "numeric",
            "width": "short",
        }
    )
    birth_date = Day(metadata={"label": "Date de naissance"})


class GroundForm(Input):
    """The ground of the exchange (R-DP-2), on a page."""

    ground = Choice(
        [code for code, _ in GROUNDS],
        required=True,
        metadata={
            "label": "La personne sait-elle que vous transmettez sa situation ?",
            "widget": "choices",
            "choices": list(GROUNDS),
        },
    )
    ground_on = Day(
        metadata={
            "label": "Depuis quel jour ?",
            "hint": "Sans réponse : aujourd’hui.",
            "shown_when": "ground=told|agreed",
            "optional": True,
        }
    )
    reason_not_told = Text(
        maximum=1000,
        metadata={
            "label": "Pourquoi n’a-t-elle pas pu être informée ?",
            "widget": "textarea",
            "shown_when": "ground=not_told",
        },
    )


def from_form(kind: str, typed: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The plain values that sending takes, from the page's form; refuses (InvalidInput) what can not be read."""
    errors: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    for schema in _forms(kind):
        try:
            given |= load(schema(unknown="exclude", partial=True), typed)
        except InvalidInput as invalid:
            errors |= {name: list(sentences) for name, sentences in invalid.fields.items()}
    if errors:
        raise InvalidInput(errors)
    return grounded(given, today) if kind not in WITHOUT_GROUND else given


def expect_complete(kind: str, given: Mapping[str, Any]) -> None:
    """Refuse (InvalidInput) a request without an answer that its form always asks for."""
    missing = {
        name: ["Cette réponse manque."]
        for name, field in STATEMENTS[kind]().fields.items()
        if field.required and given.get(name) in (None, "", [])
    }
    if missing:
        raise InvalidInput(missing)


def plain_form(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the page's form holds for plain values, so that a draft can be taken up there."""
    typed = {name: _as_typed(given[name]) for name in typed_names(kind) if given.get(name) is not None}
    ground, day = grounds_of(given)
    if ground and kind not in WITHOUT_GROUND:
        typed["ground"] = ground
        if day:
            typed["ground_on"] = day
    return typed


def typed_names(kind: str) -> list[str]:
    """Every field of the page's form, in order."""
    return [name for schema in _forms(kind) for name in schema().fields]


def _forms(kind: str) -> list[type[Input]]:
    forms: list[type[Input]] = [PersonForm, STATEMENTS[kind]]
    return forms if kind in WITHOUT_GROUND else [*forms, GroundForm]


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, (str, list)) else str(value)


@cache
def send_body(kind: str) -> type[Input]:
    """The API's body of the sending action: what is given goes before what the draft holds."""
    if kind == "urgent_rights":
        return SubmitBody
    parts: dict[str, fields.Field[Any]] = {"person": fields.Nested(PersonBody, allow_none=True)}
    if kind not in WITHOUT_GROUND:
        parts["ground"] = fields.Nested(GroundBody, allow_none=True)
    for name, field in STATEMENTS[kind]().fields.items():
        field.required, field.allow_none = False, True
        parts[name] = field
    made = Input.from_dict(parts, name=f"{_camel(kind)}SubmitBody")
    if not issubclass(made, Input):
        raise TypeError("a body is an Input")
    return made


@cache
def create_body(kind: str) -> type[Input]:
    """The body of `POST /api/v1/tickets` for a kind."""
    if kind == "urgent_rights":
        return CreateBody
    envelope: dict[str, fields.Field[Any]] = {
        "kind": Choice([kind], required=True),
        "submit": fields.Boolean(required=True),
        "asking_unit": Text(maximum=40, allow_none=True),
        "channel": Choice([code for code in CHANNELS if code != "cdap_form"], allow_none=True),
        "happened_at": Instant(allow_none=True),
    }
    made = send_body(kind).from_dict(envelope, name=f"{_camel(kind)}CreateBody")
    if not issubclass(made, Input):
        raise TypeError("a body is an Input")
    return made


def body_of_act(kind: str, name: str) -> type[Input] | None:
    """The API's body of an action of a kind; None when the kind has no such act."""
    workflow = WORKFLOWS[kind]
    if workflow.sends == name:
        return send_body(kind) if workflow.transition(name).source else None
    return ACTS[kind].get(name)


def _camel(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("_"))
