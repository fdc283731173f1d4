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
    for name, columns in (
        ("ix_ticket_queue", ["next_deadline_at", "id"]),
        ("ix_ticket_asked", ["asking_unit_id", "next_deadline_at", "id"]),
    ):
        op.create_index(name, "ticket", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.drop_index("ix_ticket_due", table_name="ticket")


def downgrade() -> None:
    op.create_index("ix_ticket_due", "ticket", ["kind", "next_deadline_at", "id"])
    for name in ("ix_ticket_asked", "ix_ticket_queue"):
        op.drop_index(name, table_name="ticket")
