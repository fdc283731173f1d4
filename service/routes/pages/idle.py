"""The warning before an idle session locks (RGAA 13.1): how long is left, and « Continuer »."""

from datetime import timedelta
from typing import Any

from flask import g

from service import clock
from service.permissions import Permission
from service.routes.guard import requires
from service.routes.identity import session_rules
from service.routes.pages.blueprint import pages

_WARNED_BEFORE = timedelta(minutes=2)


@pages.get("/compte/session")
@requires(Permission.LOGGED_IN)
def session_left() -> dict[str, Any]:
    """In how many seconds the session locks. A page asks it by itself: nobody has clicked."""
    return left()


@pages.post("/compte/session")
@requires(Permission.LOGGED_IN)
def stay() -> dict[str, Any]:
    """« Continuer »: the click itself starts the idle time again; the day's end of the session stays."""
    return left()


def left() -> dict[str, Any]:
    """In how many seconds the session locks, and how many before its end one is warned."""
    return {
        "seconds": max(0, int((g.locks_at - clock.now()).total_seconds())),
        "warned": int(min(_WARNED_BEFORE, session_rules().idle / 2).total_seconds()),
    }
