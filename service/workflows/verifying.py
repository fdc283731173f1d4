"""What a journal and its seals say when everything is computed again: the first place where they do not agree."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.workflows import journal
from service.workflows.journal import Link
from service.workflows.seals import FIRST, Seal


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that does not agree, and what is wrong there, in French."""

    place: str
    said: str

    def __str__(self) -> str:
        return f"{self.place} : {self.said}"


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry as the database keeps it. `payload` is None once erased; `opens`: the keys open it."""

    link: Link
    codes: Mapping[str, Any]
    salt: bytes | None
    payload: bytes | None
    opens: bool
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a request as a seal found it."""

    institution: str
    number: int
    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What the journal of a request must agree with; `there`: the request itself is not gone.

    `figures`: which values of the payload the codes of an entry repeat, by transition.
    """

    reference: str
    there: bool = False
    figures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    state: str = ""
    sent: bool = False


def entries_wrong(request: Request, entries: Sequence[Kept], heads: Sequence[Head]) -> Iterator[Finding]:
    """The first entry that does not follow, else what seals or the request itself say otherwise."""
    place = f"demande {request.reference}"
    if not request.there:
        yield Finding(place, "la demande a été retirée, des entrées ou des sceaux la nomment encore.")
    elif not entries:
        yield Finding(place, "toutes les entrées de son journal ont été retirées.")
    elif (wrong := _first_wrong(entries, request.figures)) is not None:
        sequence, said = wrong
        yield Finding(f"{place}, entrée {sequence}", said)
    elif (head := _first_other(entries, heads)) is not None:
        sequence = min(head.sequence, len(entries) + 1)
        yield Finding(f"{place}, entrée {sequence}", _not_as_sealed(head, entries))
    elif entries[-1].link.to_state != request.state:
        yield Finding(
            f"{place}, entrée {len(entries)}", "l’état de la demande n’est pas celui de sa dernière entrée."
        )


def _first_wrong(entries: Sequence[Kept], figures: Mapping[str, Sequence[str]]) -> tuple[int, str] | None:
    previous = journal.FIRST
    for expected, entry in enumerate(entries, start=1):
        if entry.link.sequence != expected:
            return expected, "cette entrée a été retirée."
        if journal.chain_hash(entry.link, entry.previous) != entry.hash:
            return expected, "cette entrée a été modifiée."
        if entry.previous != previous:
            return expected, "cette entrée ne suit pas la précédente : insérée, déplacée ou remplacée."
        if (said := _payload_wrong(entry, figures)) is not None:
            return expected, said
        previous = entry.hash
    return None


def _payload_wrong(entry: Kept, figures: Mapping[str, Sequence[str]]) -> str | None:
    if not entry.opens:
        return "son contenu ne s’ouvre pas : altéré, ou scellé avec d’autres clés que celles de ce Relais."
    if (entry.payload is None) != (entry.salt is None):
        return "son contenu n’a été effacé qu’à moitié."
    if entry.payload is None or entry.salt is None:
        return None  # erased (R-DP-6): the digest that stays is covered by the chain
    if journal.payload_digest(entry.salt, entry.payload) != entry.link.payload_digest:
        return "son contenu n’est plus celui que son empreinte atteste."
    said, names = json.loads(entry.payload), figures.get(entry.link.transition, ())
    same = entry.codes.keys() <= {*names} and all(
        entry.codes.get(name) == said[name] for name in names if name in said
    )
    return None if same else "un code que les chiffres en gardent a été modifié."


def _first_other(entries: Sequence[Kept], heads: Sequence[Head]) -> Head | None:
    for head in sorted(heads, key=lambda one: (one.sequence, one.institution, one.number)):
        if head.sequence > len(entries) or entries[head.sequence - 1].hash != head.hash:
            return head
    return None


def _not_as_sealed(head: Head, entries: Sequence[Kept]) -> str:
    seal = seal_name(head.institution, head.number)
    if head.sequence > len(entries):
        return f"cette entrée a été retirée : le {seal} en atteste {head.sequence}."
    return f"le journal a été réécrit jusqu’à cette entrée : le {seal} en atteste une autre."


def never_sealed(
    request: Request, entries: Sequence[Kept], heads: Sequence[Head], before: datetime | None
) -> bool:
    """Whether a request sent, and last written about before that instant, is in no seal as it stands."""
    if before is None or not request.sent or not entries:
        return False
    last = entries[-1].link
    return last.recorded_at < before and all(head.sequence != last.sequence for head in heads)


def seal_wrong(last: Seal | None, seal: Seal, tickets: int, heads: bytes) -> Finding | None:
    """What is wrong with a seal that follows `last`, given the heads kept for it."""
    number, previous = (last.number + 1, last.digest) if last else (1, FIRST)
    if seal.number != number:
        return Finding(seal_name(seal.institution, number), "ce sceau a été retiré.")
    place = seal_name(seal.institution, seal.number)
    if not seal.holds:
        return Finding(place, "ce sceau a été modifié.")
    if seal.previous != previous:
        return Finding(place, "ce sceau ne suit pas le précédent.")
    if (seal.tickets, seal.heads) != (tickets, heads):
        return Finding(place, "la liste des demandes scellées a été modifiée.")
    return None


def seal_name(institution: str, number: int) -> str:
    """How a seal is named to people."""
    whose = {"caf": "de la Caf", "departement": "du Département"}.get(institution, institution)
    return f"sceau {number} {whose}"
