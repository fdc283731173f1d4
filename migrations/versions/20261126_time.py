"""mail that leaves, digests, reminders, hours and versions by date of effect, turns of the scheduler, polled mailboxes

Revision: 0008
Follows: 0007

Mails written before are not sent: `next_try_at` stays empty for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
BY = {
    "outbox_mail": "settled_by",
    "scheduled_job": "asked_by",
    "convention_version": "created_by",
}
"""Columns that name an account; added with their foreign key on both databases."""

COLUMNS = {
    "outbox_mail": (
        ("calendar", sa.Text()),
        ("next_try_at", TIME),
        ("failed_at", TIME),
        ("failure", sa.String(length=200)),
        ("settled_at", TIME),
    ),
    "scheduled_job": (("failed_at", TIME), ("failure", sa.String(length=200)), ("asked_at", TIME)),
    "convention_version": (("created_at", TIME),),
}
INDEXES = ("next_try_at", "failed_at")


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column("outbox_mail", sa.Column("attempts", sa.Integer(), server_default="0", nullable=False))
    for table, column in BY.items():
        _add_account(table, column)
    for column in INDEXES:
        op.create_index(f"ix_outbox_mail_{column}", "outbox_mail", [column])
    op.create_table(
        "notice_choice",
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(unit_code IS NULL) <> (account_id IS NULL)", name=op.f("ck_notice_choice_of_one")
        ),
        sa.CheckConstraint("choice IN ('at_once', 'digest', 'none')", name=op.f("ck_notice_choice_choice")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_notice_choice_unit_code")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_choice")),
        sa.UniqueConstraint("unit_code", "event", name=op.f("uq_notice_choice_unit_code_event")),
        sa.UniqueConstraint("account_id", "event", name=op.f("uq_notice_choice_account_id_event")),
    )
    op.create_table(
        "digest_line",
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=True),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("event", sa.String(length=30), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("told_at", TIME, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.code"], name=op.f("fk_digest_line_unit_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_digest_line_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_line")),
    )
    op.create_index("ix_digest_line_waiting", "digest_line", ["told_at", "recipient"])
    op.create_index(op.f("ix_digest_line_ticket_id"), "digest_line", ["ticket_id"])
    op.create_table(
        "reminder",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.Column("told_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_reminder_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", "clock", "since", "stage", name=op.f("pk_reminder")),
    )
    op.create_index(op.f("ix_reminder_told_at"), "reminder", ["told_at"])
    op.create_table(
        "scheduler_beat",
        sa.Column("worker", sa.String(length=80), nullable=False),
        sa.Column("beat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_scheduler_beat")),
    )
    op.create_index(op.f("ix_scheduler_beat_beat_at"), "scheduler_beat", ["beat_at"])
    op.create_table(
        "mailbox_poll",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("polled_at", TIME, nullable=False),
        sa.Column("worked_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox_poll")),
    )
    op.create_table(
        "calendar_hours",
        sa.Column("calendar_code", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weekly", sa.JSON(), nullable=False),
        sa.Column("follows_public_holidays", sa.Boolean(), nullable=False),
        sa.Column("follows_school_holidays", sa.Boolean(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_code"], ["calendar.code"], name=op.f("fk_calendar_hours_calendar_code")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_calendar_hours_changed_by")),
        sa.PrimaryKeyConstraint("calendar_code", "starts_on", name=op.f("pk_calendar_hours")),
    )


def _add_account(table: str, column: str) -> None:
    # SQLite adds a foreign key only with its column, and alembic would add it apart.
    kind = "CHAR(32)" if op.get_bind().dialect.name == "sqlite" else "UUID"
    name = f"fk_{table}_{column}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES account (id)")


def downgrade() -> None:
    for table in (
        "calendar_hours",
        "mailbox_poll",
        "scheduler_beat",
        "reminder",
        "digest_line",
        "notice_choice",
    ):
        op.drop_table(table)
    for column in INDEXES:
        op.drop_index(f"ix_outbox_mail_{column}", table_name="outbox_mail")
    for table, column in BY.items():
        with op.batch_alter_table(table) as batch_op:
            for name, _ in COLUMNS[table]:
                batch_op.drop_column(name)
            batch_op.drop_column(column)
            if table == "outbox_mail":
                batch_op.drop_column("attempts")
