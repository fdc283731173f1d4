"""a draft says of which family it is, as a blind index

Revision: 0032
Follows: 0031

What was kept before gets it when it is saved again: only the key ring reads a form.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("matricule_index", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("draft", "matricule_index")
