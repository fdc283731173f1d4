"""Tickets as the API gives them: every member listed, from what the reader may see."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import fields

from service.models import Person, Ticket, UrgentRightsDetails
from service.queries.lists import Situation
from service.queries.reference import Reference
from service.queries.sheet import Sheet
from service.schemas.fields import Money
from service.schemas.output import NextPage, Output, UnitOut, day, instant, text
from service.workflows.machine import Transition
from service.workflows.registry import WORKFLOWS
from service.workflows.urgent_rights import OUTCOMES, REJECTION_REASONS

TICKETS = "/api/v1/tickets"


class DeadlineOut(Output):
    """The next deadline, and the clock it belongs to (`reply`: the reminder to the CDAS)."""

    at = fields.DateTime("iso")
    of = fields.String()


class TicketRow(Output):
    """A ticket in a list: where it stands, nothing of the person."""

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


class CommuneOut(Output):
    """A commune by INSEE code."""

    insee = fields.String()
    name = fields.String()


class PersonOut(Output):
    """The person, as the request names them."""

    matricule = text()
    last_name = text()
    first_name = text()
    birth_date = text()
    commune = fields.Nested(CommuneOut, allow_none=True)


class UrgencyKept(Output):
    """What the rule said when the request left (R-UD-1)."""

    rule = text()
    reached_on = day()
    explanation = text()


class CdapOut(Output):
    """The look-up in CDAP (R-UD-4)."""

    consulted_on = day()
    missing = text()
    no_access = fields.Boolean()


class LineUse(Output):
    """Whether the direct line was open when the request left, and why it did not go that way (R-UD-3)."""

    was_open = fields.Boolean()
    reason = text()


class AccompaniedOut(Output):
    """The social worker who accompanies the person (R-UD-5)."""

    self_ = fields.Boolean(data_key="self", allow_none=True)
    name = text()
    unit = text()


class GroundOut(Output):
    """The ground of the exchange (R-DP-2)."""

    told_on = day()
    agreed_on = day()
    reason_not_told = text()


class AnswerOut(Output):
    """What came out of it."""

    outcome = fields.String()
    label = fields.String()
    on = day()
    detail = text()


class RejectionOut(Output):
    """Why it was refused; the duplicate only when the reader may see it."""

    reason = fields.String()
    label = fields.String()
    duplicate_of = text()


class SituationOut(Output):
    """What a sent request says, and what came of it."""

    benefit = text()
    event = text()
    last_payment_on = day()
    amount_before = Money(allow_none=True)
    amount_after = Money(allow_none=True)
    urgency = fields.Nested(UrgencyKept)
    cdap = fields.Nested(CdapOut)
    line = fields.Nested(LineUse)
    accompanied_by = fields.Nested(AccompaniedOut)
    ground = fields.Nested(GroundOut)
    description = text()
    answer = fields.Nested(AnswerOut, allow_none=True)
    rejection = fields.Nested(RejectionOut, allow_none=True)
    contested = fields.Boolean()
    reopened = fields.Integer()
    closed_automatically = fields.Boolean()
    usefulness = fields.Integer(allow_none=True)
    remark = text()


class ActionOut(Output):
    """What the reader can do now: where to send it, with `If-Match`, and the names of what it asks for."""

    name = fields.String()
    label = fields.String()
    asks = fields.List(fields.String())
    href = fields.String()


class TicketOut(TicketRow):
    """A ticket for who may read it."""

    author = text()
    person = fields.Nested(PersonOut, allow_none=True)
    situation = fields.Nested(SituationOut, allow_none=True)
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
        "state_label": WORKFLOWS[ticket.kind].state(ticket.state).label,
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
        "person": _person(found.person, found) if found.person else None,
        "situation": _situation(details, found.duplicate_of) if details else None,
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


def _person(person: Person, found: Sheet) -> dict[str, Any]:
    return {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": person.birth_date,
        "commune": found.commune,
    }


def _situation(details: UrgentRightsDetails, duplicate_of: str | None) -> dict[str, Any]:
    return {
        **{name: getattr(details, name) for name in _OF_THE_SITUATION},
        "urgency": {
            "rule": details.urgency_rule,
            "reached_on": details.urgency_reached_on,
            "explanation": details.urgency_explanation,
        },
        "cdap": {
            "consulted_on": details.cdap_consulted_on,
            "missing": details.cdap_missing,
            "no_access": details.cdap_no_access,
        },
        "line": {"was_open": details.line_was_open, "reason": details.line_open_reason},
        "accompanied_by": {
            "self_": details.accompanied_by_author,
            "name": details.accompanied_by_name,
            "unit": details.accompanied_by_unit,
        },
        "ground": {
            "told_on": details.told_on,
            "agreed_on": details.agreed_on,
            "reason_not_told": details.reason_not_told,
        },
        "answer": _answer(details),
        "rejection": _rejection(details, duplicate_of),
    }


_OF_THE_SITUATION: Sequence[str] = (
    "benefit",
    "event",
    "last_payment_on",
    "amount_before",
    "amount_after",
    "description",
    "contested",
    "reopened",
    "closed_automatically",
    "usefulness",
    "remark",
)


def _answer(details: UrgentRightsDetails) -> dict[str, Any] | None:
    if details.outcome is None:
        return None
    return {
        "outcome": details.outcome,
        "label": OUTCOMES[details.outcome],
        "on": details.outcome_on,
        "detail": details.outcome_detail,
    }


def _rejection(details: UrgentRightsDetails, duplicate_of: str | None) -> dict[str, Any] | None:
    if details.rejection_reason is None:
        return None
    return {
        "reason": details.rejection_reason,
        "label": REJECTION_REASONS[details.rejection_reason],
        "duplicate_of": duplicate_of,
    }


def _as_typed(form: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in form.items()
    }
