"""the register of accompaniments by the Caf social service

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVENTS = (
    "'separation', 'planned_separation', 'death_parent', 'death_child', 'single_parent_birth', "
    "'isolated_pregnancy', 'other'"
)


def upgrade() -> None:
    op.create_table(
        "accompaniment",
        sa.Column("matricule_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("matricule_index", sa.LargeBinary(), nullable=False),
        sa.Column("last_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("first_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.String(length=24), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("term_on", sa.Date(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("closing_talk_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_reason", sa.String(length=16), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(f"event IS NULL OR event IN ({EVENTS})", name=op.f("ck_accompaniment_event")),
        sa.CheckConstraint(
            "closing_reason IS NULL OR closing_reason IN ('objectives_met', 'relay', 'person_wish')",
            name=op.f("ck_accompaniment_closing_reason"),
        ),
        sa.CheckConstraint(
            "(closed_on IS NULL) = (closing_reason IS NULL)", name=op.f("ck_accompaniment_closed_with_reason")
        ),
        sa.CheckConstraint("term_on > opened_on", name=op.f("ck_accompaniment_term_after_opening")),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_accompaniment_closed_after_opening")
        ),
        sa.CheckConstraint("renewals >= 0", name=op.f("ck_accompaniment_renewals")),
        sa.ForeignKeyConstraint(["worker_id"], ["account.id"], name=op.f("fk_accompaniment_worker_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_accompaniment_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accompaniment")),
    )
    op.create_index("ix_accompaniment_matricule_index", "accompaniment", ["matricule_index"])
    op.create_index("ix_accompaniment_ticket_id", "accompaniment", ["ticket_id"])
    op.create_index("ix_accompaniment_of_worker", "accompaniment", ["worker_id", "term_on", "id"])
    op.create_index(
        "uq_accompaniment_one_open",
        "accompaniment",
        ["matricule_index"],
        unique=True,
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("accompaniment")
