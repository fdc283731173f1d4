"""The fields of Relais: what is typed becomes a plain value, or a French sentence says why not."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate
from marshmallow.exceptions import SCHEMA

from service.errors import InvalidInput
from service.workflows import french
from service.workflows.matricule import digits_of
from service.workflows.plain_text import plain

MAX_TEXT = 10_000
_MONEY = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class Text(fields.String):
    """A text in Unicode normal form, without control characters; line breaks stay. `maximum` in characters."""

    def __init__(self, *, maximum: int = MAX_TEXT, **options: Any) -> None:
        sentence = f"Ce texte est trop long : {maximum:,} caractères au plus.".replace(",", " ")
        options.setdefault("validate", []).append(validate.Length(max=maximum, error=sentence))
        super().__init__(error_messages={"invalid": "Écrivez un texte.", **_SHORT}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        return plain(text)


class Choice(fields.String):
    """One code of a closed list."""

    def __init__(self, codes: Any, **options: Any) -> None:
        options["validate"] = validate.OneOf([str(code) for code in codes], error="Choisissez dans la liste.")
        super().__init__(error_messages={"invalid": "Choisissez dans la liste.", **_SHORT}, **options)


class Choices(fields.Field[list[str]]):
    """Codes of a closed list, each once: a JSON list, or the ticked boxes of a form."""

    def __init__(self, codes: Any, **options: Any) -> None:
        self.codes = [str(code) for code in codes]
        super().__init__(error_messages={"invalid": "Choisissez dans la liste.", **_SHORT}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list) or not set(map(str, chosen)) <= set(self.codes):
            raise self.make_error("invalid")
        return [code for code in self.codes if code in chosen]


class Day(fields.Date):
    """A day, ISO; on pages also as people write it where their browser has no calendar (RGAA 11.11)."""

    def __init__(self, **options: Any) -> None:
        sentences = {
            "invalid": "Cette date n’existe pas : écrivez-la comme 2026-10-05.",
            "by_hand": "Cette date n’existe pas : écrivez-la comme 05/10/2026 ou 5 octobre 2026.",
        }
        super().__init__("iso", error_messages={**sentences, **_SHORT}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        of_a_page = isinstance(self.parent, Schema) and self.parent.unknown == EXCLUDE
        if of_a_page and isinstance(value, str) and (day := french.read_day(value)):
            return day
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            raise self.make_error("by_hand" if of_a_page else "invalid") from None


class Instant(fields.AwareDateTime):
    """An instant with its time zone, of this century; becomes UTC, in whole seconds."""

    def __init__(self, *, missing: str = "Cette réponse manque.", **options: Any) -> None:
        sentences: dict[str, Any] = {
            "awareness": "Donnez l’heure avec son fuseau, par exemple …+01:00.",
            "invalid": "Cette heure n’existe pas : écrivez-la comme 2026-10-05T14:30:00+02:00.",
            "required": missing,
            "null": missing,
        }
        super().__init__("iso", error_messages=sentences, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        instant: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return instant.astimezone(UTC).replace(microsecond=0)


class Money(fields.Field[Decimal]):
    """An amount in euros as text, a point or a comma, two decimals at most; a JSON number is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        compact = re.sub(r"[\s€\u00a0\u202f]", "", value) if isinstance(value, str) else ""
        if not _MONEY.fullmatch(compact):
            raise ValidationError("Écrivez un montant en euros, par exemple 607,75.")
        return Decimal(compact.replace(",", "."))

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:.2f}"


class Matricule(fields.String):
    """The Caf file number: seven digits, spaces ignored (R-DP-7: never the social-security number)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        digits = digits_of(value)
        if digits is None:
            raise ValidationError(
                "Le matricule Caf a 7 chiffres. Ce n’est jamais le numéro de sécurité sociale (R-DP-7)."
            )
        return digits


class Input(Schema):
    """What comes from outside: blanks are absent, unknown names are refused on the API and ignored on pages."""

    error_messages = {  # noqa: RUF012
        "type": "Ce contenu n’a pas la forme attendue.",
        "unknown": "Ce champ n’est pas connu.",
    }

    @pre_load
    def _strip(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        bare = {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}
        return {name: value for name, value in bare.items() if value != ""}

    @post_load
    def _drop_absent(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


def load(schema: Schema, data: Any, **options: Any) -> dict[str, Any]:
    """The values behind the text; refuses (InvalidInput) with a French sentence by field."""
    try:
        return dict(schema.load(data, **options))
    except ValidationError as invalid:
        raise InvalidInput(flat(invalid.messages_dict)) from None


def seen_version(typed: Mapping[str, Any], name: str = "seen") -> int:
    """The version that a form was made from; -1, which no version is, for what is not a number."""
    given = str(typed.get(name, ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else -1


def flat(messages: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Nested messages by dotted name."""
    found: dict[str, list[str]] = {}
    for name, value in messages.items():
        path = prefix.rstrip(".") or "form" if name == SCHEMA else f"{prefix}{name}"
        if isinstance(value, Mapping):
            found |= flat({str(key): inner for key, inner in value.items()}, f"{path}.")
        else:
            found[path] = [str(sentence) for sentence in value]
    return found


_SHORT = {"required": "Cette réponse manque.", "null": "Cette réponse manque."}
