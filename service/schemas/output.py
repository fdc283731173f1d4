"""What every answer of the API is made of. Each member is always there; what is not known is null."""

from typing import Any

from marshmallow import Schema, fields


class Output(Schema):
    """What goes out: every member is listed here by hand, so that a new column never leaks by itself."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Promise every member in the document."""
        field_obj.required = True


def text(**options: Any) -> fields.String:
    """A text that may be null."""
    return fields.String(allow_none=True, **options)


def instant() -> fields.DateTime:
    """An instant in UTC that may be null."""
    return fields.DateTime("iso", allow_none=True)


def day() -> fields.Date:
    """A day that may be null."""
    return fields.Date("iso", allow_none=True)


class UnitOut(Output):
    """A unit of either institution."""

    code = fields.String()
    name = fields.String()


class AuthorOut(Output):
    """Who did something; null members for Relais itself or a message from outside."""

    name = text()
    unit = text(metadata={"description": "The name of the unit."})


class FieldErrorOut(Output):
    """What is to correct in one field, by its dotted name."""

    field = fields.String()
    message = fields.String()


class ProblemOut(Schema):
    """A refusal (RFC 9457): `code` is stable, the sentences are French."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    rule = fields.String(metadata={"description": "The rule of the convention or of the service."})
    advice = fields.String(metadata={"description": "What to do instead."})
    errors = fields.List(fields.Nested(FieldErrorOut))
    allowed = fields.List(fields.String(), metadata={"description": "The actions that are possible now."})
    incident = fields.String(metadata={"description": "What to quote when asking for help."})


class NextPage(Output):
    """A page of a list: where it goes on, null on the last one."""

    next = text(metadata={"description": "The address of the next page."})
