"""« Concertations » in words: the sessions, the requests on their agenda, the forms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session

from service import clock
from service.models import Concertation, Ticket
from service.operations import acts
from service.permissions import Actor
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.concertations import Enlist, Planned
from service.workflows import french
from service.workflows.registry import WORKFLOWS

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]

_RECORDED_BY = ("record_opinion", "record_exchange")
"""The acts by which the outcome of a concertation is noted on the request itself."""


def session_of(held: Concertation) -> Shown:
    """One session: its day in full, hour, place, whether it stands."""
    hour = french.clock_time(time.fromisoformat(held.starts_at)) if held.starts_at else ""
    return {
        "id": held.id,
        "day": french.long_date(held.held_on),
        "iso": held.held_on.isoformat(),
        "detail": ", ".join(part for part in (hour, held.place) if part),
        "cancelled": held.cancelled_at is not None,
        "past": held.held_on < french.local_day(clock.now()),
    }


def situations(
    session: Session, actor: Actor, query: Select[Ticket], held_on: date | None = None
) -> list[Shown]:
    """The requests of a list that the actor may read: reference, kind, since when, who asks; no name of a person."""
    return [_situation(session, actor, ticket, held_on) for ticket in session.scalars(query)]


def agenda(listed: Iterable[Ticket], initials: Mapping[UUID, str]) -> list[Shown]:
    """The lines of a printed agenda."""
    return [
        {
            "reference": ticket.reference,
            "kind": WORKFLOWS[ticket.kind].label,
            "initials": initials.get(ticket.id, ""),
        }
        for ticket in listed
    ]


def plan_form(typed: Mapping[str, Any], mistakes: Mistakes) -> Shown:
    """The form of a new session."""
    return _form(Planned, typed, mistakes)


def change_form(held: Concertation, typed: Mapping[str, Any] | None, mistakes: Mistakes) -> Shown:
    """The form of a session that stands, begun with what it says."""
    said = {"held_on": held.held_on, "starts_at": held.starts_at or "", "place": held.place or ""}
    return _form(Planned, typed if typed and "held_on" in typed else said, mistakes)


def enlist_form(waiting: Sequence[Ticket]) -> Shown | None:
    """The form that puts a waiting request on the agenda; None when nothing waits."""
    if not waiting:
        return None
    choices = [
        (ticket.reference, f"{ticket.reference} – {WORKFLOWS[ticket.kind].label}") for ticket in waiting
    ]
    return {"fields": form_fields(Enlist, {}, {}, {"waiting": choices}), "errors": []}


def gone_with_it(moved: int) -> str:
    """What became of the agenda of a session that has another day."""
    if moved == 0:
        return ""
    if moved == 1:
        return "La situation inscrite change de date avec elle ; le service qui demande est prévenu."
    return f"Les {moved} situations inscrites changent de date avec elle ; les services qui demandent sont prévenus."


def waits_again(waiting: int) -> str:
    """What became of the agenda of a session that was cancelled."""
    if waiting == 0:
        return "Aucune situation ne l’attendait."
    if waiting == 1:
        return "La situation inscrite revient dans « À inscrire » ; le service qui demande est prévenu."
    return (
        f"Les {waiting} situations reviennent dans « À inscrire » ; les services qui demandent sont prévenus."
    )


def _situation(session: Session, actor: Actor, ticket: Ticket, held_on: date | None) -> Shown:
    workflow = WORKFLOWS[ticket.kind]
    return {
        "reference": ticket.reference,
        "kind": workflow.label,
        "state": workflow.state(ticket.state, to_caf=False).label,
        "since": french.short_date(french.local_day(ticket.submitted_at)) if ticket.submitted_at else "",
        "asks": ticket.author.name if ticket.author else "",
        "unit": ticket.asking_unit.name if ticket.asking_unit else "",
        "record": None if held_on is None else _record(session, actor, ticket, held_on),
        "later": _later(held_on),
    }


def _record(session: Session, actor: Actor, ticket: Ticket, held_on: date) -> Shown | None:
    """The link to the form that notes the outcome, its date begun with the session's; from the day itself on."""
    if held_on > french.local_day(clock.now()):
        return None
    for row in acts.possible_for(session, ticket, actor):
        if row.name in _RECORDED_BY:
            url = url_for("pages.act_form", reference=ticket.reference, name=row.name, exchange_on=held_on)
            return {"label": row.label, "url": url}
    return None


def _later(held_on: date | None) -> str:
    """From when the outcome is noted; empty once it may be."""
    ahead = held_on is not None and held_on > french.local_day(clock.now())
    return f"avis à noter à partir du {french.short_date(held_on)}" if held_on and ahead else ""


def _form(schema: type[Planned], typed: Mapping[str, Any], mistakes: Mistakes) -> Shown:
    fields = form_fields(schema, typed, mistakes, {})
    return {"fields": fields, "errors": general_errors(mistakes, fields)}
