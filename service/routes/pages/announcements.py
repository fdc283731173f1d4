"""« Informations »: notices of one institution to the units of both, read, confirmed, followed (R-GO-5)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible, TooLarge
from service.models import Account, AnnouncementFile, AnnouncementKind
from service.operations import announcements as operations
from service.operations import files
from service.permissions import Permission, may
from service.queries import announcements as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import form_keys
from service.routes.pages.actions import typed_in
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import announcement_sheet, years
from service.schemas.convention_life import AnnouncementForm
from service.schemas.fields import load
from service.workflows import french
from service.workflows.announcements import Phase

Errors = Mapping[str, Sequence[str]]
_VIEWS = {"a-venir": Phase.COMING, "en-vigueur": Phase.IN_FORCE, "passees": Phase.PAST}


@pages.get("/convention/informations")
@requires(Permission.READ_CONVENTION_LIFE)
def announcements() -> str:
    """What one's unit has to read first; then the notices to come, in force, or past in a year (`vue`, `annee`)."""
    actor, today = present_actor(), french.local_day(clock.now())
    view = request.args.get("vue", "en-vigueur")
    stands = _VIEWS.get(view, Phase.IN_FORCE)
    year = years.asked(today) if stands is Phase.PAST else None
    with reading() as session:
        known = reference(session)
        rows = session.execute(queries.listed(stands, today, year)).all()
        to_read = session.scalars(queries.to_read(actor, today)).all()
        past = queries.years(session, Phase.PAST, today) if year else ()
    return render_template(
        "convention/announcements.html",
        to_read=[announcement_sheet.line(row, today) for row in to_read],
        views=[
            {
                "label": one.label,
                "count": None,
                "url": url_for("pages.announcements", vue=name),
                "current": one is stands,
            }
            for name, one in _VIEWS.items()
        ],
        years=years.filters("pages.announcements", past, year, today, vue=view) if year else [],
        phase=stands.label,
        announcements=[
            announcement_sheet.listed(row, kind, units, read, known, today) for row, kind, units, read in rows
        ],
        may_keep=may(actor, Permission.KEEP_CONVENTION_LIFE),
    )


@pages.get("/convention/informations/nouvelle")
@requires(Permission.KEEP_CONVENTION_LIFE)
def new_announcement() -> str:
    """The form of a notice."""
    return _form({})


@pages.post("/convention/informations/nouvelle")
@refills
@requires(Permission.KEEP_CONVENTION_LIFE)
def publish_announcement() -> ResponseReturnValue:
    """Publish it, once per form; what was typed stays where it is refused, files are to be chosen again."""
    typed = typed_in(AnnouncementForm)
    if refilling():
        return _form(typed)
    try:
        given = load(AnnouncementForm(), typed, unknown="exclude")
        made = operations.publish(present_actor(), given, _files(), form_keys.given_back(typed))
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    except TooLarge as refused:
        return _form(typed, {"file": [refused.detail, refused.advice]}), 413
    confirm(
        "L’information est publiée.",
        "Un courriel part à chaque service et aux interlocuteurs référents ; l’accueil de Relais la montre "
        "jusqu’à ce que le service confirme l’avoir lue.",
    )
    return redirect(url_for("pages.announcement", announcement_id=made), 303)


@pages.get("/convention/informations/<uuid:announcement_id>")
@requires(Permission.READ_CONVENTION_LIFE)
def announcement(announcement_id: UUID) -> str:
    """One notice, its files, and which units have read it."""
    return _page(announcement_id)


@pages.post("/convention/informations/<uuid:announcement_id>/lue")
@requires(Permission.READ_CONVENTION_LIFE)
def confirm_announcement(announcement_id: UUID) -> ResponseReturnValue:
    """Confirm for one's unit."""
    if operations.confirm_read(present_actor(), announcement_id):
        confirm(
            "C’est noté : votre service a lu cette information.", "Elle quitte l’accueil de vos collègues."
        )
    else:
        confirm("Un collègue l’avait déjà confirmé pour votre service.")
    return redirect(url_for("pages.announcement", announcement_id=announcement_id), 303)


@pages.post("/convention/informations/<uuid:announcement_id>/relancer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def remind_announcement(announcement_id: UUID) -> ResponseReturnValue:
    """Mail the units that have not confirmed."""
    told = operations.remind(present_actor(), announcement_id)
    confirm(
        f"Un courriel part à {french.counted(told, 'service')}.", "Vous pourrez relancer de nouveau demain."
    )
    return redirect(url_for("pages.announcement", announcement_id=announcement_id), 303)


@pages.post("/convention/informations/<uuid:announcement_id>/fichiers")
@requires(Permission.KEEP_CONVENTION_LIFE)
def join_announcement_file(announcement_id: UUID) -> ResponseReturnValue:
    """Join one more file."""
    try:
        sent = _files()
        if not sent:
            raise InvalidInput({"file": ["Choisissez un fichier qui n’est pas vide."]})
        operations.join(present_actor(), announcement_id, sent[0])
    except InvalidInput as refused:
        return _page(announcement_id, refused.fields), 422
    except TooLarge as refused:
        return _page(announcement_id, {"file": [refused.detail, refused.advice]}), 413
    confirm("Fichier joint.")
    return redirect(url_for("pages.announcement", announcement_id=announcement_id), 303)


@pages.get("/convention/informations/<uuid:announcement_id>/fichiers/<uuid:file_id>")
@requires(Permission.READ_CONVENTION_LIFE)
def announcement_file(announcement_id: UUID, file_id: UUID) -> Response:
    """A joined file, always as a download: nothing that was sent to us runs in a page of ours."""
    with reading() as session:
        kept = session.get(AnnouncementFile, file_id)
        if kept is None or kept.announcement_id != announcement_id:
            raise NotVisible
        content, name = kept.content or b"", kept.filename
    answer = Response(content, mimetype=kept.content_type)
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@pages.post("/convention/informations/<uuid:announcement_id>/retirer")
@requires(Permission.KEEP_CONVENTION_LIFE)
def withdraw_announcement(announcement_id: UUID) -> ResponseReturnValue:
    """Withdraw it."""
    operations.withdraw(present_actor(), announcement_id)
    confirm("L’information est retirée.", "Elle reste parmi les passées, et n’est plus demandée à personne.")
    return redirect(url_for("pages.announcement", announcement_id=announcement_id), 303)


def _form(typed: Mapping[str, Any], mistakes: Errors | None = None) -> str:
    with reading() as session:
        known = reference(session)
        kinds = session.scalars(queries.kinds(offered=True)).all()
    return render_template(
        "convention/announcement_form.html",
        form=announcement_sheet.form(kinds, known, typed, mistakes or {}),
        form_key=form_keys.given_back(typed),
    )


def _page(announcement_id: UUID, mistakes: Errors | None = None) -> str:
    actor, now = present_actor(), clock.now()
    with reading() as session:
        row = session.scalar(queries.one(announcement_id))
        if row is None:
            raise NotVisible
        known = reference(session)
        kind = session.get_one(AnnouncementKind, row.kind_id)
        author = session.get_one(Account, row.published_by).name
        receipts = session.execute(queries.receipts(announcement_id)).all()
        joined = session.scalars(queries.files(announcement_id)).all()
    shown = [announcement_sheet.receipt(receipt, who, known, now) for receipt, who in receipts]
    page = announcement_sheet.page(row, kind, author, known, now)
    waiting = any(one.unit_code == actor.unit_id and one.confirmed_at is None for one, _ in receipts)
    return render_template(
        "convention/announcement.html",
        page=page,
        receipts=shown,
        receipts_sentence=announcement_sheet.receipts_sentence(shown),
        files=[announcement_sheet.file(one) for one in joined],
        file_field=announcement_sheet.file_field(mistakes or {}, many=False),
        to_confirm=waiting and not page["past"],
        may_follow=may(actor, Permission.KEEP_CONVENTION_LIFE)
        and announcement_sheet.may_follow(actor, row, known)
        and not page["past"],
        anybody_waits=any(not one["when"] for one in shown),
    )


def _files() -> list[files.Accepted]:
    """The files of the present form, checked; an empty choice is none."""
    sent = [(one.filename or "", one.read()) for one in request.files.getlist("file")]
    return [files.accept(name, content) for name, content in sent if content]
