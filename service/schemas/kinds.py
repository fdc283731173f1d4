"""The forms of every kind: what a request states when it is sent, and what each act asks for."""

from collections.abc import Mapping

from service.schemas import (
    acts,
    appointment,
    child_protection_notice,
    co_intervention,
    handover,
    orientation,
    rights_meeting,
    social_emergency,
)
from service.schemas.fields import Input

STATEMENTS: Mapping[str, type[Input]] = {
    "co_intervention": co_intervention.Statement,
    "handover": handover.Statement,
    "social_emergency": social_emergency.Statement,
    "appointment": appointment.Statement,
    "child_protection_notice": child_protection_notice.Statement,
    "orientation": orientation.Statement,
    "rights_meeting": rights_meeting.Statement,
}
"""By kind, besides person and ground; an urgent_rights request has a form of its own."""

ACTS: Mapping[str, Mapping[str, type[Input]]] = {
    "urgent_rights": acts.ACTS,
    "co_intervention": co_intervention.ACTS,
    "handover": handover.ACTS,
    "social_emergency": social_emergency.ACTS,
    "appointment": appointment.ACTS,
    "child_protection_notice": child_protection_notice.ACTS,
    "orientation": orientation.ACTS,
    "rights_meeting": rights_meeting.ACTS,
}
"""By kind and transition; the sending row has the statement."""


def told_names(kind: str) -> list[str]:
    """The names under which a sent ticket of that kind tells what it states and what came of it, in order.

    Each is a field of one of its forms, or computed from them when it was sent; none is of the person.
    """
    names = [*STATEMENTS[kind]().fields, *GROUND, *COMPUTED]
    for schema in ACTS[kind].values():
        names += schema().fields
    return list(dict.fromkeys(names))


GROUND = ("told_on", "agreed_on", "reason_not_told")
COMPUTED = ("scope_in", "scope_explanation", "advised_service", "advised_explanation", "advice_followed")
