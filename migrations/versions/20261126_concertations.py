"""the concertations of a CDAS and their agendas

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    standing = sa.text("cancelled_at IS NULL")
    op.create_table(
        "concertation",
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_concertation_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concertation")),
    )
    op.create_index(
        "ix_concertation_day",
        "concertation",
        ["unit_code", "held_on"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "concertation_item",
        sa.Column("concertation_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_concertation_item_position")),
        sa.ForeignKeyConstraint(
            ["concertation_id"], ["concertation.id"], name=op.f("fk_concertation_item_concertation_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_concertation_item_ticket_id")),
        sa.PrimaryKeyConstraint("concertation_id", "ticket_id", name=op.f("pk_concertation_item")),
    )
    op.create_index(op.f("ix_concertation_item_ticket_id"), "concertation_item", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("concertation_item")
    op.drop_table("concertation")
