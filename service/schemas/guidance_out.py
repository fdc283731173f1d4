"""The direct line and the urgency check, as the API gives them (R-UD-1, R-UD-3)."""

from marshmallow import fields

from service.schemas.output import Output, day, instant, text


class LineOut(Output):
    """Whether the direct line is open now; `number` only for who may call it."""

    open = fields.Boolean()
    until = instant()
    next_opening = instant()
    reason = fields.String(metadata={"description": "Why it is closed; empty when it is open."})
    number = fields.String()

    def on_bind_field(self, field_name: str, field_obj: fields.Field) -> None:  # type: ignore[type-arg]
        """The number is not promised."""
        field_obj.required = field_name != "number"


class VerdictOut(Output):
    """Whether the situation is an « urgence définie », under which rule, and why."""

    urgent = fields.Boolean()
    rule = fields.String()
    reached_on = day()
    explanation = fields.String()
    percentage = fields.Integer(allow_none=True)
    advice = text(metadata={"description": "Where to turn when it is not urgent."})
