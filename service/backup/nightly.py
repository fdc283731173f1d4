"""The backup of each night: where the environment says, for as many days as it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from service import clock, logs
from service.backup.making import SUFFIX, Renew, make, name_at
from service.config import Config
from service.database import reading, transaction
from service.models import BackupMade, Membership
from service.operations import elimination_register
from service.operations.heads_told import tell_members
from service.operations.staff import members
from service.permissions import Role

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Nightly:
    """Where the backups of this process go. Never shown: it holds the key."""

    url: str
    key: bytes
    folder: Path
    keep_days: int


_nightly: Nightly | None = None


def configure(config: Config) -> None:
    """Give the process its folder and key; none when the environment names none."""
    global _nightly
    _nightly = None
    if config.backup_folder is not None and config.backup_key is not None:
        _nightly = Nightly(
            config.database_url, config.backup_key, config.backup_folder, config.backup_keep_days
        )


def is_configured() -> bool:
    """Whether a folder is named for backups."""
    return _nightly is not None


def back_up(renew: Renew) -> int:
    """Make the backup of the night, then forget those that are too old; 0 when no folder is named.

    A backup that exists for this minute already is left as it is. While the journal is found altered nothing is
    forgotten, and the administration and the audit are told each night; the last backup from before it was found never
    is: somebody removes it by hand. What was found is noted, for « Santé ». Refuses (BackupRefused) as `make` does.
    """
    if _nightly is None:
        return 0
    _nightly.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    elimination_register.begin()
    at = clock.now()
    if (_nightly.folder / name_at(at)).exists():
        return 1
    made = make(_nightly.url, _nightly.key, _nightly.folder, renew)
    with transaction() as session:
        session.add(BackupMade(made_at=at, findings=len(made.findings)))
    if made.findings:
        log.error("backup.journal_altered", count=len(made.findings))
        _tell_altered()
    else:
        _forget_old(_nightly)
    return 1


def _tell_altered() -> None:
    watching = Membership.role.in_([Role.ADMIN.value, Role.AUDITOR.value])
    with transaction() as session:
        told = session.scalars(members(clock.now()).where(watching)).all()
        tell_members(
            session, told, "journal_altered", "Relais – journal altéré", "journal_altered.txt", "/sceaux"
        )


def _forget_old(nightly: Nightly) -> None:
    """Only once a new one stands; names are dates, so that their order is that of time."""
    limit = name_at(clock.now() - timedelta(days=nightly.keep_days))
    paths = sorted(nightly.folder.glob(f"relais-????-??-??-??h??{SUFFIX}"))
    kept = _from_before([path.name for path in paths])
    for path in paths:
        if path.name < limit and path.name not in kept:
            path.unlink(missing_ok=True)


def _from_before(names: Sequence[str]) -> set[str]:
    """The last sound backup before each one that found the journal altered."""
    with reading() as session:
        found = session.scalars(select(BackupMade.made_at).where(BackupMade.findings > 0)).all()
    altered = {name_at(at) for at in found}
    sound = [name for name in names if name not in altered]
    return {max(before) for name in altered if (before := [one for one in sound if one < name])}
