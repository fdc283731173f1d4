"""Connections to PostgreSQL: one that has rested is asked before it is handed out, one that just answered is not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service import database
from tests import postgres

pytestmark = pytest.mark.postgresql


@pytest.fixture
def restarted(durable_cluster: postgres.Cluster, request: pytest.FixtureRequest) -> Iterator[None]:
    """A database that has restarted since this process spoke to it."""
    engine = database.configure(durable_cluster.create(f"rest_{abs(hash(request.node.name))}"))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    durable_cluster.pg_ctl("restart", "-m", "immediate")
    yield
    engine.dispose()


def test_one_that_has_rested_is_made_anew_after_a_restart(
    restarted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", 0)
    with database.engine().connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_one_that_answered_just_now_is_believed(restarted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a restart within that time costs: one request; the next one finds the database."""
    monkeypatch.setattr(database, "_TRUSTED_SECONDS", 3600)
    with database.engine().connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT 1"))
    with database.engine().connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_nothing_is_compiled_for_a_short_answer(durable_cluster: postgres.Cluster) -> None:
    """PostgreSQL would compile the counts of a large list, which takes several times as long as counting them."""
    engine = database.configure(durable_cluster.create("uncompiled"))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW jit")).scalar() == "off"
    engine.dispose()
