"""What moved in a list since its page was made: the page asks by itself, and says it without moving what is read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import get_template_attribute, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.permissions import Permission
from service.queries import keyset, lists
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.views import moments, queue_address
from service.schemas.fields import load
from service.schemas.queue import MadeAt
from service.workflows import french
from service.workflows import reference as references

_MOST_ROWS = 100
_LONGEST = timedelta(days=1)
"""A page lives no longer than its session."""


def address_of_changes(address: queue_address.Address, shown: Iterable[str], now: datetime) -> str:
    """Where the page of a list, made at `now` with these references, asks what has moved."""
    since = {"depuis": moments.iso(now), "lignes": ".".join(shown)}
    return f"{url_for('pages.list_changes')}?{address.query(place=True)}&{urlencode(since)}"


@pages.get("/demandes/changements")
@requires(Permission.READ_TICKETS)
def list_changes() -> ResponseReturnValue:
    """How many requests of the list, or of the rows that the page shows, moved since; nothing (204) where none did.

    A fragment, or nothing at all: nobody has clicked, and a session is not kept awake by it (`identity`).
    """
    actor, now = present_actor(), clock.now()
    try:
        made_at: datetime = load(MadeAt(unknown="exclude"), request.args.to_dict())["depuis"]
    except InvalidInput:
        return "", 204
    typed = request.args.get("lignes", "").split(".")[:_MOST_ROWS]
    with reading() as session:
        address = queue_address.read(request.args, actor, reference(session))
        shown = list(filter(None, map(references.parse, typed)))
        moved = lists.moved(actor, address.filters, max(made_at, now - _LONGEST), shown)
        total = keyset.count(session, moved)
    if not total:
        return "", 204
    words = get_template_attribute("tickets/rows.html", "changes")
    list_now = f"{url_for('pages.tickets')}?{address.query(place=True)}"
    return str(words(french.capital(turning.counted_words(total, "demande")), total > 1, list_now))
