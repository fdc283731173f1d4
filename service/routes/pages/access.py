"""« Accès »: who opened what (R-DP-4), readings stopped and lifted, openings out of scope and their review."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.models import AccessEntry
from service.operations import consultation, extraction, out_of_scope
from service.permissions import Permission, may
from service.queries import access_journal, keyset, openings
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.turning import Listed
from service.routes.pages.views import access_sheet
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.access import VERDICTS, Lift, OfPerson, OfTicket, OpenOutOfScope, Review
from service.schemas.fields import load
from service.workflows import french
from service.workflows import reference as references

Mistakes = Mapping[str, Sequence[str]]
USUAL = timedelta(days=30)
PAGE = 100
ORDERS = {"quand": access_journal.BY_TIME}


@pages.get("/acces")
@requires(Permission.READ_ACCESS_JOURNAL)
def access() -> str:
    """Who opened a request, or what somebody of one's unit opened; asked in the address, codes only."""
    return _page()


@pages.get("/acces/inhabituelles")
@requires(Permission.READ_ACCESS_JOURNAL)
def unusual_reads() -> str:
    """The readings of the last weeks that deserve a question."""
    actor = present_actor()
    with reading() as session:
        rows = session.execute(access_journal.unusual(actor)).all()
    return render_template("access/unusual.html", rows=[access_sheet.unusual(*row) for row in rows])


@pages.post("/acces/arrets/<uuid:stop_id>/lever")
@requires(Permission.READ_ACCESS_JOURNAL)
def lift_stop(stop_id: UUID) -> ResponseReturnValue:
    """Let somebody read again, with a reason."""
    try:
        given = load(Lift(unknown="exclude"), request.form.to_dict())
        extraction.lift(present_actor(), stop_id, given["reason"])
    except InvalidInput as refused:
        return _page(refused.fields, request.form), 422
    confirm("L’arrêt est levé.", "Le compte reprend à zéro ; votre motif est gardé.")
    return redirect(url_for("pages.access"), 303)


@pages.get("/ouvertures")
@requires(Permission.READ_ACCESS_JOURNAL)
def out_of_scope_openings() -> str:
    """The openings to review, those reviewed, and for a head the form to open one."""
    return _openings({})


@pages.post("/ouvertures")
@refills
@requires(Permission.OPEN_OUT_OF_SCOPE)
def open_out_of_scope() -> ResponseReturnValue:
    """Open one request for four hours; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _openings(typed)
    try:
        given = load(OpenOutOfScope(unknown="exclude"), typed)
        reference = references.parse(given["reference"]) or ""
        opened = out_of_scope.open_ticket(present_actor(), reference, given["reason"])
    except InvalidInput as refused:
        return _openings(typed, refused.fields), 422
    confirm(
        "Vous pouvez lire cette demande pendant quatre heures.",
        "Un autre responsable est prévenu ; il relira votre motif dans les sept jours.",
    )
    return redirect(url_for("pages.ticket", reference=opened), 303)


@pages.post("/ouvertures/<uuid:opening_id>/relire")
@requires(Permission.READ_ACCESS_JOURNAL)
def review_opening(opening_id: UUID) -> ResponseReturnValue:
    """Say whether it was justified."""
    given = load(Review(unknown="exclude"), request.form.to_dict())
    out_of_scope.review(present_actor(), opening_id, given["verdict"])
    confirm("L’ouverture est relue.", "Votre avis est gardé avec elle.")
    return redirect(url_for("pages.out_of_scope_openings"), 303)


def _openings(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor, wrong = present_actor(), mistakes or {}
    with reading() as session:
        waiting = session.execute(openings.told(actor, reviewed=False)).all()
        done = session.execute(openings.told(actor, reviewed=True).limit(50)).all()
        fields = form_fields(OpenOutOfScope, typed, wrong, {})
        return render_template(
            "access/openings.html",
            form={"fields": fields, "errors": general_errors(wrong, fields)},
            opens=may(actor, Permission.OPEN_OUT_OF_SCOPE),
            waiting=[access_sheet.opening(actor, row) for row in waiting],
            done=[access_sheet.opening(actor, row) for row in done],
            verdicts=VERDICTS,
        )


def _page(lifting: Mistakes | None = None, typed: Mapping[str, Any] | None = None) -> str:
    actor, asked = present_actor(), request.args.to_dict() if lifting is None else {}
    wrong: dict[str, Sequence[str]] = dict(lifting or {})
    found = _asked(asked, wrong)
    with reading() as session:
        people = session.scalars(consultation.readers(actor)).all()
        stopped = access_sheet.stops(session.execute(access_journal.stops(actor)).all(), actor)
    choices = {"people": [(str(one.account_id), f"{one.account.name}, {one.unit.name}") for one in people]}
    return render_template(
        "access/access.html",
        of_ticket=form_fields(OfTicket, asked, wrong, {}),
        of_person=form_fields(OfPerson, asked, wrong, choices),
        lift=form_fields(Lift, typed or {}, lifting or {}, {}),
        errors=[] if lifting else general_errors(wrong, form_fields(OfPerson, {}, {}, choices)),
        stopped=stopped,
        found=found,
        exports=may(actor, Permission.EXPORT_NAMES),
    )


class _Found(NamedTuple):
    """The lines that were asked for, their title, and the list that they are a page of."""

    lines: list[dict[str, Any]]
    title: str
    listed: Listed


def _asked(asked: Mapping[str, str], wrong: dict[str, Sequence[str]]) -> _Found | None:
    """What was asked for; what can not be read goes to `wrong`."""
    try:
        if asked.get("reference"):
            return _of_ticket(load(OfTicket(unknown="exclude"), asked)["reference"])
        if asked.get("person"):
            return _of_person(load(OfPerson(unknown="exclude"), asked))
    except InvalidInput as refused:
        wrong.update(refused.fields)
    return None


def _of_ticket(typed: str) -> _Found:
    reference = references.parse(typed) or ""
    listed = _listed(access_journal.of_ticket(present_actor(), reference), {"reference": reference})
    lines = [access_sheet.line(*row) for row in listed.page.rows]
    return _Found(lines, f"Qui a ouvert {reference or typed}", listed)


def _of_person(given: Mapping[str, Any]) -> _Found:
    today, person = french.local_day(clock.now()), given["person"]
    first, last = given.get("since") or today - USUAL, given.get("until") or today
    start, end = (_midnight(day) for day in (first, last + timedelta(days=1)))
    kept = {"person": person, "since": first.isoformat(), "until": last.isoformat()}
    listed = _listed(access_journal.of_person(present_actor(), person, start, end), kept)
    lines = [
        access_sheet.line(entry, access_sheet.where(entry, reference), unit)
        for entry, reference, unit in listed.page.rows
    ]
    return _Found(lines, f"Du {french.long_date(first)} au {french.long_date(last)}", listed)


def _listed(query: Select[Any, Any, Any], kept: Mapping[str, Any]) -> Listed:
    """A page of the journal; that somebody looked is noted before."""
    consultation.note_journal(present_actor())
    turn = turning.read(request.args, ORDERS)
    with reading() as session:
        rows = session.execute(turn.order.rows(query, turn.place).limit(PAGE + 1)).all()
        total = keyset.count(session, query.with_only_columns(AccessEntry.id))
    page = keyset.page(rows, PAGE, turn.place, lambda row: turn.order.edge(row[0]))
    return Listed("pages.access", turn, page, total, kept)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), french.PARIS).astimezone(UTC)
