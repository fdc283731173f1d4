"""The history of a ticket, newest first: acts, messages and files in one line of time; notes stand apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.models import Attachment, InternalNote, JournalEntry, Message
from service.permissions import Institution
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.workflows import french
from service.workflows.machine import Workflow
from service.workflows.urgent_rights import CHANNELS, OUTCOMES, REJECTION_REASONS

Shown = dict[str, Any]
_SAME_MOMENT = timedelta(minutes=1)
_KILO = 1024


@dataclass(frozen=True)
class Tellers:
    """Who people and units are, for somebody who reads: `reader` is « vous »."""

    known: Reference
    names: Mapping[UUID, str]
    reader: UUID

    def by(self, account_id: UUID | None, unit_code: str | None) -> str:
        """« vous », « Mme Exemple, Service Prestations », « envoi automatique »."""
        if account_id is None and unit_code is None:
            return "fait par Relais"
        if account_id == self.reader:
            return "vous"
        unit = self.known.units[unit_code].name if unit_code in self.known.units else ""
        name = self.names.get(account_id, "") if account_id else ""
        return ", ".join(filter(None, (name, unit)))

    def side(self, unit_code: str | None) -> str | None:
        """The institution of a unit, None for the service itself."""
        unit = self.known.units.get(unit_code or "")
        return unit.institution.value if unit else None


def history(
    entries: Sequence[JournalEntry],
    messages: Sequence[Message],
    files: Sequence[Attachment],
    workflow: Workflow,
    tellers: Tellers,
    file_url: Mapping[UUID, str],
) -> list[Shown]:
    """Every line, newest first. The draft's beginning is nobody's business and is left out."""
    with_act = {message.sequence: message for message in messages if message.sequence is not None}
    lines: list[tuple[datetime, int, Shown]] = [
        (entry.happened_at, entry.sequence, _act(entry, with_act.get(entry.sequence), workflow, tellers))
        for entry in entries
        if entry.transition != "open"
    ]
    alone = (message for message in messages if message.sequence is None)
    lines += [(message.written_at, 1000, _message(message, tellers)) for message in alone]
    lines += [(file.joined_at, 1001, _file(file, tellers, file_url[file.id])) for file in files]
    return [shown for _, _, shown in sorted(lines, key=lambda line: line[:2], reverse=True)]


def notes(kept: Sequence[InternalNote], tellers: Tellers) -> list[Shown]:
    """The internal notes of the reader's institution, newest first (R-DP-3)."""
    return [
        {
            "side": note.institution,
            "by": tellers.by(note.author_id, note.unit_id),
            "at_words": french.instant(note.written_at),
            "iso": moments.iso(note.written_at),
            "body": note.body,
        }
        for note in sorted(kept, key=lambda note: (note.written_at, note.id), reverse=True)
    ]


def note_label(institution: Institution) -> str:
    """Who reads a note."""
    return {
        Institution.CAF: "Note interne, lue par la Caf seule",
        Institution.DEPARTEMENT: "Note interne, lue par le CDAS seul",
    }[institution]


def size_words(size: int) -> str:
    """« 184 ko », « 2,3 Mo »."""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO))} ko"
    return f"{size / _KILO / _KILO:.1f} Mo".replace(".", ",")


def changes_since(entries: Sequence[JournalEntry], version: int, workflow: Workflow, tellers: Tellers) -> list[str]:
    """What happened after the version that somebody saw: one sentence an act, oldest first."""
    return [
        f"{workflow.transition(entry.transition).history}, {french.instant(entry.happened_at)}, "
        f"par {tellers.by(entry.actor_id, entry.actor_unit_id)}."
        for entry in entries
        if entry.sequence > version
    ]


def _act(entry: JournalEntry, message: Message | None, workflow: Workflow, tellers: Tellers) -> Shown:
    row = workflow.transition(entry.transition)
    payload: Mapping[str, Any] = json.loads(entry.payload or "{}") if entry.payload_sealed else {}
    late = entry.recorded_at - entry.happened_at >= _SAME_MOMENT
    return {
        "title": row.history + "".join(_more(payload, tellers)),
        "side": tellers.side(entry.actor_unit_id),
        "by": tellers.by(entry.actor_id, entry.actor_unit_id),
        "at_words": french.instant(entry.happened_at),
        "iso": moments.iso(entry.happened_at),
        "recorded_words": f"noté le {french.instant(entry.recorded_at)}" if late else None,
        "body": message.body if message else None,
        "body_kind": "message",
        "files": [],
    }


def _more(payload: Mapping[str, Any], tellers: Tellers) -> Iterator[str]:
    if unit := tellers.known.units.get(payload.get("unit", "")):
        yield f" : {unit.name}"
    if holder := payload.get("holder"):
        yield f" ({tellers.names.get(UUID(holder), 'une personne')})" if "unit" in payload else f" : {tellers.names.get(UUID(holder), '')}"
    if outcome := payload.get("outcome"):
        yield f" : {OUTCOMES[outcome]}"
    if reason := payload.get("reason"):
        yield f" : {REJECTION_REASONS[reason]}"
    if (channel := payload.get("channel")) and channel != "service":
        yield f" par {CHANNELS[channel]}"


def _message(message: Message, tellers: Tellers) -> Shown:
    return {
        "title": "Message",
        "side": message.institution,
        "by": tellers.by(message.author_id, message.unit_id),
        "at_words": french.instant(message.written_at),
        "iso": moments.iso(message.written_at),
        "recorded_words": None,
        "body": message.body,
        "body_kind": "message",
        "files": [],
    }


def _file(file: Attachment, tellers: Tellers, url: str) -> Shown:
    return {
        "title": "Fichier joint",
        "side": tellers.side(file.unit_id),
        "by": tellers.by(file.author_id, file.unit_id),
        "at_words": french.instant(file.joined_at),
        "iso": moments.iso(file.joined_at),
        "recorded_words": None,
        "body": None,
        "body_kind": "message",
        "files": [{"name": file.filename or "fichier", "url": url, "size_words": size_words(file.size)}],
    }
