"""The transitions: one operation for each name in the tables, with the body that the kind's schema says."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request

from service import clock
from service.errors import InvalidInput, NotVisible, VersionMissing
from service.operations import acts, drafts
from service.permissions import Actor, Permission
from service.routes.api import bodies
from service.routes.api.interface import VERSION, Interface
from service.routes.api.preconditions import canonical, expected_version
from service.routes.api.shown import Answer, in_api_names, shown
from service.routes.guard import present_actor
from service.schemas import statement, urgent_rights
from service.schemas.fields import Input, load
from service.schemas.tickets_out import TicketOut
from service.workflows import french
from service.workflows.registry import WORKFLOWS, kind_of

_OUT_OF_SIGHT = "Done, and no longer visible to the caller"

actions = Interface("actions", __name__, description="What can be done with a ticket: the rows of its table.")


def act(ref: str, name: str) -> Answer | Response:
    """Do a transition on the version that If-Match names; refused in the order 404, 403, 412, 409, 422.

    Without content (204) when the act has taken the ticket out of the actor's sight, such as one handed to a colleague.
    """
    actor, ticket_reference = present_actor(), canonical(ref)
    kind = kind_of(ticket_reference) or ""
    body = statement.body_of_act(kind, name) if kind else None
    if body is None:
        raise NotVisible
    schema = body()
    try:
        given = load(schema, bodies.json_object(request, schema))
        version = expected_version()
    except (InvalidInput, VersionMissing):
        acts.expect_possible(actor, ticket_reference, name)
        raise
    if name == WORKFLOWS[kind].sends:
        _send(actor, ticket_reference, kind, given, version)
    else:
        acts.perform(actor, ticket_reference, name, given, version=version)
    try:
        return shown(actor, ticket_reference)
    except NotVisible:
        return Response(status=HTTPStatus.NO_CONTENT)


def _send(actor: Actor, ticket_reference: str, kind: str, body: Mapping[str, Any], version: int) -> None:
    row = WORKFLOWS[kind].sends
    acts.expect_possible(actor, ticket_reference, row)
    with in_api_names():
        form, today = drafts.read(actor, ticket_reference).form, french.local_day(clock.now())
        given = {**read_form(kind, form, today), **statement.from_body(body)}
        if kind != "urgent_rights":
            statement.expect_complete(kind, given)
        acts.perform(actor, ticket_reference, row, given, version=version)


def read_form(kind: str, form: Mapping[str, Any], today: Any) -> dict[str, Any]:
    """The plain values of a draft's form, of whatever kind."""
    if kind == "urgent_rights":
        return urgent_rights.from_form(form, today)
    return statement.from_form(kind, form, today)


def _declare(name: str) -> None:
    of_kind = {kind: statement.body_of_act(kind, name) for kind in WORKFLOWS}
    schemas: dict[type[Input], str] = {body: kind for kind, body in of_kind.items() if body is not None}
    rows = [WORKFLOWS[kind].transition(name) for kind, body in of_kind.items() if body is not None]

    def view(ref: str) -> Answer | Response:
        return act(ref, name)

    view.__name__ = name
    view.__doc__ = f"« {rows[0].label} » ({'; '.join(dict.fromkeys(row.rule for row in rows))})."
    required = all(any(field.required for field in body().fields.values()) for body in schemas)
    one = next(iter(schemas)) if len(schemas) == 1 else {"anyOf": list(schemas)}
    actions.post(
        f"/tickets/<ref>/actions/{name}",
        Permission.READ_TICKETS,
        TicketOut,
        headers=[VERSION],
        document={"requestBody": {"required": required, "content": {"application/json": {"schema": one}}}},
    )(actions.alt_response(HTTPStatus.NO_CONTENT, success=True, description=_OUT_OF_SIGHT)(view))


for _name in dict.fromkeys(row.name for workflow in WORKFLOWS.values() for row in workflow.acts_of_people()):
    _declare(_name)
