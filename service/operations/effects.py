"""What each transition of each kind does besides its row: one literal table, read by acts, creation and links."""

from collections.abc import Mapping

from service.models import DETAILS
from service.models.phone import Telephoned
from service.operations import (
    appointment,
    child_protection_notice,
    co_intervention,
    handover,
    links,
    orientation,
    rights_meeting,
    social_emergency,
    undoing,
    urgent_rights,
)
from service.operations.family_links import sending
from service.operations.transitions import Act, Effect
from service.workflows.machine import UNDO
from service.workflows.registry import WORKFLOWS

_OF_THE_ROWS: Mapping[str, Mapping[str, Effect]] = {
    "urgent_rights": urgent_rights.EFFECTS,
    "co_intervention": co_intervention.EFFECTS,
    "handover": handover.EFFECTS,
    "social_emergency": social_emergency.EFFECTS,
    "appointment": appointment.EFFECTS,
    "child_protection_notice": child_protection_notice.EFFECTS,
    "orientation": orientation.EFFECTS,
    "rights_meeting": rights_meeting.EFFECTS,
}


def _still_protected(effect: Effect) -> Effect:
    """The effect of sending: a number that was to be protected stays so in what is made from its request (R-DP-8)."""

    def send(act: Act) -> None:
        telephoned = issubclass(DETAILS[act.ticket.kind], Telephoned)
        if telephoned and links.made_from_protected(act.session, act.ticket):
            act.given = {**act.given, "phone_protected": True}
        effect(act)

    return send


EFFECTS: Mapping[str, Mapping[str, Effect]] = {
    kind: {
        **effects,
        (sends := WORKFLOWS[kind].sends): sending(_still_protected(effects[sends])),
        UNDO: undoing.undo,
    }
    for kind, effects in _OF_THE_ROWS.items()
}
"""A transition without a line of its own does what its row says (`transitions.keep`)."""

for _kind, _workflow in WORKFLOWS.items():
    links.declare(_kind, EFFECTS[_kind][_workflow.sends])
