"""every act keeps the codes that figures read of it, by name

Revision: 0016
Follows: 0015

What an entry kept as its one `code` stands in `codes` under its name. What only the details knew – they hold the last
answer alone – goes to the last act that may have said it. No hash covers either column: the chains verify as before.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TRIGGER = "append_only_journal_entry_update"
KEPT = (
    "ticket_id", "sequence", "transition", "from_state", "to_state", "actor_id", "actor_unit_id",
    "next_step_unit_id", "happened_at", "recorded_at", "payload_digest", "previous_hash", "hash",
)  # fmt: skip
NAMES = (
    ("reject", "reason", "%"),
    ("answer", "outcome", "%"),
    ("record_opinion", "opinion", "%"),
    ("decline", "decline_reason", "%"),
    ("end", "outcome", "%"),
    ("cancel", "cancel_reason", "%"),
    ("redirect", "redirect_reason", "social_%"),
    ("redirect", "redirect_to", "appointment"),
    ("refuse_offer", "refused_because", "%"),
    ("no_show", "absence", "%"),
    ("close", "outcome", "%"),
    ("judge", "judgement", "%"),
)
"""How the one code of an act was called, and in which kinds."""
MARK = ("acknowledge", "usefulness", "%")
"""The same of the one that is a number."""


def upgrade() -> None:
    op.add_column("journal_entry", sa.Column("codes", sa.String(length=400), nullable=True))
    _allow()
    for act, name, kinds in NAMES:
        _execute(
            f"""UPDATE journal_entry SET codes = '{{"{name}": "' || code || '"}}' WHERE {_of(act, kinds)}"""
        )
    act, name, kinds = MARK
    _execute(f"""UPDATE journal_entry SET codes = '{{"{name}": ' || code || '}}' WHERE {_of(act, kinds)}""")
    _fill("urgent_rights", ("answer", "reject"), ("kept_benefit", "kept_event"))
    _fill("urgent_rights", ("answer",), ("outcome_on",))
    _fill("handover", ("plan_meeting",), ("meeting_on",))
    _keep((*KEPT, "codes"))
    # Not in a batch: on SQLite the table would be made anew, without its triggers.
    op.execute("ALTER TABLE journal_entry DROP COLUMN code")
    op.create_index(
        "ix_clock_record_running",
        "clock_record",
        ["ticket_id"],
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_clock_record_running", table_name="clock_record")
    op.add_column("journal_entry", sa.Column("code", sa.String(length=24), nullable=True))
    _allow()
    for act, name, kinds in (*NAMES, MARK):
        _execute(f"UPDATE journal_entry SET code = {_named(name)} WHERE {_of(act, kinds)}")
    _keep((*KEPT, "code"))
    op.execute("ALTER TABLE journal_entry DROP COLUMN codes")


def _execute(statement: str) -> None:
    op.execute(sa.text(statement.replace(":", "\\:")))


def _of(act: str, kinds: str) -> str:
    return f"transition = '{act}' AND ticket_id IN (SELECT id FROM ticket WHERE kind LIKE '{kinds}')"


def _fill(details: str, acts: tuple[str, ...], names: tuple[str, ...]) -> None:
    """To the last of these acts of each ticket, what its details say."""
    said = sa.text(
        f"SELECT entry.ticket_id, entry.sequence, entry.codes, {', '.join(names)} "
        f"FROM journal_entry AS entry JOIN {details} ON {details}.ticket_id = entry.ticket_id "
        "WHERE entry.transition IN :acts AND entry.sequence = (SELECT max(sequence) FROM journal_entry AS other "
        "WHERE other.ticket_id = entry.ticket_id AND other.transition IN :acts)"
    ).bindparams(sa.bindparam("acts", acts, expanding=True))
    changed = []
    for ticket, sequence, codes, *values in op.get_bind().execute(said):
        more = {name: str(value) for name, value in zip(names, values, strict=True) if value is not None}
        written = json.dumps({**json.loads(codes or "{}"), **more}, sort_keys=True)
        changed.append({"ticket": ticket, "sequence": sequence, "codes": written})
    if changed:
        update = "UPDATE journal_entry SET codes = :codes WHERE ticket_id = :ticket AND sequence = :sequence"
        op.get_bind().execute(sa.text(update), changed)


def _named(name: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"CAST(json_extract(codes, '$.{name}') AS VARCHAR)"
    return f"CAST(codes AS json) ->> '{name}'"


def _allow() -> None:
    """Until `_keep`, entries may be filled in."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {TRIGGER}")
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    )


def _keep(columns: tuple[str, ...]) -> None:
    same = [f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in columns]
    forbidden = f"NOT ({' AND '.join([*same, 'NEW.payload_sealed IS NULL', 'NEW.payload_salt IS NULL'])})"
    if op.get_bind().dialect.name == "sqlite":
        when = forbidden.replace("IS NOT DISTINCT FROM", "IS")
        op.execute(
            f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON journal_entry WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'journal_entry is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {forbidden} THEN RAISE EXCEPTION 'journal_entry is append-only'; END IF; RETURN NEW; END $$"
    )
