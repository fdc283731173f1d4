"""Tickets as the API gives them: every member listed, from what the reader may see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import fields

from service.models import Ticket
from service.queries.lists import Situation
from service.queries.reference import Reference
from service.queries.sheet import Sheet
from service.schemas.kinds import told_names
from service.schemas.output import NextPage, Output, UnitOut, instant, text
from service.schemas.situation_out import PersonOut, SituationOut, person_of, situation_of
from service.workflows.machine import Transition

TICKETS = "/api/v1/tickets"


class DeadlineOut(Output):
    """The next deadline, and the clock it belongs to (`reply`: the reminder to the CDAS)."""

    at = fields.DateTime("iso")
    of = fields.String()


class TicketRow(Output):
    """A ticket in a list: where it stands and for which benefit; neither who it is for nor what was written."""

    reference = fields.String()
    kind = fields.String()
    state = fields.String()
    state_label = fields.String()
    version = fields.Integer()
    channel = fields.String()
    benefit = text()
    event = text()
    asking_unit = fields.Nested(UnitOut, allow_none=True)
    assigned_unit = fields.Nested(UnitOut, allow_none=True)
    owed_by = fields.Nested(UnitOut, allow_none=True)
    holder = text(metadata={"description": "The name of who is in charge."})
    next_deadline = fields.Nested(DeadlineOut, allow_none=True)
    opened_at = fields.DateTime("iso")
    submitted_at = instant()
    ended_at = instant()
    state_since = fields.DateTime("iso")
    changed_at = fields.DateTime("iso")


class TicketPage(NextPage):
    """A page of tickets; counting stops at 1000."""

    items = fields.List(fields.Nested(TicketRow))
    count = fields.Integer()
    more = fields.Boolean(metadata={"description": "Whether there are more than `count`."})


class SearchPage(Output):
    """What was found, newest first; counting stops at 1000."""

    items = fields.List(fields.Nested(TicketRow))
    count = fields.Integer()
    more = fields.Boolean()


class ActionOut(Output):
    """What the reader can do now: where to send it, with `If-Match`, and the names of what it asks for."""

    name = fields.String()
    label = fields.String()
    asks = fields.List(fields.String())
    href = fields.String()


class LinkOut(Output):
    """A ticket made from this one (`made`), or that this one was made of, as far as the reader may read it."""

    why = fields.String()
    made = fields.Boolean()
    reference = fields.String()


class TicketOut(TicketRow):
    """A ticket for who may read it. `situation`: of an urgent_rights request; `details`: of any other kind, by name."""

    author = text()
    person = fields.Nested(PersonOut, allow_none=True)
    situation = fields.Nested(SituationOut, allow_none=True)
    details = fields.Dict(
        keys=fields.String(),
        allow_none=True,
        metadata={"description": "The values of the kind’s own questions and of what came of it."},
    )
    responsible_unit = fields.Nested(UnitOut, allow_none=True)
    links = fields.List(fields.Nested(LinkOut))
    draft = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        allow_none=True,
        metadata={"description": "What a draft holds, as typed in the page's form."},
    )
    same_person = fields.List(
        fields.String(),
        metadata={"description": "Other open requests with this matricule that the reader may see."},
    )
    actions = fields.List(fields.Nested(ActionOut))


def row_of(ticket: Ticket, known: Reference, situation: Situation | None) -> dict[str, Any]:
    """A line of a list."""
    deadline = (
        {"at": ticket.next_deadline_at, "of": ticket.next_deadline_of} if ticket.next_deadline_at else None
    )
    return {
        **{name: getattr(ticket, name) for name in _OF_THE_TICKET},
        "state_label": known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label,
        "benefit": situation.benefit if situation else None,
        "event": situation.event if situation else None,
        "asking_unit": known.units.get(ticket.asking_unit_id or ""),
        "assigned_unit": known.units.get(ticket.assigned_unit_id or ""),
        "owed_by": known.units.get(ticket.next_step_unit_id or ""),
        "holder": ticket.holder.name if ticket.holder else None,
        "next_deadline": deadline,
    }


def ticket_of(
    found: Sheet, known: Reference, form: Mapping[str, Any], actions: Iterable[Transition]
) -> dict[str, Any]:
    """The whole ticket."""
    ticket, details = found.ticket, found.details
    return {
        **row_of(ticket, known, Situation(details.benefit, details.event) if details else None),
        "author": ticket.author.name if ticket.author else None,
        "person": person_of(found.person, found) if found.person else None,
        "situation": situation_of(details, found.duplicate_of) if details else None,
        "details": _details(found),
        "responsible_unit": known.units.get(ticket.responsible_unit_id or ""),
        "links": [{"why": why, "made": made, "reference": other} for why, made, other in found.links],
        "draft": _as_typed(form) if ticket.state == "draft" else None,
        "same_person": found.same_person,
        "actions": [action_of(ticket, row) for row in actions],
    }


def action_of(ticket: Ticket, row: Transition) -> dict[str, Any]:
    """One thing to do, and where."""
    href = f"{TICKETS}/{ticket.reference}/actions/{row.name}"
    return {"name": row.name, "label": row.label, "asks": list(row.asks), "href": href}


_OF_THE_TICKET: Sequence[str] = (
    "reference",
    "kind",
    "state",
    "version",
    "channel",
    "opened_at",
    "submitted_at",
    "ended_at",
    "state_since",
    "changed_at",
)


def _details(found: Sheet) -> dict[str, Any] | None:
    """The kind's own values under the names of its forms; a name that no form has is never given out."""
    if found.own is None or found.ticket.kind == "urgent_rights":
        return None
    values = {name: getattr(found.own, name, None) for name in told_names(found.ticket.kind)}
    if values.get("phone_protected"):
        values["phone"] = None  # R-DP-8: not by the API
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, str, list)) else str(value)


def _as_typed(form: Mapping[str, Any]) -> dict[str, str]:
    """Without a telephone: it may be one that its sending protects (R-DP-8)."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in form.items()
        if name != "phone"
    }
