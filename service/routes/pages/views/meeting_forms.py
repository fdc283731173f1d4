"""The forms of a meeting's page: each begun with what was typed, else with what the meeting says."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service import clock
from service.models import Meeting
from service.operations import meeting_people
from service.operations.meeting_people import as_text
from service.permissions import Actor, Institution
from service.queries.reference import Reference
from service.routes.pages.views.forms import form_fields, with_unanswered
from service.schemas.meetings import AddLine, AddParticipant, Comments, Done, Moved, Planned, Recorded
from service.workflows import french
from service.workflows.meetings import HEADINGS, INSTITUTION_LABELS, may_record

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]


def plan_form(typed: Mapping[str, Any], mistakes: Mistakes) -> list[Shown]:
    """A new meeting."""
    return form_fields(Planned, typed, mistakes, {})


def forms_of(
    session: Session, meeting: Meeting, known: Reference, typed: Mapping[str, Any], mistakes: Mistakes
) -> dict[str, list[Shown]]:
    """The forms that the state of the meeting allows."""
    who = {"who": choices_of(session, known)}
    if meeting.held_at is not None and not may_record(meeting.held_on, french.local_day(clock.now())):
        return {}
    if meeting.held_at is not None:
        begun = {"sort": "decision", **typed}
        fields = form_fields(Recorded, begun, mistakes, who)
        return {"record": with_unanswered(fields) if mistakes else fields}
    said = {"held_on": meeting.held_on, "starts_at": meeting.starts_at, "place": meeting.place}
    return {
        "change": form_fields(Moved, {**said, **typed}, mistakes, {}),
        "participant": form_fields(AddParticipant, typed, mistakes, who),
        "line": form_fields(AddLine, typed, mistakes, {}),
    }


def comment_form(
    kept: Mapping[tuple[str, str], tuple[str, int]],
    actor: Actor,
    typed: Mapping[str, Any],
    mistakes: Mistakes,
) -> list[Shown]:
    """What the actor's institution says around the figures."""
    side = actor.institution.value
    begun = {heading: kept.get((side, heading), ("", 0))[0] for heading in HEADINGS}
    return form_fields(Comments, {**begun, **typed}, mistakes, {})


def done_form(typed: Mapping[str, Any], mistakes: Mistakes) -> list[Shown]:
    """An action is done, today unless said otherwise."""
    return form_fields(Done, {"done_on": french.local_day(clock.now()), **typed}, mistakes, {})


def choices_of(session: Session, known: Reference) -> list[Any]:
    """Units, then people, by institution."""
    units, people = meeting_people.units(known), session.scalars(meeting_people.people()).all()
    groups: list[Any] = []
    for side in Institution:
        name = INSTITUTION_LABELS[side]
        groups.append(
            (
                f"{name} – services",
                [(as_text((u.code, None)), u.name) for u in units if u.institution is side],
            )
        )
        groups.append(
            (
                f"{name} – personnes",
                [
                    (as_text((None, one.account_id)), f"{one.account.name}, {one.unit.name}")
                    for one in people
                    if one.unit.institution == side
                ],
            )
        )
    return [group for group in groups if group[1]]
