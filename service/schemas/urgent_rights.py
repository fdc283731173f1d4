"""An urgent_rights request: the API's nested body and the page's flat form become the same plain values."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate

from service.schemas.fields import Choice, Day, Input, Instant, Matricule, Money, Text, load
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import CHANNELS, LINE_OPEN_REASONS

EARLIEST_DAY, LATEST_DAY = date(1990, 1, 1), date(2100, 12, 31)


class PersonBody(Input):
    """The person; the commune by INSEE code."""

    matricule = Matricule()
    last_name = Text(maximum=80)
    first_name = Text(maximum=80)
    birth_date = Day(allow_none=True)
    commune = Text(maximum=5)


class CdapBody(Input):
    """The look-up in CDAP (R-UD-4)."""

    consulted_on = Day(allow_none=True)
    missing = Text(maximum=2000, allow_none=True)
    no_access = fields.Boolean(allow_none=True)


class AccompaniedBody(Input):
    """The social worker who accompanies the person (R-UD-5)."""

    self_ = fields.Boolean(data_key="self", allow_none=True)
    name = Text(maximum=120, allow_none=True)
    unit = Text(maximum=120, allow_none=True)


class GroundBody(Input):
    """The ground of the exchange (R-DP-2)."""

    told_on = Day(allow_none=True)
    agreed_on = Day(allow_none=True)
    reason_not_told = Text(maximum=1000, allow_none=True)
    objected = fields.Boolean(allow_none=True)


class UrgencyBody(Input):
    """What the urgency rules need (R-UD-1)."""

    benefit = Choice(Benefit, required=True)
    event = Choice(Event, required=True)
    last_payment_on = Day(allow_none=True)
    amount_before = Money(allow_none=True)
    amount_after = Money(allow_none=True)
    on = Day(
        allow_none=True,
        validate=validate.Range(EARLIEST_DAY, LATEST_DAY, error="Choisissez un jour entre 1990 et 2100."),
    )


class SubmitBody(Input):
    """The action `submit` on a draft: what is given here goes before what the draft holds.

    Only the form is checked; the rules of `submit` are the operation's.
    """

    person = fields.Nested(PersonBody, allow_none=True)
    benefit = Choice(Benefit, allow_none=True)
    event = Choice(Event, allow_none=True)
    last_payment_on = Day(allow_none=True)
    amount_before = Money(allow_none=True)
    amount_after = Money(allow_none=True)
    cdap = fields.Nested(CdapBody, allow_none=True)
    line_open_reason = Choice(LINE_OPEN_REASONS, allow_none=True)
    accompanied_by = fields.Nested(AccompaniedBody, allow_none=True)
    ground = fields.Nested(GroundBody, allow_none=True)
    description = Text(allow_none=True)


class CreateBody(SubmitBody):
    """`POST /api/v1/tickets`: sent at once, or kept as a draft of one's CDAS."""

    kind = Choice(["urgent_rights"], required=True)
    submit = fields.Boolean(required=True)
    asking_unit = Text(maximum=40, allow_none=True)
    channel = Choice([code for code in CHANNELS if code in ("service", "cdap_form")], allow_none=True)
    happened_at = Instant(allow_none=True)


ENVELOPE = ("kind", "submit", "asking_unit", "channel", "happened_at")
"""What `CreateBody` says of the request itself, not of the situation."""

API_NAMES: Mapping[str, str] = {
    "matricule": "person.matricule",
    "last_name": "person.last_name",
    "first_name": "person.first_name",
    "birth_date": "person.birth_date",
    "commune": "person.commune",
    "cdap_consulted_on": "cdap.consulted_on",
    "cdap_missing": "cdap.missing",
    "cdap_no_access": "cdap.no_access",
    "accompanied_by_author": "accompanied_by.self",
    "accompanied_by_name": "accompanied_by.name",
    "accompanied_by_unit": "accompanied_by.unit",
    "told_on": "ground.told_on",
    "agreed_on": "ground.agreed_on",
    "reason_not_told": "ground.reason_not_told",
}
"""Where the plain values stand in the API's body, for its error pointers."""


def from_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of `send` from the API's loaded body."""
    nested: Mapping[str, Mapping[str, str]] = {
        "accompanied_by": {
            "self_": "accompanied_by_author",
            "name": "accompanied_by_name",
            "unit": "accompanied_by_unit",
        },
        "cdap": {
            "consulted_on": "cdap_consulted_on",
            "missing": "cdap_missing",
            "no_access": "cdap_no_access",
        },
        "ground": {},
        "person": {},
    }
    given: dict[str, Any] = {}
    for part, stated in body.items():
        if isinstance(stated, Mapping) and part in nested:
            given |= {nested[part].get(name, name): value for name, value in stated.items()}
        elif part not in ENVELOPE and (part not in nested or stated is not None):
            given[part] = stated
    return given


class SubmissionForm(Input):
    """The page « Signaler une urgence définie », flat; radio buttons say which dates apply."""

    matricule = Matricule()
    last_name = Text(maximum=80)
    first_name = Text(maximum=80)
    birth_date = Day(allow_none=True)
    commune = Text(maximum=5)
    benefit = Choice(Benefit, allow_none=True)
    event = Choice(Event, allow_none=True)
    last_payment_on = Day(allow_none=True)
    never_paid = fields.Boolean(allow_none=True)
    amount_before = Money(allow_none=True)
    amount_after = Money(allow_none=True)
    cdap = Choice(["today", "other_day", "no_access"], allow_none=True)
    cdap_consulted_on = Day(allow_none=True)
    cdap_missing = Text(maximum=2000, allow_none=True)
    line_open_reason = Choice(LINE_OPEN_REASONS, allow_none=True)
    accompanied = Choice(["no", "self", "other"], allow_none=True)
    accompanied_by_name = Text(maximum=120, allow_none=True)
    accompanied_by_unit = Text(maximum=120, allow_none=True)
    ground = Choice(["told", "agreed", "not_told", "objected"], allow_none=True)
    ground_on = Day(allow_none=True)
    reason_not_told = Text(maximum=1000, allow_none=True)
    description = Text(allow_none=True)


def from_form(typed: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The plain values of `send` from the page's form; refuses (InvalidInput) what can not be read."""
    given = load(SubmissionForm(unknown="exclude"), typed)
    cdap = given.pop("cdap", None)
    if cdap == "today":
        given["cdap_consulted_on"] = today
    elif cdap == "no_access":
        given.pop("cdap_consulted_on", None)
        given["cdap_no_access"] = True
    accompanied = given.pop("accompanied", None)
    if accompanied is not None:
        given["accompanied_by_author"] = accompanied == "self"
    if accompanied != "other":
        given.pop("accompanied_by_name", None)
        given.pop("accompanied_by_unit", None)
    return grounded(given, today)


def to_form(given: Mapping[str, Any]) -> dict[str, str]:
    """What the page's form holds for the plain values of `from_body`, so that a draft can be taken up there."""
    plain = ("matricule", "last_name", "first_name", "commune", "benefit", "event", "line_open_reason")
    more = ("cdap_missing", "accompanied_by_name", "accompanied_by_unit", "reason_not_told", "description")
    typed = {name: given.get(name) for name in (*plain, *more)}
    for name in ("birth_date", "last_payment_on", "cdap_consulted_on"):
        typed[name] = _day_text(given.get(name))
    for name in ("amount_before", "amount_after"):
        typed[name] = None if given.get(name) is None else f"{given[name]:.2f}"
    typed["cdap"] = (
        "no_access" if given.get("cdap_no_access") else "other_day" if typed["cdap_consulted_on"] else None
    )
    typed["accompanied"] = _accompanied(given)
    typed["ground"], typed["ground_on"] = grounds_of(given)
    return {name: text for name, text in typed.items() if text}


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _accompanied(given: Mapping[str, Any]) -> str | None:
    if given.get("accompanied_by_author"):
        return "self"
    if given.get("accompanied_by_name") or given.get("accompanied_by_unit"):
        return "other"
    return None if given.get("accompanied_by_author") is None else "no"


def grounds_of(given: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The form’s answer on the ground for plain values, and its day."""
    # Who agreed was told: the form asks for one of the two.
    for ground, name in (("agreed", "agreed_on"), ("told", "told_on")):
        if given.get(name):
            return ground, _day_text(given[name])
    return ("not_told" if given.get("reason_not_told") else None), None


def grounded(given: dict[str, Any], today: date) -> dict[str, Any]:
    """The dates behind the form’s answer on the ground (R-DP-2); « today » where no day was given.

    Who was not told, without a reason: an empty one, which submission asks for.
    """
    ground, day = given.pop("ground", None), given.pop("ground_on", None) or today
    if ground == "not_told":
        given["reason_not_told"] = given.get("reason_not_told") or ""
    else:
        given.pop("reason_not_told", None)
    if ground == "told":
        given["told_on"] = day
    elif ground == "agreed":
        given["agreed_on"] = day
    elif ground == "objected":
        given["objected"] = True
    return given
