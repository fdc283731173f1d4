"""How a database would read a statement, whatever the few rows of a test would tempt it to do."""

from typing import Any

from sqlalchemy import Select, event, text

from service import database
from service.database import reading


def plan(query: Select[Any], *, several_indexes: bool = False) -> str:
    """How the database would do it, where reading whole tables is as dear as on large ones."""
    sent: list[tuple[str, Any]] = []

    def note(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        sent.append((statement, parameters))

    on_postgresql = database.engine().dialect.name == "postgresql"
    with reading() as session:
        if on_postgresql:
            session.execute(text("SET LOCAL enable_seqscan = off"))
            if several_indexes:  # rows that one of several indexes finds can only be read through a bitmap
                session.execute(text("SET LOCAL enable_indexscan = off"))
            else:
                session.execute(text("SET LOCAL enable_bitmapscan = off"))
        event.listen(database.engine(), "before_cursor_execute", note)
        try:
            session.execute(query)
        finally:
            event.remove(database.engine(), "before_cursor_execute", note)
        statement, parameters = sent[-1]
        explain = "EXPLAIN" if on_postgresql else "EXPLAIN QUERY PLAN"
        rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)
