"""Who asks: a browser by its session, a program by its bearer token. Read again at each request."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user
from werkzeug.exceptions import SecurityError

from service.config import Config
from service.operations import login, tokens

API = "/api/"
WITHOUT_IDENTITY = frozenset({"static", "health.alive", "health.ready", "feeds.feed", "metrics.metrics"})
_ASKS_ITSELF = frozenset({"pages.session_left", "pages.list_changes"})
"""What a page asks without anybody's click."""
_BEARER = "bearer "
_RULES = "relais_session_rules"


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The session of a browser, as Flask-Login wants it: its identifier is the session's secret."""

    secret: str
    live: login.Live
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the signed cookie carries; the database knows its digest only."""
        return self.secret


def keep(live: login.Live) -> None:
    """This request is made in that session."""
    g.actor, g.unit_name, g.session_id = live.actor, live.unit_name, live.session_id
    g.locks_at, g.shortcuts = live.locks_at, live.shortcuts


def session_rules() -> login.SessionRules:
    """How long sessions live in this application."""
    rules: login.SessionRules = current_app.extensions[_RULES]
    return rules


def is_api() -> bool:
    """Whether the request is for a program."""
    return request.path.startswith(API)


def recognise(app: Flask, config: Config) -> None:
    """Set before each request what `keep` sets; None for a stranger.

    The API knows tokens only: a cookie opens nothing there, so no other site can use it.
    """
    app.extensions[_RULES] = login.SessionRules(
        idle=timedelta(minutes=config.session_idle_minutes),
        absolute=timedelta(hours=config.session_absolute_hours),
    )
    manager = LoginManager(
        app, add_context_processor=False
    )  # a page of refusal must not ask the database again
    manager.session_protection = None  # people change network; the session's own end is on the server

    @manager.user_loader  # type: ignore[untyped-decorator]
    def by_session(secret: str) -> LoggedIn | None:
        live = login.find(secret, session_rules(), active=not _is_polling())
        return None if live is None else LoggedIn(secret, live)

    @app.before_request
    def identify() -> None:
        g.actor = g.unit_name = g.session_id = g.locks_at = g.shortcuts = None
        if request.endpoint in WITHOUT_IDENTITY or isinstance(request.routing_exception, SecurityError):
            return
        if is_api():
            _by_token()
        elif current_user.is_authenticated:
            live: login.Live = current_user.live
            keep(live)


def _by_token() -> None:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith(_BEARER):
        found = tokens.find(header[len(_BEARER) :].strip())
        if found is not None:
            g.actor, g.unit_name = found


def _is_polling() -> bool:
    # A fragment that refreshes itself is nobody's click, nor is the question how long is left: neither keeps a
    # session awake. Without TLS a browser does not say what it fetches for.
    asks_itself = request.endpoint in _ASKS_ITSELF or request.headers.get("Sec-Fetch-Dest") == "empty"
    return request.method == "GET" and asks_itself
