"""What the templates' frame needs on every page: who is here, the menu, the direct line's state."""

from typing import Any

from flask import Flask, current_app, g

from service import clock
from service.accessibility import statement
from service.config import Config
from service.database import reading
from service.permissions import Actor, Permission, may
from service.queries import incoming, outbox
from service.queries.reference import LINE, Reference, reference
from service.routes.addresses import fixed
from service.routes.pages import idle, shortcuts
from service.routes.pages.navigation import navigation
from service.routes.pages.views import line
from service.workflows import french
from service.workflows.business_time import OutsideKnownDays

_LINKS = {
    "account_url": "pages.account",
    "logout_url": "pages.logout",
    "help_url": "pages.help",
    "shortcuts_url": "pages.shortcuts",
    "rights_url": "pages.rights",
    "accessibility_url": "pages.accessibility",
    "data_url": "pages.data_protection",
    "legal_url": "pages.legal_notice",
    "plan_url": "pages.site_map",
}


def register(app: Flask, config: Config) -> None:
    """Give every template the frame's names; bare, when nobody is here or the database does not answer."""

    @app.context_processor
    def surround() -> dict[str, Any]:
        actor: Actor | None = g.get("actor")
        known = {name: fixed(page) for name, page in _LINKS.items() if page in app.view_functions}
        bare = {
            "current_actor": None,
            "demonstration": config.demonstration,
            "accessibility_mention": statement.mention(french.local_day(clock.now())),
            **known,
        }
        if actor is None or g.get("without_database"):
            return bare
        return {**bare, **_around(actor, demonstration=config.demonstration)}


def _around(actor: Actor, *, demonstration: bool) -> dict[str, Any]:
    with reading() as session:
        known = reference(session)
        counts = {**g.get("counted", {})}  # what the page has asked already
        if may(actor, Permission.QUALIFY_MESSAGES):
            counts["pages.messages"] = incoming.count(session, actor, "waiting")
        if may(actor, Permission.READ_FAILED_MAILS):
            counts["pages.failed_mails"] = outbox.count_failed(session, actor)
    menu = navigation(actor, counts, demonstration=demonstration)
    searchable = "pages.search" in current_app.view_functions and may(actor, Permission.READ_TICKETS)
    return {
        "current_actor": actor,
        "search_url": fixed("pages.search") if searchable else None,
        "references_url": fixed("pages.begun_references") if searchable else None,
        "actor_unit": g.unit_name,
        "session_left": idle.left() if g.locks_at else None,
        "printed_on": french.long_date(french.local_day(clock.now())),
        "navigation": menu,
        "shortcuts": shortcuts.shown(menu),
        "shortcuts_on": g.shortcuts,
        **_line(actor, known),
    }


def _line(actor: Actor, known: Reference) -> dict[str, Any]:
    """Whether the line is open, and until when; its number for those who may call it (R-UD-3)."""
    now = clock.now()
    try:
        state = known.hours_of_calendar(LINE).state(now)
    except (
        KeyError,
        OutsideKnownDays,
    ):  # no hours yet, or a calendar that has run out: silence, not an error
        return {}
    number = known.settings.text("line_number") if may(actor, Permission.READ_LINE_NUMBER) else None
    return {"line_open": state.open, "line_sentence": line.sentence(state, now), "line_number": number}
