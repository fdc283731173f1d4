"""what somebody has not read yet, what is new for them, the lists they keep

Revision: 0028
Follows: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_index("ix_access_entry_reader", "access_entry", ["ticket_id", "account_id", "at"])
    op.drop_index("ix_access_entry_ticket", table_name="access_entry")
    op.add_column("message", sa.Column("recorded_at", _TIME, nullable=True))
    op.create_index(op.f("ix_message_recorded_at"), "message", ["recorded_at"])
    op.create_index(op.f("ix_attachment_joined_at"), "attachment", ["joined_at"])
    op.add_column("account", sa.Column("news_seen_at", _TIME, nullable=True))
    op.create_table(
        "saved_list",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_list_account_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_saved_list_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_list")),
    )
    op.create_index(op.f("ix_saved_list_account_id"), "saved_list", ["account_id"])
    op.create_index(op.f("ix_saved_list_unit_code"), "saved_list", ["unit_code"])


def downgrade() -> None:
    op.drop_table("saved_list")
    op.drop_column("account", "news_seen_at")
    op.drop_index(op.f("ix_attachment_joined_at"), table_name="attachment")
    op.drop_index(op.f("ix_message_recorded_at"), table_name="message")
    op.drop_column("message", "recorded_at")
    op.create_index("ix_access_entry_ticket", "access_entry", ["ticket_id", "at"])
    op.drop_index("ix_access_entry_reader", table_name="access_entry")
