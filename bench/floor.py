"""The floor: the least that Flask and psycopg can do for the same six tasks, without any of what Relais is for.

No session, no permission, no log, no encryption, no journal; one table, one statement a request, one index each.
"""

import os
from threading import local
from typing import Any

import psycopg
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from psycopg.rows import dict_row

DATABASE = "FLOOR_DATABASE"
"""The variable that names the database, as psycopg takes it."""

TABLE = """
CREATE TABLE request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), reference text UNIQUE NOT NULL, state text NOT NULL,
    version integer NOT NULL DEFAULT 1, unit text, holder text, benefit text, deadline timestamptz,
    matricule text NOT NULL, body text NOT NULL, changed_at timestamptz NOT NULL DEFAULT now());
INSERT INTO request (reference, state, unit, holder, benefit, deadline, matricule, body)
    SELECT 'R' || n, CASE WHEN n % 5 = 0 THEN 'open' ELSE 'closed' END, 'unit-' || n % 22, 'holder-' || n % 40,
           'rsa', now() + make_interval(mins => n), (1000000 + n)::text, repeat('Plus de versement. ', 15)
    FROM generate_series(1, {rows}) AS n;
CREATE INDEX ON request (deadline, id) WHERE state = 'open';
CREATE INDEX ON request (matricule);
"""

application = Flask(__name__)
_kept = local()
_LIST = application.jinja_env.from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr><td>{{ row.reference }}<td>{{ row.state }}"
    "<td>{{ row.unit }}<td>{{ row.holder }}<td>{{ row.benefit }}<td>{{ row.deadline }}{% endfor %}</table>"
)
_ONE = application.jinja_env.from_string(
    "<!doctype html><title>Floor</title><dl>{% for name, value in row.items() %}<dt>{{ name }}<dd>{{ value }}"
    "{% endfor %}</dl>"
)


def _connection() -> psycopg.Connection[dict[str, Any]]:
    """One connection per thread; each statement is its own transaction."""
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg.connect(os.environ[DATABASE], autocommit=True, row_factory=dict_row)
    found: psycopg.Connection[dict[str, Any]] = _kept.connection
    return found


@application.get("/list")
def listed() -> str:
    """Fifty rows, soonest deadline first."""
    rows = _connection().execute("SELECT * FROM request WHERE state = 'open' ORDER BY deadline, id LIMIT 50")
    return _LIST.render(rows=rows.fetchall())


@application.get("/rows/<reference>")
def one(reference: str) -> str:
    """One row."""
    found = _connection().execute("SELECT * FROM request WHERE reference = %s", (reference,)).fetchone()
    return _ONE.render(row=found)


@application.get("/statistics")
def statistics() -> ResponseReturnValue:
    """How many rows of a year each unit has in each state, and how old they are."""
    rows = _connection().execute(
        "SELECT unit, state, count(*), extract(epoch FROM avg(now() - changed_at))::float AS age FROM request "
        "WHERE changed_at > now() - interval '1 year' GROUP BY unit, state ORDER BY unit, state"
    )
    return jsonify(rows.fetchall())


@application.post("/rows")
def insert() -> ResponseReturnValue:
    """A durable insert."""
    given = request.get_json()
    kept = _connection().execute(
        "INSERT INTO request (reference, state, unit, benefit, deadline, matricule, body) "
        "VALUES (%(reference)s, 'open', %(unit)s, %(benefit)s, now(), %(matricule)s, %(body)s) RETURNING *",
        given,
    )
    return jsonify(kept.fetchone()), 201


@application.post("/rows/<reference>/update")
def update(reference: str) -> ResponseReturnValue:
    """A durable update."""
    kept = _connection().execute(
        "UPDATE request SET holder = 'me', version = version + 1, changed_at = now() "
        "WHERE reference = %s RETURNING *",
        (reference,),
    )
    return jsonify(kept.fetchone())


@application.post("/search")
def search() -> ResponseReturnValue:
    """The rows of one file number, by index."""
    found = _connection().execute(
        "SELECT * FROM request WHERE matricule = %s ORDER BY id LIMIT 50", (request.get_json()["matricule"],)
    )
    return jsonify(found.fetchall())
