"""« Accompagnements »: the register of the Caf social service, without any content (R-AC)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import Accompaniment, Membership
from service.operations import accompaniments as operation
from service.operations import staff
from service.permissions import Actor, Permission, Role, UnitKind
from service.queries import accompaniments as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.accompaniments import Close, Open, Renew
from service.schemas.fields import Input, load
from service.workflows import french
from service.workflows.accompaniment import CLOSING_REASONS, EVENTS

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/accompagnements")
@requires(Permission.READ_ACCOMPANIMENTS)
def accompaniments() -> str:
    """One's own, or the whole service's: open by term, or closed."""
    actor, closed = present_actor(), request.args.get("etat") == "clos"
    listed = queries.Listed(closed, _after())
    today = french.local_day(clock.now())
    with reading() as session:
        rows = session.scalars(queries.register(actor, listed)).all()
        total = session.scalar(queries.counted(actor, listed)) or 0
    more = len(rows) > queries.PAGE
    rows = rows[: queries.PAGE]
    return render_template(
        "accompaniments/list.html",
        rows=[_shown(row, today) for row in rows],
        closed=closed,
        own=actor.role is Role.CAF_TS,
        pager={
            "count_text": french.counted(total, "accompagnement"),
            "previous_url": None,
            "next_url": _next(rows[-1], closed=closed) if more else None,
        },
    )


@pages.get("/accompagnements/ouvrir")
@requires(Permission.READ_ACCOMPANIMENTS)
def open_accompaniment() -> str:
    """The form of a new one."""
    return _open_form()


@pages.post("/accompagnements/ouvrir")
@requires(Permission.READ_ACCOMPANIMENTS)
def send_accompaniment() -> ResponseReturnValue:
    """Enter it; what can not be taken is said beside each answer, nothing typed is lost."""
    try:
        given = load(Open(), request.form.to_dict(), unknown="exclude")
        made = operation.open_(present_actor(), given)
    except InvalidInput as refused:
        return _open_form(refused.fields), 422
    return _done(
        made, "L’accompagnement est ouvert.", "Les CDAS voient désormais que la personne est suivie."
    )


@pages.get("/accompagnements/<uuid:identifier>")
@requires(Permission.READ_ACCOMPANIMENTS)
def accompaniment(identifier: UUID) -> str:
    """One of them: its dates, and what can be done."""
    return _one(identifier)


@pages.post("/accompagnements/<uuid:identifier>/renouveler")
@requires(Permission.READ_ACCOMPANIMENTS)
def renew_accompaniment(identifier: UUID) -> ResponseReturnValue:
    """A later term."""
    try:
        given = load(Renew(), request.form.to_dict(), unknown="exclude")
        operation.renew(present_actor(), identifier, given["term_on"])
    except InvalidInput as refused:
        return _one(identifier, renew=refused.fields), 422
    return _done(identifier, "L’accompagnement est renouvelé.", "Le nouveau terme est noté.")


@pages.post("/accompagnements/<uuid:identifier>/clore")
@requires(Permission.READ_ACCOMPANIMENTS)
def close_accompaniment(identifier: UUID) -> ResponseReturnValue:
    """The end of it."""
    try:
        given = load(Close(), request.form.to_dict(), unknown="exclude")
        operation.close(present_actor(), identifier, given)
    except InvalidInput as refused:
        return _one(identifier, close=refused.fields), 422
    return _done(
        identifier,
        "L’accompagnement est clos.",
        "Une nouvelle demande de la personne est évaluée par le CDAS.",
    )


def _one(identifier: UUID, *, renew: Mistakes | None = None, close: Mistakes | None = None) -> str:
    with reading() as session:
        row = session.scalar(queries.one(present_actor(), identifier))
    if row is None:
        raise NotVisible
    return render_template(
        "accompaniments/one.html",
        row=_shown(row, french.local_day(clock.now())),
        renew=_form(Renew, renew),
        close=_form(Close, close),
    )


def _open_form(mistakes: Mistakes | None = None) -> str:
    with reading() as session:
        workers = _workers(session, present_actor())
    return render_template("accompaniments/open.html", form=_form(Open, mistakes or {}, workers))


def _form(
    schema: type[Input], mistakes: Mistakes | None, workers: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    typed = request.form.to_dict() if mistakes is not None else {}
    fields = form_fields(schema, typed, mistakes or {}, {"workers": workers})
    return {"fields": fields, "errors": general_errors(mistakes or {}, fields)}


def _workers(session: Session, actor: Actor) -> list[tuple[str, str]]:
    if actor.role is Role.CAF_TS:
        return [(str(actor.account_id), actor.name)]
    unit = reference(session).units_of(UnitKind.CAF_SOCIAL)[0]
    members = session.scalars(staff.members(clock.now()).where(Membership.unit_code == unit.code))
    return [(str(one.account_id), one.account.name) for one in members]


def _shown(row: Accompaniment, today: date) -> dict[str, Any]:
    over = row.closed_on is None and row.term_on < today
    return {
        "id": row.id,
        "name": f"{row.last_name} {row.first_name}",
        "matricule": row.matricule,
        "event": EVENTS[row.event],
        "event_on": _day(row.event_on),
        "worker": row.worker.name,
        "opened_on": _day(row.opened_on),
        "term_on": _day(row.term_on),
        "over": over,
        "renewals": row.renewals,
        "closing_talk_on": _day(row.closing_talk_on),
        "closed_on": _day(row.closed_on),
        "closing_reason": CLOSING_REASONS.get(row.closing_reason or "", ""),
    }


def _day(day: date | None) -> str:
    return french.short_date(day) if day else ""


def _after() -> UUID | None:
    try:
        return UUID(request.args.get("apres", ""))
    except ValueError:
        return None


def _next(row: Accompaniment, *, closed: bool) -> str:
    return url_for("pages.accompaniments", etat="clos" if closed else None, apres=str(row.id))


def _done(identifier: UUID, title: str, follows: str) -> ResponseReturnValue:
    confirm(title, follows)
    return redirect(url_for("pages.accompaniment", identifier=identifier), 303)
