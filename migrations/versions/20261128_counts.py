"""the numbers of the lists are counted in indexes alone

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN, _OWED, _DRAFT = (
    sa.text("ended_at IS NULL"),
    sa.text("next_step_unit_id IS NOT NULL"),
    sa.text("state = 'draft'"),
)
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
_IN_ORDER = ["next_deadline_at", "id"]
_INDEXES = (
    ("ix_ticket_owed", ["next_step_unit_id", *_IN_ORDER], _OWED),
    ("ix_ticket_asked", ["asking_unit_id", *_IN_ORDER], _OPEN),
    ("ix_ticket_queue", _IN_ORDER, _OPEN),
)


def upgrade() -> None:
    for name, columns, where in _INDEXES:
        op.drop_index(name, table_name="ticket")
        _create(name, columns, where)
    _create("ix_ticket_draft", ["asking_unit_id", *_IN_ORDER], _DRAFT)


def downgrade() -> None:
    op.drop_index("ix_ticket_draft", table_name="ticket")
    for name, columns, where in _INDEXES:
        op.drop_index(name, table_name="ticket")
        bare = None if where is _OWED else where
        op.create_index(name, "ticket", columns, sqlite_where=bare, postgresql_where=bare)


def _create(name: str, columns: list[str], where: sa.TextClause) -> None:
    carried = [column for column in _CARRIED if column not in columns]
    op.create_index(
        name, "ticket", columns, sqlite_where=where, postgresql_where=where, postgresql_include=carried
    )
