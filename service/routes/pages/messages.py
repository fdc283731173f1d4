"""« Messages à qualifier »: what came without the keyword, beside the form that it has half filled (R-UD-2)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.http import dump_options_header

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import IncomingMail
from service.operations import kept_messages, qualification
from service.permissions import Actor, Permission
from service.queries import incoming, keyset
from service.queries.keyset import Counted
from service.queries.reference import reference
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.message_form import choices, filled
from service.routes.pages.views import message_page
from service.routes.pages.views.message_page import MessagePage
from service.schemas.fields import load
from service.schemas.messages import Qualify
from service.workflows.qualification import Nature

PAGE = 50
ORDERS = {"recu": incoming.BY_RECEPTION}
QUALIFIED_ORDERS = {"qualifie": incoming.BY_QUALIFICATION, **ORDERS}

Mistakes = Mapping[str, Sequence[str]]


@pages.get("/messages")
@requires(Permission.QUALIFY_MESSAGES)
def messages() -> str:
    """One view of the messages: the longest waiting first."""
    actor, now = present_actor(), clock.now()
    view = _view(actor)
    turn = turning.read(request.args, QUALIFIED_ORDERS if view == "qualified" else ORDERS)
    with reading() as session:
        known, counts = reference(session), incoming.counts(session, actor)
        query = incoming.listed(actor, view, turn.order, turn.place)
        found = keyset.read(session, query, PAGE, turn.place, turn.order)
        oldest = session.scalar(incoming.listed(actor, "waiting").limit(1))
        requests = incoming.references(session, actor, found.rows)
    since = message_page.age(oldest, known, now) if oldest else ""
    return render_template(
        "messages/list.html",
        view=message_page.head(view, counts[view], since),
        rows=message_page.rows(found.rows, known, now, requests),
        tabs=_tabs(actor, view, counts),
        waiting=counts["waiting"],
        listed=turning.Listed("pages.messages", turn, found, counts[view], {"vue": view}),
    )


@pages.get("/messages/suivant")
@requires(Permission.QUALIFY_MESSAGES)
def next_message() -> ResponseReturnValue:
    """The message that has waited longest; after the one that was passed over."""
    return _next(present_actor(), _passed())


@pages.get("/messages/<uuid:mail_id>")
@requires(Permission.QUALIFY_MESSAGES)
def message(mail_id: UUID) -> str:
    """One message beside its form."""
    return _page(mail_id)


@pages.post("/messages/<uuid:mail_id>")
@refills
@requires(Permission.QUALIFY_MESSAGES)
def qualify_message(mail_id: UUID) -> ResponseReturnValue:
    """Say what it is, and open the next one."""
    actor, typed = present_actor(), request.form.to_dict()
    if refilling():
        return _page(mail_id, typed)
    try:
        given = load(Qualify(), typed, unknown="exclude")
        nature = Nature(given.pop("nature"))
        made = qualification.qualify(actor, mail_id, nature, given)
    except InvalidInput as refused:
        qualification.expect_waiting(actor, mail_id)
        return _page(mail_id, typed, refused.fields), 422
    _say(mail_id, nature, made)
    return _next(actor)


@pages.post("/messages/<uuid:mail_id>/reprendre")
@requires(Permission.QUALIFY_MESSAGES)
def take_message_back(mail_id: UUID) -> ResponseReturnValue:
    """Let it wait again."""
    qualification.take_back(present_actor(), mail_id)
    confirm("Le message est de nouveau à qualifier.")
    return redirect(url_for("pages.message", mail_id=mail_id), 303)


@pages.post("/messages/<uuid:mail_id>/vu")
@requires(Permission.QUALIFY_MESSAGES)
def message_seen(mail_id: UUID) -> ResponseReturnValue:
    """What stood beside the request has been looked at."""
    qualification.seen(present_actor(), mail_id)
    confirm("C’est noté.", "Il ne reste de ce message que ce que la demande en montre.")
    return redirect(url_for("pages.messages", vue="left"), 303)


@pages.get("/messages/<uuid:mail_id>/original")
@requires(Permission.QUALIFY_MESSAGES)
def message_original(mail_id: UUID) -> Response:
    """The message whole, as a download (R-DP-7)."""
    return _download(kept_messages.whole(present_actor(), mail_id), "message.eml", "application/octet-stream")


@pages.get("/messages/<uuid:mail_id>/fichiers/<uuid:file_id>")
@requires(Permission.QUALIFY_MESSAGES)
def message_file(mail_id: UUID, file_id: UUID) -> Response:
    """One of its files, as a download."""
    kept = kept_messages.file_of(present_actor(), mail_id, file_id)
    return _download(kept.content or b"", kept.filename or "fichier", kept.content_type)


def _page(mail_id: UUID, typed: Mapping[str, Any] | None = None, mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    kept_messages.open_message(actor, mail_id)
    with reading() as session:
        mail = session.scalar(incoming.one(actor, mail_id))
        if mail is None:
            raise NotVisible
        known = filled(session, actor, mail)
        raw_kept = select(IncomingMail.id).where(IncomingMail.id == mail_id, incoming.has_raw())
        page = MessagePage(
            mail=mail,
            files=session.scalars(incoming.files(actor, mail_id)).all(),
            known=reference(session),
            now=clock.now(),
            ticket=incoming.references(session, actor, [mail]).get(mail_id),
            qualifier=session.scalar(incoming.qualifier(mail_id)),
            has_raw=session.scalar(raw_kept) is not None,
            may_read_raw=incoming.may_read_raw(actor),
            may_take_back=qualification.may_be_taken_back(mail),
            cited=known.cited,
            same_file=known.same_file,
        )
        offered = choices(session) if page.waits else {}
    form = page.form(typed or known.typed, mistakes or {}, offered, known.hints) if page.waits else None
    return render_template("messages/message.html", page=page, form=form)


def _say(mail_id: UUID, nature: Nature, made: str | None) -> None:
    if made is not None:
        said = (
            (f"La demande {made} est ouverte.", "Ses délais courent depuis la réception du message.")
            if nature is Nature.URGENT_RIGHTS
            else (f"Le message a rejoint la demande {made}.", "Le service qui la suit est prévenu.")
        )
        confirm(*said, link_url=url_for("pages.ticket", reference=made), link_label="Voir la demande")
    else:
        with reading() as session:
            mail = session.scalar(incoming.one(present_actor(), mail_id))
        undo = mail is not None and qualification.may_be_taken_back(mail)
        back = {"undo_url": url_for("pages.take_message_back", mail_id=mail_id), "undo_label": "Reprendre"}
        begin = {"link_url": url_for("pages.start"), "link_label": "Que se passe-t-il ?"}
        confirm(
            f"Message qualifié : {nature.label.lower()}.",
            nature.explanation,
            **(back if undo else {}),
            **(begin if nature is Nature.OTHER_SERVICE else {}),
        )


def _next(actor: Actor, after: UUID | None = None) -> ResponseReturnValue:
    with reading() as session:
        found = session.scalar(incoming.next_waiting(actor, after))
    if found is None:
        return redirect(url_for("pages.messages"), 303)
    return redirect(url_for("pages.message", mail_id=found), 303)


def _passed() -> UUID | None:
    try:
        return UUID(request.args.get("apres", ""))
    except ValueError:
        return None


def _views(actor: Actor) -> list[str]:
    return [view for view in message_page.VIEWS if view != "aside" or incoming.may_read_raw(actor)]


def _view(actor: Actor) -> str:
    asked = request.args.get("vue", "")
    return asked if asked in _views(actor) else "waiting"


def _tabs(actor: Actor, here: str, counts: Mapping[str, Counted]) -> list[dict[str, Any]]:
    return [
        {
            "label": message_page.VIEWS[view][0],
            "count": None if view == "qualified" else turning.number(counts[view]),
            "url": url_for("pages.messages", vue=view),
            "current": view == here,
        }
        for view in _views(actor)
    ]


def _download(content: bytes, filename: str, mimetype: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": filename})
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
