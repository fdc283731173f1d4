"""A backup older than an elimination erases again what was eliminated, before it opens (P-08)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from service import clock, database
from service.backup.archive import BackupRefused
from service.backup.making import make, restore
from service.config import Config
from service.database import reading, transaction
from service.models import Ticket
from service.operations import acts, elimination_register
from service.operations.elimination_register import NAME, RegisterRefused
from service.operations.erasure import erase
from tests import settings
from tests.factories import World, a_submitted_ticket, seeded_world

KEY = bytes(range(32))


@pytest.fixture
def config(sqlite_db: str, tmp_path: Path) -> Iterator[Config]:
    """A house whose backups go to a folder."""
    made = settings.config(
        sqlite_db, BACKUP_FOLDER=str(tmp_path / "backups"), BACKUP_KEY=settings._key("backups")
    )
    elimination_register.configure(made)
    yield made
    elimination_register.configure(settings.config(sqlite_db))


@pytest.fixture
def world(config: Config) -> World:
    with transaction() as session:
        return seeded_world(session)


def closed(world: World) -> Ticket:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.cdas_agent, ticket.reference, "cancel", {"reason": "Réglé."})
    return ticket


def people(url: str) -> set[str]:
    """The references that still have somebody behind them."""
    engine = create_engine(url)
    query = text("SELECT reference FROM ticket JOIN person ON person.ticket_id = ticket.id")
    with engine.connect() as connection:
        found = set(connection.scalars(query))
    engine.dispose()
    return found


def test_a_restored_backup_does_not_bring_back_who_was_eliminated(
    world: World, config: Config, tmp_path: Path
) -> None:
    """Nor without its register, nor with another, nor with one that was cut."""
    gone, stays = closed(world), a_submitted_ticket(world.cdas_agent, matricule="7654321")
    folder = tmp_path / "backups"
    elimination_register.begin()
    old = make(config.database_url, KEY, folder / "old.sauvegarde").path
    register = folder / NAME
    empty = register.read_bytes()
    elimination_register.add(1, [gone.id])
    with transaction() as session:
        erase(session, [gone.id])
    whole = register.read_bytes()
    other = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    for missing in (None, tmp_path / "absent"):
        with pytest.raises(RegisterRefused, match="manque"):
            restore(other, KEY, old, register=missing)
    register.write_bytes(whole.replace(b'"list": 1', b'"list": 2'))
    with pytest.raises(RegisterRefused, match="modifié"):
        restore(other, KEY, old, register=register)
    register.unlink()
    elimination_register.begin()
    with pytest.raises(RegisterRefused, match="n’est pas celui"):
        restore(other, KEY, old, register=register)
    register.write_bytes(whole)
    done = restore(other, KEY, old, register=register)
    assert (done.findings, done.erased) == ([], 1)
    assert people(other) == {stays.reference}
    (tmp_path / "other.sqlite3").unlink()
    assert restore(other, KEY, old, without_register=True).findings == []
    assert people(other) == {gone.reference, stays.reference}, "told so, it opens as it was"
    # A newer backup remembers the elimination: the register of before it is refused.
    new = make(config.database_url, KEY, folder / "new.sauvegarde").path
    register.write_bytes(empty)
    with pytest.raises(RegisterRefused, match="sa fin manque"):
        restore(config.database_url, KEY, new, replace=True, register=register)


def test_a_backup_that_knows_no_register_is_no_reason_to_go_on_without(
    world: World, config: Config, tmp_path: Path
) -> None:
    """Made before there was a folder; eliminations began since. Nor does an old copy of the register do."""
    gone, other = closed(world), f"sqlite:///{tmp_path / 'other.sqlite3'}"
    elimination_register.configure(settings.config(config.database_url))
    old = make(config.database_url, KEY, tmp_path / "old.sauvegarde").path
    elimination_register.configure(config)
    elimination_register.begin()
    register = tmp_path / "backups" / NAME
    copy = tmp_path / "copy"
    copy.write_bytes(register.read_bytes())
    elimination_register.add(1, [gone.id])
    for wrong, why in ((tmp_path / "absent", "manque"), (copy, "ancienne copie")):
        with pytest.raises(RegisterRefused, match=why):
            restore(other, KEY, old, register=wrong)
    assert restore(other, KEY, old, register=register).erased == 1


def test_nobody_adds_a_request_to_the_register_without_the_key(world: World, config: Config) -> None:
    """A line that somebody wrote by hand, a line put elsewhere; and an open request is erased by no register."""
    going = a_submitted_ticket(world.cdas_agent)
    made = make(config.database_url, KEY, Path(str(config.backup_folder)).parent / "one.sauvegarde").path
    register = Path(str(config.backup_folder)) / NAME
    elimination_register.add(1, [going.id])
    with pytest.raises(BackupRefused, match="n’est pas close"):
        restore(config.database_url, KEY, made, replace=True, register=register)
    lines = register.read_bytes().splitlines()
    forged = json.loads(lines[1]) | {"tickets": [str(closed(world).id)]}
    for wrong in (
        [*lines, json.dumps(forged).encode()],
        [lines[0], lines[1], lines[1]],
        lines[1:],
        [b"{}"],
        [],
    ):
        register.write_bytes(b"".join(line + b"\n" for line in wrong))
        with pytest.raises(RegisterRefused):
            elimination_register.read(register)
        assert elimination_register.head(), "a backup is made all the same, and knows that there was one"
    register.write_bytes(b"\n".join(lines) + b'\n{"list": 2, "tick')
    elimination_register.add(2, [])  # half a line, left by a power cut, is taken off
    assert elimination_register.read(register).tickets == [going.id]


def test_erasing_twice_is_erasing_once(world: World, config: Config) -> None:
    gone = closed(world)
    with transaction() as session:
        erase(session, [gone.id])
    first = clock.now()
    with clock.driven(lambda: first + timedelta(days=3)), transaction() as session:
        erase(session, [gone.id])
    database.compact()
    with reading() as session:
        assert session.scalar(select(Ticket.eliminated_at).where(Ticket.id == gone.id)) <= first
