"""Nobody waits without an end: for the database, for a lock, for a request."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from service import database

pytestmark = pytest.mark.postgresql


def test_a_connection_to_postgresql_is_bounded(postgresql_url: str) -> None:
    made = database.configure(postgresql_url)
    try:
        with database.reading() as session:
            shown = {
                name: session.scalar(text(f"SHOW {name}"))
                for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
            }
        assert shown == {
            "lock_timeout": "30s",
            "statement_timeout": "2min",
            "idle_in_transaction_session_timeout": "5min",
        }
        too_long = "SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)"
        with database.transaction() as session, pytest.raises(OperationalError):
            session.connection().exec_driver_sql(too_long)
        with database.reading() as session:
            assert session.scalar(text("SELECT 1")) == 1
    finally:
        made.dispose()
