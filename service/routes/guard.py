"""The door: every route declares its permission, and nothing runs before it is judged. Refused by default."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFProtect

from service.config import Config
from service.errors import NotLoggedIn, NotPermitted, NotVisible
from service.permissions import Actor, Permission, may
from service.routes.identity import is_api

Declared = TypeVar("Declared", bound=Callable[..., Any])

_MARK = "relais_permission"
_REFILLS = "relais_refills"
REFILL = "_refill"
"""The field of a POST that brings back what was typed before the session ended."""
_READING = frozenset({"GET", "HEAD"})
_IN_DEMONSTRATION_ONLY = frozenset({Permission.READ_OUTBOX_OF_DEMONSTRATION})

csrf = CSRFProtect()


def requires(permission: Permission) -> Callable[[Declared], Declared]:
    """Declare what a view, a MethodView or one of its methods asks for; the door reads it, not the view."""

    def declare(view: Declared) -> Declared:
        setattr(view, _MARK, permission)
        return view

    return declare


def refills(view: Declared) -> Declared:
    """Declare that the view shows its form filled, without acting, when `refilling()` says so."""
    setattr(view, _REFILLS, True)
    return view


def refilling() -> bool:
    """Whether this POST brings back what was typed before a session ended: show it again, do nothing with it."""
    return bool(g.get("refilling"))


def can_refill(endpoint: str | None) -> bool:
    """Whether the view of that endpoint shows its form filled again."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), _REFILLS, False))


def present_actor() -> Actor:
    """Who acts in this request; refuses (NotLoggedIn) an anonymous one."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise NotLoggedIn
    return actor


def protect(app: Flask, config: Config) -> None:
    """Put the door in front of every view, and the anti-forgery check behind it for pages."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the door calls it, after the permission
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session
    app.config["WTF_CSRF_SSL_STRICT"] = False  # the Origin says more than a Referer that proxies remove
    csrf.init_app(app)

    @app.before_request
    def judge() -> None:
        """Refuse whoever lacks the route's permission, then whatever was not sent by our own page."""
        if request.routing_exception is not None or request.endpoint is None:
            return
        if request.mimetype != "multipart/form-data":  # a body that is no file has no reason to be large
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]
        _expect_tls(config)
        _expect_permission(_permission(app.view_functions[request.endpoint], request.method), config)
        if request.method not in _READING and not is_api():
            expect_own_page()
            csrf.protect()
            g.refilling = can_refill(request.endpoint) and REFILL in request.form


def permission_of(endpoint: str) -> Permission:
    """What opening the page of that endpoint asks for. KeyError for one that does not exist."""
    found = _permission(current_app.view_functions[endpoint], "GET")
    if found is None:
        raise RuntimeError(f"no permission declared for {endpoint}")
    return found


def expect_all_declared(app: Flask) -> None:
    """Raise RuntimeError, and thereby stop the start, when a route has no declared permission."""
    forgotten = sorted(
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"OPTIONS"}
        if _permission(app.view_functions[rule.endpoint], method) is None
    )
    if forgotten:
        raise RuntimeError(f"routes without a declared permission: {', '.join(forgotten)}")


def from_own_page() -> bool:
    """Whether the browser says that the request comes from one of our pages, or does not say."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def expect_own_page() -> None:
    """Refuse what another site makes the browser send."""
    if not from_own_page():
        raise NotPermitted(
            "Cette demande vient d’un autre site : elle n’a pas été prise en compte.",
            advice="Ouvrez Relais dans votre navigateur et recommencez.",
        )


def _expect_tls(config: Config) -> None:
    if config.secure_cookies and is_api() and not request.is_secure:
        raise NotPermitted(
            "L’API ne répond qu’en https.", advice="Changez aussi le jeton : il a voyagé en clair."
        )


def _expect_permission(permission: Permission | None, config: Config) -> None:
    if permission is None:
        raise RuntimeError(f"no permission declared for {request.method} {request.endpoint}")
    if permission in _IN_DEMONSTRATION_ONLY and not config.demonstration:
        raise NotVisible
    actor: Actor | None = g.get("actor")
    if may(actor, permission):
        return
    if actor is None:
        raise NotLoggedIn
    raise NotPermitted(
        "Votre rôle ne permet pas d’ouvrir cette page.",
        advice="Si elle vous semble nécessaire, parlez-en à votre responsable.",
    )


def _permission(view: Callable[..., Any], method: str) -> Permission | None:
    owner = getattr(view, "view_class", None)
    if owner is None:
        return getattr(view, _MARK, None)
    handler = getattr(owner, method.lower(), None) or (
        getattr(owner, "get", None) if method == "HEAD" else None
    )
    found: Permission | None = getattr(handler, _MARK, None) or getattr(owner, _MARK, None)
    return found
