"""The seals of the journal: each covers the seal before it and the heads of the requests that moved since.

One list for each institution. A seal gives away counts and digests only, so that a copy of the list can stay with the
other institution: whoever rewrites the journal afterwards can not rewrite that copy.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Self

from service.permissions import Institution

FIRST = b"\0" * 32
FORMAT = "relais-sceaux-1"


class UnfitSeals(Exception):
    """An exported list that can not be relied upon; the text is French and names the line."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal; `tickets` moved since the one before, `heads` is the digest of their last entries."""

    institution: str
    number: int
    sealed_at: datetime
    tickets: int
    heads: bytes
    previous: bytes
    digest: bytes

    @classmethod
    def after(
        cls, last: "Seal | None", institution: str, sealed_at: datetime, tickets: int, heads: bytes
    ) -> Self:
        """The seal that follows `last` in the list of the institution."""
        number, previous = (last.number + 1, last.digest) if last else (1, FIRST)
        values = (institution, number, sealed_at, tickets, heads, previous)
        return cls(*values, digest=digest(*values))

    @property
    def holds(self) -> bool:
        """Whether its digest is that of what it says."""
        return self.digest == digest(
            self.institution, self.number, self.sealed_at, self.tickets, self.heads, self.previous
        )


def digest(
    institution: str, number: int, sealed_at: datetime, tickets: int, heads: bytes, previous: bytes
) -> bytes:
    """The digest of a seal; the same on every machine and database."""
    instant = sealed_at.astimezone(UTC).isoformat(timespec="seconds")
    covered = [institution, number, instant, tickets, heads.hex(), previous.hex()]
    return hashlib.sha256(json.dumps(covered, separators=(",", ":")).encode()).digest()


class Heads:
    """The running digest of the heads of a seal, taken in the order of the requests' identifiers."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def add(self, ticket_id: str, sequence: int, entry_hash: bytes) -> None:
        """Take in the last entry of one request."""
        self.count += 1
        self._digest.update(f"{ticket_id}:{sequence}:{entry_hash.hex()}\n".encode())

    def digest(self) -> bytes:
        """The digest of what was taken in so far."""
        return self._digest.digest()


def written(seals: Iterable[Seal]) -> Iterator[str]:
    """The lines of an exported list, without their ends: the format, then one JSON object for each seal."""
    yield json.dumps({"format": FORMAT})
    for seal in seals:
        values = asdict(seal)
        values["sealed_at"] = seal.sealed_at.astimezone(UTC).isoformat(timespec="seconds")
        yield json.dumps({name: v.hex() if isinstance(v, bytes) else v for name, v in values.items()})


def read(lines: Iterable[str]) -> Iterator[Seal]:
    """The seals of an exported list. Refuses (UnfitSeals) another file, and a list whose own chain does not hold."""
    last: dict[str, Seal] = {}
    numbered = enumerate(lines, start=1)
    _, head = next(numbered, (1, ""))
    if _object(1, head).get("format") != FORMAT:
        raise UnfitSeals("Ce fichier n’est pas un export des sceaux de Relais.")
    for line, text in numbered:
        seal = _seal(line, text)
        before = last.get(seal.institution)
        follows = (before.number + 1, before.digest) if before else (1, FIRST)
        if not seal.holds or (seal.number, seal.previous) != follows:
            raise UnfitSeals(_altered(line))
        last[seal.institution] = seal
        yield seal


def _seal(line: int, text: str) -> Seal:
    values = _object(line, text)
    try:
        return Seal(
            institution=Institution(values["institution"]),
            number=int(values["number"]),
            sealed_at=datetime.fromisoformat(values["sealed_at"]),
            tickets=int(values["tickets"]),
            heads=bytes.fromhex(values["heads"]),
            previous=bytes.fromhex(values["previous"]),
            digest=bytes.fromhex(values["digest"]),
        )
    except (KeyError, TypeError, ValueError):
        raise UnfitSeals(_altered(line)) from None


def _object(line: int, text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnfitSeals(_altered(line))
    return found


def _altered(line: int) -> str:
    return f"Ce fichier de sceaux a été modifié ou coupé : la ligne {line} ne suit pas celle d’avant."
