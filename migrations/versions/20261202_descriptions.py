"""a joined file may say in a few words what it holds, for who can not read a picture

Revision: 0034
Follows: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("description_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("attachment", "description_sealed")
