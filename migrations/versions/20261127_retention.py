"""archives, elimination lists, and the end of what the access log wrote

Revision: 0021
Follows: 0020

The lines of a list and the approvals are append-only. Of the access log, only what a row of `access_purge` says goes,
and never what is younger than the six months that its Setting cannot go below.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TIME, UUID = sa.DateTime(timezone=True), sa.Uuid()
FROZEN = (
    ("elimination_line", "UPDATE"),
    ("elimination_line", "DELETE"),
    ("elimination_approval", "UPDATE"),
    ("elimination_approval", "DELETE"),
    ("access_purge", "UPDATE"),
    ("access_purge", "DELETE"),
)
OF_NO_PURGE = "NOT EXISTS (SELECT 1 FROM access_purge WHERE before > OLD.at)"


def upgrade() -> None:
    _archive()
    _lists()
    for table, act in FROZEN:
        _guard(table, act, "1 = 1")
    _unguard("access_entry", "DELETE")
    _guard("access_entry", "DELETE", OF_NO_PURGE)


def _archive() -> None:
    for column in ("archived_at", "eliminated_at"):
        op.add_column("ticket", sa.Column(column, TIME, nullable=True))
    _index_of_kinds("submitted_at", "archived_at")  # counts are made from it alone
    archived = sa.text("archived_at IS NOT NULL")
    op.create_index(
        "ix_ticket_archived",
        "ticket",
        ["archived_at", "id"],
        sqlite_where=archived,
        postgresql_where=archived,
    )
    op.create_table(
        "archive_opening",
        sa.Column("ticket_id", UUID, nullable=False),
        sa.Column("account_id", UUID, nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.CheckConstraint("ends_at > opened_at", name=op.f("ck_archive_opening_ends_after_opening")),
        _key("archive_opening", "ticket_id", "ticket.id"),
        _key("archive_opening", "account_id", "account.id"),
        _key("archive_opening", "unit_id", "unit.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archive_opening")),
    )
    op.create_index(op.f("ix_archive_opening_ticket_id"), "archive_opening", ["ticket_id"])
    op.create_index("ix_archive_opening_reader", "archive_opening", ["account_id", "ticket_id", "ends_at"])


def _index_of_kinds(*included: str) -> None:
    op.drop_index("ix_ticket_kind", "ticket")
    columns = ["kind", "state", "next_deadline_at", "id"]
    op.create_index("ix_ticket_kind", "ticket", columns, postgresql_include=list(included))


def _lists() -> None:
    name = "elimination_list"
    op.create_table(
        name,
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("institution", sa.String(length=12), nullable=False),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("visa_reference", sa.String(length=80), nullable=True),
        sa.Column("visa_on", sa.Date(), nullable=True),
        sa.Column("visa_at", TIME, nullable=True),
        sa.Column("visa_by", UUID, nullable=True),
        sa.Column("set_aside_at", TIME, nullable=True),
        sa.Column("set_aside_by", UUID, nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("asked_by", UUID, nullable=True),
        sa.Column("executed_at", TIME, nullable=True),
        sa.Column("id", UUID, nullable=False),
        sa.CheckConstraint(
            "institution IN ('departement', 'caf')", name=op.f("ck_elimination_list_institution")
        ),
        sa.CheckConstraint(
            "(visa_reference IS NULL) = (visa_on IS NULL) AND (visa_on IS NULL) = (visa_at IS NULL)",
            name=op.f("ck_elimination_list_visa_whole"),
        ),
        sa.CheckConstraint(
            "asked_at IS NULL OR visa_at IS NOT NULL", name=op.f("ck_elimination_list_asked_after_visa")
        ),
        sa.CheckConstraint(
            "executed_at IS NULL OR asked_at IS NOT NULL",
            name=op.f("ck_elimination_list_executed_when_asked"),
        ),
        sa.CheckConstraint(
            "asked_at IS NULL OR set_aside_at IS NULL", name=op.f("ck_elimination_list_set_aside_or_run")
        ),
        *(_key(name, column, "account.id") for column in ("visa_by", "set_aside_by", "asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elimination_list")),
        sa.UniqueConstraint("number", name=op.f("uq_elimination_list_number")),
    )
    op.create_table(
        "elimination_line",
        sa.Column("list_id", UUID, nullable=False),
        sa.Column("ticket_id", UUID, nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("archived_on", sa.Date(), nullable=False),
        _key("elimination_line", "list_id", "elimination_list.id"),
        _key("elimination_line", "ticket_id", "ticket.id"),
        sa.PrimaryKeyConstraint("list_id", "ticket_id", name=op.f("pk_elimination_line")),
    )
    op.create_index(op.f("ix_elimination_line_ticket_id"), "elimination_line", ["ticket_id"])
    op.create_table(
        "elimination_approval",
        sa.Column("list_id", UUID, nullable=False),
        sa.Column("account_id", UUID, nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("approved_at", TIME, nullable=False),
        _key("elimination_approval", "list_id", "elimination_list.id"),
        _key("elimination_approval", "account_id", "account.id"),
        _key("elimination_approval", "unit_id", "unit.code"),
        sa.PrimaryKeyConstraint("list_id", "account_id", name=op.f("pk_elimination_approval")),
    )
    op.create_table(
        "access_purge",
        sa.Column("before", TIME, nullable=False),
        sa.Column("purged_at", TIME, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_purge")),
    )
    op.create_index(op.f("ix_access_purge_before"), "access_purge", ["before"])


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def _guard(table: str, act: str, forbidden: str) -> None:
    name = f"append_only_{table}_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {forbidden} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    answer = "NEW" if act == "UPDATE" else "OLD"
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {forbidden} THEN RAISE EXCEPTION '{table} is append-only'; END IF; RETURN {answer}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _unguard(table: str, act: str) -> None:
    name = f"append_only_{table}_{act.lower()}"
    on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    op.execute(f"DROP TRIGGER {name}{on}")


def downgrade() -> None:
    _unguard("access_entry", "DELETE")
    _guard("access_entry", "DELETE", "1 = 1")
    for table, act in FROZEN:
        _unguard(table, act)
    for table in (
        "access_purge",
        "elimination_approval",
        "elimination_line",
        "elimination_list",
        "archive_opening",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table, act in FROZEN:
            op.execute(f"DROP FUNCTION append_only_{table}_{act.lower()}()")
    op.drop_index("ix_ticket_archived", "ticket")
    _index_of_kinds("submitted_at")
    for column in ("archived_at", "eliminated_at"):
        op.execute(f"ALTER TABLE ticket DROP COLUMN {column}")
