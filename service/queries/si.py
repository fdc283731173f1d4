"""The register of the convention Caf, Cpam, SIAO (R-SI): everything of it for its readers, nothing for anybody else."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from service.models import (
    SiAction,
    SiAgreement,
    SiContact,
    SiEvaluation,
    SiMeeting,
    SiRefresh,
    SiStructure,
)
from service.permissions import Actor, Permission, may
from service.workflows.si import COMMITTEE
from service.workflows.si_watch import Standing


def agreements(actor: Actor) -> Select[SiAgreement]:
    """Every agreement, the last one signed first."""
    return select(SiAgreement).where(_for(actor)).order_by(SiAgreement.signed_on.desc(), SiAgreement.id)


def contacts(actor: Actor) -> Select[SiContact]:
    """Referents and partners, present and past, the last one first."""
    return select(SiContact).where(_for(actor)).order_by(SiContact.starts_on.desc(), SiContact.id.desc())


def meetings(actor: Actor) -> Select[SiMeeting]:
    """Committees and exchanges, the last one first."""
    return select(SiMeeting).where(_for(actor)).order_by(SiMeeting.held_on.desc(), SiMeeting.id)


def refreshes(actor: Actor) -> Select[SiRefresh]:
    """Each time the list came, the last one first."""
    return select(SiRefresh).where(_for(actor)).order_by(SiRefresh.received_on.desc())


def evaluation(actor: Actor, year: int) -> Select[SiEvaluation]:
    """What was written of a year."""
    return select(SiEvaluation).where(_for(actor), SiEvaluation.year == year)


def structures(actor: Actor) -> Select[SiStructure]:
    """Every structure of the list, with its commune, closed ones included, by name."""
    return (
        select(SiStructure)
        .options(joinedload(SiStructure.commune))
        .where(_for(actor))
        .order_by(SiStructure.name, SiStructure.id)
    )


def open_on(day: date) -> ColumnElement[bool]:
    """Whether a structure is open on that day."""
    return (SiStructure.opened_on <= day) & or_(SiStructure.closed_on.is_(None), SiStructure.closed_on > day)


def actions(actor: Actor) -> Select[SiAction]:
    """Every action, with its structure and the rights opened, the last one first."""
    return (
        select(SiAction)
        .options(
            joinedload(SiAction.structure).joinedload(SiStructure.commune), selectinload(SiAction.rights)
        )
        .where(_for(actor))
        .order_by(SiAction.held_on.desc(), SiAction.id.desc())
    )


def of_structure(actor: Actor, structure_id: UUID) -> Select[SiAction]:
    """The actions of one structure."""
    return actions(actor).where(SiAction.structure_id == structure_id)


def last_action_days(actor: Actor, today: date) -> Select[UUID, date]:
    """For each structure that had an action, the day of the last one held."""
    return (
        select(SiAction.structure_id, func.max(SiAction.held_on))
        .where(_for(actor), SiAction.held_on <= today)
        .group_by(SiAction.structure_id)
    )


def last_refresh_on() -> Select[date]:
    """The day the list came last; for who reminds as for who reads."""
    return select(func.max(SiRefresh.received_on))


def last_committee_on() -> Select[date]:
    """The day the local committee met last."""
    return select(func.max(SiMeeting.held_on)).where(SiMeeting.kind == COMMITTEE)


def agreement_on(day: date) -> Select[SiAgreement]:
    """The agreement that stands on a day: signed, and not ended yet."""
    return (
        select(SiAgreement)
        .where(SiAgreement.signed_on <= day, or_(SiAgreement.ends_on.is_(None), SiAgreement.ends_on > day))
        .order_by(SiAgreement.signed_on.desc())
        .limit(1)
    )


def standing(session: Session, day: date) -> Standing | None:
    """What the watch looks at: the agreement that stands and what happened last; None without an agreement."""
    agreement = session.scalar(agreement_on(day))
    if agreement is None:
        return None
    return Standing(
        signed_on=agreement.signed_on,
        ends_on=agreement.ends_on,
        refreshed_on=session.scalar(last_refresh_on()),
        committee_on=session.scalar(last_committee_on()),
    )


def years(session: Session, actor: Actor, today: date) -> list[int]:
    """The years that the register tells of, this one first."""
    days = (
        session.scalar(select(func.min(SiAgreement.signed_on)).where(_for(actor))),
        session.scalar(select(func.min(SiAction.held_on)).where(_for(actor))),
    )
    first = min([today, *(day for day in days if day)]).year
    return list(range(today.year, first - 1, -1))


def _for(actor: Actor) -> ColumnElement[bool]:
    return true() if may(actor, Permission.READ_SI_REGISTER) else false()
