"""the queue in its order, whatever has ended

Revision: 0025
Follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_ticket_queue",
        "ticket",
        ["next_deadline_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.drop_index("ix_ticket_due", table_name="ticket")


def downgrade() -> None:
    op.create_index("ix_ticket_due", "ticket", ["kind", "next_deadline_at", "id"])
    op.drop_index("ix_ticket_queue", table_name="ticket")
