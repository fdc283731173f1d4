"""Calls on the direct line as the API gives them: what was asked and answered, without matricule nor remark."""

from typing import Any

from marshmallow import fields

from service.queries.calls import CallRow
from service.queries.reference import Reference
from service.schemas.output import NextPage, Output, UnitOut, text


class CallOut(Output):
    """A call. `ticket`: the reference of what it opened, when the reader may see it."""

    id = fields.UUID()
    cdas = fields.Nested(UnitOut)
    benefit = text()
    event = text()
    started_at = fields.DateTime("iso")
    minutes = fields.Integer()
    answered = fields.Boolean()
    outcome = text()
    recorded_at = fields.DateTime("iso")
    recorded_by = fields.Nested(UnitOut, metadata={"description": "The unit that noted it."})
    ticket = text()


class CallList(NextPage):
    """Calls, newest first."""

    items = fields.List(fields.Nested(CallOut))


def call_of(row: CallRow, known: Reference) -> dict[str, Any]:
    """A call with its units and its ticket."""
    call = row.call
    names = ("id", "benefit", "event", "started_at", "minutes", "answered", "outcome", "recorded_at")
    return {
        **{name: getattr(call, name) for name in names},
        "cdas": known.units[call.cdas_code],
        "recorded_by": known.units[call.recorded_unit_id],
        "ticket": row.ticket,
    }
