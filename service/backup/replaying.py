"""A backup older than an elimination, brought to what was decided since, before it opens (P-08)."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, exists, select
from sqlalchemy.orm import Session

from service import database
from service.backup.archive import BackupRefused, Manifest
from service.database import engine_for
from service.models import Ticket
from service.operations import elimination_register
from service.operations.elimination_register import RegisterRefused
from service.operations.erasure import erase

_AT_ONCE = 100
_HOW_TO_GO_ON = (
    "Copiez le registre à côté de la sauvegarde. S’il est perdu, --without-register ouvre la base avec les personnes "
    "éliminées depuis : à décider par les deux institutions."
)
_WHERE_THERE_WAS_NONE = (
    "La sauvegarde n’en connaît pas. S’il y en a un depuis, copiez-le à côté de la sauvegarde ; si rien n’a jamais été "
    "éliminé, ajoutez --without-register."
)


def replay(url: str, manifest: Manifest, where: Path | None) -> int:
    """Erase at `url` what the register names; gives how many requests it had to erase.

    Refuses (RegisterRefused) a register that is missing, older than the backup or than this house's own, or altered;
    and (BackupRefused) one that names a request which is not closed. A backup that knows of no register is no reason
    to go on without: eliminations may have begun since.
    """
    if where is None or not where.exists():
        raise RegisterRefused(
            f"Le registre des éliminations ({elimination_register.NAME}) manque : rien n’a été restauré.",
            rule="R-DP-6",
            advice=_HOW_TO_GO_ON if manifest.register else _WHERE_THERE_WAS_NONE,
        )
    found = elimination_register.read(where)
    if manifest.register and manifest.register not in found.marks:
        raise RegisterRefused(
            "Ce registre des éliminations n’est pas celui de la sauvegarde, ou sa fin manque : rien n’a été restauré.",
            rule="R-DP-6",
            advice=_HOW_TO_GO_ON,
        )
    if elimination_register.goes_on_after(found.head):
        raise RegisterRefused(
            "Ce registre est une ancienne copie de celui de RELAIS_BACKUP_FOLDER : rien n’a été restauré.",
            rule="R-DP-6",
            advice="Recommencez sans --register.",
        )
    bind = engine_for(url)
    try:
        return _erase(bind, found.tickets)
    finally:
        bind.dispose()


def _erase(bind: Engine, ticket_ids: Sequence[UUID]) -> int:
    done = 0
    with Session(bind) as session:
        for start in range(0, len(ticket_ids), _AT_ONCE):
            named = Ticket.id.in_(ticket_ids[start : start + _AT_ONCE])
            if session.scalar(select(exists().where(named, Ticket.ended_at.is_(None)))):
                raise BackupRefused(
                    "Le registre nomme une demande qui n’est pas close : rien n’a été restauré."
                )
            left = session.scalars(select(Ticket.id).where(named, Ticket.eliminated_at.is_(None))).all()
            erase(session, left)
            done += len(left)
        session.commit()
    if done:
        database.compact(bind)
    return done
