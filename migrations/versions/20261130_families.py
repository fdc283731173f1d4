"""drafts and waiting messages say of which family they are, as a blind index

Revision: 0032
Follows: 0031

A draft kept before gets it when it is saved again, a message that waits does not: only the key ring reads them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


TABLES = ("draft", "incoming_mail")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("matricule_index", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "matricule_index")
