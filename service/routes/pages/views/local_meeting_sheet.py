"""Local meetings as the screen says them."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.models import LocalMeeting
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.convention_life import MeetingForm
from service.workflows import french
from service.workflows.local_meetings import MEETING_KINDS

Shown = dict[str, Any]


def shown(meeting: LocalMeeting) -> Shown:
    """One meeting: what, when, of which territory, who was there for each side."""
    return {
        "id": meeting.id,
        "kind": MEETING_KINDS[meeting.kind],
        "day": french.long_date(meeting.held_on),
        "iso": meeting.held_on.isoformat(),
        "territory": meeting.territory,
        "subject": meeting.subject or "",
        "departement": _people(meeting.for_departement),
        "caf": _people(meeting.for_caf),
    }


def form(
    offered: Sequence[tuple[str, list[tuple[str, str]]]],
    present: LocalMeeting | None,
    typed: Mapping[str, Any],
    mistakes: Mapping[str, Sequence[str]],
) -> Shown:
    """The form of a meeting; a territory that is no longer offered stays possible for the meeting that has it."""
    known = {value for _, choices in offered for value, _ in choices}
    own = as_typed(present)["where"] if present else ""
    kept = [("Ce territoire", [(own, present.territory)])] if present and own not in known else []
    fields = form_fields(MeetingForm, typed, mistakes, {"territories": [*kept, *offered]})
    return {"fields": fields, "errors": general_errors(mistakes, fields)}


def as_typed(meeting: LocalMeeting) -> Shown:
    """The meeting as its form holds it."""
    said = {name: getattr(meeting, name) for name in MeetingForm().fields if name != "where"}
    return {**said, "where": f"{meeting.scale}|{meeting.territory}"}


def _people(listed: str | None) -> list[str]:
    return [line.strip() for line in (listed or "").split("\n") if line.strip()]
