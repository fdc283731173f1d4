"""The chain of a ticket's journal: each entry's hash covers the one before and a salted digest of its payload.

Payload and salt can be erased and the chain still verifies.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from service.workflows.machine import UNDO

Entry = TypeVar("Entry")

FIRST = b"\0" * 32
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Link(NamedTuple):
    """What an entry's hash covers, apart from the previous hash."""

    ticket_id: str
    sequence: int
    transition: str
    from_state: str | None
    to_state: str
    actor_id: str | None
    actor_unit_id: str | None
    next_step_unit_id: str | None
    happened_at: datetime
    recorded_at: datetime
    payload_digest: bytes


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """The digest that stays when payload and salt are erased."""
    return hmac.digest(salt, payload, hashlib.sha256)


def chain_hash(link: Link, previous: bytes) -> bytes:
    """The entry's hash; the same on every machine and database."""
    covered = [
        link.ticket_id,
        link.sequence,
        link.transition,
        link.from_state,
        link.to_state,
        link.actor_id,
        link.actor_unit_id,
        link.next_step_unit_id,
        link.happened_at.astimezone(UTC).isoformat(timespec="seconds"),
        link.recorded_at.astimezone(UTC).isoformat(timespec="seconds"),
        link.payload_digest.hex(),
        previous.hex(),
    ]
    return hashlib.sha256(_encode(covered).encode()).digest()


def first_break(entries: Iterable[tuple[Link, bytes]]) -> int | None:
    """The sequence of the first entry whose place or hash does not follow from the one before; None when all do."""
    previous, expected = FIRST, 1
    for link, kept in entries:
        if link.sequence != expected or chain_hash(link, previous) != kept:
            return expected
        previous, expected = kept, expected + 1
    return None


def holding(entries: Iterable[Entry], name: Callable[[Entry], str]) -> list[Entry]:
    """Those that still hold, in order: what was undone counts no more than its undoing, in clocks and in figures."""
    found: list[Entry] = []
    for entry in entries:
        if name(entry) == UNDO:
            found.pop()
        else:
            found.append(entry)
    return found
