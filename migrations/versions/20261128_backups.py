"""what the backup of each night found of the journal

Revision: 0023
Follows: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_made",
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("made_at", name=op.f("pk_backup_made")),
    )


def downgrade() -> None:
    op.drop_table("backup_made")
