"""« Mon agenda »: the private address of one's calendar."""

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.database import reading
from service.operations import calendar_feeds
from service.permissions import Permission
from service.routes.guard import present_actor, requires
from service.routes.pages.accounts import PUBLIC_URL
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.workflows import french


@pages.get("/compte/agenda")
@requires(Permission.READ_MEETINGS)
def calendar_feed() -> str:
    """What it is for, and since when there is one."""
    with reading() as session:
        since = calendar_feeds.since(session, present_actor())
    return render_template("account/calendar.html", since=french.instant(since) if since else None)


@pages.post("/compte/agenda")
@requires(Permission.READ_MEETINGS)
def renew_calendar_feed() -> str:
    """Make it, or another one, and show it this once."""
    secret = calendar_feeds.renew(present_actor())
    path = url_for("feeds.feed", secret=secret)
    return render_template("account/calendar_made.html", address=current_app.extensions[PUBLIC_URL] + path)


@pages.post("/compte/agenda/supprimer")
@requires(Permission.READ_MEETINGS)
def end_calendar_feed() -> ResponseReturnValue:
    """Close it."""
    calendar_feeds.end(present_actor())
    confirm("L’adresse de votre agenda est supprimée.", "Le logiciel qui la lisait ne reçoit plus rien.")
    return redirect(url_for("pages.calendar_feed"), 303)
