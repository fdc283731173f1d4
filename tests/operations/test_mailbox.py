"""Messages in files, folders and maildirs, and the command that takes them in (R-CLK-8)."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from service import cli, clock, database
from service.database import reading, transaction
from service.models import IncomingMail, Ticket
from service.operations import mailbox
from tests import settings as test_settings
from tests.factories import World, seeded_world
from tests.letters import a_mail, an_urgent_mail

NOW = datetime(2026, 10, 26, 11, tzinfo=UTC)
FRIDAY = datetime(2026, 10, 23, 16, 30, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[datetime]:
    with clock.driven(lambda: NOW):
        yield NOW


@pytest.fixture
def world(sqlite_db: str, now: datetime) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def settings(sqlite_db: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The environment in which the command finds the test's database, far from any `.env`."""
    monkeypatch.chdir(tmp_path)
    for name, value in test_settings.environment(sqlite_db).items():
        monkeypatch.setenv(name, value)
    yield
    database.engine().dispose()  # the command opened the house on its own


def a_file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def run(*paths: Path) -> tuple[int, str, str]:
    answer = CliRunner().invoke(cli.commands, ["intake", *map(str, paths)], catch_exceptions=False)
    return answer.exit_code, answer.stdout, answer.stderr


def test_folders_are_read_at_any_depth_maildirs_by_new_and_cur(tmp_path: Path) -> None:
    wanted = [
        a_file(tmp_path / "a.EML", b""),
        a_file(tmp_path / "box" / "cur" / "1761500000.1.host:2,S", b""),
        a_file(tmp_path / "box" / "new" / "1761500001.2.host", b""),
        a_file(tmp_path / "sub" / "b.eml", b""),
    ]
    a_file(tmp_path / "box" / "tmp" / "half.eml", b"")
    a_file(tmp_path / "box" / "dovecot.index", b"")
    a_file(tmp_path / "new" / "notes", b"")  # no maildir: nothing stands beside it
    a_file(tmp_path / "readme.txt", b"")
    assert mailbox.files_of([tmp_path, tmp_path / "a.EML"]) == sorted(wanted)
    assert mailbox.files_of([tmp_path / "readme.txt"]) == [tmp_path / "readme.txt"]


@pytest.mark.parametrize(
    ("name", "headers", "changed", "expected"),
    [
        (f"cur/{FRIDAY.timestamp():.0f}.M1.host:2,", b"Received: x; Sat, 24 Oct 2026 10:00:00 +0000\n", NOW, FRIDAY),
        ("a.eml", b"Received: a\n b; Fri, 23 Oct 2026 18:30:00 +0200\nReceived: x; 1 Jun 2026\n", NOW, FRIDAY),
        ("a.eml", b"Date: Fri, 23 Oct 2026 16:30:00 +0000\n", NOW, FRIDAY),
        ("a.eml", b"Date: Fri, 23 Oct 2099 16:30:00 +0000\n", FRIDAY, FRIDAY),
        ("a.eml", b"Date: Fri, 23 Oct 1999 16:30:00 +0000\nReceived: nothing\n", FRIDAY, FRIDAY),
        ("a.eml", b"Subject: x\n\nDate: Fri, 23 Oct 2026 16:30:00 +0000\n", NOW, NOW),
        ("a.eml", b"Date: \xff\xfe; 99 99\n", NOW + timedelta(days=9), NOW),
        ("a.eml", b"Date: Fri, 23 Oct 0001 00:30:00 +2300\n", NOW, NOW),
    ],
)  # fmt: skip
def test_r_clk_8_when_the_mailbox_got_it(
    now: datetime, tmp_path: Path, name: str, headers: bytes, changed: datetime, expected: datetime
) -> None:
    assert mailbox.received_at(tmp_path / name, headers, changed) == expected


def test_what_has_disappeared_is_passed(world: World, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.eml")
    assert mailbox.take_in(tmp_path / "gone.eml") is None
    assert mailbox.take_in(tmp_path / "pipe.eml") is None


def test_the_command_counts_by_fate_and_moves_nothing(world: World, settings: None, tmp_path: Path) -> None:
    box = tmp_path / "box"
    kept = [
        a_file(box / "new" / f"{FRIDAY.timestamp():.0f}.1.host", an_urgent_mail()),
        a_file(box / "cur" / "1761382801.2.host:2,S", a_mail("Une question.")),
        a_file(box / "new" / "1761382802.3.host", b"\x00\xff rien de lisible"),
    ]
    os.mkfifo(box / "new" / "pipe")
    code, said, errors = run(box)
    assert (code, errors) == (0, "pipe : disparu ou illisible, passé.\n")
    assert said.splitlines() == [
        "4 messages :",
        "       1  devenus une demande",
        "       1  à qualifier",
        "       1  illisibles, gardés à part",
        "       1  disparus ou illisibles sur le disque",
    ]
    code, said, _ = run(*kept)
    assert (code, said.splitlines()) == (0, ["3 messages :", "       3  déjà connus"])
    assert all(path.exists() for path in kept)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(IncomingMail)) == 3
        submitted = session.scalars(select(Ticket.submitted_at)).one()
    assert submitted == FRIDAY


def test_a_path_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    answer = CliRunner().invoke(cli.commands, ["intake", str(tmp_path / "absent")])
    assert answer.exit_code == 2
