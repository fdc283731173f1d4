"""meetings of both institutions, their agenda, decisions and actions; cases put forward; remarks from the field

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.String(length=5), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("asked_by", sa.String(length=12), nullable=True),
        sa.Column("reason", sa.String(length=600), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'particular') = (about_on IS NULL)", name=op.f("ck_meeting_about")),
        sa.CheckConstraint("(kind = 'particular') = (asked_by IS NOT NULL)", name=op.f("ck_meeting_asked")),
        sa.CheckConstraint("(kind = 'particular') = (reason IS NOT NULL)", name=op.f("ck_meeting_reasoned")),
        sa.CheckConstraint("(state = 'held') = (held_at IS NOT NULL)", name=op.f("ck_meeting_held")),
        sa.CheckConstraint(
            "asked_by IS NULL OR asked_by IN ('departement', 'caf')", name=op.f("ck_meeting_asked_by")
        ),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('monthly', 'committee', 'particular')", name=op.f("ck_meeting_kind")
        ),
        sa.CheckConstraint("state IS NULL OR state IN ('planned', 'held')", name=op.f("ck_meeting_state")),
        sa.ForeignKeyConstraint(["planned_by"], ["account.id"], name=op.f("fk_meeting_planned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("kind", "about_on", name=op.f("uq_meeting_kind_about_on")),
    )
    op.create_index(op.f("ix_meeting_held_on"), "meeting", ["held_on"])

    op.create_table(
        "meeting_comment",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("heading", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "heading IS NULL OR heading IN ('works', 'to_improve', 'axes')",
            name=op.f("ck_meeting_comment_heading"),
        ),
        sa.CheckConstraint(
            "institution IN ('departement', 'caf')", name=op.f("ck_meeting_comment_institution")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_comment_meeting_id")),
        sa.ForeignKeyConstraint(["written_by"], ["account.id"], name=op.f("fk_meeting_comment_written_by")),
        sa.PrimaryKeyConstraint("meeting_id", "institution", "heading", name=op.f("pk_meeting_comment")),
    )
    op.create_table(
        "meeting_participant",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("invited_version", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(unit_code IS NULL) <> (account_id IS NULL)", name=op.f("ck_meeting_participant_of_one")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_meeting_participant_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_participant_meeting_id")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_meeting_participant_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_participant")),
        sa.UniqueConstraint(
            "meeting_id", "account_id", name=op.f("uq_meeting_participant_meeting_id_account_id")
        ),
        sa.UniqueConstraint(
            "meeting_id", "unit_code", name=op.f("uq_meeting_participant_meeting_id_unit_code")
        ),
    )
    op.create_table(
        "meeting_record",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.String(length=600), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'action') = (due_on IS NOT NULL)", name=op.f("ck_meeting_record_action_due")
        ),
        sa.CheckConstraint(
            "(kind = 'action') = (unit_code IS NOT NULL OR account_id IS NOT NULL)",
            name=op.f("ck_meeting_record_action_owned"),
        ),
        sa.CheckConstraint("done_on IS NULL OR kind = 'action'", name=op.f("ck_meeting_record_action_done")),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('decision', 'action')", name=op.f("ck_meeting_record_kind")
        ),
        sa.CheckConstraint(
            "unit_code IS NULL OR account_id IS NULL", name=op.f("ck_meeting_record_one_owner")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_meeting_record_account_id")),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_meeting_record_done_by")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_record_meeting_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_meeting_record_recorded_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_meeting_record_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_record")),
    )
    op.create_index(op.f("ix_meeting_record_meeting_id"), "meeting_record", ["meeting_id"])

    op.create_table(
        "remark",
        sa.Column("theme", sa.String(length=16), nullable=False),
        sa.Column("tone", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("institution IN ('departement', 'caf')", name=op.f("ck_remark_institution")),
        sa.CheckConstraint(
            "theme IS NULL OR theme IN ('line', 'answers', 'requests', 'cdap', 'orientations', 'relays', 'emergencies', 'appointments', 'knowing', 'other')",
            name=op.f("ck_remark_theme"),
        ),
        sa.CheckConstraint("tone IS NULL OR tone IN ('works', 'to_improve')", name=op.f("ck_remark_tone")),
        sa.CheckConstraint("(shared_at IS NULL) = (shared_by IS NULL)", name=op.f("ck_remark_shared")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_remark_author_id")),
        sa.ForeignKeyConstraint(["shared_by"], ["account.id"], name=op.f("fk_remark_shared_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_remark_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index(op.f("ix_remark_author_id"), "remark", ["author_id"])
    op.create_index(op.f("ix_remark_written_at"), "remark", ["written_at"])

    op.create_table(
        "meeting_line",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.String(length=300), nullable=True),
        sa.Column("set_aside", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("age_days", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ticket_id IS NULL) <> (text IS NULL)", name=op.f("ck_meeting_line_case_or_text")
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_line_meeting_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_meeting_line_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_line")),
        sa.UniqueConstraint("meeting_id", "ticket_id", name=op.f("uq_meeting_line_meeting_id_ticket_id")),
    )
    op.create_index(op.f("ix_meeting_line_ticket_id"), "meeting_line", ["ticket_id"])

    op.create_table(
        "put_forward",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("institution IN ('departement', 'caf')", name=op.f("ck_put_forward_institution")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_put_forward_meeting_id")),
        sa.ForeignKeyConstraint(["put_by"], ["account.id"], name=op.f("fk_put_forward_put_by")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_put_forward_ticket_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_put_forward_unit_code")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_put_forward_withdrawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_forward")),
    )
    op.create_index(op.f("ix_put_forward_meeting_id"), "put_forward", ["meeting_id"])
    op.create_index(
        "ix_put_forward_standing",
        "put_forward",
        ["ticket_id", "institution"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL AND meeting_id IS NULL"),
    )
    op.create_index(op.f("ix_put_forward_ticket_id"), "put_forward", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("put_forward")
    op.drop_table("meeting_line")
    op.drop_table("remark")
    op.drop_table("meeting_record")
    op.drop_table("meeting_participant")
    op.drop_table("meeting_comment")
    op.drop_table("meeting")
