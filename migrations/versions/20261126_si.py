"""the register of the convention Caf, Cpam, SIAO

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "si_right",
    "si_action",
    "si_structure",
    "si_refresh",
    "si_evaluation",
    "si_reminder",
    "si_meeting",
    "si_contact",
    "si_agreement",
)


def upgrade() -> None:
    op.create_table(
        "si_agreement",
        sa.Column("caf", sa.String(length=160), nullable=False),
        sa.Column("cpam", sa.String(length=160), nullable=False),
        sa.Column("siao", sa.String(length=160), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ended_by IS NULL OR ended_by IN ('caf', 'cpam', 'siao')", name=op.f("ck_si_agreement_ended_by")
        ),
        sa.CheckConstraint(
            "(ends_on IS NULL) = (ended_by IS NULL) AND (ends_on IS NULL) = (notice_on IS NULL)",
            name=op.f("ck_si_agreement_ends_with_notice"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= notice_on", name=op.f("ck_si_agreement_end_after_notice")
        ),
        sa.CheckConstraint(
            "notice_on IS NULL OR notice_on >= signed_on", name=op.f("ck_si_agreement_notice_after_signature")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_agreement")),
    )
    op.create_index(op.f("ix_si_agreement_signed_on"), "si_agreement", ["signed_on"])
    op.create_table(
        "si_contact",
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("organisation", sa.String(length=160), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("telephone", sa.String(length=40), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IS NULL OR role IN ('caf', 'cpam', 'siao', 'ddets', 'partner')",
            name=op.f("ck_si_contact_role"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_si_contact_ends_after_start")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_contact")),
    )
    op.create_index(
        "uq_si_contact_one_referent",
        "si_contact",
        ["role"],
        unique=True,
        sqlite_where=sa.text("ends_on IS NULL AND role IN ('caf', 'cpam', 'siao')"),
        postgresql_where=sa.text("ends_on IS NULL AND role IN ('caf', 'cpam', 'siao')"),
    )
    op.create_table(
        "si_meeting",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('committee', 'exchange')", name=op.f("ck_si_meeting_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_meeting")),
    )
    op.create_index(op.f("ix_si_meeting_held_on"), "si_meeting", ["held_on"])
    op.create_table(
        "si_reminder",
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", "due_on", "week_on", name=op.f("pk_si_reminder")),
    )
    op.create_table(
        "si_evaluation",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=True),
        sa.Column("good_practices", sa.Text(), nullable=True),
        sa.Column("proposals", sa.Text(), nullable=True),
        sa.Column("objectives", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_si_evaluation_changed_by")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_si_evaluation")),
    )
    op.create_table(
        "si_refresh",
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("ddets_told", sa.Boolean(), nullable=False),
        sa.Column("structures", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_si_refresh_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_refresh")),
        sa.UniqueConstraint("received_on", name=op.f("uq_si_refresh_received_on")),
    )
    op.create_table(
        "si_structure",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("shelter", sa.String(length=8), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("commune_insee", sa.String(length=5), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("telephone", sa.String(length=40), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("profiles", sa.JSON(), nullable=False),
        sa.Column("social_workers", sa.Boolean(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("updated_on", sa.Date(), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=True),
        sa.Column("priority_reason", sa.Text(), nullable=True),
        sa.Column("priority_on", sa.Date(), nullable=True),
        sa.Column("wish", sa.String(length=8), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("interpreter", sa.String(length=12), nullable=True),
        sa.Column("terms_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "interpreter IS NULL OR interpreter IN ('not_needed', 'structure', 'telephone', 'to_find')",
            name=op.f("ck_si_structure_interpreter"),
        ),
        sa.CheckConstraint(
            "priority IS NULL OR priority IN ('first', 'second', 'third')",
            name=op.f("ck_si_structure_priority"),
        ),
        sa.CheckConstraint(
            "shelter IS NULL OR shelter IN ('centre', 'hotel', 'other')", name=op.f("ck_si_structure_shelter")
        ),
        sa.CheckConstraint(
            "wish IS NULL OR wish IN ('asked', 'wanted', 'declined')", name=op.f("ck_si_structure_wish")
        ),
        sa.CheckConstraint(
            "(priority IS NULL) = (priority_on IS NULL)", name=op.f("ck_si_structure_priority_with_its_day")
        ),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_si_structure_closed_after_opening")
        ),
        sa.CheckConstraint("places >= 0", name=op.f("ck_si_structure_places")),
        sa.ForeignKeyConstraint(
            ["commune_insee"], ["commune.insee"], name=op.f("fk_si_structure_commune_insee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_structure")),
    )
    op.create_index(op.f("ix_si_structure_name"), "si_structure", ["name"])
    op.create_table(
        "si_action",
        sa.Column("structure_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("team", sa.String(length=8), nullable=False),
        sa.Column("files", sa.Integer(), nullable=True),
        sa.Column("people_met", sa.Integer(), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "files >= 0 AND (files IS NULL OR kind = 'punctual')", name=op.f("ck_si_action_files_of_punctual")
        ),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('recurring', 'punctual', 'telephone', 'on_site')",
            name=op.f("ck_si_action_kind"),
        ),
        sa.CheckConstraint(
            "team IS NULL OR team IN ('joint', 'cpam', 'caf')", name=op.f("ck_si_action_team")
        ),
        sa.CheckConstraint("people_met >= 0", name=op.f("ck_si_action_people_met")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_si_action_noted_by")),
        sa.ForeignKeyConstraint(
            ["structure_id"], ["si_structure.id"], name=op.f("fk_si_action_structure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_si_action")),
    )
    op.create_index("ix_si_action_day", "si_action", ["held_on", "id"])
    op.create_index(op.f("ix_si_action_structure_id"), "si_action", ["structure_id"])
    op.create_table(
        "si_right",
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "code IS NULL OR code IN ('rsa', 'housing', 'aah', 'prime_activite', 'af', 'cf', 'asf', 'paje', 'aeeh', 'ajpp', 'ars', 'other')",
            name=op.f("ck_si_right_code"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_si_right_number")),
        sa.ForeignKeyConstraint(["action_id"], ["si_action.id"], name=op.f("fk_si_right_action_id")),
        sa.PrimaryKeyConstraint("action_id", "code", name=op.f("pk_si_right")),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
