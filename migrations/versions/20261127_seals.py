"""the hourly seals of the journal

Revision: 0017
Follows: 0016

Both tables are append-only whoever connects.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEYS = {
    "journal_seal": "institution = NEW.institution AND number = NEW.number",
    "sealed_head": "institution = NEW.institution AND number = NEW.number AND ticket_id = NEW.ticket_id",
}


def upgrade() -> None:
    op.create_table(
        "journal_seal",
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("institution IN ('departement', 'caf')", name=op.f("ck_journal_seal_institution")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_journal_seal_number")),
        sa.PrimaryKeyConstraint("institution", "number", name=op.f("pk_journal_seal")),
    )
    op.create_table(
        "sealed_head",
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "number", "ticket_id", name=op.f("pk_sealed_head")),
    )
    op.create_index("ix_sealed_head_ticket", "sealed_head", ["ticket_id", "sequence", "institution"])
    for table, same in KEYS.items():
        _append_only(table, same)


def _append_only(table: str, same: str) -> None:
    """No change, no deletion, and nothing that no row trigger sees: REPLACE on SQLite, TRUNCATE on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER append_only_{table}_update BEFORE UPDATE ON {table} {refusal}")
        op.execute(f"CREATE TRIGGER append_only_{table}_delete BEFORE DELETE ON {table} {refusal}")
        op.execute(
            f"CREATE TRIGGER append_only_{table}_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refusal}"
        )
        return
    op.execute(
        f"CREATE FUNCTION append_only_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER append_only_{table} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION append_only_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER append_only_{table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION append_only_{table}()"
    )


def downgrade() -> None:
    for table in reversed(KEYS):
        op.drop_table(table)
        if op.get_bind().dialect.name != "sqlite":
            op.execute(f"DROP FUNCTION append_only_{table}()")
