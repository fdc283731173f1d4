"""What programs send, read strictly: one value per name, real types, nothing guessed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Request
from marshmallow import Schema, fields

from service.errors import InvalidInput, Malformed, WrongMediaType
from service.schemas.fields import Choices, Text

_TWICE = "Ce champ est donné deux fois."
_EMPTY = "Ce texte est vide : laissez plutôt le champ absent."
_UNREADABLE = "Ce contenu n’est pas du JSON lisible."


class _Twice(ValueError):
    """A name given twice in one object."""


def json_object(request: Request, schema: Schema) -> dict[str, Any]:
    """The JSON object of the body; none at all is an empty one.

    Refuses another media type (415), what is not JSON in UTF-8 (400), a name given twice or a wrong type (422).
    """
    raw = request.get_data()
    if not raw:
        return {}
    if request.mimetype != "application/json":
        raise WrongMediaType("Envoyez du JSON.", advice="Dites-le : Content-Type: application/json.")
    data = _parsed(raw)
    if not isinstance(data, dict):
        raise InvalidInput({"form": ["Envoyez un objet JSON, avec des accolades."]})
    wrong = {name: [sentence] for name, sentence in _wrong_types(schema, data)}
    if wrong:
        raise InvalidInput(wrong)
    return data


def parameters(request: Request) -> dict[str, str]:
    """The parameters of the address; refuses (InvalidInput) one that is given twice, or empty."""
    wrong = {name: [_TWICE] for name, values in request.args.lists() if len(values) > 1}
    wrong |= {name: [_EMPTY] for name, values in request.args.lists() if not values[0].strip()}
    if wrong:
        raise InvalidInput(wrong)
    return request.args.to_dict()


def _parsed(raw: bytes) -> Any:
    try:
        data = json.loads(raw.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode("utf-8")  # half a character (\ud800) is no text
    except _Twice as twice:
        raise InvalidInput({str(twice): [_TWICE]}) from None
    except (ValueError, RecursionError):
        raise Malformed(_UNREADABLE, advice="Vérifiez le contenu envoyé.") from None
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _wrong_types(schema: Schema, data: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for attribute, field in schema.fields.items():
        name = field.data_key or attribute
        value = data.get(name)
        if value is None:
            continue
        if isinstance(field, fields.Nested):
            if isinstance(value, Mapping):
                yield from _wrong_types(field.schema, value, f"{prefix}{name}.")
        elif sentence := _type_error(field, value):
            yield f"{prefix}{name}", sentence


def _type_error(field: fields.Field[Any], value: Any) -> str:
    if isinstance(field, fields.Boolean):
        return "" if isinstance(value, bool) else "Donnez true ou false."
    if isinstance(field, fields.Integer):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return "" if whole and not isinstance(value, bool) else "Donnez un nombre entier."
    if isinstance(field, Choices):
        return "" if isinstance(value, list) else "Donnez une liste."
    if not isinstance(value, str):
        return "Donnez un texte, entre guillemets."
    if not value.strip() and not isinstance(field, Text):
        return _EMPTY
    return ""
