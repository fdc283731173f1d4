"""Tickets: the list, the search, one ticket, a new one."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from service.database import reading
from service.errors import InvalidInput
from service.models import Ticket
from service.operations.consultation import searching
from service.operations.creation import create_ticket as create
from service.operations.creation import leaves
from service.permissions import Actor, Permission
from service.queries import keyset, lists, tickets
from service.queries.keyset import REVERSED, Place
from service.queries.lists import Filters
from service.queries.readers import Asked
from service.queries.reference import look_once, reference
from service.routes.api import bodies
from service.routes.api.interface import KEY, Interface
from service.routes.api.preconditions import canonical, idempotency_key
from service.routes.api.shown import Answer, in_api_names, shown
from service.routes.guard import present_actor
from service.schemas.fields import load
from service.schemas.lists import MOST, Mark, SearchBody, TicketQuery
from service.schemas.statement import create_body, expect_complete, from_body, plain_form
from service.schemas.tickets_out import SearchPage, TicketOut, TicketPage, row_of
from service.schemas.urgent_rights import to_form
from service.workflows import names
from service.workflows import reference as references
from service.workflows.registry import WORKFLOWS

_CREATE_BODIES = {"anyOf": [create_body(kind) for kind in WORKFLOWS]}

api_tickets = Interface("tickets", __name__, description="Requests, as far as one may read them.")


@api_tickets.get("/tickets", Permission.READ_TICKETS, TicketPage, query=TicketQuery)
def list_tickets(query: dict[str, Any]) -> Any:
    """List what one may read, soonest deadline first or as `sort` says."""
    actor = present_actor()
    cursor, limit, sort = query.pop("cursor", None), query.pop("limit"), query.pop("sort")
    order = lists.ORDERS[sort.removeprefix(REVERSED)]
    order = order.turned() if sort.startswith(REVERSED) else order
    filters = Filters(
        states=(query["state"],) if "state" in query else (),
        **{name: value for name, value in query.items() if name != "state"},
    )
    with reading() as session:
        known = reference(session)
        if {filters.asking_unit, filters.owed_by} - {None, *known.units}:
            return {"items": [], "count": 0, "more": False, "next": None}, 200, {}
        place = Place(cursor.at, cursor.id) if cursor else None
        page = keyset.read(session, lists.queue(actor, filters, place, order), limit, place, order)
        total = keyset.count(session, lists.bare(actor, filters))
        situations = lists.situations(session, page.rows)
    items = [row_of(ticket, known, situations.get(ticket.id)) for ticket in page.rows]
    following = _next_page(query | {"sort": sort, "limit": limit}, page.next)
    told = {"items": items, "count": total.number, "more": total.more, "next": following}
    return told, 200, {"Link": f'<{following}>; rel="next"'} if following else {}


@api_tickets.post("/tickets/search", Permission.READ_TICKETS, SearchPage, body=SearchBody)
def search_tickets(wanted: dict[str, Any]) -> dict[str, Any]:
    """Search by reference, matricule or whole words of a name, among what one may read; logged without what for."""
    actor = present_actor()
    look_once()
    with searching(actor) as session:
        asked = _search(actor, wanted)
        known = reference(session)
        found = session.scalars(*asked).all()
        total = lists.count_of(session, asked, found, MOST)
        situations = lists.situations(session, found)
    items = [row_of(ticket, known, situations.get(ticket.id)) for ticket in found]
    return {"items": items, "count": total.number, "more": total.more}


# Nothing so short as « search » is a reference: its address only takes a POST, and says so.
@api_tickets.get("/tickets/<string(minlength=10):ref>", Permission.READ_TICKETS, TicketOut)
def read_ticket(ref: str) -> Answer:
    """Read a ticket; its ETag is the version that an action must name."""
    return shown(present_actor(), canonical(ref))


@api_tickets.post(
    "/tickets",
    Permission.OPEN_TICKETS,
    TicketOut,
    status=201,
    headers=[KEY],
    document={"requestBody": {"required": True, "content": {"application/json": {"schema": _CREATE_BODIES}}}},
)
def create_ticket() -> Answer:
    """Send a request of a kind, or keep it as a draft of one's unit; `kind` says which body it is."""
    kind, body = _create_body()
    actor, key, given = present_actor(), idempotency_key(), from_body(body)
    with in_api_names():
        if kind != "urgent_rights" and leaves(kind, submit=body["submit"]):
            expect_complete(kind, given)
        made, now = create(
            actor,
            kind,
            given,
            key,
            submit=body["submit"],
            channel=body.get("channel", "service"),
            asking_unit=body.get("asking_unit"),
            happened_at=body.get("happened_at"),
            form=None if body["submit"] else _form(kind, given),
        )
    told, status, headers = shown(actor, made, 201 if now else 200)
    return told, status, {**headers, "Location": url_for("tickets.read_ticket", ref=made)}


def _create_body() -> tuple[str, dict[str, Any]]:
    """The body as the schema of its kind reads it; refuses (InvalidInput) a kind that Relais does not know."""
    asked = request.get_json(silent=True)
    kind = asked.get("kind") if isinstance(asked, dict) else None
    known = isinstance(kind, str) and kind in WORKFLOWS
    schema = create_body(kind if known else "urgent_rights")()
    body = load(schema, bodies.json_object(request, schema))
    return body["kind"], body


def _form(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    return to_form(given) if kind == "urgent_rights" else plain_form(kind, given)


def _search(actor: Actor, wanted: dict[str, Any]) -> Asked[Ticket]:
    if "matricule" in wanted:
        return tickets.first_of_matricule(actor, wanted["matricule"], MOST)
    if "reference" in wanted:
        # what can not be a reference is the reference of nothing
        one = tickets.by_reference(actor, references.parse(wanted["reference"]) or "")
        return Asked(one.order_by(Ticket.id), {})
    if not names.words(wanted["name"]):
        raise InvalidInput({"name": ["Écrivez au moins un mot du nom."]})
    return Asked(tickets.of_name(actor, wanted["name"]).limit(MOST), {})


def _next_page(asked: dict[str, Any], position: Place | None) -> str | None:
    if position is None:
        return None
    parameters = {**asked, "cursor": str(Mark(position.at, position.id, asked["sort"]))}
    return f"{url_for('tickets.list_tickets')}?{urlencode(parameters)}"
