"""« Concertations » of a CDAS: its sessions, their agendas, and the requests that wait for a date (R-CI-3, R-CI-4)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.operations import concertation_changes, concertations
from service.permissions import Permission, may_plan_concertations
from service.queries import concertations as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import concertation_sheet
from service.schemas.concertations import Enlist, Planned
from service.schemas.fields import load
from service.workflows import french
from service.workflows import reference as references

RECENT = 12
"""How many past sessions the page names."""

Mistakes = Mapping[str, Sequence[str]]
Acted = Callable[[], tuple[str, str]]


@pages.get("/concertations")
@requires(Permission.READ_CONCERTATIONS)
def concertations_page() -> str:
    """The sessions to come, what waits for one, the last ones held."""
    return _list({})


@pages.post("/concertations")
@refills
@requires(Permission.PLAN_CONCERTATIONS)
def plan_concertation() -> ResponseReturnValue:
    """Plan a session; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _list(typed)
    try:
        given = load(Planned(unknown="exclude"), typed)
        planned = concertations.plan(
            present_actor(), given["held_on"], given.get("starts_at"), given.get("place")
        )
    except InvalidInput as refused:
        return _list(typed, refused.fields), 422
    confirm("La concertation est prévue.", "Vous pouvez y inscrire les situations qui attendent une date.")
    return redirect(url_for("pages.concertation", concertation_id=planned), 303)


@pages.get("/concertations/<uuid:concertation_id>")
@requires(Permission.READ_CONCERTATIONS)
def concertation(concertation_id: UUID) -> str:
    """One session and its agenda."""
    return _sheet(concertation_id)


@pages.post("/concertations/<uuid:concertation_id>")
@refills
@requires(Permission.PLAN_CONCERTATIONS)
def change_concertation(concertation_id: UUID) -> ResponseReturnValue:
    """Another day, hour or place: the agenda goes with it."""
    typed = request.form.to_dict()

    def act() -> tuple[str, str]:
        given = load(Planned(unknown="exclude"), typed)
        moved = concertation_changes.change(
            present_actor(), concertation_id, given["held_on"], given.get("starts_at"), given.get("place")
        )
        return "La concertation est modifiée.", concertation_sheet.gone_with_it(moved)

    return _act(concertation_id, typed, act)


@pages.post("/concertations/<uuid:concertation_id>/annuler")
@requires(Permission.PLAN_CONCERTATIONS)
def cancel_concertation(concertation_id: UUID) -> ResponseReturnValue:
    """Cancel the session: what no opinion was given on waits for a date again."""

    def act() -> tuple[str, str]:
        waiting = concertation_changes.cancel(present_actor(), concertation_id)
        return "La concertation est annulée.", concertation_sheet.waits_again(waiting)

    return _act(concertation_id, {}, act)


@pages.post("/concertations/<uuid:concertation_id>/inscrire")
@refills
@requires(Permission.PLAN_CONCERTATIONS)
def enlist_in_concertation(concertation_id: UUID) -> ResponseReturnValue:
    """Put a request that waits on this agenda."""
    typed = request.form.to_dict()

    def act() -> tuple[str, str]:
        given = load(Enlist(unknown="exclude"), typed)
        asked = references.parse(given["reference"]) or ""
        concertation_changes.enlist(present_actor(), concertation_id, asked)
        return f"{asked} est inscrite.", "Le service qui demande est prévenu de la date."

    return _act(concertation_id, typed, act)


@pages.get("/concertations/<uuid:concertation_id>/ordre-du-jour")
@requires(Permission.READ_CONCERTATIONS)
def agenda(concertation_id: UUID) -> str:
    """The agenda to print: references and initials at most (R-DP-1)."""
    actor = present_actor()
    with reading() as session:
        held = session.scalar(queries.one(actor, concertation_id))
        if held is None:
            raise NotVisible
        listed = session.scalars(queries.on_agenda(actor, held.id)).all()
        initials = queries.initials(session, [ticket.id for ticket in listed])
        return render_template(
            "concertations/agenda.html",
            unit=reference(session).units[held.unit_code].name,
            concertation=concertation_sheet.session_of(held),
            lines=concertation_sheet.agenda(listed, initials),
        )


def _list(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        return render_template(
            "concertations/list.html",
            coming=[
                concertation_sheet.session_of(one) for one in session.scalars(queries.coming(actor, today))
            ],
            past=[
                concertation_sheet.session_of(one)
                for one in session.scalars(queries.past(actor, today).limit(RECENT))
            ],
            waiting=concertation_sheet.situations(session, actor, queries.to_enlist(actor, today)),
            may_plan=may_plan_concertations(actor),
            form=concertation_sheet.plan_form(typed, mistakes or {}),
        )


def _sheet(
    concertation_id: UUID, typed: Mapping[str, Any] | None = None, mistakes: Mistakes | None = None
) -> str:
    actor, today = present_actor(), french.local_day(clock.now())
    with reading() as session:
        held = session.scalar(queries.one(actor, concertation_id))
        if held is None:
            raise NotVisible
        waiting = session.scalars(queries.to_enlist(actor, today)).all()
        recording_from = None if held.cancelled_at else held.held_on
        return render_template(
            "concertations/session.html",
            concertation=concertation_sheet.session_of(held),
            items=concertation_sheet.situations(
                session, actor, queries.on_agenda(actor, held.id), recording_from
            ),
            open=held.cancelled_at is None and held.held_on >= today and may_plan_concertations(actor),
            change=concertation_sheet.change_form(held, typed, mistakes or {}),
            enlist=concertation_sheet.enlist_form(waiting),
        )


def _act(concertation_id: UUID, typed: Mapping[str, Any], act: Acted) -> ResponseReturnValue:
    if refilling():
        return _sheet(concertation_id, typed)
    try:
        done, follows = act()
    except InvalidInput as refused:
        return _sheet(concertation_id, typed, refused.fields), 422
    except GuardRefused as refused:
        sentences = [sentence for sentence in (refused.detail, refused.advice) if sentence]
        return _sheet(concertation_id, typed, {"": sentences}), 409
    confirm(done, follows)
    return redirect(url_for("pages.concertation", concertation_id=concertation_id), 303)
