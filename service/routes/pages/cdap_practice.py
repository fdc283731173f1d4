"""Good practices for CDAP, and what is asked of the Cnaf about it (R-GO-8)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, StaleVersion, WrongState
from service.operations import cdap_practice as operations
from service.permissions import Permission, may
from service.queries import cdap_practice as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import practice_sheet
from service.schemas.convention_life import CnafForm, FollowForm, PracticeForm
from service.schemas.fields import load, seen_version
from service.workflows import french, prose
from service.workflows.cdap_practice import ORIGINAL

Errors = Mapping[str, Sequence[str]]


@pages.get("/convention/bonnes-pratiques")
@requires(Permission.READ_CONVENTION_LIFE)
def cdap_practice() -> str:
    """The page, as it is or as it was (`version`), and its history."""
    now, wanted = clock.now(), request.args.get("version", type=int)
    with reading() as session:
        known = queries.present(session)
        rows = [(row, who) for row, who in session.execute(queries.versions())]
    bodies = {0: ORIGINAL, **{row.version: row.body for row, _ in rows}}
    shown = known.version if wanted is None else wanted
    if shown not in bodies:
        raise NotVisible
    return render_template(
        "convention/practice.html",
        blocks=prose.blocks(bodies[shown]),
        version=shown,
        old=shown != known.version,
        versions=practice_sheet.versions(rows, known.version, now),
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )


@pages.get("/convention/bonnes-pratiques/modifier")
@requires(Permission.KEEP_CONVENTION_LIFE)
def edit_cdap_practice() -> str:
    """The form of the page; `version` takes an old text up."""
    wanted = request.args.get("version", type=int)
    if wanted is None:
        return _practice_form()
    with reading() as session:
        rows = session.execute(queries.versions()).all()
    bodies = {0: ORIGINAL, **{row.version: row.body for row, _ in rows}}
    if wanted not in bodies:
        raise NotVisible
    return _practice_form({"body": bodies[wanted]})


@pages.post("/convention/bonnes-pratiques/modifier")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def rewrite_cdap_practice() -> ResponseReturnValue:
    """Give it its next version; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _practice_form(typed)
    try:
        given = load(PracticeForm(), typed, unknown="exclude")
        changed = operations.rewrite(present_actor(), given["body"], seen=seen_version(typed))
    except InvalidInput as refused:
        return _practice_form(typed, refused.fields), 422
    except StaleVersion as refused:
        return _practice_form(typed, {"": [refused.detail, refused.advice]}), 409
    confirm(
        "Les bonnes pratiques sont enregistrées."
        if changed
        else "Rien n’a changé : c’est déjà le texte de la page.",
        "L’ancien texte reste dans l’historique." if changed else "",
    )
    return redirect(url_for("pages.cdap_practice"), 303)


@pages.get("/convention/cnaf")
@requires(Permission.READ_CONVENTION_LIFE)
def cnaf_requests() -> str:
    """What was asked of the Cnaf, and what the requests of twelve months say of CDAP, CDAS by CDAS."""
    return _requests({})


@pages.post("/convention/cnaf")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def ask_cnaf() -> ResponseReturnValue:
    """Begin a request."""
    typed = request.form.to_dict()
    if refilling():
        return _requests(typed)
    try:
        made = operations.ask(present_actor(), load(CnafForm(), typed, unknown="exclude"))
    except InvalidInput as refused:
        return _requests(typed, refused.fields), 422
    confirm(
        "La demande est inscrite, « à rédiger ».",
        "Notez ici quand elle est transmise, puis ce qu’elle devient.",
    )
    return redirect(url_for("pages.cnaf_request", request_id=made), 303)


@pages.get("/convention/cnaf/<uuid:request_id>")
@requires(Permission.READ_CONVENTION_LIFE)
def cnaf_request(request_id: UUID) -> str:
    """One request, its steps, and what may follow."""
    return _request(request_id, {})


@pages.post("/convention/cnaf/<uuid:request_id>")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def follow_cnaf(request_id: UUID) -> ResponseReturnValue:
    """Note what became of it."""
    typed = request.form.to_dict()
    if refilling():
        return _request(request_id, typed)
    try:
        operations.follow(present_actor(), request_id, load(FollowForm(), typed, unknown="exclude"))
    except InvalidInput as refused:
        return _request(request_id, typed, refused.fields), 422
    except WrongState as refused:
        return _request(request_id, typed, {"": [refused.detail, refused.advice]}), 409
    confirm("C’est noté.")
    return redirect(url_for("pages.cnaf_request", request_id=request_id), 303)


def _practice_form(typed: Mapping[str, Any] | None = None, mistakes: Errors | None = None) -> str:
    with reading() as session:
        known = queries.present(session)
    return render_template(
        "convention/practice_form.html",
        form=practice_sheet.practice_form({"body": known.body} if typed is None else typed, mistakes or {}),
        seen=known.version,
    )


def _requests(typed: Mapping[str, Any], mistakes: Errors | None = None) -> str:
    today = french.local_day(clock.now())
    since, until = practice_sheet.needs_period(today)
    with reading() as session:
        rows = session.scalars(queries.requests()).all()
        last: dict[UUID, date] = {
            step.request_id: step.happened_on
            for step, _ in session.execute(queries.steps(*(row.id for row in rows)))
        }
        needs = practice_sheet.needs(queries.needs(session, since, until), reference(session))
    return render_template(
        "convention/cnaf.html",
        requests=[practice_sheet.request_line(row, last) for row in rows],
        needs=needs,
        since=french.short_date(french.local_day(since)),
        until=french.short_date(french.local_day(until)),
        form=practice_sheet.cnaf_form(typed, mistakes or {}),
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )


def _request(request_id: UUID, typed: Mapping[str, Any], mistakes: Errors | None = None) -> str:
    today = french.local_day(clock.now())
    with reading() as session:
        row = session.scalar(queries.one(request_id))
        if row is None:
            raise NotVisible
        steps = session.execute(queries.steps(request_id)).all()
    keeps = may(present_actor(), Permission.KEEP_CONVENTION_LIFE)
    form = practice_sheet.follow_form(row, typed, mistakes or {}, today) if keeps else None
    return render_template(
        "convention/cnaf_request.html",
        request_line=practice_sheet.request_line(row, {request_id: steps[-1][0].happened_on}),
        blocks=prose.blocks(row.body or ""),
        steps=[practice_sheet.step(step, who) for step, who in steps],
        form=form,
        refused=[] if form else [one for said in (mistakes or {}).values() for one in said],
    )
