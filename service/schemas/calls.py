"""A call on the direct line, noted in under a minute."""

from marshmallow import fields, validate

from service.schemas.fields import Choice, Day, Input, Instant, Matricule, Text
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import OUTCOMES

_MINUTES = "Donnez la durée en minutes, de 0 à 240."


class CallBody(Input):
    """`POST /api/v1/calls` and the form « Noter un appel »."""

    cdas = Text(maximum=40, allow_none=True)
    matricule = Matricule(allow_none=True)
    benefit = Choice(Benefit, allow_none=True)
    event = Choice(Event, allow_none=True)
    started_at = Instant(required=True, missing="Dites quand l’appel a commencé.")
    minutes = fields.Integer(
        required=True,
        validate=validate.Range(0, 240, error=_MINUTES),
        error_messages={"invalid": _MINUTES, "required": _MINUTES, "null": _MINUTES},
    )
    answered = fields.Boolean(
        required=True,
        error_messages={"required": "Dites si quelqu’un a répondu.", "null": "Dites si quelqu’un a répondu."},
    )
    outcome = Choice(OUTCOMES, allow_none=True)
    outcome_on = Day(allow_none=True)
    outcome_detail = Text(maximum=500, allow_none=True)
    remark = Text(maximum=2000, allow_none=True)
