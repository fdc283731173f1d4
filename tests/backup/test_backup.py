"""Backup and restore on real databases: while people work, equal afterwards, refused when in doubt, never half done."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from resource import RLIMIT_FSIZE, getrlimit, setrlimit
from threading import Event
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, inspect, select, text, update

from service import clock, migrate
from service.backup import making, nightly
from service.backup.archive import BackupRefused
from service.backup.making import Made, make, restore
from service.database import reading, transaction
from service.models import JournalEntry, OutboxMail, Passkey
from service.operations import accounts, calendar_feeds, login, second_factor, tokens
from service.operations.seals import seal_journal
from service.queries import jobs
from tests import settings
from tests.factories import World, a_submitted_ticket, email_of, seeded_world
from tests.faults.tampering import put_guards_aside

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, db: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the same kind."""
    if db.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    cluster, name = request.getfixturevalue("postgres_cluster"), f"t_{uuid4().hex[:16]}"
    yield cluster.create(name)
    cluster.drop(name)


def content(url: str) -> Mapping[str, list[str]]:
    """Every row of every table, and the names of what guards them."""
    engine = create_engine(url)
    guards = {
        "sqlite": "SELECT name || coalesce(sql, '') FROM sqlite_master",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        found = {
            name: sorted(str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{name}"')))
            for name in inspect(connection).get_table_names()
        }
        found["guards"] = sorted(connection.scalars(text(guards[connection.dialect.name])))
    engine.dispose()
    return found


def test_what_was_saved_while_people_wrote_comes_back_whole_and_nothing_else_does(
    db: str, world: World, elsewhere: str, tmp_path: Path
) -> None:
    """In one go, since each restoration runs all migrations: what fails leaves nothing, what is made comes back."""
    a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        seal_journal(session)
        login.begin(session, world.cdas_agent.account_id, enrolling=False)
        second_factor.renew_recovery_codes(session, world.cdas_agent.account_id)
        key = {"credential_id": b"key", "public_key": b"public", "uses": 0, "label": "Poste"}
        session.add(Passkey(account_id=world.cdas_agent.account_id, added_at=clock.now(), **key))
    tokens.create(world.cdas_agent, "Tableur", days=30)
    calendar_feeds.renew(world.cdas_agent)
    accounts.invite_again(world.admin, world.cdas_agent.account_id)
    expect_nothing_left_by_failures(db, tmp_path / "backups")
    with write_on(world) as writing:
        made = make(db, KEY, tmp_path / "backups", renew=writing)
    assert made.findings == []
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "backups").iterdir()] == [0o600], "swept"
    expect_refused(db, elsewhere, made)
    restore(elsewhere, KEY, made.path, without_register=True)
    restored = content(elsewhere)
    keys = ("begun_login", "api_token", "recovery_code", "passkey", "calendar_feed")
    assert all(made.manifest.rows[one] for one in keys), "and nobody is left inside, nor at the door"
    whole = {**made.manifest.rows, **dict.fromkeys(keys, 0)}
    assert {name: len(rows) for name, rows in restored.items() if name != "guards"} == whole
    assert restored["guards"] == content(db)["guards"]
    assert set(restored["journal_entry"]) < set(content(db)["journal_entry"]), "people went on"
    # What stands is not lost unless one says so; then it is the saved one, whole.
    with pytest.raises(BackupRefused, match="--replace"):
        restore(db, KEY, made.path)
    assert content(db) != restored
    assert restore(db, KEY, made.path, replace=True, without_register=True).findings == []
    assert content(db) == restored


def expect_nothing_left_by_failures(db: str, folder: Path) -> None:
    """A full disk, and a process that dies while it writes."""
    folder.mkdir()
    with files_of_at_most(64 << 10), pytest.raises(BackupRefused, match="il n’en reste rien"):
        make(db, KEY, folder)
    assert list(folder.iterdir()) == []
    child = os.fork()
    if not child:
        try:
            make(db, KEY, folder, renew=lambda: os.kill(os.getpid(), signal.SIGKILL))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert list(folder.glob("*.sauvegarde")) == []


def expect_refused(db: str, elsewhere: str, made: Made) -> None:
    """Another key, a file that was cut, no backup at all, a name that is taken, another kind of database."""
    before, whole = content(db), made.path.read_bytes()
    altered = made.path.with_name("altered")
    for data, key, sentence in (
        (whole, OTHER, "RELAIS_BACKUP_KEY"),
        (b"SQLite format 3", KEY, "pas une sauvegarde"),
        (whole[:-1000], KEY, "altérée ou coupée"),
    ):
        altered.write_bytes(data)
        with pytest.raises(BackupRefused, match=sentence):
            restore(elsewhere, key, altered)
    altered.unlink()
    assert making._way(elsewhere).is_empty(elsewhere)
    with pytest.raises(BackupRefused, match="existe déjà"):
        make(db, KEY, made.path)
    kind = "sqlite:////nowhere/x" if db.startswith("postgresql") else "postgresql+psycopg://nowhere/x"
    with pytest.raises(BackupRefused, match="Cette sauvegarde est celle d’une base"):
        making._expect_fit(kind, made.manifest)
    with pytest.raises(BackupRefused, match="plus récente"):
        making._expect_fit(db, replace(made.manifest, revision="9999"))
    assert content(db) == before


class write_on:  # noqa: N801
    """Somebody who sends requests, one after the other, while the block runs; called, waits for one more."""

    def __init__(self, world: World) -> None:
        self._world, self._stop, self._sent = world, Event(), Event()
        self._hands = ThreadPoolExecutor(1)

    def __enter__(self) -> Callable[[], None]:
        self._working = self._hands.submit(self._work)
        return self._wait

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._working.result(30)
        self._hands.shutdown()

    def _work(self) -> None:
        while not self._stop.is_set():
            a_submitted_ticket(self._world.cdas_agent)
            self._sent.set()

    def _wait(self) -> None:
        if not self._stop.is_set():
            self._sent.clear()
            assert self._sent.wait(30), "writing was held up by the backup"
            self._stop.set()


class files_of_at_most:  # noqa: N801
    """No file of this process grows beyond so many bytes: what a full disk answers."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __enter__(self) -> None:
        self._ignored, self._limit = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), getrlimit(RLIMIT_FSIZE)
        setrlimit(RLIMIT_FSIZE, (self._size, self._limit[1]))

    def __exit__(self, *_: object) -> None:
        setrlimit(RLIMIT_FSIZE, self._limit)
        signal.signal(signal.SIGXFSZ, self._ignored)


def alter(ticket_id: UUID, to_state: str = "closed") -> None:
    with transaction() as session:
        put_guards_aside(session)
        second = update(JournalEntry).where(JournalEntry.ticket_id == ticket_id, JournalEntry.sequence == 2)
        session.execute(second.values(to_state=to_state))


def test_a_journal_altered_before_is_saved_all_the_same_and_told(sqlite_db: str, tmp_path: Path) -> None:
    """A backup is no judge: the altered journal is evidence, too. An altered page of the file opens nothing."""
    with transaction() as session:
        world = seeded_world(session)
    ticket = a_submitted_ticket(world.cdas_agent)
    alter(ticket.id)
    made = make(sqlite_db, KEY, tmp_path)
    assert [finding.place for finding in made.findings] == [f"demande {ticket.reference}, entrée 2"]
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    with pytest.raises(BackupRefused, match="altérée ou coupée"):
        restore(sqlite_db, KEY, made.path, replace=True)


def test_the_night_keeps_so_many_days_and_needs_a_folder(sqlite_db: str, tmp_path: Path) -> None:
    """While the journal is found altered none goes, and who watches is told each night; the last from before stays."""
    with transaction() as session:
        world = seeded_world(session)
    ticket, folder = a_submitted_ticket(world.cdas_agent), tmp_path / "night"
    nightly.configure(settings.config(sqlite_db))
    assert (nightly.is_configured(), nightly.back_up(lambda: None)) == (False, 0)
    key = settings.environment(BLIND_INDEX_KEY=settings._key("backup"))["RELAIS_BLIND_INDEX_KEY"]
    nightly.configure(
        settings.config(sqlite_db, BACKUP_FOLDER=str(folder), BACKUP_KEY=key, BACKUP_KEEP_DAYS="1")
    )
    start, kept = clock.now(), []
    try:
        for day in range(8):
            if day == 3:
                alter(ticket.id)
            if day == 5:
                alter(ticket.id, "submitted")
            with clock.driven(lambda day=day: start + timedelta(days=day)):  # type: ignore[misc]
                assert nightly.back_up(lambda: None) == 1
                assert nightly.back_up(lambda: None) == 1, "the same minute again"
                with reading() as session:
                    assert bool(jobs.health(session, clock.now()).altered) is (day in (3, 4))
            kept.append(sorted(folder.iterdir()))
    finally:
        nightly.configure(settings.config(sqlite_db))
    assert [len(files) for files in kept] == [1, 2, 2, 3, 4, 3, 3, 3]
    assert kept[-1][0] == kept[2][-1], "the last one from before"
    with reading() as session:
        told = session.scalars(
            select(OutboxMail.recipient).where(OutboxMail.event == "journal_altered")
        ).all()
    assert sorted(told) == sorted([email_of("admin"), email_of("auditor")] * 2)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_broken_gives_way_when_told_and_is_refused_in_a_sentence_when_not(
    sqlite_db: str, tmp_path: Path
) -> None:
    """What one restores after is often just that: no database any more, with the log of the old one beside it."""
    with transaction() as session:
        world = seeded_world(session)
    ticket = a_submitted_ticket(world.cdas_agent)
    made = make(sqlite_db, KEY, tmp_path)
    before = {**content(sqlite_db), "recovery_code": []}  # no key of then opens anything
    for broken in (b"no database at all", made.path.read_bytes()[:4096], b""):
        path = tmp_path / "broken.sqlite3"
        path.write_bytes(broken)
        path.with_name("broken.sqlite3-wal").write_bytes(os.urandom(4096))
        if broken:
            with pytest.raises(BackupRefused, match="n’a pas pu se faire"):
                restore(f"sqlite:///{path}", KEY, made.path)
        done = restore(f"sqlite:///{path}", KEY, made.path, replace=True, without_register=True)
        assert done.findings == []
        assert content(f"sqlite:///{path}") == before
        assert path.stat().st_mode & 0o777 in (0o600, 0o644)
    assert ticket.reference in str(before["ticket"])


def test_the_lease_is_kept_while_a_backup_is_read_and_its_journal_verified(
    sqlite_db: str, tmp_path: Path
) -> None:
    """Each request that is verified, each block that is read, each migration: any of them may take its time."""
    with transaction() as session:
        world = seeded_world(session)
        seal_journal(session)
    for _ in range(20):
        a_submitted_ticket(world.cdas_agent)
    written = 3  # blocks of so small a database, and what came before
    calls: list[int] = []
    make(sqlite_db, KEY, tmp_path, renew=lambda: calls.append(1))
    assert len(calls) >= 20 + written
    applied: list[int] = []
    migrate.upgrade(f"sqlite:///{tmp_path / 'fresh.sqlite3'}", after_each=lambda: applied.append(1))
    assert len(applied) >= 18
