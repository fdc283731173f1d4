"""The web application. `create_app` is its table of contents."""

from pathlib import Path

from flask import Flask
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from service import demonstration, handbook
from service.config import Config
from service.errors import NotLoggedIn
from service.permissions import Permission
from service.routes import (
    assets,
    errors,
    feed,
    guard,
    headers,
    health,
    identity,
    limits,
    metrics,
    one_look,
    request_log,
    security_contact,
    templating,
)
from service.routes.api import document
from service.routes.pages import accounts, entering, frame, login, pages

ROOT = Path(__file__).resolve().parents[1]
LARGEST_BODY = 12 * 1024 * 1024
LARGEST_FORM_TEXT = 2 * 1024 * 1024
MOST_FORM_PARTS = 1000


def create_app(config: Config) -> Flask:
    """Build the application; the house must be open (`start.open_house`) before it answers.

    Refuses to be built (RuntimeError) with a route that declares no permission.
    """
    app = Flask(
        "service", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "service/static")
    )
    app.config.update(flask_settings(config))
    app.jinja_environment = templating.Templates
    app.jinja_env.globals["rules_named"] = handbook.named
    app.jinja_env.undefined = StrictUndefined
    app.extensions[entering.SHOWCASE] = (
        (demonstration.PASSWORD, demonstration.SHOWCASE) if config.demonstration else None
    )
    app.extensions[accounts.PUBLIC_URL] = config.public_url
    app.extensions[health.DRAIN_FILE] = config.drain_file
    trust_proxies(app, config)

    # In this order before each request: number it, settle its revision, recognise who asks, count, judge.
    request_log.register(app)
    one_look.register(app)
    identity.recognise(app, config)
    limits.register(app)
    guard.protect(app, config)

    assets.register(app)
    headers.register(app, config)
    errors.register(app)
    app.register_error_handler(NotLoggedIn, login.log_in_first)
    app.register_error_handler(CSRFError, login.confirm_first)

    app.register_blueprint(health.health)
    app.register_blueprint(feed.feeds)
    metrics.register(app, config)
    security_contact.register(app, config)
    app.register_blueprint(pages)
    frame.register(app, config)
    document.register(app)

    guard.requires(Permission.PUBLIC)(app.view_functions["static"])
    guard.expect_all_declared(app)
    return app


def flask_settings(config: Config) -> dict[str, object]:
    """What Flask and its extensions need to know."""
    return {
        "SECRET_KEY": config.secret_key,
        "TRUSTED_HOSTS": list(config.trusted_hosts),
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM_TEXT,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        "PROVIDE_AUTOMATIC_OPTIONS": False,
        "SESSION_COOKIE_NAME": "__Host-relais" if config.secure_cookies else "relais",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
    }


def trust_proxies(app: Flask, config: Config) -> None:
    """Believe exactly the configured number of proxies about who calls and whether over TLS; by default none."""
    if config.proxy_count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxy_count, x_proto=config.proxy_count, x_host=0, x_prefix=0
        )
