"""openings out of scope, accounts kept out, protected telephones, readings stopped or unusual

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_PHONES = ("appointment", "rights_meeting", "social_emergency")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "out_of_scope_opening",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", _TIME, nullable=True),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)", name=op.f("ck_out_of_scope_opening_reviewed")
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> account_id",
            name=op.f("ck_out_of_scope_opening_reviewed_by_another"),
        ),
        *_keys("out_of_scope_opening", account_id="account.id", unit_id="unit.code", ticket_id="ticket.id"),
        *_keys("out_of_scope_opening", reviewed_by="account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_scope_opening")),
    )
    op.create_index("ix_out_of_scope_opening_account", "out_of_scope_opening", ["account_id", "expires_at"])
    op.create_index(op.f("ix_out_of_scope_opening_ticket_id"), "out_of_scope_opening", ["ticket_id"])
    op.create_table(
        "kept_out",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("matricule_index", sa.LargeBinary(), nullable=True),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("declared_by <> account_id", name=op.f("ck_kept_out_declared_by_another")),
        *_keys("kept_out", account_id="account.id", ticket_id="ticket.id", declared_by="account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_out")),
        sa.UniqueConstraint("account_id", "ticket_id", name=op.f("uq_kept_out_account_id_ticket_id")),
    )
    op.create_index("ix_kept_out_matricule", "kept_out", ["matricule_index", "account_id"])
    op.create_index(op.f("ix_kept_out_ticket_id"), "kept_out", ["ticket_id"])
    op.create_table(
        "phone_shown",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_at", _TIME, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_keys("phone_shown", account_id="account.id", ticket_id="ticket.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_shown")),
    )
    op.create_index(op.f("ix_phone_shown_ticket_id"), "phone_shown", ["ticket_id"])
    op.create_table(
        "reading_stop",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("limit_key", sa.String(length=30), nullable=False),
        sa.Column("stopped_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", _TIME, nullable=True),
        sa.Column("lift_reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name=op.f("ck_reading_stop_lifted")),
        sa.CheckConstraint(
            "lifted_by IS NULL OR lifted_by <> account_id", name=op.f("ck_reading_stop_lifted_by_another")
        ),
        *_keys("reading_stop", account_id="account.id", unit_id="unit.code", lifted_by="account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_stop")),
    )
    op.create_index("ix_reading_stop_account", "reading_stop", ["account_id", "until"])
    op.create_table(
        "unusual_read",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("sign", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_keys("unusual_read", account_id="account.id", unit_id="unit.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unusual_read")),
        sa.UniqueConstraint(
            "account_id",
            "week",
            "sign",
            "day",
            "ticket_id",
            name=op.f("uq_unusual_read_account_id_week_sign_day_ticket_id"),
        ),
    )
    op.create_index(op.f("ix_unusual_read_week"), "unusual_read", ["week"])
    op.create_table(
        "named_list",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=40), nullable=False),
        sa.Column("view", sa.String(length=20), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _TIME, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_named_list_decided")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> account_id", name=op.f("ck_named_list_decided_by_another")
        ),
        *_keys("named_list", account_id="account.id", unit_id="unit.code", decided_by="account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_list")),
    )
    op.create_index(op.f("ix_named_list_account_id"), "named_list", ["account_id"])
    for table in _PHONES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("phone_protected", sa.Boolean(), server_default=sa.false(), nullable=False)
            )
    op.execute("UPDATE social_emergency SET phone_protected = true WHERE motives LIKE '%domestic_violence%'")
    for table in ("appointment", "rights_meeting"):
        op.execute(
            f"UPDATE {table} SET phone_protected = true WHERE ticket_id IN (SELECT to_id FROM ticket_link "
            "JOIN social_emergency ON social_emergency.ticket_id = from_id WHERE phone_protected)"
        )


def downgrade() -> None:
    for table in _PHONES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("phone_protected")
    for table in (
        "named_list",
        "unusual_read",
        "reading_stop",
        "phone_shown",
        "kept_out",
        "out_of_scope_opening",
    ):
        op.drop_table(table)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
        )
        for column, target in columns.items()
    ]
