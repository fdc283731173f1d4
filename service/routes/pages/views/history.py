"""The history of a ticket, newest first: acts, messages and files in one line of time; notes stand apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Result

from service.models import Attachment, InternalNote, JournalEntry, Message
from service.permissions import Institution
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.workflows.machine import Workflow
from service.workflows.urgent_rights import CHANNELS, OUTCOMES, REJECTION_REASONS

Shown = dict[str, Any]
Told = tuple[str | None, str | None]
"""The names of who did something and of their unit, as the queries give them."""

Row = TypeVar("Row")

NOTE_LABELS: Mapping[Institution, str] = {
    Institution.CAF: "Note interne, lue par la Caf seule",
    Institution.DEPARTEMENT: "Note interne, lue par le CDAS seul",
}
_SAME_MOMENT = timedelta(minutes=1)
_KILO = 1024


@dataclass(frozen=True)
class Reader:
    """For whom the history is told: « vous » is the reader; `names` are those of people whom payloads name."""

    account_id: UUID
    known: Reference
    names: Mapping[UUID, str]

    def by(self, account_id: UUID | None, told: Told) -> str:
        """« vous », « Mme Exemple, Service Prestations », « fait par Relais »."""
        if account_id == self.account_id:
            return "vous"
        return ", ".join(filter(None, told)) or "fait par Relais"

    def side(self, unit_code: str | None) -> str | None:
        """The institution of a unit, None for the service itself."""
        unit = self.known.units.get(unit_code or "")
        return unit.institution.value if unit else None


def with_names(rows: Result[Row, str, str]) -> list[tuple[Row, Told]]:
    """The rows, each with the names of who did it and of their unit, which stand beside it."""
    return [(row, (who, unit)) for row, who, unit in rows]


def history(
    entries: Sequence[tuple[JournalEntry, Told]],
    messages: Sequence[tuple[Message, Told]],
    files: Sequence[tuple[Attachment, Told]],
    workflow: Workflow,
    reader: Reader,
    file_urls: Mapping[UUID, str],
) -> list[Shown]:
    """Every line, newest first. The beginning of the draft is left out: it concerns nobody."""
    bodies: dict[int, str] = {}
    for message, _ in messages:
        if message.sequence is not None:
            bodies[message.sequence] = "\n\n".join(filter(None, (bodies.get(message.sequence), message.body)))
    lines: list[tuple[datetime, int, Shown]] = [
        (entry.happened_at, entry.sequence, _act(entry, told, bodies.get(entry.sequence), workflow, reader))
        for entry, told in entries
        if entry.transition != "open"
    ]
    after_acts = len(entries) + 1
    lines += [
        (message.written_at, after_acts, _message(message, told, reader))
        for message, told in messages
        if message.sequence is None
    ]
    lines += [
        (file.joined_at, after_acts, _file(file, told, reader, file_urls[file.id])) for file, told in files
    ]
    return [shown for _, _, shown in sorted(lines, key=lambda line: line[:2], reverse=True)]


def notes(kept: Sequence[tuple[InternalNote, Told]], reader: Reader) -> list[Shown]:
    """The internal notes of the reader's institution, newest first (R-DP-3)."""
    return [
        {
            **_line("Note", note.institution, reader.by(note.author_id, told), note.written_at),
            "body": note.body,
            "body_kind": "note",
            "note_label": NOTE_LABELS[Institution(note.institution)],
        }
        for note, told in reversed(kept)
    ]


def moves(
    entries: Sequence[tuple[JournalEntry, Told]],
    messages: Sequence[tuple[Message, Told]],
    files: Sequence[tuple[Attachment, Told]],
    workflow: Workflow,
    reader: Reader,
) -> list[tuple[datetime, Shown]]:
    """What happened and when it was there to be read, newest first: neither what was written nor the files' names."""
    after_acts = len(entries) + 1
    lines = [
        (entry.recorded_at, place, _act(entry, told, None, workflow, reader))
        for place, (entry, told) in enumerate(entries)
    ]
    lines += [
        (
            row.written_at,
            after_acts,
            _line("Message", row.institution, reader.by(row.author_id, told), row.written_at),
        )
        for row, told in messages
    ]
    lines += [
        (
            row.joined_at,
            after_acts,
            _line("Fichier joint", reader.side(row.unit_id), reader.by(row.author_id, told), row.joined_at),
        )
        for row, told in files
    ]
    return [(at, shown) for at, _, shown in sorted(lines, key=lambda line: line[:2], reverse=True)]


def people_named(entries: Sequence[tuple[JournalEntry, Told]]) -> set[UUID]:
    """The accounts that the payloads of the journal name (to whom a request was given)."""
    return {UUID(holder) for entry, _ in entries if (holder := _payload(entry).get("holder"))}


def changes_since(
    entries: Sequence[tuple[JournalEntry, Told]], version: int, workflow: Workflow, reader: Reader
) -> list[str]:
    """What happened after the version that somebody saw: one sentence an act, oldest first."""
    return [
        f"{workflow.transition(entry.transition).history}, {moments.whole(entry.happened_at)}, "
        f"par {reader.by(entry.actor_id, told)}."
        for entry, told in entries
        if entry.sequence > version
    ]


def size_words(size: int) -> str:
    """« 184 ko », « 2,3 Mo »."""
    if size < _KILO * _KILO:
        return f"{max(1, round(size / _KILO))} ko"
    return f"{size / _KILO / _KILO:.1f} Mo".replace(".", ",")


def _act(entry: JournalEntry, told: Told, body: str | None, workflow: Workflow, reader: Reader) -> Shown:
    title = workflow.transition(entry.transition).history + "".join(_more(_payload(entry), reader))
    line = _line(title, reader.side(entry.actor_unit_id), reader.by(entry.actor_id, told), entry.happened_at)
    if entry.recorded_at - entry.happened_at >= _SAME_MOMENT:
        line["recorded_words"] = f"noté le {moments.whole(entry.recorded_at)}"
    return {**line, "body": body}


def _payload(entry: JournalEntry) -> Mapping[str, Any]:
    """Codes and identifiers; empty once erased."""
    kept: Mapping[str, Any] = json.loads(entry.payload or "{}")
    return kept


def _more(payload: Mapping[str, Any], reader: Reader) -> Iterator[str]:
    unit = reader.known.units.get(payload.get("unit", ""))
    named = [unit.name] if unit else []
    if holder := payload.get("holder"):
        named.append(reader.names.get(UUID(holder), "une personne du service"))
    if named:
        yield f" : {', '.join(named)}"
    if (outcome := payload.get("outcome", "")) in OUTCOMES:
        yield f" : {OUTCOMES[outcome]}"
    if (reason := payload.get("reason", "")) in REJECTION_REASONS:
        yield f" : {REJECTION_REASONS[reason]}"
    if (channel := payload.get("channel")) and channel != "service":
        yield f" par {CHANNELS[channel]}"


def _message(message: Message, told: Told, reader: Reader) -> Shown:
    line = _line("Message", message.institution, reader.by(message.author_id, told), message.written_at)
    return {**line, "body": message.body}


def _file(file: Attachment, told: Told, reader: Reader, url: str) -> Shown:
    line = _line("Fichier joint", reader.side(file.unit_id), reader.by(file.author_id, told), file.joined_at)
    shown = {"name": file.filename, "url": url, "size_words": size_words(file.size), "said": file.description}
    return {**line, "files": [shown]}


def _line(title: str, side: str | None, by: str, at: datetime) -> Shown:
    return {
        "title": title,
        "side": side,
        "by": by,
        "at_words": moments.whole(at),
        "iso": moments.iso(at),
        "recorded_words": None,
        "body": None,
        "body_kind": "message",
        "files": [],
    }
