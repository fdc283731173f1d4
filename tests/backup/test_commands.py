"""`relais backup`, `relais restore`, `relais verify`: from a terminal, with sentences and an exit code."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from service.database import transaction
from service.operations.seals import seal_journal
from service.queries.seals import every_seal
from service.workflows.seals import written
from tests import settings
from tests.factories import a_submitted_ticket, seeded_world
from tests.faults.tampering import put_guards_aside

KEY = settings._key("backups")


def relais(url: str, *words: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).with_name("relais")), *words],
        env={**os.environ, **settings.environment(url, **changes)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_from_a_backup_to_a_proof(sqlite_db: str, tmp_path: Path) -> None:
    with transaction() as session:
        world = seeded_world(session)
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        seal_journal(session)
    kept, listed, other = tmp_path / "kept", tmp_path / "list.jsonl", f"sqlite:///{tmp_path / 'other'}"
    made = relais(sqlite_db, "backup", str(kept), BACKUP_KEY=KEY)
    assert (made.returncode, made.stderr) == (0, "")
    with transaction() as session:
        listed.write_text("\n".join(written(every_seal(session))))
        put_guards_aside(session)
        session.execute(text("UPDATE journal_entry SET to_state = 'closed' WHERE sequence = 2"))
    found = relais(sqlite_db, "verify", "--seals", str(listed))
    assert found.returncode == 1
    assert found.stderr.startswith(f"demande {ticket.reference}, entrée 2 : ")
    restored = relais(other, "restore", "--without-register", str(kept), BACKUP_KEY=KEY)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "La base est celle du " in restored.stdout
    # What one restores after, out of a demonstration, is often no database any more.
    (tmp_path / "other").write_bytes(b"no database at all")
    again = relais(
        other,
        "restore",
        "--replace",
        "--without-register",
        str(kept),
        BACKUP_KEY=KEY,
        DEMONSTRATION="0",
        PUBLIC_URL="https://relais.example",
    )
    assert (again.returncode, again.stderr) == (0, "")
