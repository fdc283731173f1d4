"""people named by ProConnect, and what ends its session

Revision: 0022
Follows: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_identity",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject_index", sa.LargeBinary(), nullable=False),
        sa.Column("behind", sa.String(length=120), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exit_digest", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_provider_identity_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_identity")),
        sa.UniqueConstraint("account_id", name=op.f("uq_provider_identity_account_id")),
        sa.UniqueConstraint("subject_index", name=op.f("uq_provider_identity_subject_index")),
        sa.UniqueConstraint("exit_digest", name=op.f("uq_provider_identity_exit_digest")),
    )
    op.create_table(
        "provider_return",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_return")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_provider_return_token_digest")),
    )
    op.create_index(op.f("ix_provider_return_expires_at"), "provider_return", ["expires_at"])
    for table in ("login_session", "begun_login"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("id_token_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in ("begun_login", "login_session"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("id_token_sealed")
    op.drop_table("provider_return")
    op.drop_table("provider_identity")
