"""A call on the direct line, noted in under a minute."""

from typing import Any

from marshmallow import fields, validate

from service.schemas.fields import Choice, Day, Input, Instant, Matricule, Text
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import OUTCOMES


class Minutes(fields.Integer):
    """How long a call took; its absence is not left open."""

    def __init__(self, **options: Any) -> None:
        sentence = "Donnez la durée en minutes, de 0 à 240."
        super().__init__(
            required=True,
            validate=validate.Range(0, 240, error=sentence),
            error_messages=dict.fromkeys(("invalid", "required", "null"), sentence),
            **options,
        )


class CallBody(Input):
    """`POST /api/v1/calls` and the form « Noter un appel »."""

    cdas = Text(maximum=40, allow_none=True)
    matricule = Matricule(allow_none=True)
    benefit = Choice(Benefit, allow_none=True)
    event = Choice(Event, allow_none=True)
    started_at = Instant(required=True, missing="Dites quand l’appel a commencé.")
    minutes = Minutes()
    answered = fields.Boolean(
        required=True,
        error_messages={"required": "Dites si quelqu’un a répondu.", "null": "Dites si quelqu’un a répondu."},
    )
    outcome = Choice(OUTCOMES, allow_none=True)
    outcome_on = Day(allow_none=True)
    outcome_detail = Text(maximum=500, allow_none=True)
    remark = Text(maximum=2000, allow_none=True)
