"""« Du nouveau »: what others did on the requests that concern the reader, in the words of their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service.models import Attachment, Details, JournalEntry, Message, Ticket, UrgentRightsDetails
from service.queries.keyset import Counted
from service.queries.reference import Reference
from service.routes.pages import turning
from service.routes.pages.views import history, moments
from service.routes.pages.views.history import Reader, Told
from service.routes.pages.views.situation import situation_of
from service.workflows.registry import WORKFLOWS

Shown = dict[str, Any]

LINES = 5
"""So many lines a request; the others are on its page."""


@dataclass(frozen=True)
class News:
    """One page of what is new: requests with when they were read, and everything that moved on them since `start`.

    `details`: those of the urgent ones, whose line says what happened to the benefit, as in every list.
    """

    listed: Sequence[tuple[Ticket, datetime | None]]
    details: Mapping[UUID, Details]
    entries: Sequence[tuple[JournalEntry, Told]]
    messages: Sequence[tuple[Message, Told]]
    files: Sequence[tuple[Attachment, Told]]
    names: Mapping[UUID, str]
    start: datetime

    def shown(self, account_id: UUID, known: Reference) -> list[Shown]:
        """One card a request, in the given order."""
        reader = Reader(account_id, known, self.names)
        return [self._card(ticket, read_at, reader) for ticket, read_at in self.listed]

    def _card(self, ticket: Ticket, read_at: datetime | None, reader: Reader) -> Shown:
        workflow, known = WORKFLOWS[ticket.kind], reader.known
        asking, details = known.units.get(ticket.asking_unit_id or ""), self.details.get(ticket.id)
        moved = history.moves(
            [row for row in self.entries if row[0].ticket_id == ticket.id],
            [row for row in self.messages if row[0].ticket_id == ticket.id],
            [row for row in self.files if row[0].ticket_id == ticket.id],
            workflow,
            reader,
        )
        unread = [shown for at, shown in moved if at > (read_at or self.start)]
        return {
            "reference": ticket.reference,
            "kind": workflow.label,
            "what": situation_of(details).sentence if isinstance(details, UrgentRightsDetails) else "",
            "state": ticket.state,
            "state_label": known.state(ticket.kind, ticket.state, ticket.asking_unit_id).label,
            "unit": asking.name if asking else None,
            "unit_side": asking.institution.value if asking else None,
            "lines": unread[:LINES],
            "further": len(unread[LINES:]),
        }


def since_words(last_at: datetime, number: Counted, now: datetime) -> str:
    """« Depuis votre dernière visite (hier à 17 h 05), 3 demandes ont bougé. »"""
    visit = f"Depuis votre dernière visite ({moments.near(last_at, now)}), "
    if number == 0:
        return f"{visit}rien n’a bougé sur vos demandes."
    if number == 1:
        return f"{visit}1 demande a bougé."
    return f"{visit}{turning.number(number)} demandes ont bougé."
