"""« Absences »: one's own, and those of the people one looks after; who acts meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.models import Membership
from service.operations import absences as operations
from service.operations import staff
from service.permissions import Permission
from service.queries import directory as queries
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import directory_page
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.directory import AbsenceForm, EndForm
from service.schemas.fields import load
from service.workflows import french

Errors = Mapping[str, Sequence[str]]


@pages.get("/absences")
@requires(Permission.NOTE_ABSENCES)
def absences() -> str:
    """Present absences and those to come, and the form to note one."""
    return _page(request.args.to_dict())


@pages.post("/absences")
@refills
@requires(Permission.NOTE_ABSENCES)
def note_absence() -> ResponseReturnValue:
    """Note one; what was typed stays where it is refused."""
    actor, typed = present_actor(), request.form.to_dict()
    if refilling():
        return _page(typed)
    try:
        given = load(AbsenceForm(), {"account": str(actor.account_id), **typed}, unknown="exclude")
        operations.note(
            actor, given["account"], given["starts_on"], given["ends_on"], given.get("replacement")
        )
    except InvalidInput as refused:
        return _page(typed, refused.fields), 422
    confirm(
        "L’absence est notée.",
        "L’annuaire le dit pendant ces jours-là, avec le nom de qui remplace.",
    )
    return redirect(url_for("pages.absences"), 303)


@pages.post("/absences/<uuid:absence_id>/terminer")
@requires(Permission.NOTE_ABSENCES)
def end_absence(absence_id: UUID) -> ResponseReturnValue:
    """Back earlier: the absence ends on the day given."""
    try:
        given = load(EndForm(), request.form.to_dict(), unknown="exclude")
        operations.end(present_actor(), absence_id, given["ends_on"])
    except InvalidInput as refused:
        return _page({}, {"": [one for said in refused.fields.values() for one in said]}), 422
    confirm("L’absence est terminée.")
    return redirect(url_for("pages.absences"), 303)


@pages.post("/absences/<uuid:absence_id>/annuler")
@requires(Permission.NOTE_ABSENCES)
def cancel_absence(absence_id: UUID) -> ResponseReturnValue:
    """Take back an absence that has not begun before today."""
    try:
        operations.cancel(present_actor(), absence_id)
    except InvalidInput as refused:
        return _page({}, {"": [one for said in refused.fields.values() for one in said]}), 422
    confirm("L’absence est annulée.")
    return redirect(url_for("pages.absences"), 303)


def _page(typed: Mapping[str, Any], errors: Errors | None = None) -> str:
    actor, now = present_actor(), clock.now()
    today = french.local_day(now)
    with reading() as session:
        people = session.scalars(operations.people_covered_by(actor)).all()
        rows = session.execute(queries.absences_of([one.account_id for one in people], today)).all()
        colleagues = _colleagues(session, people)
    choices: dict[str, Sequence[Any]] = {
        "people": [
            (str(one.account_id), "Vous" if one.account_id == actor.account_id else one.account.name)
            for one in sorted(people, key=lambda one: one.account_id != actor.account_id)
        ],
        "colleagues": colleagues,
    }
    values = {"account": actor.account_id, **typed}
    fields = form_fields(AbsenceForm, values, errors or {}, choices)
    fields[-1]["placeholder"] = "Personne pour le moment"
    if len(people) < 2:
        fields = [field for field in fields if field["name"] != "account"]
    return render_template(
        "directory/absences.html",
        absences=[
            directory_page.absence(row, (name, replacement, noter), actor.account_id, today)
            for row, name, replacement, noter in rows
        ],
        several=len(people) > 1,
        form={"fields": fields, "errors": general_errors(errors or {}, fields)},
    )


def _colleagues(session: Session, people: Sequence[Membership]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everybody at work in the units of those people, by unit."""
    units = {one.unit_code: one.unit.name for one in people}
    at_work = session.scalars(staff.members(clock.now()).where(Membership.unit_code.in_(sorted(units)))).all()
    return [
        (name, [(str(one.account_id), one.account.name) for one in at_work if one.unit_code == code])
        for code, name in units.items()
    ]
