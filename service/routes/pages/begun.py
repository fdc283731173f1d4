"""What the form of an act begins with: what is known already, so that it is read over instead of typed again."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.models import AppointmentDetails
from service.routes.pages.views.ticket_page import TicketPage

Values = Mapping[str, Any]


def begun_with(page: TicketPage, name: str, choices: Mapping[str, Sequence[Any]]) -> Values:
    """The values, by field, of the form of the act `name`; none where nothing is known."""
    if page.urgent:
        teams = choices.get("prestations", ())
        return {"unit_id": teams[0][0]} if name == "assign" and len(teams) == 1 else {}
    if name == "accept":
        return {"holder_id": page.actor.account_id}
    if name in ("forward", "offer"):
        return _of_the_sector(choices)
    if isinstance(page.kept.sheet.own, AppointmentDetails):
        if name == "schedule":
            return {**_of_the_sector(choices), **_offered(page, page.kept.sheet.own)}
        if name == "close":
            return _event(page.kept.sheet.own)
    return {}


def _of_the_sector(choices: Mapping[str, Sequence[Any]]) -> Values:
    """The worker of the sector where there is one only (R-CI-3): between two, the user chooses."""
    groups = choices["social_workers"]
    workers: Sequence[Any] = groups[0][1] if groups else []
    return {"holder_id": workers[0][0]} if len(workers) == 1 else {}


def _offered(page: TicketPage, own: AppointmentDetails) -> Values:
    """The offer that the person accepted."""
    if page.state[0] != "offered":
        return {}
    return {
        "meeting_on": own.meeting_on,
        "meeting_time": f"{own.meeting_time:%H:%M}" if own.meeting_time else None,
        "place": own.place,
        "holder_id": page.kept.sheet.ticket.holder_id,
    }


def _event(own: AppointmentDetails) -> Values:
    """The event that the request told of, for the accompaniment that opens (R-AC)."""
    return {"event": own.scope_event, "event_on": own.scope_event_on} if own.scope_event != "none" else {}
