"""« Réunions »: those to come and those held, one with its agenda, decisions and actions, its minutes (R-GO-1 to 3)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotVisible, StaleVersion
from service.models import Meeting
from service.operations import meetings as operations
from service.pdf import render
from service.permissions import Permission, may
from service.queries import meetings as queries
from service.queries import remarks
from service.queries.documents import published
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import meeting_forms, meeting_minutes, meeting_sheet, remark_sheet
from service.routes.pages.views.forms import general_errors
from service.schemas.fields import load
from service.schemas.meetings import Planned
from service.statistics.annual import KIND as REPORT
from service.statistics.pack import KIND as PACK
from service.statistics.periods import Month, Year
from service.workflows import french
from service.workflows.meetings import HEADINGS, HELD, INSTITUTION_LABELS, MeetingKind

RECENT = 24
"""How many past meetings the page names."""

Mistakes = Mapping[str, Sequence[str]]
Acted = Callable[[], tuple[str, str]]


@pages.get("/reunions")
@requires(Permission.READ_MEETINGS)
def meetings() -> str:
    """The meetings to come, the last ones held, and a form for who plans."""
    return _list({})


@pages.post("/reunions")
@refills
@requires(Permission.WRITE_MEETINGS)
def plan_meeting() -> ResponseReturnValue:
    """Plan one; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _list(typed)
    try:
        planned = operations.plan(present_actor(), load(Planned(unknown="exclude"), typed))
    except InvalidInput as refused:
        return _list(typed, refused.fields), 422
    confirm("La réunion est prévue.", "Vérifiez les participants, puis envoyez les invitations.")
    return redirect(url_for("pages.meeting", meeting_id=planned), 303)


@pages.get("/reunions/<uuid:meeting_id>")
@requires(Permission.READ_MEETINGS)
def meeting(meeting_id: UUID) -> str:
    """One meeting."""
    return show(meeting_id)


@pages.get("/reunions/<uuid:meeting_id>/seance")
@requires(Permission.READ_MEETINGS)
def session_screen(meeting_id: UUID) -> str:
    """The same for the screen of a meeting room: large, and only what is talked about."""
    return show(meeting_id, room=True)


@pages.post("/reunions/<uuid:meeting_id>/ouvrir")
@requires(Permission.WRITE_MEETINGS)
def hold_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Open the meeting: its agenda is frozen."""

    def opened() -> tuple[str, str]:
        operations.hold(present_actor(), meeting_id)
        return "La séance est ouverte.", "L’ordre du jour est figé ; notez décisions et actions à mesure."

    return act(meeting_id, {}, opened, room=True)


@pages.get("/reunions/<uuid:meeting_id>/compte-rendu")
@requires(Permission.READ_MEETINGS)
def minutes(meeting_id: UUID) -> Response:
    """The minutes of a meeting that was held, as a PDF."""
    with reading() as session:
        found = one(session, meeting_id)
        if found.state != HELD:
            raise NotVisible
        data = meeting_minutes.data_of(session, present_actor(), found, reference(session))
        day, name = found.held_on, meeting_minutes.file_name(found)
    answer = Response(render("minutes.typ", data, day), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def one(session: Session, meeting_id: UUID) -> Meeting:
    """The meeting, or NotVisible."""
    found = session.scalar(select(Meeting).where(Meeting.id == meeting_id))
    if found is None:
        raise NotVisible
    return found


def show(
    meeting_id: UUID,
    typed: Mapping[str, Any] | None = None,
    mistakes: Mistakes | None = None,
    *,
    room: bool = False,
) -> str:
    """The page of a meeting, with what was typed and refused in one of its forms, if anything."""
    actor, wrong, given = present_actor(), mistakes or {}, typed or {}
    with reading() as session:
        found, known = one(session, meeting_id), reference(session)
        writes = may(actor, Permission.WRITE_MEETINGS)
        forms = meeting_forms.forms_of(session, found, known, given, wrong) if writes else {}
        comments = meeting_sheet.comments_of(session, found)
        committee = found.kind == MeetingKind.COMMITTEE
        if writes and committee and found.state != HELD:
            forms["comments"] = meeting_forms.comment_form(comments, actor, given, wrong)
        fields = meeting_sheet.said(forms)
        return render_template(
            "meetings/meeting.html",
            meeting=meeting_sheet.meeting_of(found),
            agenda=meeting_sheet.agenda_of(session, actor, found, known),
            records=meeting_sheet.records_of(session, found, known),
            participants=meeting_sheet.participants_of(session, found, known),
            forms=forms,
            summary={"fields": fields, "errors": general_errors(wrong, fields)},
            writes=writes,
            room=room,
            sides=[(side.value, label) for side, label in INSTITUTION_LABELS.items()],
            headings=list(HEADINGS.items()),
            comments=comments,
            own_side=actor.institution.value,
            remarks=_gathered(session, found) if committee else None,
            pack_url=_pack_url(session, found),
        )


def _pack_url(session: Session, meeting: Meeting) -> str:
    """The address of the figures that a meeting is about, once published: a month's pack, the report of a year."""
    about = meeting.about_on
    if about is None:
        return ""
    if meeting.kind == MeetingKind.COMMITTEE:
        kind, period = REPORT, Year(about.year).key
    else:
        kind, period = PACK, Month(about.year, about.month).key
    return url_for("pages.document_page", period=period) if published(session, kind, period) else ""


def act(
    meeting_id: UUID, typed: Mapping[str, Any], done: Acted, *, room: bool = False
) -> ResponseReturnValue:
    """Do it and say so; what was typed stays where it is refused."""
    if refilling():
        return show(meeting_id, typed, room=room)
    try:
        said, follows = done()
    except InvalidInput as refused:
        return show(meeting_id, typed, refused.fields, room=room), 422
    except (GuardRefused, StaleVersion) as refused:
        sentences = [sentence for sentence in (refused.detail, refused.advice) if sentence]
        return show(meeting_id, typed, {"": sentences}, room=room), 409
    confirm(said, follows)
    where = "pages.session_screen" if room else "pages.meeting"
    return redirect(url_for(where, meeting_id=meeting_id), 303)


def _gathered(session: Session, found: Meeting) -> list[dict[str, Any]]:
    """What the field teams said since the committee before, by theme and institution."""
    since = queries.last_committee_before(session, found.held_on)
    until = max(found.held_on, french.local_day(clock.now())) if found.state != HELD else found.held_on
    actor = present_actor()
    return remark_sheet.by_theme(actor, session.scalars(remarks.gathered(actor, since, until)).all())


def _list(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    today, wrong = french.local_day(clock.now()), mistakes or {}
    fields = meeting_forms.plan_form({**_usual(today), **typed}, wrong)
    with reading() as session:
        return render_template(
            "meetings/list.html",
            coming=[meeting_sheet.meeting_of(row) for row in session.scalars(queries.coming())],
            past=[meeting_sheet.meeting_of(row) for row in session.scalars(queries.past().limit(RECENT))],
            writes=may(present_actor(), Permission.WRITE_MEETINGS),
            form={"fields": fields, "errors": general_errors(wrong, fields)},
        )


def _usual(today: date) -> dict[str, Any]:
    """A new meeting is most often the monthly one, about the present month."""
    return {"kind": MeetingKind.MONTHLY.value, "about_on": today}
