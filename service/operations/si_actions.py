"""The actions held in the shelters (R-SI, art. 4-4): numbers only, never who was met (art. 9)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, selectinload

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import SiAction, SiRight, SiStructure
from service.operations.si_agreement import expect_keeper, expect_none, today
from service.permissions import Actor
from service.workflows import si


def note(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Enter an action, held or planned; `right_<code>`: rights of that kind that the Caf opened.

    Refuses a structure that is not open that day, and what can not be (`si.action_errors`).
    """
    expect_keeper(actor)
    with transaction() as session:
        noted = SiAction(noted_by=actor.account_id, noted_at=clock.now())
        noted.rights = []
        _describe(session, noted, given)
        session.add(noted)
        return noted.id


def change(actor: Actor, action_id: UUID, given: Mapping[str, Any]) -> None:
    """Complete it once it was held, or later, when rights were opened; refuses as `note` does."""
    expect_keeper(actor)
    with transaction() as session:
        _describe(session, _one(session, action_id), given)


def withdraw(actor: Actor, action_id: UUID) -> None:
    """Take away an action that was noted by mistake, or did not take place."""
    expect_keeper(actor)
    with transaction() as session:
        session.delete(_one(session, action_id))


def _one(session: Session, action_id: UUID) -> SiAction:
    found = session.get(SiAction, action_id, options=[selectinload(SiAction.rights)], with_for_update=True)
    if found is None:
        raise NotVisible
    return found


def _describe(session: Session, action: SiAction, given: Mapping[str, Any]) -> None:
    held_on: date = given["held_on"]
    rights = {code: number for code in si.RIGHTS if (number := given.get(f"right_{code}"))}
    files, people_met = given.get("files"), given.get("people_met")
    expect_none(si.action_errors(given["kind"], given["team"], held_on, files, people_met, rights, today()))
    structure = session.get(SiStructure, given["structure_id"])
    _expect_open(structure, held_on)
    action.structure_id = given["structure_id"]
    action.held_on, action.kind, action.team = held_on, given["kind"], given["team"]
    action.files, action.people_met = files, people_met
    before = {right.code: right for right in action.rights}
    action.rights = [before.get(code) or SiRight(code=code) for code in rights]
    for right in action.rights:
        right.number = rights[right.code]


def _expect_open(structure: SiStructure | None, held_on: date) -> None:
    if structure is None:
        raise InvalidInput({"structure_id": ["Choisissez dans la liste."]})
    if held_on < structure.opened_on or (structure.closed_on is not None and held_on >= structure.closed_on):
        raise InvalidInput({"held_on": [f"{structure.name} n’est pas ouverte ce jour-là."]}, rule="R-SI")
