"""A ticket as the API gives it: logged first, then read (R-DP-4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.operations import acts, drafts
from service.operations.consultation import consult
from service.permissions import Actor
from service.queries.reference import look_once, reference
from service.queries.sheet import sheet
from service.routes.api.preconditions import etag
from service.schemas.tickets_out import ticket_of
from service.schemas.urgent_rights import API_NAMES

Answer = tuple[dict[str, Any], int, dict[str, str]]


def shown(actor: Actor, ticket_reference: str, status: int = 200) -> Answer:
    """The ticket with its actions, and its version as ETag: the end of a request, which only reads from here on.

    Refuses (NotVisible) as `consult` does.
    """
    look_once()
    ticket_id = consult(actor, ticket_reference)
    with reading() as session:
        found = sheet(session, actor, ticket_id)
        if found is None:
            raise NotVisible
        told = ticket_of(
            found,
            reference(session),
            drafts.read(actor, ticket_reference).form if found.ticket.state == "draft" else {},
            acts.possible_for(session, found.ticket, actor) if found.acted_upon else (),
        )
    return told, status, {"ETag": etag(found.ticket.version)}


@contextmanager
def in_api_names() -> Iterator[None]:
    """Refusals of fields point where the body of a request has them: `person.matricule`."""
    try:
        yield
    except InvalidInput as refusal:
        fields = {API_NAMES.get(name, name): sentences for name, sentences in refusal.fields.items()}
        raise InvalidInput(
            fields, detail=refusal.detail, rule=refusal.rule, advice=refusal.advice
        ) from refusal
