"""model letters, and the trace of those that were made

Revision: 0005
Follows: 0004

Both tables are append-only whoever connects.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEYS = {
    "letter_model": "code = NEW.code AND version = NEW.version",
    "letter_printed": "id = NEW.id",
}


def upgrade() -> None:
    op.create_table(
        "letter_model",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_letter_model_version")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_letter_model_changed_by")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_letter_model")),
    )
    op.create_table(
        "letter_printed",
        sa.Column("model_code", sa.String(length=20), nullable=False),
        sa.Column("model_version", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_letter_printed_author_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_letter_printed_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_printed")),
    )
    op.create_index("ix_letter_printed_unit", "letter_printed", ["unit_id", "printed_at"])
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
