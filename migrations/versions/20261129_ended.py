"""what has ended is found in its order, whatever its kind

Revision: 0031
Follows: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_ENDED = sa.text("ended_at IS NOT NULL")
_CARRIED = [
    "kind",
    "state",
    "submitted_at",
    "archived_at",
    "asking_unit_id",
    "triage_unit_id",
    "assigned_unit_id",
    "author_id",
    "next_step_unit_id",
    "next_deadline_at",
]


def upgrade() -> None:
    op.create_index(
        "ix_ticket_last_ended",
        "ticket",
        ["ended_at", "id"],
        sqlite_where=_ENDED,
        postgresql_where=_ENDED,
        postgresql_include=_CARRIED,
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_last_ended", table_name="ticket")
