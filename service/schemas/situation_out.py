"""What a request says of a situation, and what came of it, as the API gives it."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from service.models import Person, UrgentRightsDetails
from service.queries.sheet import Sheet
from service.schemas.fields import Money
from service.schemas.output import Output, day, text
from service.workflows.urgent_rights import OUTCOMES, REJECTION_REASONS


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


def person_of(person: Person, found: Sheet) -> dict[str, Any]:
    """The person, opened."""
    return {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": person.birth_date,
        "commune": found.commune,
    }


def situation_of(details: UrgentRightsDetails, duplicate_of: str | None) -> dict[str, Any]:
    """What the request says; `duplicate_of` as far as the reader may know it."""
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
