"""The direct line and the urgency check (R-UD-1, R-UD-3)."""

from typing import Any

from flask import g

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.permissions import Permission, may
from service.queries.reference import LINE, reference
from service.routes.api.interface import Interface
from service.schemas.guidance_out import LineOut, VerdictOut
from service.schemas.urgent_rights import UrgencyBody
from service.workflows import french, urgency

guidance = Interface("guidance", __name__, description="What one may know before asking.")


@guidance.get("/line", Permission.PUBLIC, LineOut)
def read_line() -> dict[str, Any]:
    """Tell whether the direct line is open; its number goes to CDAS and Caf accounts only."""
    with reading() as session:
        known = reference(session)
    state = known.hours_of_calendar(LINE).state(clock.now())
    told = {
        "open": state.open,
        "until": state.until,
        "next_opening": state.next_opening,
        "reason": state.reason,
    }
    if may(g.get("actor"), Permission.READ_LINE_NUMBER):
        told["number"] = known.settings.text("line_number")
    return told


@guidance.post("/urgency/check", Permission.LOGGED_IN, VerdictOut, body=UrgencyBody)
def check_urgency(given: dict[str, Any]) -> urgency.Verdict:
    """Tell whether a situation is an « urgence définie » on a day, under the convention in force now."""
    now = clock.now()
    day = given.pop("on", None) or french.local_day(now)
    benefit, event = given.pop("benefit"), given.pop("event")
    errors = urgency.input_errors(benefit, event, day, **given)
    if errors:
        raise InvalidInput({name: [sentence] for name, sentence in errors.items()}, rule="R-UD-1")
    with reading() as session:
        known = reference(session)
    rules = known.values_of(known.version_at(now).number).urgency_rules()
    return urgency.check(benefit, event, day, **given, rules=rules)
