"""Who takes part in a meeting or owes an action: a unit or a person, as « unit:cdas-redon » or « person:… »."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput
from service.models import Account, MeetingParticipant, Membership
from service.operations import staff
from service.permissions import HOLDERS, Permission, UnitKind
from service.queries.reference import Reference, UnitCard, reference
from service.workflows import french

Who = tuple[str | None, UUID | None]
"""The code of a unit, or the account of a person."""


def as_text(who: Who) -> str:
    """As a form holds it."""
    unit_code, account_id = who
    return f"unit:{unit_code}" if unit_code else f"person:{account_id}"


def people() -> Select[Membership]:
    """Those who may be named in person: who keeps the meetings. All others come with their unit."""
    return staff.members(clock.now()).where(Membership.role.in_(HOLDERS[Permission.WRITE_MEETINGS]))


def units(known: Reference) -> list[UnitCard]:
    """The units that may be named: all that still exist, but the administration."""
    today = french.local_day(clock.now())
    there = [one for one in known.units.values() if not one.closed_by(today)]
    return sorted((one for one in there if one.kind is not UnitKind.ADMINISTRATION), key=lambda one: one.name)


def known(session: Session, who: str, field: str) -> Who:
    """The unit or person behind the text; refuses (InvalidInput) whoever is not to be chosen."""
    sort, _, code = who.partition(":")
    if sort == "unit" and code in {one.code for one in units(reference(session))}:
        return code, None
    if sort == "person":
        for member in session.scalars(people()):
            if str(member.account_id) == code:
                return None, member.account_id
    raise InvalidInput({field: ["Choisissez dans la liste."]})


def still_here(session: Session, account_id: UUID) -> bool:
    """Whether the person may still be named."""
    return session.scalar(people().where(Membership.account_id == account_id)) is not None


def mailbox_of(session: Session, one: MeetingParticipant, known: Reference) -> UnitCard | None:
    """The unit and the address to write to; None when there is none."""
    if one.unit_code is not None:
        unit = known.units[one.unit_code]
        return unit if unit.email else None
    member = session.scalar(staff.members(clock.now()).where(Account.id == one.account_id))
    return replace(known.units[member.unit_code], email=member.account.email) if member else None
