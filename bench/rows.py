"""The rows beside a ticket's journal: the person with their indexes, the call, a draft, a note, a reading."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from service.demonstration.stage import Case
from service.models import AccessEntry, Base, Call, Draft, InternalNote, Person, PersonWord, Ticket
from service.permissions import Actor
from service.queries.reference import Reference
from service.sealing import ring
from service.workflows import names
from service.workflows import reference as references
from service.workflows.urgent_rights import URGENT_RIGHTS


def new_ticket(known: Reference, case: Case, channel: str, at: datetime) -> Ticket:
    """A ticket of which nothing has happened yet."""
    return Ticket(
        reference=references.new(URGENT_RIGHTS.prefix),
        kind=URGENT_RIGHTS.kind,
        state="draft",
        version=1,
        channel=channel,
        asking_unit_id=case.cdas,
        triage_unit_id=known.triage_unit().code,
        author_id=None if channel in {"email", "phone"} else case.author.account_id,
        convention_version=known.version_at(at).number,
        opened_at=at,
        state_since=at,
        changed_at=at,
    )


def person(ticket: Ticket, given: Mapping[str, Any]) -> Iterator[Base]:
    """The person, sealed, and the words of their name as blind indexes."""
    kept = Person(ticket_id=ticket.id, commune_insee=given["commune"])
    kept.matricule = given["matricule"]
    kept.matricule_index = ring().blind_index("matricule", given["matricule"])
    kept.last_name, kept.first_name = given["last_name"], given["first_name"]
    if "birth_date" in given:
        kept.birth_date = given["birth_date"].isoformat()
    yield kept
    for word in names.words(f"{kept.last_name} {kept.first_name}"):
        yield PersonWord(ticket_id=ticket.id, word_index=ring().blind_index("name", word))


def call(ticket: Ticket, case: Case, agent: Actor, minutes: int) -> Call:
    """The call that opened the ticket."""
    return Call(
        cdas_code=case.cdas,
        matricule=case.person.matricule,
        matricule_index=ring().blind_index("matricule", case.person.matricule),
        benefit=case.benefit,
        event=case.event,
        started_at=ticket.opened_at,
        minutes=minutes,
        answered=True,
        ticket_id=ticket.id,
        recorded_at=ticket.opened_at,
        recorded_by=agent.account_id,
        recorded_unit_id=agent.unit_id,
    )


def draft(ticket: Ticket, case: Case) -> Draft:
    """The form of a draft as typed so far."""
    kept = Draft(ticket_id=ticket.id, saved_at=ticket.changed_at)
    kept.form = json.dumps({"last_name": case.person.last_name, "benefit": case.benefit})
    return kept


def note(ticket: Ticket, agent: Actor, body: str, at: datetime) -> InternalNote:
    """What an agent keeps for their institution."""
    return InternalNote(
        ticket_id=ticket.id,
        author_id=agent.account_id,
        unit_id=agent.unit_id,
        institution=agent.institution,
        written_at=at,
        body=body,
    )


def reading(ticket: Ticket, actor: Actor, at: datetime) -> AccessEntry:
    """Somebody has opened the ticket."""
    return AccessEntry(
        at=at, account_id=actor.account_id, unit_id=actor.unit_id, ticket_id=ticket.id, act="read"
    )
