"""« Du nouveau »: what others did on the requests that concern the reader and that they have not read since."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.models import Ticket
from service.operations import news as operations
from service.permissions import Permission
from service.queries import keyset, situations
from service.queries import news as queries
from service.queries.keyset import Counted
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import moments, news_page
from service.routes.pages.views.history import people_named, with_names
from service.schemas.fields import load
from service.schemas.news import SeenUntil
from service.workflows.urgent_rights import URGENT_RIGHTS

PAGE = 50
ORDERS = {"mouvement": queries.BY_MOVE}


@pages.get("/nouveautes")
@requires(Permission.READ_TICKETS)
def news() -> str:
    """One page: the request that moved last comes first."""
    actor, now, turn = present_actor(), clock.now(), turning.read(request.args, ORDERS)
    with reading() as session:
        known = reference(session)
        visit = queries.visit(session, actor, g.session_id)
        start = queries.since(visit, known, now)
        moved = session.execute(queries.requests(actor, start, turn.place).limit(PAGE + 1)).all()
        found = keyset.page(moved, PAGE, turn.place, lambda row: (row[1], row[0].id))
        shown = found.rows
        ids = [ticket.id for ticket, _, _ in shown]
        entries = with_names(session.execute(queries.moves(actor, queries.ACTS, ids, start)))
        page = news_page.News(
            listed=[(ticket, read_at) for ticket, _, read_at in shown],
            details=situations.details_of(
                session, [one for one, *_ in shown if one.kind == URGENT_RIGHTS.kind]
            ),
            entries=entries,
            messages=with_names(session.execute(queries.moves(actor, queries.MESSAGES, ids, start))),
            files=with_names(session.execute(queries.moves(actor, queries.FILES, ids, start))),
            names=situations.names_of(session, people_named(entries)),
            start=start,
        )
        whole = found.previous is None and found.next is None
        query = queries.requests(actor, start).with_only_columns(Ticket.id)
        counted = Counted(len(shown)) if whole else keyset.count(session, query)
    g.counted = {"pages.news": counted}
    return render_template(
        "news/list.html",
        requests=page.shown(actor.account_id, known),
        since=moments.near(visit.last_at, now) if visit.last_at else "",
        now=moments.iso(now),
        listed=turning.Listed("pages.news", turn, found, counted),
    )


@pages.post("/nouveautes/vues")
@requires(Permission.READ_TICKETS)
def see_news() -> ResponseReturnValue:
    """« Tout marquer comme lu »: what had moved when the page was made; what came after it stays."""
    try:
        until = load(SeenUntil(unknown="exclude"), request.form.to_dict())["until"]
    except InvalidInput:
        flash("Rien n’a été marqué : rouvrez cette page, puis recommencez.", "warning")
        return redirect(url_for("pages.news"), 303)
    before = operations.see_all(present_actor(), until)
    confirm(
        "Tout est marqué comme lu.",
        "Le journal des consultations n’en dit rien : il ne garde que ce que vous ouvrez.",
        undo_url=url_for("pages.unsee_news"),
        undo_label="Défaire « Tout marquer comme lu »",
        undo_fields={"until": moments.iso(before)} if before else {},
    )
    return redirect(url_for("pages.news"), 303)


@pages.post("/nouveautes/vues/annuler")
@requires(Permission.READ_TICKETS)
def unsee_news() -> ResponseReturnValue:
    """What « Tout marquer comme lu » took off the page stands on it again."""
    marked = "until" in request.form  # else nothing had ever been, and all of it is news again
    try:
        before = load(SeenUntil(unknown="exclude"), request.form.to_dict())["until"] if marked else None
    except InvalidInput:
        flash("Rien n’a été changé : rouvrez cette page, puis recommencez.", "warning")
        return redirect(url_for("pages.news"), 303)
    operations.unsee(present_actor(), before)
    confirm("Ce que vous n’avez pas lu est de nouveau montré.")
    return redirect(url_for("pages.news"), 303)
