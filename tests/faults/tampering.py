"""Ways of altering the journal and its seals behind the service's back, each with the place that must be named.

Each works in an open transaction with the database's own guards put aside, as somebody would who owns the machine; the
test rolls it back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select, text, update
from sqlalchemy.orm import Session

from service.models import Base, JournalEntry, Ticket
from service.operations.verification import kept_of
from service.queries.seals import every_seal
from service.workflows import journal
from service.workflows.seals import Heads, Seal
from service.workflows.verifying import seal_name

WATCHED = ("journal_entry", "journal_seal", "sealed_head")
ENTRY, SEAL, HEAD = (Base.metadata.tables[name] for name in WATCHED)
Row = dict[str, Any]


def put_guards_aside(session: Session) -> None:
    """No trigger and no foreign key holds for the rest of the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    query = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only_%'")
    for name in session.scalars(query).all():
        if any(table in name for table in WATCHED):
            session.execute(text(f"DROP TRIGGER {name}"))


@dataclass
class Intruder:
    """Somebody who writes in the database directly. Each way of altering answers the place to be named."""

    session: Session
    chance: Random

    def __post_init__(self) -> None:
        put_guards_aside(self.session)

    # ------------------------------------------------------------ one request
    def changes_an_entry(self) -> str:
        reference, chain = self.a_chain()
        row = self.chance.choice(chain)
        column = self.chance.choice([name for name in row if name not in {"ticket_id", "sequence"}])
        self.write(ENTRY, row, {column: self.other(row[column], column)})
        return entry_place(reference, row["sequence"])

    def removes_an_entry(self) -> str:
        reference, chain = self.a_chain()
        gone = self.chance.choice(chain)
        self.remove(ENTRY, gone)
        return entry_place(reference, gone["sequence"])

    def removes_and_renumbers(self) -> str:
        reference, chain = self.a_chain()
        place = self.chance.randrange(len(chain) - 1)
        self.put(chain[:place] + chain[place + 1 :])
        return entry_place(reference, place + 1)

    def cuts_the_end(self) -> str:
        reference, chain = self.a_chain()
        kept = self.chance.randrange(1, len(chain))
        for row in chain[kept:]:
            self.remove(ENTRY, row)
        return entry_place(reference, kept + 1)

    def inserts_an_entry(self) -> str:
        reference, chain = self.a_chain()
        place = self.chance.randrange(1, len(chain))
        false = chain[place] | {"payload_sealed": None, "payload_salt": None, "to_state": "cancelled"}
        rows = [*chain[:place], false, *chain[place:]]
        cleverly = self.chance.random() < 0.5
        self.put(self.numbered(rows, rehash_only=place if cleverly else None))
        return entry_place(reference, place + (2 if cleverly else 1))

    def swaps_two_entries(self) -> str:
        reference, chain = self.a_chain()
        place = self.chance.randrange(len(chain) - 1)
        chain[place], chain[place + 1] = chain[place + 1], chain[place]
        self.put(self.numbered(chain))
        return entry_place(reference, place + 1)

    def rewrites_the_chain(self) -> str:
        reference, chain = self.a_chain()
        place = self.chance.randrange(len(chain))
        self.put(self.rewritten(chain, place))
        sealed = [head["sequence"] for head in self.heads_of(chain) if head["sequence"] > place]
        return entry_place(reference, min(sealed))

    def empties_a_journal(self) -> str:
        reference, chain = self.a_chain()
        for row in chain:
            self.remove(ENTRY, row)
        return f"demande {reference}"

    def removes_a_request(self) -> str:
        reference = self.empties_a_journal()
        self.session.execute(delete(Ticket).where(Ticket.reference == reference.removeprefix("demande ")))
        return reference

    def removes_the_row_of_a_request(self) -> str:
        reference, _ = self.a_chain()
        self.session.execute(delete(Ticket).where(Ticket.reference == reference))
        return f"demande {reference}"

    def moves_a_request(self) -> str:
        reference, chain = self.a_chain()
        query = update(Ticket).where(Ticket.reference == reference)
        self.session.execute(query.values(state="submitted"))
        return entry_place(reference, len(chain))

    # ------------------------------------------------------------ seals
    def changes_a_seal(self) -> str:
        row = self.a_row(SEAL)
        column = self.chance.choice(["sealed_at", "tickets", "heads", "previous", "digest"])
        self.write(SEAL, row, {column: self.other(row[column], column)})
        return seal_name(row["institution"], row["number"])

    def removes_a_seal(self) -> str:
        row = self.a_row(SEAL)
        self.remove(SEAL, row)
        if self.chance.random() < 0.5:
            self.session.execute(delete(HEAD).where(same_seal(HEAD, row)))
        return seal_name(row["institution"], row["number"])

    def swaps_two_seals(self) -> str:
        row = self.a_row(SEAL)
        rows = self.rows(select(SEAL).where(SEAL.c.institution == row["institution"]).order_by(SEAL.c.number))
        first = self.chance.randrange(len(rows) - 1)
        for one, other in ((rows[first], rows[first + 1]), (rows[first + 1], rows[first])):
            self.write(
                SEAL, one, {name: other[name] for name in other if name not in {"institution", "number"}}
            )
        return seal_name(row["institution"], rows[first]["number"])

    def changes_a_head(self) -> str:
        row = self.a_row(HEAD)
        if self.chance.random() < 0.5:
            self.remove(HEAD, row)
        else:
            column = self.chance.choice(["sequence", "hash"])
            self.write(HEAD, row, {column: self.other(row[column], column)})
        return seal_name(row["institution"], row["number"])

    def rewrites_everything(self) -> str:
        """The chain of a request, then the heads and all seals that follow: only the exported list can tell."""
        _, chain = self.a_chain()
        place = self.chance.randrange(len(chain))
        rows = self.rewritten(chain, place)
        self.put(rows)
        heads = [head for head in self.heads_of(chain) if head["sequence"] > place]
        for head in heads:
            self.write(HEAD, head, {"hash": rows[head["sequence"] - 1]["hash"]})
        self.reseal()
        first = min(heads, key=lambda head: (head["institution"], head["number"]))
        return seal_name(first["institution"], first["number"])

    # ------------------------------------------------------------ hands
    def a_chain(self) -> tuple[str, list[Row]]:
        """The reference and the entries of some request that was sent."""
        sent = select(Ticket.id, Ticket.reference).where(Ticket.submitted_at.is_not(None))
        ticket_id, reference = self.chance.choice(self.session.execute(sent.order_by(Ticket.reference)).all())
        query = select(ENTRY).where(ENTRY.c.ticket_id == ticket_id).order_by(ENTRY.c.sequence)
        return reference, self.rows(query)

    def a_row(self, table: Table) -> Row:
        return self.chance.choice(self.rows(select(table).order_by(*table.primary_key.columns)))

    def rows(self, query: Any) -> list[Row]:
        return [dict(row) for row in self.session.execute(query).mappings()]

    def heads_of(self, chain: list[Row]) -> list[Row]:
        return self.rows(select(HEAD).where(HEAD.c.ticket_id == chain[0]["ticket_id"]))

    def write(self, table: Table, row: Row, values: Mapping[str, Any]) -> None:
        self.session.execute(update(table).where(same(table, row)).values(**values))

    def remove(self, table: Table, row: Row) -> None:
        self.session.execute(delete(table).where(same(table, row)))

    def put(self, chain: list[Row]) -> None:
        """The whole journal of a request as the intruder wants it."""
        self.session.execute(delete(ENTRY).where(ENTRY.c.ticket_id == chain[0]["ticket_id"]))
        numbered = [row | {"sequence": number} for number, row in enumerate(chain, start=1)]
        self.session.execute(insert(ENTRY), numbered)

    def numbered(self, chain: list[Row], rehash_only: int | None = None) -> list[Row]:
        """Numbers in order; one entry, if any, with the hash that it should have there."""
        rows = [row | {"sequence": number} for number, row in enumerate(chain, start=1)]
        if rehash_only is not None:
            previous = rows[rehash_only - 1]["hash"]
            rows[rehash_only] = hashed(rows[rehash_only], previous)
        return rows

    def rewritten(self, chain: list[Row], place: int) -> list[Row]:
        """Another past from one entry on, with every hash made anew."""
        rows = [dict(row) for row in chain]
        rows[place]["happened_at"] -= timedelta(seconds=1)
        for number in range(place, len(rows)):
            previous = rows[number - 1]["hash"] if number else journal.FIRST
            rows[number] = hashed(rows[number], previous)
        return rows

    def reseal(self) -> None:
        last: dict[str, Seal] = {}
        for seal in list(every_seal(self.session)):
            heads = Heads()
            found = select(HEAD).where(HEAD.c.institution == seal.institution, HEAD.c.number == seal.number)
            for head in self.rows(found.order_by(HEAD.c.ticket_id)):
                heads.add(str(head["ticket_id"]), head["sequence"], head["hash"])
            made = Seal.after(
                last.get(seal.institution), seal.institution, seal.sealed_at, heads.count, heads.digest()
            )
            values = {"heads": made.heads, "previous": made.previous, "digest": made.digest}
            self.session.execute(
                update(SEAL)
                .where(SEAL.c.institution == seal.institution, SEAL.c.number == seal.number)
                .values(**values)
            )
            last[seal.institution] = made
        self.session.expire_all()

    def other(self, value: Any, column: str) -> Any:
        """Another value of the same kind, which the table still takes."""
        if column == "codes":
            return self.chance.choice(({**(value or {}), "outcome": "other"}, "no names at all"))
        if column == "happened_at":
            return value - timedelta(seconds=self.chance.randrange(1, 5000))
        if column in {"recorded_at", "sealed_at"}:
            return value + timedelta(seconds=self.chance.randrange(1, 5000))
        if isinstance(value, bytes):
            place = self.chance.randrange(len(value))
            return value[:place] + bytes([value[place] ^ self.chance.randrange(1, 256)]) + value[place + 1 :]
        if isinstance(value, int):
            return value + 1
        if column.endswith("_unit_id"):
            return None if value else "cdas-vitre"
        if column == "actor_id":
            return None if value else self.session.scalar(select(JournalEntry.actor_id))
        return "other" if value is None else f"x{value}"[:15]


WAYS: tuple[Callable[[Intruder], str], ...] = (
    Intruder.changes_an_entry,
    Intruder.removes_an_entry,
    Intruder.removes_and_renumbers,
    Intruder.cuts_the_end,
    Intruder.inserts_an_entry,
    Intruder.swaps_two_entries,
    Intruder.rewrites_the_chain,
    Intruder.empties_a_journal,
    Intruder.removes_a_request,
    Intruder.removes_the_row_of_a_request,
    Intruder.moves_a_request,
    Intruder.changes_a_seal,
    Intruder.removes_a_seal,
    Intruder.swaps_two_seals,
    Intruder.changes_a_head,
    Intruder.rewrites_everything,
)


def hashed(row: Row, previous: bytes) -> Row:
    """The entry with the hash that follows `previous`."""
    link = kept_of(
        str(row["ticket_id"]), SimpleNamespace(**row | {"payload_sealed": None, "codes": None})
    ).link
    return row | {"previous_hash": previous, "hash": journal.chain_hash(link, previous)}


def entry_place(reference: str, sequence: int) -> str:
    return f"demande {reference}, entrée {sequence}"


def same(table: Table, row: Row) -> Any:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def same_seal(table: Table, row: Row) -> Any:
    return and_(table.c.institution == row["institution"], table.c.number == row["number"])
