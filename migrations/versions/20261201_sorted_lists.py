"""lists are found in each of their orders: what is under way by sending and last change, messages by qualification

Revision: 0033
Follows: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_UNDER_WAY = sa.text("ended_at IS NULL")
_ORDERS = (("ix_ticket_sent", "submitted_at"), ("ix_ticket_changed", "changed_at"))


def upgrade() -> None:
    for name, column in _ORDERS:
        op.create_index(name, "ticket", [column, "id"], sqlite_where=_UNDER_WAY, postgresql_where=_UNDER_WAY)
    op.create_index("ix_incoming_mail_qualified", "incoming_mail", ["fate", "qualified_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_incoming_mail_qualified", table_name="incoming_mail")
    for name, _ in _ORDERS:
        op.drop_index(name, table_name="ticket")
