"""what persons ask about their data, and what was corrected for them

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subject_request",
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("written_reference_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("first_name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("matricule_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_subject_request_unit_code_unit")),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["account.id"], name=op.f("fk_subject_request_noted_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_subject_request_answered_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_request")),
    )
    op.create_index("ix_subject_request_unit_code", "subject_request", ["unit_code"])
    op.create_table(
        "rectification",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=12), nullable=False),
        sa.Column("before_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("after_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "field IS NULL OR field IN ('last_name', 'first_name', 'birth_date', 'matricule')",
            name=op.f("ck_rectification_field"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rectification_number")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rectification_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_rectification_made_by_account")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_rectification_unit_code_unit")),
        sa.PrimaryKeyConstraint("ticket_id", "number", name=op.f("pk_rectification")),
    )


def downgrade() -> None:
    op.drop_table("rectification")
    op.drop_table("subject_request")
