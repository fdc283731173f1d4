"""Record, correct and take back a local meeting or governance body (R-GO-7)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import LocalMeeting
from service.operations.keepers import expect_keeper
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries.local_meetings import territories
from service.workflows import french


def record(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Write down a meeting that was held; gives its identifier.

    Refuses a day to come, a territory that is not in the list, nobody on either side, and a NIR (R-DP-7).
    """
    with transaction() as session:
        meeting = LocalMeeting(recorded_at=clock.now(), recorded_by=actor.account_id)
        _write(session, actor, meeting, given)
        session.add(meeting)
    return meeting.id


def correct(actor: Actor, meeting_id: UUID, given: Mapping[str, Any]) -> None:
    """Give a meeting other values; who and when is kept. Its territory may be one that the list no longer has."""
    with transaction() as session:
        meeting = session.get(LocalMeeting, meeting_id)
        if meeting is None or meeting.removed_at is not None:
            raise NotVisible
        _write(session, actor, meeting, given)
        meeting.changed_at, meeting.changed_by = clock.now(), actor.account_id


def take_back(actor: Actor, meeting_id: UUID, *, back: bool = False) -> None:
    """Take a meeting that was entered by mistake out of the list; `back` undoes that."""
    expect_keeper(actor)
    with transaction() as session:
        meeting = session.get(LocalMeeting, meeting_id)
        if meeting is None:
            raise NotVisible
        meeting.removed_at = None if back else clock.now()
        meeting.changed_at, meeting.changed_by = clock.now(), actor.account_id


def _write(session: Session, actor: Actor, meeting: LocalMeeting, given: Mapping[str, Any]) -> None:
    expect_keeper(actor)
    refuse_nir(given)
    offered = {value for _, choices in territories(session) for value, _ in choices}
    mistakes: dict[str, list[str]] = {}
    if given["held_on"] > french.local_day(clock.now()):
        mistakes["held_on"] = ["Une rencontre se note une fois tenue : ce jour est à venir."]
    if given["where"] not in offered | {f"{meeting.scale}|{meeting.territory}"}:
        mistakes["where"] = ["Choisissez dans la liste."]
    if not given.get("for_caf") and not given.get("for_departement"):
        mistakes["for_caf"] = ["Indiquez qui était présent, au moins pour l’une des deux institutions."]
    if mistakes:
        raise InvalidInput(mistakes, rule="R-GO-7")
    meeting.scale, _, meeting.territory = given["where"].partition("|")
    meeting.kind, meeting.held_on = given["kind"], given["held_on"]
    for name in ("subject", "for_caf", "for_departement"):
        setattr(meeting, name, given.get(name))
