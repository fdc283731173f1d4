"""From SQLite to PostgreSQL: all of it, proved, or nothing."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from service import database, migrate
from service.backup import moving
from service.backup.archive import BackupRefused
from service.database import reading, transaction
from service.models import JournalEntry, Message, Ticket
from service.operations.conversation import write_message
from service.operations.verification import Verification
from tests import postgres
from tests.factories import a_submitted_ticket, seeded_world
from tests.faults.tampering import put_guards_aside

pytestmark = [pytest.mark.postgresql]


@pytest.fixture
def empty(postgres_cluster: postgres.Cluster) -> Iterator[str]:
    """A PostgreSQL database without a table."""
    name = f"m_{uuid4().hex[:16]}"
    yield postgres_cluster.create(name)
    postgres_cluster.drop(name)


def test_all_that_was_there_is_there_and_opens_with_the_same_keys(sqlite_db: str, empty: str) -> None:
    with transaction() as session:
        world = seeded_world(session)
    reference = a_submitted_ticket(world.cdas_agent).reference
    write_message(world.cdas_agent, reference, "Le contrat finit le 31 août.", "k1")
    rows = moving.move(sqlite_db, empty)
    assert rows["ticket"] == 1
    engine = database.configure(empty)
    with reading() as session:
        assert session.scalar(select(Ticket.reference)) == reference
        assert session.scalars(select(Message)).one().body == "Le contrat finit le 31 août."
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == rows["journal_entry"]
        assert list(Verification(session).findings()) == []
    write_message(world.cdas_agent, reference, "Et la vie continue.", "k2")
    engine.dispose()


def test_an_altered_journal_is_named_and_a_full_house_is_left_alone(sqlite_db: str, empty: str) -> None:
    with transaction() as session:
        world = seeded_world(session)
    reference = a_submitted_ticket(world.cdas_agent).reference
    with transaction() as session:
        put_guards_aside(session)
        session.execute(text("UPDATE journal_entry SET to_state = 'closed' WHERE sequence = 2"))
    with pytest.raises(BackupRefused, match=f"{reference}, entrée 2"):
        moving.move(sqlite_db, empty)
    assert migrate.current(empty) is None
    migrate.upgrade(empty)
    with pytest.raises(BackupRefused, match="n’est pas vide"):
        moving.move(sqlite_db, empty)


def test_the_other_way_and_an_old_source_are_refused(sqlite_db: str, empty: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="sqlite à une base postgresql"):
        moving.move(empty, sqlite_db)
    old = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    migrate.upgrade(old, "0025")
    with pytest.raises(BackupRefused, match="n’est pas à jour"):
        moving.move(old, empty)
    assert migrate.current(empty) is None
