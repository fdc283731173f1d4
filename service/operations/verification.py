"""The whole journal and its seals computed again, row after row: nothing is kept in memory but one request."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from service.models import JournalEntry, JournalSeal, SealedHead, Ticket
from service.operations.seals import LOOKED_BACK
from service.queries.seals import every_seal
from service.sealing import SealBroken, ring
from service.workflows.journal import Link
from service.workflows.registry import WORKFLOWS
from service.workflows.seals import Heads, Seal
from service.workflows.verifying import (
    Finding,
    Head,
    Kept,
    Request,
    entries_wrong,
    never_sealed,
    seal_name,
    seal_wrong,
)

_AT_ONCE = 2000
_FIGURES = {
    kind: {row.name: row.figures for row in workflow.transitions} for kind, workflow in WORKFLOWS.items()
}
_COLUMNS = [
    type_coerce(column, String).label("codes") if column.name == "codes" else column
    for column in JournalEntry.__table__.columns
]
"""Codes as they are written: what somebody put there need not be any."""
_REQUEST, _ENTRY, _HEAD = range(3)
_EXPORTED, _SEAL, _HEAD_OF_SEAL = range(3)
Row = tuple[Any, int, Any]


class Verification:
    """Looks at every journal and every seal; `entries`, `requests` and `seals` count what was looked at.

    `session` reads one snapshot. `exported`: seals taken away earlier, that must still be the same.
    `renew` is called with each request and each seal: a whole journal takes its time.
    """

    def __init__(
        self, session: Session, exported: Iterable[Seal] = (), renew: Callable[[], None] = lambda: None
    ) -> None:
        self.entries = self.requests = self.seals = 0
        self._session, self._renew = session, renew
        self._exported = sorted(exported, key=lambda seal: (seal.institution, seal.number))

    def findings(self) -> Iterator[Finding]:
        """What does not agree, the seals first, by which the journals are then judged; nothing when all is well."""
        yield from self._lists()
        yield from self._journals()

    def _journals(self) -> Iterator[Finding]:
        before = self._sealed_before()
        for ticket_id, rows in groupby(self._by_ticket(), key=itemgetter(0)):
            self._renew()
            request, entries, heads = Request(ticket_id), [], []
            for _, kind, row in rows:
                if kind == _REQUEST:
                    sent = row.submitted_at is not None
                    request = Request(row.reference, True, _FIGURES.get(row.kind, {}), row.state, sent)
                elif kind == _ENTRY:
                    entries.append(kept_of(ticket_id, row))
                else:
                    heads.append(Head(row.institution, row.number, row.sequence, row.hash))
                    if not request.there:
                        request = Request(row.reference)
            self.requests += 1
            self.entries += len(entries)
            yield from entries_wrong(request, entries, heads)
            if never_sealed(request, entries, heads, before):
                yield Finding(f"demande {request.reference}", "son journal n’est dans aucun sceau.")

    def _sealed_before(self) -> datetime | None:
        """What was written before this instant has had the time to be sealed."""
        last = select(func.max(JournalSeal.sealed_at)).group_by(JournalSeal.institution)
        sealed = self._session.scalars(last).all()
        return min(sealed) - LOOKED_BACK if sealed else None

    def _by_ticket(self) -> Iterator[Row]:
        return merge(
            self._rows(
                select(Ticket.id, Ticket.reference, Ticket.kind, Ticket.state, Ticket.submitted_at), _REQUEST
            ),
            self._rows(select(*_COLUMNS), _ENTRY),
            self._rows(select(*SealedHead.__table__.columns), _HEAD),
            key=itemgetter(0, 1),
        )

    def _rows(self, query: Select[*tuple[Any, ...]], kind: int) -> Iterator[Row]:
        columns = query.selected_columns
        ticket_id = columns["id"] if kind == _REQUEST else columns["ticket_id"]
        order = [ticket_id] if kind == _REQUEST else [ticket_id, columns["sequence"]]
        found = self._session.execute(query.order_by(*order).execution_options(yield_per=_AT_ONCE))
        return ((str(row[0] if kind != _HEAD else row.ticket_id), kind, row) for row in found)

    def _lists(self) -> Iterator[Finding]:
        last: dict[str, Seal] = {}
        for (institution, number), rows in groupby(self._by_seal(), key=itemgetter(0)):
            self._renew()
            exported, seal, heads = None, None, Heads()
            for _, kind, row in rows:
                if kind == _EXPORTED:
                    exported = row
                elif kind == _SEAL:
                    seal = row
                else:
                    heads.add(str(row.ticket_id), row.sequence, row.hash)
            if seal is None:
                yield Finding(seal_name(institution, number), "ce sceau a été retiré.")
                continue
            self.seals += 1
            wrong = seal_wrong(last.get(institution), seal, heads.count, heads.digest())
            if wrong is None and exported not in (None, seal):
                wrong = Finding(
                    seal_name(institution, number), "ce sceau n’est plus celui qui avait été exporté."
                )
            if wrong is not None:
                yield wrong
            last[institution] = seal

    def _by_seal(self) -> Iterator[Row]:
        columns = (SealedHead.institution, SealedHead.number, SealedHead.ticket_id)
        heads = self._session.execute(
            select(*columns, SealedHead.sequence, SealedHead.hash)
            .order_by(*columns)
            .execution_options(yield_per=_AT_ONCE)
        )
        return merge(
            (((seal.institution, seal.number), _EXPORTED, seal) for seal in self._exported),
            (((seal.institution, seal.number), _SEAL, seal) for seal in every_seal(self._session)),
            (((row.institution, row.number), _HEAD_OF_SEAL, row) for row in heads),
            key=itemgetter(0, 1),
        )


def kept_of(ticket_id: str, row: Any) -> Kept:
    """The entry of a row; its payload opened with the process's keys."""
    link = Link(
        ticket_id=ticket_id,
        sequence=row.sequence,
        transition=row.transition,
        from_state=row.from_state,
        to_state=row.to_state,
        actor_id=None if row.actor_id is None else str(row.actor_id),
        actor_unit_id=row.actor_unit_id,
        next_step_unit_id=row.next_step_unit_id,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        payload_digest=row.payload_digest,
    )
    payload, opens = None, True
    if row.payload_sealed is not None:
        try:
            place = f"journal_entry.payload.{ticket_id}.{row.sequence}"
            payload = ring().open(row.payload_sealed, place)
        except SealBroken:
            opens = False
    return Kept(link, _codes_of(row.codes), row.payload_salt, payload, opens, row.previous_hash, row.hash)


def _codes_of(text: str | None) -> Mapping[str, Any]:
    """The codes of an entry by name; what is none stands under no name."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"": text}
