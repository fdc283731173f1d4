"""Search: a reference, a matricule or whole words of a name, posted so that nothing personal stands in an address."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.models import Person, Ticket
from service.operations.consultation import searching
from service.permissions import Actor, Permission
from service.queries import situations, tickets
from service.queries.readers import Asked
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.views.queue import Rows, proposed
from service.workflows import names, nir
from service.workflows import reference as references

AT_MOST = 50
LONGEST = 100
PROPOSED = 8
"""So many requests at most for a reference that is being typed."""
_MATRICULE = re.compile(r"[0-9]{7}")


@pages.post("/recherche")
@requires(Permission.READ_TICKETS)
def search() -> ResponseReturnValue:
    """What the actor may read of what is searched; the search is logged, what for is not (R-DP-4)."""
    actor, asked = present_actor(), " ".join(request.form.get("q", "").split())[:LONGEST]
    if nir.find(asked):
        flash(
            "Relais ne cherche pas par numéro de sécurité sociale (R-DP-7). Le matricule Caf suffit.",
            "warning",
        )
        return redirect(url_for("pages.tickets"), 303)
    canonical = references.parse(asked)
    with searching(actor) as session:
        if canonical is not None and session.scalar(tickets.only(actor, canonical)) is not None:
            return redirect(url_for("pages.ticket", reference=canonical), 303)
        found = _found(session, actor, asked, canonical)
    return render_template("tickets/search.html", asked=asked, **found)


@pages.post("/recherche/references")
@requires(Permission.READ_TICKETS)
def begun_references() -> ResponseReturnValue:
    """What a field proposes while a reference is typed: where each request stands, nothing of its person."""
    actor, asked = present_actor(), request.form.get("q", "")[:LONGEST]
    with reading() as session:
        found = session.scalars(tickets.begun(actor, asked).limit(PROPOSED)).all()
        known = reference(session)
    return {"requests": [proposed(one, known) for one in found]}


def _query(actor: Actor, asked: str) -> Asked[Ticket] | None:
    compact = asked.replace(" ", "")
    if _MATRICULE.fullmatch(compact):
        return tickets.first_of_matricule(actor, compact, AT_MOST + 1)
    return Asked(tickets.of_name(actor, asked).limit(AT_MOST + 1), {}) if names.words(asked) else None


def _found(session: Session, actor: Actor, asked: str, canonical: str | None) -> dict[str, object]:
    query = None if canonical is not None else _query(actor, asked)
    if query is None:
        return {"rows": [], "more": False}
    listed = session.scalars(*query).all()
    shown = listed[:AT_MOST]
    people = situations.people_of(session, shown)
    rows = Rows(actor, reference(session), clock.now(), situations.details_of(session, shown)).shown(shown)
    named = [
        row._replace(person=_name(people.get(ticket.id))) for row, ticket in zip(rows, shown, strict=True)
    ]
    return {"rows": named, "more": len(listed) > AT_MOST}


def _name(person: Person | None) -> str:
    return " ".join(filter(None, (person.last_name, person.first_name))) if person else ""
