"""what figures read once payloads are gone, the figures of the months, packs and reports

Revision: 0009
Follows: 0008

Journal entries written before have no `code`: payloads are sealed, and this file holds no key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
KEPT = (("kept_benefit", sa.String(length=20)), ("kept_event", sa.String(length=20)))


def upgrade() -> None:
    op.add_column("journal_entry", sa.Column("code", sa.String(length=24), nullable=True))
    for name, kind in KEPT:
        op.add_column("urgent_rights", sa.Column(name, kind, nullable=True))
    # SQLite adds a foreign key only with its column, and alembic would add it apart.
    kind = "CHAR(32)" if op.get_bind().dialect.name == "sqlite" else "UUID"
    op.execute(
        f"ALTER TABLE urgent_rights ADD COLUMN repeats_id {kind} "
        "CONSTRAINT fk_urgent_rights_repeats_id REFERENCES ticket (id)"
    )
    op.create_table(
        "month_figures",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("computed_at", TIME, nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("month", "scope", name=op.f("pk_month_figures")),
    )
    op.create_table(
        "shared_document",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('monthly_pack', 'annual_report')", name=op.f("ck_shared_document_kind")),
        sa.CheckConstraint("(body IS NULL) = (digest IS NULL)", name=op.f("ck_shared_document_hashed")),
        sa.CheckConstraint(
            "(body IS NULL) <> (problem IS NULL)", name=op.f("ck_shared_document_published_or_why_not")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_shared_document_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_document")),
        sa.UniqueConstraint(
            "kind", "period", "revision", name=op.f("uq_shared_document_kind_period_revision")
        ),
    )
    op.create_table(
        "reported_count",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("noted_at", TIME, nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("number >= 0", name=op.f("ck_reported_count_number")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_reported_count_noted_by")),
        sa.PrimaryKeyConstraint("month", "name", name=op.f("pk_reported_count")),
    )


def downgrade() -> None:
    for table in ("reported_count", "shared_document", "month_figures"):
        op.drop_table(table)
    with op.batch_alter_table("urgent_rights") as batch_op:
        batch_op.drop_column("repeats_id")
        for name, _ in KEPT:
            batch_op.drop_column(name)
    # Not in a batch: on SQLite the table would be made anew, without its triggers.
    op.execute("ALTER TABLE journal_entry DROP COLUMN code")
