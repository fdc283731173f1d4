"""Decisions and actions of a meeting, typed while it goes on; what each side says around the figures (R-GO-1, 2)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotVisible, StaleVersion
from service.models import Meeting, MeetingComment, MeetingRecord
from service.operations import meeting_people
from service.operations.impersonal import refuse_numbers
from service.operations.meeting_guards import expect_writer, held_one, planned_one
from service.permissions import Actor
from service.workflows import french
from service.workflows.meetings import HEADINGS, MeetingKind, may_record


def record(actor: Actor, meeting_id: UUID, given: Mapping[str, Any]) -> UUID:
    """Note a decision, or an action with its owner and its day.

    Refuses a meeting that is not open yet or whose minutes stand, an action without owner or day, a day before the
    meeting, numbers of persons.
    """
    expect_writer(actor)
    refuse_numbers({"said": given["said"]})
    with transaction() as session:
        meeting = held_one(session, meeting_id)
        if not may_record(meeting.held_on, french.local_day(clock.now())):
            raise GuardRefused(
                "Le compte rendu de cette réunion est établi : il ne change plus.",
                rule="R-GO-1",
                advice="Notez-le à la prochaine réunion.",
            )
        owned: dict[str, Any] = {}
        if given["sort"] == "action":
            owned = _owned(session, meeting, given)
        made = MeetingRecord(
            meeting_id=meeting.id,
            kind=given["sort"],
            text=given["said"],
            recorded_at=clock.now(),
            recorded_by=actor.account_id,
            **owned,
        )
        session.add(made)
        return made.id


def done(actor: Actor, record_id: UUID, done_on: date, note: str | None) -> None:
    """An action is done: when, and what came of it. Refuses one that is done already, and a day to come."""
    expect_writer(actor)
    refuse_numbers({"note": note})
    with transaction() as session:
        action = open_action(session, record_id)
        first = french.local_day(action.recorded_at)
        if not first <= done_on <= french.local_day(clock.now()):
            raise InvalidInput({"done_on": [f"Choisissez un jour depuis le {french.short_date(first)}."]})
        action.done_on, action.done_note, action.done_by = done_on, note, actor.account_id


def remove(actor: Actor, meeting_id: UUID, record_id: UUID) -> None:
    """Take back what was typed by mistake. Refuses what was not typed today: it stands in the minutes."""
    expect_writer(actor)
    with transaction() as session:
        found = session.get(MeetingRecord, record_id, with_for_update=True)
        if found is None or found.meeting_id != meeting_id:
            raise NotVisible
        if not may_be_removed(found):
            raise GuardRefused(
                "Ce qui a été noté un autre jour est au compte rendu : il ne se retire plus.",
                rule="R-GO-1",
                advice="Notez une nouvelle décision qui la remplace.",
            )
        session.delete(found)


def may_be_removed(found: MeetingRecord) -> bool:
    """Whether it was typed today, and is not done."""
    return found.done_on is None and french.local_day(found.recorded_at) == french.local_day(clock.now())


def open_action(session: Session, record_id: UUID) -> MeetingRecord:
    """The action, held; NotVisible when there is none, GuardRefused when it is done."""
    found = session.get(MeetingRecord, record_id, with_for_update=True)
    if found is None or found.kind != "action":
        raise NotVisible
    if found.done_on is not None:
        raise GuardRefused(
            f"Cette action est faite depuis le {french.short_date(found.done_on)}.", rule="R-GO-1"
        )
    return found


def comment(actor: Actor, meeting_id: UUID, heading: str, text: str, *, seen: int) -> bool:
    """What the actor's institution says under a heading; False when nothing changed. An empty text takes it back.

    Refuses a meeting that is no committee or was held, numbers of persons, and (StaleVersion) a text that somebody
    changed after version `seen` (0: there was none).
    """
    expect_writer(actor)
    refuse_numbers({heading: text})
    with transaction() as session:
        meeting = planned_one(session, meeting_id)
        if meeting.kind != MeetingKind.COMMITTEE or heading not in HEADINGS:
            raise NotVisible
        kept = session.get(MeetingComment, (meeting.id, actor.institution.value, heading))
        if text == (kept.text if kept else ""):
            return False
        if (kept.version if kept else 0) != seen:
            raise StaleVersion(
                "Ce texte a changé depuis que vous l’avez ouvert.",
                advice="Le vôtre est gardé ci-dessous : comparez-les, puis enregistrez de nouveau.",
            )
        kept = kept or _new_comment(session, meeting, actor, heading)
        kept.text, kept.written_at, kept.written_by = text, clock.now(), actor.account_id
        kept.version = seen + 1
        return True


def _owned(session: Session, meeting: Meeting, given: Mapping[str, Any]) -> dict[str, Any]:
    missing = {name: ["Une action a un responsable et une échéance."] for name in ("owner", "due_on")}
    if wrong := {name: said for name, said in missing.items() if not given.get(name)}:
        raise InvalidInput(wrong, rule="R-GO-1")
    if given["due_on"] < meeting.held_on:
        raise InvalidInput({"due_on": ["L’échéance vient avant la réunion."]})
    unit_code, account_id = meeting_people.known(session, given["owner"], "owner")
    return {"unit_code": unit_code, "account_id": account_id, "due_on": given["due_on"]}


def _new_comment(session: Session, meeting: Meeting, actor: Actor, heading: str) -> MeetingComment:
    made = MeetingComment(
        meeting_id=meeting.id,
        institution=actor.institution.value,
        heading=heading,
        text="",
        version=0,
        written_at=clock.now(),
        written_by=actor.account_id,
    )
    session.add(made)
    return made
