"""The local committee, the meetings of exchanges, and the qualitative part of a year's evaluation (R-SI)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import SiEvaluation, SiMeeting
from service.operations.si_agreement import expect_keeper, expect_none, today
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.workflows import si

EVALUATED = ("difficulties", "good_practices", "proposals", "objectives")


def note(actor: Actor, given: Mapping[str, Any], meeting_id: UUID | None = None) -> UUID:
    """Enter a meeting that was held, or correct it: its kind, who was there by party, the decisions.

    Refuses a day to come, a meeting where nobody was, a NIR.
    """
    expect_keeper(actor)
    refuse_nir(given)
    expect_none(si.past_errors("held_on", given["held_on"], today()))
    if not given.get("present"):
        raise InvalidInput({"present": ["Cochez au moins une partie présente."]}, rule="R-SI")
    with transaction() as session:
        meeting = SiMeeting() if meeting_id is None else session.get(SiMeeting, meeting_id)
        if meeting is None:
            raise NotVisible
        meeting.kind, meeting.held_on = given["kind"], given["held_on"]
        meeting.present, meeting.decisions = list(given["present"]), given.get("decisions")
        session.add(meeting)
        return meeting.id


def evaluate(actor: Actor, year: int, given: Mapping[str, Any]) -> None:
    """Write or change the remarks of a year (art. 7). Refuses a year to come, a NIR."""
    expect_keeper(actor)
    refuse_nir(given)
    if not si.EARLIEST.year <= year <= today().year:
        raise NotVisible
    with transaction() as session:
        written = session.get(SiEvaluation, year) or SiEvaluation(year=year)
        for name in EVALUATED:
            setattr(written, name, given.get(name))
        written.changed_at, written.changed_by = clock.now(), actor.account_id
        session.add(written)
