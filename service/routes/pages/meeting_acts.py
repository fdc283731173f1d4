"""What is typed on a meeting's page: its day, who takes part, its agenda, decisions and actions (R-GO-1, R-GO-2)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import MeetingRecord
from service.operations import meeting_agenda, meeting_records, meetings, remarks
from service.permissions import Permission
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.meetings import act, one
from service.routes.pages.views import meeting_forms, meeting_sheet
from service.routes.pages.views.forms import general_errors
from service.schemas.fields import load, seen_version
from service.schemas.meetings import AddLine, AddParticipant, Comments, Done, Moved, Recorded
from service.workflows import french
from service.workflows import reference as references
from service.workflows.meetings import HEADINGS

Mistakes = Mapping[str, Sequence[str]]
Said = tuple[str, str]


@pages.post("/reunions/<uuid:meeting_id>")
@refills
@requires(Permission.WRITE_MEETINGS)
def change_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Another day, hour or place."""
    typed = request.form.to_dict()

    def changed() -> Said:
        given = load(Moved(unknown="exclude"), typed)
        told = meetings.change(
            present_actor(), meeting_id, given["held_on"], given["starts_at"], given["place"]
        )
        return "La réunion est modifiée.", _told(told, "une nouvelle invitation") if told else ""

    return act(meeting_id, typed, changed)


@pages.post("/reunions/<uuid:meeting_id>/participants")
@refills
@requires(Permission.WRITE_MEETINGS)
def add_participant(meeting_id: UUID) -> ResponseReturnValue:
    """One more."""
    typed = request.form.to_dict()

    def added() -> Said:
        given = load(AddParticipant(unknown="exclude"), typed)
        meetings.add_participant(present_actor(), meeting_id, given["participant"])
        return "Le participant est ajouté.", "L’invitation ne part qu’avec « Envoyer les invitations »."

    return act(meeting_id, typed, added)


@pages.post("/reunions/<uuid:meeting_id>/participants/retirer")
@requires(Permission.WRITE_MEETINGS)
def remove_participant(meeting_id: UUID) -> ResponseReturnValue:
    """One less."""

    def removed() -> Said:
        meetings.remove_participant(present_actor(), meeting_id, _posted("participant_id"))
        return (
            "Le participant est retiré.",
            "Personne n’en est prévenu : faites-le si l’invitation est partie.",
        )

    return act(meeting_id, {}, removed)


@pages.post("/reunions/<uuid:meeting_id>/inviter")
@requires(Permission.WRITE_MEETINGS)
def invite_to_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """The invitations for calendars."""

    def invited() -> Said:
        told = meetings.invite(present_actor(), meeting_id)
        return ("Les invitations partent." if told else "Tout le monde est déjà invité."), _told(
            told, "l’invitation"
        ) if told else ""

    return act(meeting_id, {}, invited)


@pages.post("/reunions/<uuid:meeting_id>/points")
@refills
@requires(Permission.WRITE_MEETINGS)
def add_agenda_line(meeting_id: UUID) -> ResponseReturnValue:
    """A line of one's own."""
    typed = request.form.to_dict()

    def added() -> Said:
        meeting_agenda.add_line(present_actor(), meeting_id, load(AddLine(unknown="exclude"), typed)["line"])
        return "Le point est à l’ordre du jour.", ""

    return act(meeting_id, typed, added)


@pages.post("/reunions/<uuid:meeting_id>/points/retirer")
@requires(Permission.WRITE_MEETINGS)
def remove_agenda_line(meeting_id: UUID) -> ResponseReturnValue:
    """Take it off again."""

    def removed() -> Said:
        meeting_agenda.remove_line(present_actor(), meeting_id, _posted("line_id"))
        return "Le point est retiré.", ""

    return act(meeting_id, {}, removed)


@pages.post("/reunions/<uuid:meeting_id>/ecarter")
@requires(Permission.WRITE_MEETINGS)
def put_case_aside(meeting_id: UUID) -> ResponseReturnValue:
    """A case is not talked about this time."""

    def put() -> Said:
        asked = _posted_reference()
        meeting_agenda.put_aside(present_actor(), meeting_id, asked)
        return f"{asked} est mise de côté.", "Elle reste au bas de l’ordre du jour jusqu’à la séance."

    return act(meeting_id, {}, put)


@pages.post("/reunions/<uuid:meeting_id>/remettre")
@requires(Permission.WRITE_MEETINGS)
def bring_case_back(meeting_id: UUID) -> ResponseReturnValue:
    """It is, after all."""

    def brought() -> Said:
        asked = _posted_reference()
        meeting_agenda.bring_back(present_actor(), meeting_id, asked)
        return f"{asked} est de nouveau à l’ordre du jour.", ""

    return act(meeting_id, {}, brought)


@pages.post("/reunions/<uuid:meeting_id>/decisions")
@refills
@requires(Permission.WRITE_MEETINGS)
def record_in_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """A decision or an action, typed during the meeting."""
    typed = request.form.to_dict()

    def recorded() -> Said:
        given = load(Recorded(unknown="exclude"), typed)
        meeting_records.record(present_actor(), meeting_id, given)
        if given["sort"] == "decision":
            return "La décision est notée.", ""
        return "L’action est notée.", "Elle revient à chaque réunion, jusqu’à ce qu’elle soit faite."

    return act(meeting_id, typed, recorded, room=True)


@pages.post("/reunions/<uuid:meeting_id>/decisions/retirer")
@requires(Permission.WRITE_MEETINGS)
def remove_record(meeting_id: UUID) -> ResponseReturnValue:
    """Typed by mistake."""

    def removed() -> Said:
        meeting_records.remove(present_actor(), meeting_id, _posted("record_id"))
        return "C’est retiré.", ""

    return act(meeting_id, {}, removed, room=True)


@pages.get("/reunions/<uuid:meeting_id>/actions/<uuid:record_id>")
@requires(Permission.WRITE_MEETINGS)
def action_done_form(meeting_id: UUID, record_id: UUID) -> str:
    """« C’est fait »: when, and what."""
    return _done_page(meeting_id, record_id, {}, {})


@pages.post("/reunions/<uuid:meeting_id>/actions/<uuid:record_id>")
@refills
@requires(Permission.WRITE_MEETINGS)
def action_done(meeting_id: UUID, record_id: UUID) -> ResponseReturnValue:
    """The action is done."""
    typed = request.form.to_dict()
    if refilling():
        return _done_page(meeting_id, record_id, typed, {})
    try:
        given = load(Done(unknown="exclude"), typed)
        meeting_records.done(present_actor(), record_id, given["done_on"], given.get("note"))
    except InvalidInput as refused:
        return _done_page(meeting_id, record_id, typed, refused.fields), 422
    except GuardRefused as refused:
        return _done_page(meeting_id, record_id, typed, {"": [refused.detail]}), 409
    confirm("L’action est faite.", "Elle ne revient plus aux réunions suivantes.")
    return redirect(url_for("pages.meeting", meeting_id=meeting_id), 303)


@pages.post("/reunions/<uuid:meeting_id>/commentaires")
@refills
@requires(Permission.WRITE_MEETINGS)
def comment_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """What one's institution says around the figures of the year."""
    typed = request.form.to_dict()

    def commented() -> Said:
        given = load(Comments(unknown="exclude"), typed)
        changed = [
            meeting_records.comment(
                present_actor(),
                meeting_id,
                heading,
                given.get(heading, ""),
                seen=seen_version(typed, f"seen_{heading}"),
            )
            for heading in HEADINGS
        ]
        return ("Vos commentaires sont enregistrés." if any(changed) else "Rien n’a changé."), ""

    return act(meeting_id, typed, commented)


@pages.post("/reunions/<uuid:meeting_id>/solliciter")
@requires(Permission.WRITE_MEETINGS)
def call_for_remarks(meeting_id: UUID) -> ResponseReturnValue:
    """Ask the field teams, before the committee."""

    def called() -> Said:
        asked = remarks.call(present_actor(), meeting_id)
        services = french.counted(asked, "service")
        return "Les équipes sont sollicitées.", f"{services} : un courriel avec le lien de la page."

    return act(meeting_id, {}, called)


def _done_page(meeting_id: UUID, record_id: UUID, typed: Mapping[str, Any], mistakes: Mistakes) -> str:
    with reading() as session:
        found, action = one(session, meeting_id), session.get(MeetingRecord, record_id)
        if action is None or action.kind != "action":
            raise NotVisible
        fields = meeting_forms.done_form(typed, mistakes)
        return render_template(
            "meetings/done.html",
            meeting=meeting_sheet.meeting_of(found),
            action={"id": action.id, "text": action.text},
            form={"fields": fields, "errors": general_errors(mistakes, fields)},
        )


def _posted(name: str) -> UUID:
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        raise NotVisible from None


def _posted_reference() -> str:
    found = references.parse(request.form.get("reference", ""))
    if found is None:
        raise NotVisible
    return found


def _told(number: int, what: str) -> str:
    return f"{french.counted(number, 'participant')} reçoi{'t' if number < 2 else 'vent'} {what}."
