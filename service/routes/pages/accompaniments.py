"""« Accompagnements »: the register of the Caf social service, without any content (R-AC)."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import Accompaniment, Membership
from service.operations import accompaniments as operation
from service.operations import staff
from service.permissions import Actor, Permission, UnitKind
from service.queries import accompaniments as queries
from service.queries import keyset
from service.queries.keyset import Counted, Page, Place
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.turning import Listed, Turn
from service.routes.pages.views import narrowing
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.narrowing import Filter
from service.schemas.accompaniments import Close, Confide, Open, Renew
from service.schemas.fields import Input, load
from service.spreadsheet import Line
from service.workflows import french
from service.workflows.accompaniment import CLOSING_REASONS, EVENTS

Mistakes = Mapping[str, Sequence[str]]
PAGE = 50
ORDERS = {"terme": queries.BY_TERM, "ouverture": queries.BY_OPENING, "evenement": queries.BY_EVENT}
CLOSED_ORDERS = {"fin": queries.BY_CLOSING, "ouverture": queries.BY_OPENING, "evenement": queries.BY_EVENT}
FILTERS = (
    Filter("etat", "État", [("clos", "Clos")], "Ouverts"),
    Filter("evenement", "Événement", list(EVENTS.items())),
)
EXPORT_HEAD = (
    "Événement",
    "Date de l’événement",
    "Travailleur social",
    "Ouvert le",
    "Terme",
    "Renouvellements",
    "Entretien de fin",
    "Clos le",
    "Motif de clôture",
)


@pages.get("/accompagnements")
@requires(Permission.READ_ACCOMPANIMENTS)
def accompaniments() -> str:
    """One's own, or the whole service's: open by term, or closed."""
    actor, (filters, narrowed, turn) = present_actor(), _asked()
    today = french.local_day(clock.now())
    with reading() as session:
        found = _page(session, actor, filters, turn, PAGE)
        total = keyset.count(session, queries.counted(actor, filters))
        there = _there(session)
    return render_template(
        "accompaniments/list.html",
        rows=[_shown(row, today, there) for row in found.rows],
        closed=filters.closed,
        title=_title(total, closed=filters.closed),
        own=not operation.keeps_of_all(actor),
        filters=narrowing.fields(FILTERS, narrowed),
        listed=Listed("pages.accompaniments", turn, found, total, narrowed),
    )


@pages.get("/accompagnements.csv")
@requires(Permission.READ_ACCOMPANIMENTS)
def accompaniments_csv() -> Response:
    """The same list, whole, without the person's name or matricule."""
    actor, (filters, _, turn) = present_actor(), _asked()

    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        page = _page(session, actor, filters, replace(turn, place=place), limit)
        return [_exported(row) for row in page.rows], page.next

    return take_away("accompagnements", EXPORT_HEAD, in_batches(batch))


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


@pages.post("/accompagnements/<uuid:identifier>/confier")
@requires(Permission.READ_ACCOMPANIMENTS)
def confide_accompaniment(identifier: UUID) -> ResponseReturnValue:
    """Somebody else of the social service accompanies."""
    try:
        given = load(Confide(), request.form.to_dict(), unknown="exclude")
        operation.confide(present_actor(), identifier, given["worker_id"])
    except InvalidInput as refused:
        return _one(identifier, confide=refused.fields), 422
    return _done(
        identifier, "L’accompagnement est confié.", "Les CDAS voient désormais le nom de qui le reprend."
    )


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


def _one(
    identifier: UUID,
    *,
    renew: Mistakes | None = None,
    confide: Mistakes | None = None,
    close: Mistakes | None = None,
) -> str:
    actor = present_actor()
    with reading() as session:
        row = session.scalar(queries.one(actor, identifier))
        if row is None:
            raise NotVisible
        there = _there(session)
    others = [(str(one), name) for one, name in there.items() if one != row.worker_id]
    return render_template(
        "accompaniments/one.html",
        row=_shown(row, french.local_day(clock.now()), there),
        renew=_form(Renew, renew),
        confide=_form(Confide, confide, others) if operation.keeps_of_all(actor) else None,
        close=_form(Close, close),
    )


def _open_form(mistakes: Mistakes | None = None) -> str:
    with reading() as session:
        actor, there = present_actor(), _there(session)
    own = {actor.account_id: actor.name}
    workers = (there if operation.keeps_of_all(actor) else own).items()
    form = _form(Open, mistakes or {}, [(str(one), name) for one, name in workers])
    return render_template("accompaniments/open.html", form=form)


def _form(
    schema: type[Input], mistakes: Mistakes | None, workers: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    typed = request.form.to_dict() if mistakes is not None else {}
    fields = form_fields(schema, typed, mistakes or {}, {"workers": workers})
    return {"fields": fields, "errors": general_errors(mistakes or {}, fields)}


def _there(session: Session) -> Mapping[UUID, str]:
    """Who works in the Caf social service today, by name."""
    unit = reference(session).desk(UnitKind.CAF_SOCIAL)
    members = session.scalars(staff.members(clock.now()).where(Membership.unit_code == unit.code))
    return {one.account_id: one.account.name for one in members}


def _shown(row: Accompaniment, today: date, there: Container[UUID]) -> dict[str, Any]:
    over = row.closed_on is None and row.term_on < today
    gone = row.closed_on is None and row.worker_id not in there
    return {
        "id": row.id,
        "name": f"{row.last_name} {row.first_name}",
        "matricule": row.matricule,
        "event": EVENTS[row.event],
        "event_on": _day(row.event_on),
        "worker": row.worker.name,
        "gone": gone,
        "opened_on": _day(row.opened_on),
        "term_on": _day(row.term_on),
        "over": over,
        "renewals": row.renewals,
        "closing_talk_on": _day(row.closing_talk_on),
        "closed_on": _day(row.closed_on),
        "closing_reason": CLOSING_REASONS.get(row.closing_reason or "", ""),
    }


def _title(total: Counted, *, closed: bool) -> str:
    """« 12 accompagnements ouverts »; without a number where there is none."""
    if not total:
        return "Accompagnements"
    one, many = ("clos", "clos") if closed else ("ouvert", "ouverts")
    return french.capital(turning.counted_words(total, f"accompagnement {one}", f"accompagnements {many}"))


def _day(day: date | None) -> str:
    return french.short_date(day) if day else ""


def _asked() -> tuple[queries.Filters, dict[str, str], Turn]:
    """What the address asks of the register."""
    narrowed = narrowing.asked(request.args, FILTERS)
    filters = queries.Filters(closed="etat" in narrowed, event=narrowed.get("evenement"))
    return filters, narrowed, turning.read(request.args, CLOSED_ORDERS if filters.closed else ORDERS)


def _page(
    session: Session, actor: Actor, filters: queries.Filters, turn: Turn, limit: int
) -> Page[Accompaniment]:
    query = queries.register(actor, filters, turn.order, turn.place)
    return keyset.read(session, query, limit, turn.place, turn.order)


def _exported(row: Accompaniment) -> Line:
    return (
        EVENTS[row.event],
        row.event_on,
        row.worker.name,
        row.opened_on,
        row.term_on,
        row.renewals,
        row.closing_talk_on,
        row.closed_on,
        CLOSING_REASONS.get(row.closing_reason or "", ""),
    )


def _done(identifier: UUID, title: str, follows: str) -> ResponseReturnValue:
    confirm(title, follows)
    return redirect(url_for("pages.accompaniment", identifier=identifier), 303)
