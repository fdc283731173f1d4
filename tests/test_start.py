"""A house does not open for real use on a database whose accounts everybody can enter."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import update

from service.database import transaction
from service.models import Account
from service.operations import passwords
from service.operations.invented import PASSWORD
from tests import postgres, scale
from tests import settings as test_settings
from tests.factories import seeded_world

FOR_REAL = {"DEMONSTRATION": "0", "PUBLIC_URL": "https://relais.example"}
OPENINGS = (
    [sys.executable, "-m", "gunicorn", "--check-config", "wsgi:application"],
    [str(Path(sys.executable).with_name("relais")), "db", "upgrade"],
)


def openings(url: str) -> Sequence[list[str]]:
    """By day the one on SQLite, the other on PostgreSQL; at night both on each."""
    if scale.NIGHTLY or postgres.binaries() is None:
        return OPENINGS
    return OPENINGS[1:] if url.startswith("sqlite") else OPENINGS[:1]


def opened(command: list[str], url: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        env={**os.environ, **test_settings.environment(url, **changes)},
        capture_output=True,
        text=True,
        check=False,
    )


def give_password(password: str) -> None:
    kept = passwords.keep(password)
    with transaction() as session:
        session.execute(
            update(Account).where(Account.email == "admin@test.example").values(password_hash=kept)
        )


def test_accounts_with_the_public_password_are_refused_for_real_use(db: str) -> None:
    with transaction() as session:
        seeded_world(session)
    give_password(PASSWORD)
    for command in openings(db):
        refused = opened(command, db, **FOR_REAL)
        assert refused.returncode != 0
        assert "RELAIS_DATABASE_URL : cette base est celle d’une démonstration" in refused.stderr
        assert opened(command, db).returncode == 0, "it opens as a demonstration"
    give_password("onze betteraves en habit")
    for command in openings(db):
        accepted = opened(command, db, **FOR_REAL)
        assert accepted.returncode == 0, accepted.stderr


def test_an_empty_database_is_brought_up_to_date(tmp_path: Path) -> None:
    done = opened(OPENINGS[1], f"sqlite:///{tmp_path / 'new.sqlite3'}", **FOR_REAL)
    assert done.returncode == 0, done.stderr


def test_a_database_that_does_not_answer_is_said_by_its_variable(tmp_path: Path) -> None:
    refused = opened(OPENINGS[1], f"sqlite:///{tmp_path / 'absent' / 'x.sqlite3'}", **FOR_REAL)
    assert refused.returncode == 1
    assert "RELAIS_DATABASE_URL : la base ne répond pas" in refused.stderr
