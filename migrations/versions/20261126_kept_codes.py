"""the code that figures read is kept with the entry

Revision: 0015
Follows: 0014

Payload and salt of a journal entry may still be emptied, together; its code stays what it was.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TRIGGER = "append_only_journal_entry_update"
KEPT = (
    "ticket_id", "sequence", "transition", "from_state", "to_state", "actor_id", "actor_unit_id",
    "next_step_unit_id", "happened_at", "recorded_at", "payload_digest", "previous_hash", "hash",
)  # fmt: skip


def upgrade() -> None:
    _keep((*KEPT, "code"))


def downgrade() -> None:
    _keep(KEPT)


def _keep(columns: tuple[str, ...]) -> None:
    same = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns]
    forbidden = f"NOT ({' AND '.join([*same, 'NEW.payload_sealed IS NULL', 'NEW.payload_salt IS NULL'])})"
    if op.get_bind().dialect.name == "sqlite":
        when = forbidden.replace("IS NOT DISTINCT FROM", "IS")
        op.execute(f"DROP TRIGGER {TRIGGER}")
        op.execute(
            f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON journal_entry WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {forbidden} THEN RAISE EXCEPTION 'journal_entry is append-only'; END IF; RETURN NEW; END $$"
    )
