"""Put a request forward for the monthly technical meeting, and take it back (R-GO-1). No transition: nothing moves."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import PutForward, Ticket
from service.operations.impersonal import refuse_names, refuse_numbers
from service.permissions import OUT_OF_LISTS, Actor
from service.queries import tickets

_RULE = "R-GO-1"


def put_forward(actor: Actor, reference: str, question: str) -> UUID:
    """Put a request that the actor may read on the agenda of the next monthly meeting, with a question.

    Refuses (NotVisible) one that they may not read, and every child_protection_notice; (GuardRefused) a draft and
    what their institution has put forward already; (InvalidInput) a question with a number or the name of a person.
    """
    refuse_numbers({"question": question})
    with transaction() as session:
        ticket = session.scalar(tickets.only(actor, reference).where(Ticket.kind.not_in(OUT_OF_LISTS)))
        if ticket is None:
            raise NotVisible
        if ticket.submitted_at is None:
            raise GuardRefused("Une demande qui n’est pas envoyée ne se met pas en avant.", rule=_RULE)
        refuse_names(session, ticket.id, "question", question)
        made = PutForward(
            ticket_id=ticket.id,
            institution=actor.institution.value,
            unit_code=actor.unit_id,
            question=question,
            put_at=clock.now(),
            put_by=actor.account_id,
        )
        session.add(made)
        try:
            session.flush()
        except IntegrityError as twice:
            raise InvalidInput(
                {
                    "question": [
                        "Votre institution a déjà mis cette demande en avant : retirez d’abord sa question."
                    ]
                },
                rule=_RULE,
            ) from twice
        return made.id


def withdraw(actor: Actor, reference: str, put_id: UUID) -> None:
    """Take a question back before it is examined; whoever of its institution may read the request may do it."""
    with transaction() as session:
        ticket = session.scalar(tickets.only(actor, reference))
        found = session.scalar(select(PutForward).where(PutForward.id == put_id).with_for_update())
        if ticket is None or found is None or found.ticket_id != ticket.id:
            raise NotVisible
        if found.institution != actor.institution or found.meeting_id or found.withdrawn_at:
            raise GuardRefused(
                "Cette question ne se retire plus d’ici.",
                rule=_RULE,
                advice="Elle a été retirée ou examinée, ou vient de l’autre institution.",
            )
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.account_id
