"""Making a backup, and the way back. A backup is kept once it was restored beside and found to be the same."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import islice
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from types import ModuleType

from alembic.util.exc import CommandError
from sqlalchemy import delete, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from service import clock, migrate
from service.backup import postgres, sqlite
from service.backup.archive import Archive, BackupRefused, Manifest, write
from service.backup.replaying import replay
from service.database import engine_for, snapshot
from service.models import (
    ApiToken,
    BegunLogin,
    CalendarFeed,
    Invitation,
    LoginSession,
    Passkey,
    RecoveryCode,
    WebhookDelivery,
    WebhookEndpoint,
)
from service.operations import elimination_register
from service.operations.verification import Verification
from service.workflows.french import PARIS
from service.workflows.verifying import Finding

_LEFT = ".relais-"
SUFFIX = ".sauvegarde"
FINDINGS = 20
"""One alteration often shows in several places: the first one is where to look."""
_WAYS: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}
Renew = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was restored beside and compared; `findings`: where its journal had been altered before.

    `erased`: how many requests eliminated since it was made were erased again, where it was restored.
    """

    manifest: Manifest
    findings: Sequence[Finding]
    path: Path
    erased: int = 0


def name_at(instant: datetime) -> str:
    """The usual name of a backup made then."""
    return f"relais-{instant.astimezone(PARIS):%Y-%m-%d-%Hh%M}{SUFFIX}"


def make(url: str, key: bytes, destination: Path, renew: Renew = lambda: None) -> Made:
    """Write the database at `url` to `destination`, a folder or a file that is not there yet, and prove it.

    People go on working. Nothing stands under the final name before it was restored beside and found the same.
    Refuses (BackupRefused) a name that is taken, a disk that does not take it, and what does not come back equal.
    """
    path = destination / name_at(clock.now()) if destination.is_dir() else destination
    if path.exists():
        raise BackupRefused(f"{path} existe déjà : rien n’a été écrit.")
    with _failures_told(url, f"La sauvegarde n’a pas pu être faite dans {path.parent}"):
        with _private(path.parent) as private:
            waiting = private / path.name
            _write(url, key, waiting, renew)
            with _restored(url, key, waiting, private, renew) as (_, manifest, findings):
                made = Made(manifest, findings, path)
            waiting.rename(path)
        _settle(path.parent)
    return made


def restore(
    url: str,
    key: bytes,
    source: Path,
    *,
    replace: bool = False,
    register: Path | None = None,
    without_register: bool = False,
) -> Made:
    """Put what `source` holds at `url`, at this version's schema; all or nothing.

    What was eliminated since it was made is erased again before anybody may look, by the `register` of eliminations
    (P-08). Refuses (BackupRefused) another key, a file that was altered or cut, one of another kind of database or of
    a newer Relais, and, unless told to `replace` it, a database where there is anything; and (RegisterRefused) to go
    on `without_register` unless told so.
    """
    with _failures_told(url, "La restauration n’a pas pu se faire"):
        if not replace:
            _expect_empty(url)
        with (
            _private(_way(url).folder_of(url)) as private,
            _restored(url, key, source, private, lambda: None) as (scratch, manifest, findings),
        ):
            _nobody_inside(scratch)
            erased = 0 if without_register else replay(scratch, manifest, register)
            _way(url).put_in_place(scratch, url)
            return Made(manifest, findings, source, erased)


def _expect_empty(url: str) -> None:
    """What is to be replaced may be broken: it is not even looked at."""
    if not _way(url).is_empty(url):
        raise BackupRefused(
            "La base n’est pas vide : rien n’a été restauré. Pour perdre ce qu’elle contient, ajoutez --replace."
        )


def _write(url: str, key: bytes, path: Path, renew: Renew) -> None:
    elimination_register.begin()
    register = elimination_register.head()  # before the snapshot: of what comes after, it has to be told
    with (
        _way(url).snapshot(url, path.parent) as (rows, parts),
        open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,  # noqa: PTH123
    ):
        kind = make_url(url).get_backend_name()
        manifest = Manifest(kind, migrate.current(url) or "", clock.now().isoformat(), rows, register)
        write(file, key, manifest, (_renewing(part, renew) for part in parts))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _restored(
    url: str, key: bytes, path: Path, private: Path, renew: Renew
) -> Iterator[tuple[str, Manifest, Sequence[Finding]]]:
    """The address of a scratch database with what the file holds, checked and at this version's schema."""
    with path.open("rb") as file:
        archive = Archive(file, key, renew)
        manifest = archive.manifest
        _expect_fit(url, manifest)
        with _way(url).scratch(url, archive, private) as scratch:
            archive.expect_end()
            renew()
            if migrate.current(scratch) != manifest.revision or _way(url).rows_at(scratch) != manifest.rows:
                raise BackupRefused(
                    "Ce qui est restauré n’est pas ce qui a été sauvegardé : rien n’est gardé."
                )
            migrate.upgrade(scratch, after_each=renew)
            yield scratch, manifest, _findings(scratch, renew)


def _expect_fit(url: str, manifest: Manifest) -> None:
    kind = make_url(url).get_backend_name()
    if manifest.database != kind:
        raise BackupRefused(
            f"Cette sauvegarde est celle d’une base {manifest.database}, et celle-ci est {kind}."
        )
    try:
        migrate.expect_known(manifest.revision)
    except CommandError:
        raise BackupRefused(
            "Cette sauvegarde vient d’une version plus récente de Relais : mettez Relais à jour, puis recommencez."
        ) from None


def _findings(url: str, renew: Renew) -> Sequence[Finding]:
    bind = engine_for(url)
    try:
        with snapshot(bind) as session:
            found = list(islice(Verification(session, renew=renew).findings(), FINDINGS))
    finally:
        bind.dispose()
    renew()
    return found


def _nobody_inside(url: str) -> None:
    """Who had left since, or was shut out, does not come back in with the backup.

    Nor by a link, a token, a key or a code for emergencies that was used up or ended since.
    """
    bind = engine_for(url)
    try:
        with bind.begin() as connection:
            for key in (LoginSession, BegunLogin, ApiToken, RecoveryCode, Passkey, CalendarFeed):
                connection.execute(delete(key))
            open_links = update(Invitation).where(Invitation.used_at.is_(None))
            connection.execute(open_links.values(expires_at=Invitation.created_at))
            now = clock.now()
            connection.execute(
                update(WebhookEndpoint)
                .where(WebhookEndpoint.switched_off_at.is_(None))
                .values(switched_off_at=now)
            )
            waiting = WebhookDelivery.next_try_at.is_not(None)
            connection.execute(update(WebhookDelivery).where(waiting).values(next_try_at=None, failed_at=now))
    finally:
        bind.dispose()


def _renewing(part: Iterator[bytes], renew: Renew) -> Iterator[bytes]:
    for block in part:
        renew()
        yield block


@contextmanager
def _private(parent: Path | None) -> Iterator[Path]:
    """A folder that is removed at the end, with those of processes that died. Refuses a second one at a time."""
    if parent is None:
        with TemporaryDirectory(prefix=_LEFT) as private:
            yield Path(private)
        return
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
        for left in parent.glob(f"{_LEFT}*"):
            rmtree(left, ignore_errors=True)
        with TemporaryDirectory(prefix=_LEFT, dir=parent) as private:
            yield Path(private)
    except BlockingIOError:
        raise BackupRefused("Une autre sauvegarde ou restauration est en cours ici.") from None
    finally:
        os.close(descriptor)


@contextmanager
def _failures_told(url: str, what: str) -> Iterator[None]:
    """What the disk or the database refuses, in a sentence; nothing is left and nothing was changed."""
    try:
        yield
    except (OSError, DBAPIError, _way(url).FAILED) as failed:
        why = failed.strerror if isinstance(failed, OSError) else str(failed).partition("\n")[0]
        raise BackupRefused(f"{what} ({why}) : il n’en reste rien, et la base est comme avant.") from failed


def _settle(folder: Path) -> None:
    """The new name survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _way(url: str) -> ModuleType:
    return _WAYS[make_url(url).get_backend_name()]
