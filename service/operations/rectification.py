"""Correct who a request is about: a dated act that keeps what was written before (R-DP-9)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import Person, Rectification
from service.operations.consultation import note_act
from service.operations.people import keep_person
from service.operations.subject_access import find
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries import subject_access as queries


def rectify(actor: Actor, request_id: UUID, reference: str, field: str, value: Any, reason: str) -> None:
    """Write another value in the person's identity on one of the tickets found for the request.

    The indexes follow; the journal is not rewritten, and the earlier value stays, sealed, in its own row. Refuses
    (NotVisible) a ticket that the request did not find, (InvalidInput) the value that is there already, and a
    matricule that keeps out the last one who could act.
    """
    refuse_nir({"value": value if isinstance(value, str) else "", "reason": reason})
    with transaction() as session:
        _, found = find(actor, request_id)
        ticket = next((one.ticket for one in found if one.ticket.reference == reference), None)
        if ticket is None:
            raise NotVisible
        person = session.get_one(Person, ticket.id, with_for_update=True, populate_existing=True)
        before, after = getattr(person, field), value.isoformat() if isinstance(value, date) else value
        if before == after:
            raise InvalidInput({field: ["C’est déjà ce qui est écrit."]}, rule="R-DP-9")
        keep_person(session, ticket.id, {field: value})
        _keep(session, actor, ticket.id, (field, before, after, reason))
        note_act(actor, "rectify", ticket.id)


def _keep(session: Session, actor: Actor, ticket_id: UUID, said: tuple[str, str | None, str, str]) -> None:
    number = queries.last_number(session, ticket_id) + 1
    row = Rectification(
        ticket_id=ticket_id,
        number=number,
        made_at=clock.now(),
        made_by=actor.account_id,
        unit_code=actor.unit_id,
    )
    row.field, row.before, row.after, row.reason = said
    session.add(row)
