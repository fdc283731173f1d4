"""How a database would read a statement, whatever the few rows of a test would tempt it to do."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, event, text

from service import database
from service.database import reading


def plan(
    query: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None, *, several_indexes: bool = False
) -> str:
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
            session.execute(query, values)
        finally:
            event.remove(database.engine(), "before_cursor_execute", note)
        statement, parameters = sent[-1]
        explain = "EXPLAIN" if on_postgresql else "EXPLAIN QUERY PLAN"
        rows = session.connection().exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)


def kept_plan(query: Select[Any]) -> str:
    """What PostgreSQL does with a statement that a connection has sent some times: planned once, for any values."""
    compiled = query.compile(database.engine(), compile_kwargs={"render_postcompile": True})
    names: dict[str, str] = {}
    statement = re.sub(
        r"%\((\w+)\)s", lambda found: names.setdefault(found[1], f"${len(names) + 1}"), str(compiled)
    )
    values = ", ".join(f"'{compiled.params[name]}'" for name in names)
    with reading() as session:
        connection = session.connection()
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(f"PREPARE kept AS {statement.replace('%%', '%')}")
        rows = connection.exec_driver_sql(f"EXPLAIN EXECUTE kept({values})").scalars().all()
        connection.exec_driver_sql(
            "DEALLOCATE kept"
        )  # the driver keeps its own, which « ALL » would take from it
    return "\n".join(rows)
