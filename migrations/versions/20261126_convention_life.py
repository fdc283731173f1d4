"""the life of the convention: awareness actions, notices, local meetings, CDAP practice, requests to the Cnaf

Revision: 0012
Follows: 0011

The wordings of the good practices are append-only whoever connects.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = (
    "cnaf_request",
    "announcement_kind",
    "asip_contact",
    "cdap_practice",
    "cnaf_step",
    "local_meeting",
    "announcement",
    "awareness_action",
    "announcement_file",
    "announcement_receipt",
)
"""In the order in which they are made."""


def upgrade() -> None:
    op.create_table(
        "cnaf_request",
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IS NULL OR status IN ('to_write', 'sent', 'answered', 'no_follow_up')",
            name=op.f("ck_cnaf_request_status"),
        ),
        sa.CheckConstraint(
            "topic IS NULL OR topic IN ('profiles', 'content')", name=op.f("ck_cnaf_request_topic")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cnaf_request")),
    )
    op.create_table(
        "announcement_kind",
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("announced_by", sa.String(length=12), nullable=False),
        sa.Column("manner", sa.String(length=200), nullable=True),
        sa.Column("caf_referent", sa.String(length=120), nullable=False),
        sa.Column("caf_email", sa.String(length=254), nullable=True),
        sa.Column("departement_referent", sa.String(length=120), nullable=False),
        sa.Column("departement_email", sa.String(length=254), nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "announced_by IS NULL OR announced_by IN ('caf', 'departement', 'both')",
            name=op.f("ck_announcement_kind_announced_by"),
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_announcement_kind_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_kind")),
        sa.UniqueConstraint("label", name=op.f("uq_announcement_kind_label")),
    )
    op.create_table(
        "asip_contact",
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_asip_contact_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asip_contact")),
        sa.UniqueConstraint("email", name=op.f("uq_asip_contact_email")),
    )
    op.create_table(
        "cdap_practice",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cdap_practice_version")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_cdap_practice_changed_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_cdap_practice")),
    )
    op.create_table(
        "cnaf_step",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IS NULL OR status IN ('to_write', 'sent', 'answered', 'no_follow_up')",
            name=op.f("ck_cnaf_step_status"),
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_cnaf_step_recorded_by")),
        sa.ForeignKeyConstraint(["request_id"], ["cnaf_request.id"], name=op.f("fk_cnaf_step_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cnaf_step")),
    )
    op.create_index("ix_cnaf_step_request_id", "cnaf_step", ["request_id"])
    op.create_table(
        "local_meeting",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("scale", sa.String(length=4), nullable=False),
        sa.Column("territory", sa.String(length=160), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("for_caf", sa.Text(), nullable=True),
        sa.Column("for_departement", sa.Text(), nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", TIME, nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('asip', 'governance')", name=op.f("ck_local_meeting_kind")
        ),
        sa.CheckConstraint("scale IS NULL OR scale IN ('epci', 'pays')", name=op.f("ck_local_meeting_scale")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_local_meeting_changed_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_local_meeting_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_meeting")),
    )
    op.create_index("ix_local_meeting_held_on", "local_meeting", ["held_on"])
    op.create_table(
        "announcement",
        sa.Column("kind_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("to_asip", sa.Boolean(), nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("reminded_at", TIME, nullable=True),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on >= takes_effect_on", name=op.f("ck_announcement_ends_after_start")),
        sa.ForeignKeyConstraint(["kind_id"], ["announcement_kind.id"], name=op.f("fk_announcement_kind_id")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_announcement_published_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_announcement_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index("ix_announcement_takes_effect_on", "announcement", ["takes_effect_on"])
    op.create_table(
        "awareness_action",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=True),
        sa.Column("cdas_code", sa.String(length=40), nullable=True),
        sa.Column("audience", sa.String(length=200), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("organised_by", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", TIME, nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IS NULL OR kind IN ('asip', 'cdap_workshop', 'missions_departement', 'missions_caf')",
            name=op.f("ck_awareness_action_kind"),
        ),
        sa.CheckConstraint("participants >= 0", name=op.f("ck_awareness_action_participants")),
        sa.CheckConstraint(
            "place IS NOT NULL OR cdas_code IS NOT NULL", name=op.f("ck_awareness_action_somewhere")
        ),
        sa.ForeignKeyConstraint(["cdas_code"], ["unit.code"], name=op.f("fk_awareness_action_cdas_code")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_awareness_action_changed_by")),
        sa.ForeignKeyConstraint(
            ["organised_by"], ["unit.code"], name=op.f("fk_awareness_action_organised_by")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_awareness_action_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awareness_action")),
    )
    op.create_index("ix_awareness_action_held_on", "awareness_action", ["held_on"])
    op.create_table(
        "announcement_file",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", TIME, nullable=False),
        sa.Column("content_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("filename_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "content_type IN ('application/pdf', 'image/jpeg', 'image/png')",
            name=op.f("ck_announcement_file_content_type"),
        ),
        sa.CheckConstraint("size > 0 AND size <= 10485760", name=op.f("ck_announcement_file_size")),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_file_announcement_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_announcement_file_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_file")),
    )
    op.create_index("ix_announcement_file_announcement_id", "announcement_file", ["announcement_id"])
    op.create_table(
        "announcement_receipt",
        sa.Column("announcement_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_announcement_receipt_confirmed")
        ),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcement.id"], name=op.f("fk_announcement_receipt_announcement_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["account.id"], name=op.f("fk_announcement_receipt_confirmed_by")
        ),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_announcement_receipt_unit_code")),
        sa.PrimaryKeyConstraint("announcement_id", "unit_code", name=op.f("pk_announcement_receipt")),
    )
    op.create_index(
        "ix_announcement_receipt_waiting", "announcement_receipt", ["unit_code", "confirmed_at"], unique=False
    )
    _append_only()


def _append_only() -> None:
    """No change, no deletion, and nothing that no row trigger sees: REPLACE on SQLite, TRUNCATE on PostgreSQL."""
    if op.get_bind().dialect.name == "sqlite":
        refusal = "BEGIN SELECT RAISE(ABORT, 'cdap_practice is append-only'); END"
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER append_only_cdap_practice_{act.lower()} BEFORE {act} ON cdap_practice {refusal}"
            )
        op.execute(
            "CREATE TRIGGER append_only_cdap_practice_replace BEFORE INSERT ON cdap_practice "
            f"WHEN EXISTS (SELECT 1 FROM cdap_practice WHERE version = NEW.version) {refusal}"
        )
        return
    op.execute(
        "CREATE FUNCTION append_only_cdap_practice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'cdap_practice is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only_cdap_practice BEFORE UPDATE OR DELETE ON cdap_practice "
        "FOR EACH ROW EXECUTE FUNCTION append_only_cdap_practice()"
    )
    op.execute(
        "CREATE TRIGGER append_only_cdap_practice_truncate BEFORE TRUNCATE ON cdap_practice "
        "FOR EACH STATEMENT EXECUTE FUNCTION append_only_cdap_practice()"
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION append_only_cdap_practice()")
