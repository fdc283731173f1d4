"""first tables

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("institution IN ('departement', 'caf')", name=op.f("ck_account_institution")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "calendar",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("follows_public_holidays", sa.Boolean(), nullable=False),
        sa.Column("follows_school_holidays", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_calendar")),
    )
    op.create_table(
        "commune",
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("postal_codes", sa.String(length=120), nullable=False),
        sa.Column("epci", sa.String(length=160), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_commune")),
    )
    with op.batch_alter_table("commune", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commune_name"), ["name"], unique=False)

    op.create_table(
        "convention_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_convention_version")),
        sa.UniqueConstraint("effective_at", name=op.f("uq_convention_version_effective_at")),
    )
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("pk_job_run")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempt_address_index"), ["address_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempt_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_attempt_email_index"), ["email_index"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_revision_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_table(
        "scheduled_job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(length=80), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_job")),
    )
    op.create_table(
        "setting_value",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting_value")),
    )
    op.create_table(
        "api_token",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_api_token_token_digest")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "closure",
        sa.Column("calendar_code", sa.String(length=40), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_closure_ends_after_start")),
        sa.ForeignKeyConstraint(["calendar_code"], ["calendar.code"], name=op.f("fk_closure_calendar_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_closure_calendar_code"), ["calendar_code"], unique=False)

    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_idempotency_key_account_id")),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_at"), ["at"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["account.id"], name=op.f("fk_invitation_invited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitation_token_digest")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_account_id"), ["account_id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_login_session_token_digest")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_session_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "sector",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["worker_id"], ["account.id"], name=op.f("fk_sector_worker_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sector")),
    )
    op.create_table(
        "setting_change",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_setting_change_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_change")),
    )
    with op.batch_alter_table("setting_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_setting_change_key"), ["key"], unique=False)

    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("telephone", sa.String(length=30), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("illustrative", sa.Boolean(), nullable=False),
        sa.Column("calendar_code", sa.String(length=40), nullable=False),
        sa.CheckConstraint("institution IN ('departement', 'caf')", name=op.f("ck_unit_institution")),
        sa.CheckConstraint(
            "kind IN ('cdas', 'caf_secretariat', 'caf_prestations', 'caf_social', 'steering', 'administration')",
            name=op.f("ck_unit_kind"),
        ),
        sa.ForeignKeyConstraint(["calendar_code"], ["calendar.code"], name=op.f("fk_unit_calendar_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
        sa.UniqueConstraint("email", name=op.f("uq_unit_email")),
    )
    op.create_table(
        "access_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_access_entry_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_access_entry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entry")),
    )
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.create_index("ix_access_entry_account", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_access_entry_ticket", ["ticket_id", "at"], unique=False)

    op.create_table(
        "coverage",
        sa.Column("commune_insee", sa.String(length=5), nullable=False),
        sa.Column("quarter", sa.String(length=80), nullable=False),
        sa.Column("cdas_code", sa.String(length=40), nullable=False),
        sa.Column("sector_code", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cdas_code"], ["unit.code"], name=op.f("fk_coverage_cdas_code")),
        sa.ForeignKeyConstraint(["commune_insee"], ["commune.insee"], name=op.f("fk_coverage_commune_insee")),
        sa.ForeignKeyConstraint(["sector_code"], ["sector.code"], name=op.f("fk_coverage_sector_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint("commune_insee", "quarter", name=op.f("uq_coverage_commune_insee_quarter")),
    )
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_cdas_code"), ["cdas_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_coverage_sector_code"), ["sector_code"], unique=False)

    op.create_table(
        "membership",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on > starts_on", name=op.f("ck_membership_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_membership_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_unit_code"), ["unit_code"], unique=False)
        batch_op.create_index(
            "uq_membership_one_open",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )

    op.create_table(
        "ticket",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("asking_unit_id", sa.String(length=40), nullable=True),
        sa.Column("triage_unit_id", sa.String(length=40), nullable=False),
        sa.Column("assigned_unit_id", sa.String(length=40), nullable=True),
        sa.Column("responsible_unit_id", sa.String(length=40), nullable=True),
        sa.Column("next_step_unit_id", sa.String(length=40), nullable=True),
        sa.Column("next_deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_deadline_of", sa.String(length=20), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("convention_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'urgent_rights' AND (state IN ('answered', 'assigned', 'in_progress', 'submitted', 'waiting_partner')) = (next_step_unit_id IS NOT NULL))",
            name=op.f("ck_ticket_somebody_owes_while_open"),
        ),
        sa.CheckConstraint(
            "(kind = 'urgent_rights' AND (state IN ('cancelled', 'closed', 'rejected')) = (ended_at IS NOT NULL))",
            name=op.f("ck_ticket_ended_when_final"),
        ),
        sa.CheckConstraint(
            "(kind = 'urgent_rights' AND state IN ('answered', 'assigned', 'cancelled', 'closed', 'draft', 'in_progress', 'rejected', 'submitted', 'waiting_partner'))",
            name=op.f("ck_ticket_state_of_kind"),
        ),
        sa.CheckConstraint(
            "state <> 'in_progress' OR holder_id IS NOT NULL OR channel = 'phone'",
            name=op.f("ck_ticket_held"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR submitted_at IS NOT NULL", name=op.f("ck_ticket_submitted")
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'in_progress') OR assigned_unit_id IS NOT NULL",
            name=op.f("ck_ticket_assigned"),
        ),
        sa.CheckConstraint(
            "next_deadline_at IS NULL OR next_step_unit_id IS NOT NULL", name=op.f("ck_ticket_deadline_owed")
        ),
        sa.ForeignKeyConstraint(["asking_unit_id"], ["unit.code"], name=op.f("fk_ticket_asking_unit_id")),
        sa.ForeignKeyConstraint(["assigned_unit_id"], ["unit.code"], name=op.f("fk_ticket_assigned_unit_id")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_ticket_author_id")),
        sa.ForeignKeyConstraint(
            ["convention_version"], ["convention_version.number"], name=op.f("fk_ticket_convention_version")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name=op.f("fk_ticket_holder_id")),
        sa.ForeignKeyConstraint(
            ["next_step_unit_id"], ["unit.code"], name=op.f("fk_ticket_next_step_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_unit_id"], ["unit.code"], name=op.f("fk_ticket_responsible_unit_id")
        ),
        sa.ForeignKeyConstraint(["triage_unit_id"], ["unit.code"], name=op.f("fk_ticket_triage_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("reference", name=op.f("uq_ticket_reference")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ticket_asking", ["asking_unit_id", "state", "next_deadline_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ticket_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index("ix_ticket_due", ["kind", "next_deadline_at", "id"], unique=False)
        batch_op.create_index(
            "ix_ticket_ended",
            ["kind", "ended_at", "id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ticket_kind",
            ["kind", "state", "next_deadline_at", "id"],
            unique=False,
            postgresql_include=["submitted_at"],
        )
        batch_op.create_index("ix_ticket_owed", ["next_step_unit_id", "next_deadline_at", "id"], unique=False)
        batch_op.create_index("ix_ticket_recent", ["kind", "submitted_at", "id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("filename_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "content_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("ck_attachment_content_type"),
        ),
        sa.CheckConstraint("size > 0 AND size <= 10485760", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_attachment_author_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_attachment_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_attachment_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index("ix_attachment_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "call",
        sa.Column("cdas_code", sa.String(length=40), nullable=False),
        sa.Column("matricule_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("matricule_index", sa.LargeBinary(), nullable=True),
        sa.Column("benefit", sa.String(length=20), nullable=True),
        sa.Column("event", sa.String(length=20), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_unit_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("NOT answered OR ticket_id IS NOT NULL", name=op.f("ck_call_answered_has_ticket")),
        sa.CheckConstraint("minutes >= 0 AND minutes <= 240", name=op.f("ck_call_minutes")),
        sa.ForeignKeyConstraint(["cdas_code"], ["unit.code"], name=op.f("fk_call_cdas_code")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_call_recorded_by")),
        sa.ForeignKeyConstraint(["recorded_unit_id"], ["unit.code"], name=op.f("fk_call_recorded_unit_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_call_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_cdas_code"), ["cdas_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_matricule_index"), ["matricule_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "clock_record",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=True),
        sa.Column("business_seconds", sa.Integer(), nullable=True),
        sa.Column("waited_seconds", sa.Integer(), nullable=True),
        sa.Column("within_target", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_clock_record_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "name", "run", name=op.f("pk_clock_record")),
    )
    op.create_table(
        "draft",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("form_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_draft_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_saved_at"), ["saved_at"], unique=False)

    op.create_table(
        "incoming_mail",
        sa.Column("fingerprint", sa.String(length=80), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("nature", sa.String(length=30), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("qualified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("qualified_by", sa.Uuid(), nullable=True),
        sa.Column("asking_unit_id", sa.String(length=40), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("nir_masked", sa.Integer(), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rest_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "fate <> 'qualified' OR (nature IS NOT NULL AND qualified_at IS NOT NULL)",
            name=op.f("ck_incoming_mail_nature"),
        ),
        sa.CheckConstraint(
            "fate IN ('ticket', 'joined', 'to_qualify', 'qualified', 'set_aside', 'automatic')",
            name=op.f("ck_incoming_mail_fate"),
        ),
        sa.CheckConstraint(
            "fate NOT IN ('ticket', 'joined') OR ticket_id IS NOT NULL",
            name=op.f("ck_incoming_mail_has_ticket"),
        ),
        sa.ForeignKeyConstraint(
            ["asking_unit_id"], ["unit.code"], name=op.f("fk_incoming_mail_asking_unit_id")
        ),
        sa.ForeignKeyConstraint(["qualified_by"], ["account.id"], name=op.f("fk_incoming_mail_qualified_by")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_incoming_mail_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_incoming_mail_fingerprint")),
    )
    with op.batch_alter_table("incoming_mail", schema=None) as batch_op:
        batch_op.create_index("ix_incoming_mail_fate", ["fate", "received_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_mail_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "internal_note",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "institution IN ('departement', 'caf')", name=op.f("ck_internal_note_institution")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_internal_note_author_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_internal_note_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_internal_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internal_note")),
    )
    with op.batch_alter_table("internal_note", schema=None) as batch_op:
        batch_op.create_index("ix_internal_note_ticket", ["ticket_id", "institution", "id"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transition", sa.String(length=30), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_unit_id", sa.String(length=40), nullable=True),
        sa.Column("next_step_unit_id", sa.String(length=40), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload_digest", sa.LargeBinary(), nullable=False),
        sa.Column("payload_salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "happened_at <= recorded_at", name=op.f("ck_journal_entry_happened_before_recorded")
        ),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_journal_entry_sequence")),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_journal_entry_actor_id")),
        sa.ForeignKeyConstraint(
            ["actor_unit_id"], ["unit.code"], name=op.f("fk_journal_entry_actor_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["next_step_unit_id"], ["unit.code"], name=op.f("fk_journal_entry_next_step_unit_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_journal_entry_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "sequence", name=op.f("pk_journal_entry")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("institution", sa.String(length=12), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_message_author_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_message_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_message_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_ticket", ["ticket_id", "id"], unique=False)

    op.create_table(
        "outbox_mail",
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_outbox_mail_ticket_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_outbox_mail_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_mail_message_id")),
    )
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_mail_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_mail_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_mail_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("matricule_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("matricule_index", sa.LargeBinary(), nullable=True),
        sa.Column("last_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("first_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("commune_insee", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(["commune_insee"], ["commune.insee"], name=op.f("fk_person_commune_insee")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_person_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_matricule_index"), ["matricule_index"], unique=False)

    op.create_table(
        "person_word",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("word_index", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_person_word_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "word_index", name=op.f("pk_person_word")),
    )
    with op.batch_alter_table("person_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_word_word_index"), ["word_index"], unique=False)

    op.create_table(
        "urgent_rights",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("benefit", sa.String(length=20), nullable=True),
        sa.Column("event", sa.String(length=20), nullable=True),
        sa.Column("last_payment_on", sa.Date(), nullable=True),
        sa.Column("amount_before", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("amount_after", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("urgency_rule", sa.String(length=20), nullable=True),
        sa.Column("urgency_reached_on", sa.Date(), nullable=True),
        sa.Column("urgency_explanation", sa.String(length=600), nullable=True),
        sa.Column("cdap_consulted_on", sa.Date(), nullable=True),
        sa.Column("cdap_missing_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("cdap_no_access", sa.Boolean(), nullable=False),
        sa.Column("line_was_open", sa.Boolean(), nullable=False),
        sa.Column("line_open_reason", sa.String(length=20), nullable=True),
        sa.Column("accompanied_by_author", sa.Boolean(), nullable=True),
        sa.Column("accompanied_by_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("accompanied_by_unit", sa.String(length=120), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason_not_told_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("description_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("outcome_detail_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rejection_reason", sa.String(length=24), nullable=True),
        sa.Column("rejected_by", sa.Uuid(), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("closed_automatically", sa.Boolean(), nullable=False),
        sa.Column("usefulness", sa.Integer(), nullable=True),
        sa.Column("remark_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "benefit IS NULL OR benefit IN ('aah', 'rsa', 'prime_activite', 'apl', 'als', 'alf', 'af', 'cf', 'asf', 'paje', 'aeeh', 'ajpp', 'ars', 'other')",
            name=op.f("ck_urgent_rights_benefit"),
        ),
        sa.CheckConstraint(
            "event IS NULL OR event IN ('interruption', 'strong_decrease')",
            name=op.f("ck_urgent_rights_event"),
        ),
        sa.CheckConstraint(
            "line_open_reason IS NULL OR line_open_reason IN ('no_answer', 'documents', 'other')",
            name=op.f("ck_urgent_rights_line_open_reason"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('restored', 'payment_scheduled', 'documents_requested', 'not_due', 'under_review', 'other_body', 'other')",
            name=op.f("ck_urgent_rights_outcome"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome NOT IN ('payment_scheduled', 'under_review') OR outcome_on IS NOT NULL",
            name=op.f("ck_urgent_rights_outcome_dated"),
        ),
        sa.CheckConstraint(
            "rejection_reason IS NULL OR rejection_reason IN ('not_urgent', 'visible_in_cdap', 'duplicate', 'wrong_service', 'wrong_orientation', 'unidentified')",
            name=op.f("ck_urgent_rights_rejection_reason"),
        ),
        sa.CheckConstraint(
            "amount_after IS NULL OR amount_after >= 0", name=op.f("ck_urgent_rights_amount_after")
        ),
        sa.CheckConstraint(
            "amount_before IS NULL OR amount_before >= 0", name=op.f("ck_urgent_rights_amount_before")
        ),
        sa.CheckConstraint(
            "told_on IS NULL OR reason_not_told_sealed IS NULL", name=op.f("ck_urgent_rights_told_or_reason")
        ),
        sa.CheckConstraint(
            "usefulness IS NULL OR usefulness BETWEEN 1 AND 5", name=op.f("ck_urgent_rights_usefulness")
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["ticket.id"], name=op.f("fk_urgent_rights_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(["rejected_by"], ["account.id"], name=op.f("fk_urgent_rights_rejected_by")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_urgent_rights_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_urgent_rights")),
    )
    op.create_table(
        "incoming_file",
        sa.Column("mail_id", sa.Uuid(), nullable=False),
        sa.Column("content_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("filename_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["incoming_mail.id"], name=op.f("fk_incoming_file_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_file")),
    )
    with op.batch_alter_table("incoming_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_file_mail_id"), ["mail_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("incoming_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_file_mail_id"))

    op.drop_table("incoming_file")
    op.drop_table("urgent_rights")
    with op.batch_alter_table("person_word", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_word_word_index"))

    op.drop_table("person_word")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_matricule_index"))

    op.drop_table("person")
    with op.batch_alter_table("outbox_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_mail_unit_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_mail_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_outbox_mail_created_at"))

    op.drop_table("outbox_mail")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_ticket")

    op.drop_table("message")
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_recorded_at"))

    op.drop_table("journal_entry")
    with op.batch_alter_table("internal_note", schema=None) as batch_op:
        batch_op.drop_index("ix_internal_note_ticket")

    op.drop_table("internal_note")
    with op.batch_alter_table("incoming_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_mail_ticket_id"))
        batch_op.drop_index("ix_incoming_mail_fate")

    op.drop_table("incoming_mail")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_saved_at"))

    op.drop_table("draft")
    op.drop_table("clock_record")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_call_started_at"))
        batch_op.drop_index(batch_op.f("ix_call_matricule_index"))
        batch_op.drop_index(batch_op.f("ix_call_cdas_code"))

    op.drop_table("call")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index("ix_attachment_ticket")

    op.drop_table("attachment")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index("ix_ticket_recent")
        batch_op.drop_index("ix_ticket_owed")
        batch_op.drop_index("ix_ticket_kind")
        batch_op.drop_index("ix_ticket_ended")
        batch_op.drop_index("ix_ticket_due")
        batch_op.drop_index(batch_op.f("ix_ticket_holder_id"))
        batch_op.drop_index(batch_op.f("ix_ticket_author_id"))
        batch_op.drop_index("ix_ticket_asking")

    op.drop_table("ticket")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_one_open",
            sqlite_where=sa.text("ends_on IS NULL"),
            postgresql_where=sa.text("ends_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_unit_code"))
        batch_op.drop_index(batch_op.f("ix_membership_account_id"))

    op.drop_table("membership")
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coverage_sector_code"))
        batch_op.drop_index(batch_op.f("ix_coverage_cdas_code"))

    op.drop_table("coverage")
    with op.batch_alter_table("access_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_access_entry_ticket")
        batch_op.drop_index("ix_access_entry_account")

    op.drop_table("access_entry")
    op.drop_table("unit")
    with op.batch_alter_table("setting_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_setting_change_key"))

    op.drop_table("setting_change")
    op.drop_table("sector")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_expires_at"))
        batch_op.drop_index(batch_op.f("ix_login_session_account_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_account_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_at"))

    op.drop_table("idempotency_key")
    with op.batch_alter_table("closure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_closure_calendar_code"))

    op.drop_table("closure")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_account_id"))

    op.drop_table("api_token")
    op.drop_table("setting_value")
    op.drop_table("scheduled_job")
    op.drop_table("revision")
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_attempt_email_index"))
        batch_op.drop_index(batch_op.f("ix_login_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_login_attempt_address_index"))

    op.drop_table("login_attempt")
    op.drop_table("job_run")
    op.drop_table("convention_version")
    with op.batch_alter_table("commune", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commune_name"))

    op.drop_table("commune")
    op.drop_table("calendar")
    op.drop_table("account")
