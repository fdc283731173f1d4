"""models of answers

Revision: 0030
Follows: 0029

Append-only whoever connects; what is one account's own may be deleted, so that nothing of a family stays there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_model",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_answer_model_version")),
        sa.CheckConstraint(
            "(unit_code IS NULL) <> (account_id IS NULL)", name=op.f("ck_answer_model_of_one")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_answer_model_unit_code_unit")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_answer_model_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name=op.f("fk_answer_model_changed_by_account")
        ),
        sa.PrimaryKeyConstraint("model_id", "version", name=op.f("pk_answer_model")),
    )
    op.create_index(op.f("ix_answer_model_unit_code"), "answer_model", ["unit_code"])
    op.create_index(op.f("ix_answer_model_account_id"), "answer_model", ["account_id"])
    _append_only("answer_model", "model_id = NEW.model_id AND version = NEW.version")


def _append_only(table: str, same: str) -> None:
    """No change, no deletion of a unit's, and nothing that no row trigger sees: REPLACE, TRUNCATE."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER append_only_{table}_update BEFORE UPDATE ON {table} {refusal}")
        op.execute(
            f"CREATE TRIGGER append_only_{table}_delete BEFORE DELETE ON {table} WHEN OLD.unit_code IS NOT NULL {refusal}"
        )
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
        f"CREATE TRIGGER append_only_{table} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION append_only_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER append_only_{table}_delete BEFORE DELETE ON {table} "
        f"FOR EACH ROW WHEN (OLD.unit_code IS NOT NULL) EXECUTE FUNCTION append_only_{table}()"
    )
    op.execute(
        f"CREATE TRIGGER append_only_{table}_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION append_only_{table}()"
    )


def downgrade() -> None:
    op.drop_table("answer_model")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION append_only_answer_model()")
