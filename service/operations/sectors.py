"""The sectors of the Caf social service: whose is a place, and who is its worker (R-CI-3, R-RV)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import Account, Coverage, Membership, Sector
from service.operations import staff
from service.permissions import Actor, Role

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class SectorWorker:
    """A sector that covers a place; its worker, present or not (`absences.standing_in`); the quarter, or ""."""

    sector_code: str
    sector_name: str
    worker_id: UUID | None
    worker_name: str | None
    quarter: str
    permanences: tuple[str, ...] = ()


def candidates(session: Session, commune_insee: str | None, quarter: str | None = None) -> list[SectorWorker]:
    """The sectors of a home: one for a whole commune, one for each quarter where quarters split it and none is given.

    None for an unknown commune or quarter. A quarter is not looked at where the commune is whole.
    """
    query = (
        select(Sector, Coverage.quarter, Account.name)
        .join(Coverage, Coverage.sector_code == Sector.code)
        .outerjoin(Account, Account.id == Sector.worker_id)
        .where(Coverage.commune_insee == commune_insee)
        .order_by(Coverage.quarter_name, Coverage.quarter)
    )
    if quarter:
        query = query.where(Coverage.quarter.in_((quarter, "")))
    return [_worker(sector, name, of) for sector, of, name in session.execute(query)]


def all_sectors(session: Session) -> list[SectorWorker]:
    """Every sector, in the order of their codes."""
    query = select(Sector, Account.name).outerjoin(Account, Account.id == Sector.worker_id)
    return [_worker(sector, name, "") for sector, name in session.execute(query.order_by(Sector.code))]


def may_set_worker(actor: Actor) -> bool:
    """Whether the actor gives sectors their worker: the administration, and the head of the Caf social service."""
    return actor.role in (Role.ADMIN, Role.CAF_HEAD)


def set_worker(actor: Actor, sector_code: str, worker_id: UUID | None) -> None:
    """Give a sector its worker, or none for now. Refuses somebody who is not a social worker of the Caf today."""
    if not may_set_worker(actor):
        raise NotPermitted(
            "Les secteurs reviennent à la responsable du service social de la Caf et à l’administration."
        )
    with transaction() as session:
        sector = session.get(Sector, sector_code, with_for_update=True)
        if sector is None:
            raise NotVisible
        if worker_id is not None and not _is_worker(session, worker_id):
            raise InvalidInput({"worker": ["Choisissez une personne du service social de la Caf."]})
        sector.worker_id = worker_id
    log.info("sector.worker_set", account_id=worker_id)


def _is_worker(session: Session, account_id: UUID) -> bool:
    at_work = staff.members(clock.now()).where(
        Membership.account_id == account_id, Membership.role == Role.CAF_TS
    )
    return session.scalar(at_work) is not None


def _worker(sector: Sector, name: str | None, quarter: str) -> SectorWorker:
    places = tuple((sector.permanences or "").splitlines())
    return SectorWorker(sector.code, sector.name, sector.worker_id, name, quarter, places)
