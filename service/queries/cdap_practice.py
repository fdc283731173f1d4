"""The good practices for CDAP, what is asked of the Cnaf, and the counts that feed it (R-GO-8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from service.models import Account, CdapPractice, CnafRequest, CnafStep, Ticket, UrgentRightsDetails
from service.workflows.cdap_practice import ORIGINAL


@dataclass(frozen=True, slots=True)
class Practice:
    """The wording in use; version 0 is the text that Relais came with, which nobody changed."""

    version: int
    body: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Of the requests of a CDAS: how many said that CDAP was closed to it, how many what they missed there."""

    no_access: int
    missing: int


def present(session: Session) -> Practice:
    """The wording in use."""
    row = session.scalar(select(CdapPractice).order_by(CdapPractice.version.desc()).limit(1))
    return Practice(0, ORIGINAL) if row is None else Practice(row.version, row.body)


def versions() -> Select[CdapPractice, str]:
    """Every wording since the first change, the last one first, each with the name of who wrote it."""
    return (
        select(CdapPractice, Account.name)
        .join(Account, Account.id == CdapPractice.changed_by)
        .order_by(CdapPractice.version.desc())
    )


def requests() -> Select[CnafRequest]:
    """What was asked of the Cnaf, the last one first."""
    return select(CnafRequest).order_by(CnafRequest.id.desc())


def one(request_id: UUID) -> Select[CnafRequest]:
    """The request of that identifier."""
    return select(CnafRequest).where(CnafRequest.id == request_id)


def steps(*request_ids: UUID) -> Select[CnafStep, str]:
    """The steps of requests in their order, each with who recorded it."""
    return (
        select(CnafStep, Account.name)
        .join(Account, Account.id == CnafStep.recorded_by)
        .where(CnafStep.request_id.in_(request_ids))
        .order_by(CnafStep.id)
    )


def needs(session: Session, since: datetime, until: datetime) -> Mapping[str, Needs]:
    """By CDAS, what the urgent requests submitted in a period said of CDAP: counts, never the sealed words."""
    query = (
        select(
            Ticket.asking_unit_id,
            func.sum(case((UrgentRightsDetails.cdap_no_access, 1), else_=0)),
            func.sum(case((UrgentRightsDetails.cdap_missing_sealed.is_not(None), 1), else_=0)),
        )
        .join(UrgentRightsDetails, UrgentRightsDetails.ticket_id == Ticket.id)
        .where(Ticket.submitted_at >= since, Ticket.submitted_at < until, Ticket.asking_unit_id.is_not(None))
        .group_by(Ticket.asking_unit_id)
    )
    return {
        code: Needs(int(closed), int(missing)) for code, closed, missing in session.execute(query) if code
    }
