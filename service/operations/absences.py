"""Absences: who is away, who acts instead. A replacement covers the person's work, and gets no right by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import Absence, Account, Membership
from service.operations import staff
from service.permissions import HEAD_ROLES, Actor, Permission, Role, UnitKind, may
from service.queries.absences import covering
from service.workflows import french
from service.workflows.weekly_hours import midnight

log = logs.logger(__name__)

MOST_HOPS = 5
"""How far a replacement who is away too is followed on."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who acts on a day: `account_id`, None if nobody; `instead_of`, the person who is away, None if they are there."""

    account_id: UUID | None
    instead_of: UUID | None


def standing_in(session: Session, account_id: UUID, day: date) -> StandIn:
    """Who acts for somebody on a day: themselves, else the replacement, or the replacement's own, and so on.

    Nobody acts who is suspended or works in another unit by then, nor after `MOST_HOPS` or in a circle.
    """
    return standing_in_for(session, [account_id], day)[account_id]


def standing_in_for(session: Session, account_ids: Sequence[UUID], day: date) -> Mapping[UUID, StandIn]:
    """The same for several people at once, in three statements."""
    away = _replacements(session, day)
    found = {one: _followed(away, one) for one in account_ids}
    wanted = {*account_ids, *(one for one in found.values() if one is not None)}
    at_work, employed = _units_at_work(session, wanted, day), _units_employing(session, account_ids, day)
    return {one: _stand_in(one, found[one], away, at_work, employed) for one in account_ids}


def _stand_in(
    account_id: UUID,
    found: UUID | None,
    away: Mapping[UUID, UUID | None],
    at_work: Mapping[UUID, str],
    employed: Mapping[UUID, str],
) -> StandIn:
    if account_id not in away:
        return StandIn(account_id, None) if account_id in at_work else StandIn(None, account_id)
    same_unit = found is not None and found in at_work and at_work[found] == employed.get(account_id)
    return StandIn(found if same_unit else None, account_id)


def note(
    actor: Actor, account_id: UUID, starts_on: date, ends_on: date, replacement_id: UUID | None = None
) -> UUID:
    """Note an absence, both days included; gives its identifier.

    Refuses an end before the start, days already noted as away, and a replacement who is the person, or who does not
    work in the same unit. Anybody may note their own; heads, those of their unit; the secretariat, those of the Caf
    social workers. For anybody else the answer is that of somebody unknown.
    """
    with transaction() as session:
        person = _covered(session, actor, account_id)
        _expect_days(session, account_id, starts_on, ends_on)
        if replacement_id is not None:
            _expect_replacement(session, person, replacement_id, starts_on)
        absence = Absence(
            account_id=account_id,
            starts_on=starts_on,
            ends_on=ends_on,
            replacement_id=replacement_id,
            noted_by_id=actor.account_id,
            noted_at=clock.now(),
        )
        session.add(absence)
    log.info("absence.noted", account_id=account_id)
    return absence.id


def end(actor: Actor, absence_id: UUID, day: date) -> None:
    """Let an absence end earlier: `day` is its last one. Refuses a day before its start, or after its end."""
    with transaction() as session:
        absence = _known(session, actor, absence_id)
        if not absence.starts_on <= day <= absence.ends_on:
            sentence = (
                f"Choisissez un jour entre le {french.short_date(absence.starts_on)} "
                f"et le {french.short_date(absence.ends_on)}."
            )
            raise InvalidInput({"ends_on": [sentence]})
        absence.ends_on = day
    log.info("absence.ended", account_id=absence.account_id)


def cancel(actor: Actor, absence_id: UUID) -> None:
    """Take back an absence that has not begun before today: nobody was replaced yet. Refuses one that has."""
    with transaction() as session:
        absence = _known(session, actor, absence_id)
        if absence.starts_on < french.local_day(clock.now()):
            raise InvalidInput(
                {"ends_on": ["Cette absence a commencé : elle se termine, elle ne s’annule pas."]}
            )
        session.delete(absence)
    log.info("absence.cancelled", account_id=absence.account_id)


def may_note_for(actor: Actor, account_id: UUID, unit_code: str, unit_kind: UnitKind) -> bool:
    """Whether the actor may note the absences of somebody of that unit (roles.md, « cover an absence »)."""
    if not may(actor, Permission.NOTE_ABSENCES):
        return False
    if account_id == actor.account_id:
        return True
    if actor.role is Role.CAF_SECRETARIAT:
        return unit_kind is UnitKind.CAF_SOCIAL
    return actor.role in HEAD_ROLES and actor.unit_id == unit_code


def people_covered_by(actor: Actor) -> Select[Membership]:
    """Those whose absences the actor may note, at work today or away: themselves, and whom `may_note_for` names."""
    members = staff.members(clock.now())
    if actor.role is Role.CAF_SECRETARIAT:
        return members.where(
            (Membership.account_id == actor.account_id) | Membership.unit.has(kind=UnitKind.CAF_SOCIAL.value)
        )
    if actor.role in HEAD_ROLES:
        return members.where(Membership.unit_code == actor.unit_id)
    return members.where(Membership.account_id == actor.account_id)


def _replacements(session: Session, day: date) -> Mapping[UUID, UUID | None]:
    """Everybody away on that day, with whom acts for them."""
    query = select(Absence.account_id, Absence.replacement_id).where(*covering(day))
    return {row[0]: row[1] for row in session.execute(query)}


def _followed(away: Mapping[UUID, UUID | None], account_id: UUID) -> UUID | None:
    """Whoever is there at the end of the chain of replacements; the account itself when not away."""
    found: UUID | None = account_id
    for _ in range(MOST_HOPS + 1):
        if found is None or found not in away:
            return found
        found = away[found]
    return None


def _units_at_work(session: Session, account_ids: Iterable[UUID], day: date) -> Mapping[UUID, str]:
    """The unit in which each works on that day; suspended people do not."""
    at_work = staff.members(midnight(day)).where(Membership.account_id.in_(sorted(account_ids, key=str)))
    return {one.account_id: one.unit_code for one in session.scalars(at_work)}


def _units_employing(session: Session, account_ids: Sequence[UUID], day: date) -> Mapping[UUID, str]:
    """The unit of each on that day, suspended or not."""
    query = select(Membership.account_id, Membership.unit_code).where(
        Membership.account_id.in_(account_ids),
        Membership.starts_on <= day,
        Membership.ends_on.is_(None) | (Membership.ends_on > day),
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _covered(session: Session, actor: Actor, account_id: UUID) -> Membership:
    """The present membership of somebody whose absences the actor may note, held against a second absence at once."""
    if not may(actor, Permission.NOTE_ABSENCES):
        raise NotPermitted("Noter une absence revient aux personnes qui traitent des demandes.")
    session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    person = session.scalar(staff.members(clock.now()).where(Membership.account_id == account_id))
    if person is None or not may_note_for(actor, account_id, person.unit_code, UnitKind(person.unit.kind)):
        raise NotVisible
    return person


def _known(session: Session, actor: Actor, absence_id: UUID) -> Absence:
    absence = session.get(Absence, absence_id)
    if absence is None:
        raise NotVisible
    _covered(session, actor, absence.account_id)
    session.refresh(absence)
    return absence


def _expect_days(session: Session, account_id: UUID, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise InvalidInput({"ends_on": ["La fin vient avant le début."]})
    other = session.scalar(
        select(Absence)
        .where(Absence.account_id == account_id, Absence.starts_on <= ends_on, Absence.ends_on >= starts_on)
        .order_by(Absence.starts_on)
        .limit(1)
    )
    if other is not None:
        days = f"du {french.short_date(other.starts_on)} au {french.short_date(other.ends_on)}"
        raise InvalidInput({"starts_on": [f"Une absence est déjà notée {days}."]})


def _expect_replacement(session: Session, person: Membership, replacement_id: UUID, day: date) -> None:
    if replacement_id == person.account_id:
        raise InvalidInput({"replacement": ["Une personne ne se remplace pas elle-même."]})
    if _units_at_work(session, [replacement_id], day).get(replacement_id) != person.unit_code:
        raise InvalidInput(
            {"replacement": ["Choisissez quelqu’un qui travaille alors dans le même service."]}
        )
