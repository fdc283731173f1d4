"""Record, correct and take back an awareness action or a CDAP workshop (R-GO-4)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import AwarenessAction
from service.operations.choosing import cdas_mistake
from service.operations.keepers import expect_keeper
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries.reference import reference
from service.workflows import french


def record(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Write down an action that was held; gives its identifier.

    Refuses a day to come, an action without place nor CDAS, an unknown unit, and a NIR in the place (R-DP-7).
    """
    with transaction() as session:
        action = AwarenessAction(recorded_at=clock.now(), recorded_by=actor.account_id)
        _write(session, actor, action, given)
        session.add(action)
    return action.id


def correct(actor: Actor, action_id: UUID, given: Mapping[str, Any]) -> None:
    """Give an action other values; who and when is kept. Refuses what `record` refuses, and one taken back."""
    with transaction() as session:
        action = session.get(AwarenessAction, action_id)
        if action is None or action.removed_at is not None:
            raise NotVisible
        _write(session, actor, action, given)
        action.changed_at, action.changed_by = clock.now(), actor.account_id


def take_back(actor: Actor, action_id: UUID, *, back: bool = False) -> None:
    """Take an action that was entered by mistake out of lists and figures; `back` undoes that."""
    expect_keeper(actor)
    with transaction() as session:
        action = session.get(AwarenessAction, action_id)
        if action is None:
            raise NotVisible
        action.removed_at = None if back else clock.now()
        action.changed_at, action.changed_by = clock.now(), actor.account_id


def _write(session: Session, actor: Actor, action: AwarenessAction, given: Mapping[str, Any]) -> None:
    expect_keeper(actor)
    refuse_nir(given)
    known = reference(session)
    mistakes: dict[str, list[str]] = {}
    if given["held_on"] > french.local_day(clock.now()):
        mistakes["held_on"] = ["Une action se note une fois tenue : ce jour est à venir."]
    if not given.get("place") and not given.get("cdas_code"):
        mistakes["place"] = ["Indiquez le lieu, ou choisissez un CDAS."]
    code = given.get("cdas_code")
    if code and (mistake := cdas_mistake(known, code, given["held_on"])):
        mistakes["cdas_code"] = [mistake]
    if given["organised_by"] not in known.units:
        mistakes["organised_by"] = ["Choisissez dans la liste."]
    if mistakes:
        raise InvalidInput(mistakes, rule="R-GO-4")
    for name in ("kind", "held_on", "audience", "participants", "organised_by"):
        setattr(action, name, given[name])
    action.place, action.cdas_code = given.get("place"), given.get("cdas_code")
