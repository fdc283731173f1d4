"""« Rencontres locales » of the ASIP and governance bodies: by year, who was there for each side (R-GO-7)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import LocalMeeting
from service.operations import local_meetings as operations
from service.permissions import Permission, may
from service.queries import local_meetings as queries
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import local_meeting_sheet, years
from service.schemas.convention_life import MeetingForm
from service.schemas.fields import load
from service.workflows import french

Errors = Mapping[str, Sequence[str]]


@pages.get("/convention/rencontres")
@requires(Permission.READ_CONVENTION_LIFE)
def local_meetings() -> str:
    """The meetings of a year."""
    today = french.local_day(clock.now())
    year = years.asked(today)
    with reading() as session:
        rows = session.scalars(queries.of_year(year)).all()
        listed = queries.years(session)
    return render_template(
        "convention/meetings.html",
        year=year,
        years=years.filters("pages.local_meetings", listed, year, today),
        meetings=[local_meeting_sheet.shown(row) for row in rows],
        may_keep=may(present_actor(), Permission.KEEP_CONVENTION_LIFE),
    )


@pages.get("/convention/rencontres/nouvelle")
@requires(Permission.KEEP_CONVENTION_LIFE)
def new_local_meeting() -> str:
    """The form of a meeting that was held."""
    return _form({})


@pages.post("/convention/rencontres/nouvelle")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def record_local_meeting() -> ResponseReturnValue:
    """Note it; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _form(typed)
    try:
        given = load(MeetingForm(), typed, unknown="exclude")
        operations.record(present_actor(), given)
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    confirm("La rencontre est notée.")
    return redirect(url_for("pages.local_meetings", annee=given["held_on"].year), 303)


@pages.get("/convention/rencontres/<uuid:meeting_id>")
@requires(Permission.KEEP_CONVENTION_LIFE)
def local_meeting(meeting_id: UUID) -> str:
    """The form of a meeting, to correct it."""
    return _form(local_meeting_sheet.as_typed(_meeting(meeting_id)), meeting_id=meeting_id)


@pages.post("/convention/rencontres/<uuid:meeting_id>")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def correct_local_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Correct it."""
    typed = request.form.to_dict()
    if refilling():
        return _form(typed, meeting_id=meeting_id)
    try:
        given = load(MeetingForm(), typed, unknown="exclude")
        operations.correct(present_actor(), meeting_id, given)
    except InvalidInput as refused:
        return _form(typed, refused.fields, meeting_id), 422
    confirm("La rencontre est corrigée.")
    return redirect(url_for("pages.local_meetings", annee=given["held_on"].year), 303)


@pages.post("/convention/rencontres/<uuid:meeting_id>/retirer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def take_back_local_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Take it out of the list; the next page offers to put it back."""
    operations.take_back(present_actor(), meeting_id)
    confirm(
        "La rencontre est retirée.",
        undo_url=url_for("pages.put_back_local_meeting", meeting_id=meeting_id),
        undo_label="La remettre",
    )
    return redirect(url_for("pages.local_meetings"), 303)


@pages.post("/convention/rencontres/<uuid:meeting_id>/remettre")
@requires(Permission.KEEP_CONVENTION_LIFE)
def put_back_local_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Undo that."""
    operations.take_back(present_actor(), meeting_id, back=True)
    confirm("La rencontre est de nouveau dans la liste.")
    return redirect(url_for("pages.local_meetings"), 303)


def _form(typed: Mapping[str, Any], mistakes: Errors | None = None, meeting_id: UUID | None = None) -> str:
    present = None if meeting_id is None else _meeting(meeting_id)
    with reading() as session:
        offered = queries.territories(session)
    return render_template(
        "convention/meeting_form.html",
        form=local_meeting_sheet.form(offered, present, typed, mistakes or {}),
        meeting_id=meeting_id,
        send_to=request.path,
    )


def _meeting(meeting_id: UUID) -> LocalMeeting:
    with reading() as session:
        meeting = session.scalar(queries.one(meeting_id))
    if meeting is None:
        raise NotVisible
    return meeting
