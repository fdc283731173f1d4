"""The history of a ticket and whose time it was, as the API gives them."""

import json
from typing import Any

from marshmallow import fields

from service.models import JournalEntry
from service.schemas.output import AuthorOut, Output, UnitOut, instant, text
from service.workflows.registry import WORKFLOWS


class EntryOut(Output):
    """One act. `data`: codes and identifiers only, null once erased; `hash` chains it to the one before."""

    sequence = fields.Integer()
    transition = fields.String()
    label = fields.String()
    from_state = text()
    to_state = fields.String()
    actor = fields.Nested(AuthorOut)
    happened_at = fields.DateTime("iso")
    recorded_at = fields.DateTime("iso")
    data = fields.Dict(keys=fields.String(), allow_none=True)
    hash = fields.String()


class Journal(Output):
    """Every act, in order."""

    items = fields.List(fields.Nested(EntryOut))


class UnitTime(Output):
    """The open seconds during which a unit owed the next step."""

    unit = fields.Nested(UnitOut)
    seconds = fields.Integer()


class SegmentOut(Output):
    """A piece of the bar; `unit` null: whoever owed the step was closed."""

    unit = text()
    start = fields.DateTime("iso")
    end = fields.DateTime("iso")
    seconds = fields.Integer()


class ClockOut(Output):
    """One run of a clock, with its target and the sentences that explain it (R-CLK-6)."""

    name = fields.String()
    label = fields.String()
    run = fields.Integer()
    running = fields.Boolean()
    paused = fields.Boolean()
    started_at = fields.DateTime("iso")
    stopped_at = instant()
    target = text(metadata={"description": "In French words."})
    target_at = instant()
    within_target = fields.Boolean(allow_none=True)
    elapsed_seconds = fields.Integer()
    business_seconds = fields.Integer()
    waited_seconds = fields.Integer()
    explanation = fields.List(fields.String())


class LedgerOut(Output):
    """Every second with a running clock: `units` and `closed` add up to `elapsed` (R-CLK-5)."""

    until = fields.DateTime("iso")
    convention = fields.String(metadata={"description": "The version of the convention it is counted under."})
    units = fields.List(fields.Nested(UnitTime))
    closed = fields.Integer()
    elapsed = fields.Integer()
    segments = fields.List(fields.Nested(SegmentOut))
    clocks = fields.List(fields.Nested(ClockOut))


def entry_of(kind: str, entry: JournalEntry, author: str | None, unit: str | None) -> dict[str, Any]:
    """An act with who did it."""
    payload = entry.payload if entry.payload_sealed is not None else None
    names = ("sequence", "transition", "from_state", "to_state", "happened_at", "recorded_at")
    return {
        **{name: getattr(entry, name) for name in names},
        "label": WORKFLOWS[kind].transition(entry.transition).history,
        "actor": {"name": author, "unit": unit},
        "data": None if payload is None else json.loads(payload),
        "hash": entry.hash.hex(),
    }
