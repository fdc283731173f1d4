"""what is written stays written

Revision: 0002
Follows: 0001

The journal of a sent ticket and the two logs are append-only whoever connects; of a journal entry only payload and
salt may be emptied, together.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = (
    "ticket_id", "sequence", "transition", "from_state", "to_state", "actor_id", "actor_unit_id",
    "next_step_unit_id", "happened_at", "recorded_at", "payload_digest", "previous_hash", "hash",
)  # fmt: skip
ONLY_ERASED = " AND ".join(
    [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in KEPT]
    + ["NEW.payload_sealed IS NULL", "NEW.payload_salt IS NULL"]
)
OF_A_SENT_TICKET = "EXISTS (SELECT 1 FROM ticket WHERE id = OLD.ticket_id AND submitted_at IS NOT NULL)"
RULES = (
    ("journal_entry", "UPDATE", f"NOT ({ONLY_ERASED})"),
    ("journal_entry", "DELETE", OF_A_SENT_TICKET),
    ("access_entry", "UPDATE", "1 = 1"),
    ("access_entry", "DELETE", "1 = 1"),
    ("setting_change", "UPDATE", "1 = 1"),
    ("setting_change", "DELETE", "1 = 1"),
)

KEYS = {
    "journal_entry": "ticket_id = NEW.ticket_id AND sequence = NEW.sequence",
    "access_entry": "id = NEW.id",
    "setting_change": "id = NEW.id",
}


def upgrade() -> None:
    for table, same in KEYS.items():
        _no_way_round(table, same)
    for table, act, forbidden in RULES:
        name = f"append_only_{table}_{act.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            when = forbidden.replace("IS NOT DISTINCT FROM", "IS")
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
            continue
        answer = "NEW" if act == "UPDATE" else "OLD"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {forbidden} THEN RAISE EXCEPTION '{table} is append-only'; END IF; RETURN {answer}; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _no_way_round(table: str, same: str) -> None:
    """Close what no row trigger sees: REPLACE on SQLite, TRUNCATE on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER append_only_{table}_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION append_only_{table}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER append_only_{table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION append_only_{table}_truncate()"
    )


def downgrade() -> None:
    for table in KEYS:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER append_only_{table}_replace")
        else:
            op.execute(f"DROP TRIGGER append_only_{table}_truncate ON {table}")
            op.execute(f"DROP FUNCTION append_only_{table}_truncate()")
    for table, act, _ in RULES:
        name = f"append_only_{table}_{act.lower()}"
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
