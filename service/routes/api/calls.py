"""Calls on the direct line (R-UD-3, R-IND-I-10)."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for

from service.database import reading
from service.errors import NotVisible
from service.models import Call
from service.operations.calls import record_call as record
from service.permissions import Permission
from service.queries import calls as queries
from service.queries.calls import CallRow
from service.queries.keyset import Place
from service.queries.reference import reference
from service.routes.api.interface import KEY, Interface
from service.routes.api.preconditions import idempotency_key
from service.routes.guard import present_actor
from service.schemas.calls import CallBody
from service.schemas.calls_out import CallList, CallOut, call_of
from service.schemas.lists import Mark, PageQuery

api_calls = Interface("calls", __name__, description="Calls noted on the direct line.")


@api_calls.get("/calls", Permission.RECORD_CALL, CallList, query=PageQuery)
def list_calls(query: dict[str, Any]) -> dict[str, Any]:
    """List the calls that one may read, newest first."""
    cursor, limit = query.get("cursor"), query["limit"]
    place = Place(cursor.at, cursor.id) if cursor and cursor.at else None
    with reading() as session:
        known = reference(session)
        page = queries.page(session, queries.calls(present_actor(), place), limit, place)
    following = None
    if page.next is not None:
        parameters = {"limit": limit, "cursor": str(Mark(page.next.at, page.next.id))}
        following = f"{url_for('calls.list_calls')}?{urlencode(parameters)}"
    return {"items": [call_of(row, known) for row in page.rows], "next": following}


@api_calls.post("/calls", Permission.RECORD_CALL, CallOut, body=CallBody, status=201, headers=[KEY])
def record_call(given: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Note a call: answered, it opens a ticket; unanswered, it is kept alone."""
    actor = present_actor()
    made, now = record(actor, given, idempotency_key())
    with reading() as session:
        found = session.execute(queries.calls(actor).where(Call.id == UUID(made))).first()
        if found is None:
            raise NotVisible
        return call_of(CallRow(*found), reference(session)), 201 if now else 200
