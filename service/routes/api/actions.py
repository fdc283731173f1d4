"""The transitions: one operation each, made from the table, with the body that its schema says."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from service import clock
from service.errors import InvalidInput, VersionMissing
from service.operations import acts, drafts
from service.permissions import Actor, Permission
from service.routes.api import bodies
from service.routes.api.interface import VERSION, Interface
from service.routes.api.preconditions import canonical, expected_version
from service.routes.api.shown import Answer, in_api_names, shown
from service.routes.guard import present_actor
from service.schemas.acts import ACTS
from service.schemas.fields import Input, load
from service.schemas.tickets_out import TicketOut
from service.schemas.urgent_rights import SubmitBody, from_body, from_form
from service.workflows.machine import Transition
from service.workflows.urgent_rights import URGENT_RIGHTS

PARIS = ZoneInfo("Europe/Paris")
SUBMIT = "submit"
BODIES: Mapping[str, type[Input]] = {SUBMIT: SubmitBody, **ACTS}

actions = Interface("actions", __name__, description="What can be done with a ticket: the rows of its table.")


def act(ref: str, name: str) -> Answer:
    """Do a transition on the version that If-Match names; refused in the order 404, 403, 412, 409, 422."""
    actor, ticket_reference = present_actor(), canonical(ref)
    schema = BODIES[name]()
    try:
        given = load(schema, bodies.json_object(request, schema))
        version = expected_version()
    except (InvalidInput, VersionMissing):
        acts.expect_possible(actor, ticket_reference, name)
        raise
    if name == SUBMIT:
        _submit(actor, ticket_reference, given, version)
    else:
        acts.perform(actor, ticket_reference, name, given, version=version)
    return shown(actor, ticket_reference)


def _submit(actor: Actor, ticket_reference: str, body: Mapping[str, Any], version: int) -> None:
    acts.expect_possible(actor, ticket_reference, SUBMIT)
    today = clock.now().astimezone(PARIS).date()
    with in_api_names():
        kept = from_form(drafts.read(actor, ticket_reference).form, today)
        acts.perform(actor, ticket_reference, SUBMIT, {**kept, **from_body(body)}, version=version)


def _declare(row: Transition) -> None:
    def view(ref: str) -> Answer:
        return act(ref, row.name)

    view.__name__ = row.name
    view.__doc__ = f"« {row.label} » ({row.rule})."
    content = {"application/json": {"schema": BODIES[row.name]}}
    required = any(field.required for field in BODIES[row.name]().fields.values())
    actions.post(
        f"/tickets/<ref>/actions/{row.name}",
        Permission.READ_TICKETS,
        TicketOut,
        headers=[VERSION],
        document={"requestBody": {"required": required, "content": content}},
    )(view)


for _row in URGENT_RIGHTS.transitions:
    if _row.name in BODIES:
        _declare(_row)
