"""The page of one ticket, « Expliquer ce délai », and its files. Every reading is logged before it is shown."""

from collections.abc import Iterable
from uuid import UUID

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.http import dump_options_header

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import Attachment, InternalNote, Message, PutForward, Ticket
from service.operations import acts, conversation
from service.operations.consultation import consult
from service.operations.ledger import ledger_of
from service.operations.standing import line_of
from service.permissions import OUT_OF_LISTS, Actor, Permission, may, may_know_who_accompanies
from service.queries import accompaniments, journal, meetings, openings, retention, situations, tickets
from service.queries import conversation as written
from service.queries.reference import reference as reference_data
from service.queries.sheet import Sheet, sheet
from service.routes.guard import present_actor, requires
from service.routes.pages.answer_models import offered
from service.routes.pages.blueprint import pages
from service.routes.pages.ticket_forms import TicketForms
from service.routes.pages.views.history import people_named, with_names
from service.routes.pages.views.opened import Opened
from service.routes.pages.views.ticket_page import Kept, TicketPage
from service.workflows import reference as references

MOST_CITED = 200
"""So many requests at most to which the texts of one lead: a statement has room for some thousand names."""


@pages.get("/demandes/<reference>")
@requires(Permission.READ_TICKETS)
def ticket(reference: str) -> ResponseReturnValue:
    """The page of a ticket; a draft is taken up where it was left."""
    canonical = references.parse(reference)
    if canonical is not None and canonical != reference:
        return redirect(url_for("pages.ticket", reference=canonical), 301)
    page = read(reference)
    if page.state[0] == "draft":
        if page.urgent:
            return redirect(url_for("pages.draft", reference=reference), 303)
        return redirect(url_for("pages.taken_up", kind=page.kind, reference=reference), 303)
    return show(page)


@pages.get("/demandes/<reference>/delais")
@requires(Permission.READ_TICKETS)
def explain(reference: str) -> str:
    """« Expliquer ce délai » (R-CLK-6): how every clock was obtained, step by step."""
    return render_template("ticket/explain.html", page=read(reference))


@pages.get("/demandes/<reference>/fichiers/<uuid:file_id>")
@requires(Permission.READ_TICKETS)
def download(reference: str, file_id: UUID) -> Response:
    """A joined file, always as a download: nothing that was sent to us runs in a page of ours."""
    kept = conversation.download(present_actor(), reference, file_id)
    answer = Response(kept.content or b"", mimetype=kept.content_type)
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": kept.filename})
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def show(page: TicketPage, forms: TicketForms | None = None) -> str:
    """The ticket's page, with what was typed and refused in one of its forms, if anything."""
    return render_template(
        "ticket/page.html",
        page=page,
        forms=forms or TicketForms(page),
        crip_contact=page.known.settings.text("crip_contact"),
        models=offered(page.actor) if page.may_write else [],
    )


def read(reference: str, act: str = "read") -> TicketPage:
    """The ticket for the present actor, logged as that act; NotVisible when it is absent or not theirs to read."""
    actor = present_actor()
    ticket_id = consult(actor, reference, act)
    with reading() as session:
        kept = _kept(session, actor, ticket_id)
        known = reference_data(session)
    return TicketPage(
        kept=kept,
        actor=actor,
        known=known,
        now=clock.now(),
        file_urls={
            file.id: url_for("pages.download", reference=reference, file_id=file.id) for file, _ in kept.files
        },
        explain_url=url_for("pages.explain", reference=reference),
    )


def _followed_by(session: Session, actor: Actor, found: Sheet) -> str:
    """R-AC: the name of the Caf worker who accompanies the person, and nothing else of the register."""
    matricule = found.person.matricule if found.person else None
    if matricule is None or found.ticket.kind in OUT_OF_LISTS or not may_know_who_accompanies(actor):
        return ""
    followed = accompaniments.open_for(session, matricule)
    return followed.worker.name if followed else ""


def _kept(session: Session, actor: Actor, ticket_id: UUID) -> Kept:
    found = sheet(session, actor, ticket_id)
    if found is None:
        raise NotVisible
    until = found.ticket.ended_at or clock.now()
    entries = with_names(session.execute(*journal.entries(actor, ticket_id)))
    messages = (
        with_names(session.execute(*written.messages(actor, ticket_id))) if Message in found.beside else []
    )
    notes = (
        with_names(session.execute(*written.notes(actor, ticket_id))) if InternalNote in found.beside else []
    )
    texts = [row.body for row, _ in messages] + [row.body for row, _ in notes]
    return Kept(
        sheet=found,
        entries=entries,
        messages=messages,
        notes=notes,
        cited=_cited(session, actor, found.ticket.reference, texts),
        files=with_names(session.execute(*written.attachments(actor, ticket_id)))
        if Attachment in found.beside
        else [],
        ledger=ledger_of(session, found.ticket, until, [line_of(entry) for entry, _ in entries]),
        names=situations.names_of(session, people_named(entries)),
        possible=acts.possible_for(session, found.ticket, actor) if found.acted_upon else (),
        followed_by=_followed_by(session, actor, found),
        put_forward=session.execute(meetings.put_forward(ticket_id)).all()
        if PutForward in found.beside
        else (),
        opened=_opened(session, actor, found.ticket),
    )


def _cited(session: Session, actor: Actor, own: str, texts: Iterable[str | None]) -> frozenset[str]:
    """The references that the texts hold and that the reader may open; asked for only where there is one."""
    held = dict.fromkeys(found for text in texts for found in references.find(text or "") if found != own)
    asked = list(held)[:MOST_CITED]
    return frozenset(session.scalars(tickets.named_to(actor, asked))) if asked else frozenset()


def _opened(session: Session, actor: Actor, ticket: Ticket) -> Opened:
    beyond = may(actor, Permission.OPEN_OUT_OF_SCOPE) and session.scalar(openings.held(actor, ticket.id))
    archived = ticket.archived_at and session.scalar(retention.opened_until(actor, ticket.id))
    return Opened(beyond.expires_at if beyond else None, archived)
