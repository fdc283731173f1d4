"""absences, places of permanence, names of quarters, units that close down

Revision: 0004
Follows: 0003

Columns go without rebuilding their table: on SQLite a rebuilt table loses its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("replacement_id", sa.Uuid(), nullable=True),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absence_ends_after_start")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_absence_account_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["account.id"], name=op.f("fk_absence_noted_by_id")),
        sa.ForeignKeyConstraint(["replacement_id"], ["account.id"], name=op.f("fk_absence_replacement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_account_id"), "absence", ["account_id"])
    op.create_index(op.f("ix_absence_ends_on"), "absence", ["ends_on"])
    with op.batch_alter_table("sector", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("permanences", sa.Text(), nullable=True))
    with op.batch_alter_table("coverage", recreate="never") as batch_op:
        batch_op.add_column(
            sa.Column("quarter_name", sa.String(length=120), server_default="", nullable=False)
        )
    with op.batch_alter_table("unit", recreate="never") as batch_op:
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    for table, column in (("unit", "closed_on"), ("coverage", "quarter_name"), ("sector", "permanences")):
        with op.batch_alter_table(table, recreate="never") as batch_op:
            batch_op.drop_column(column)
    op.drop_table("absence")
