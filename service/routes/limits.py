"""How much anybody may ask: generous, per account or per network address, counted in each server process."""

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from service import logs
from service.errors import TooManyAttempts
from service.permissions import Actor
from service.routes import errors

log = logs.logger(__name__)

PER_ACCOUNT = "1200 per minute"
PER_ADDRESS = "6000 per minute"
"""A whole institution may come from one network address."""
FEED = "feeds.feed"
PER_FEED_READER = "600 per minute"
"""Calendar software comes back now and then, that of a whole institution from one address."""


def register(app: Flask) -> None:
    """Refuse (429, with what to wait) what goes beyond; static files and health are not counted."""
    Limiter(
        _who,
        app=app,
        application_limits=[_limit],
        application_limits_exempt_when=lambda: (request.endpoint or "static").startswith(
            ("static", "health.")
        ),
        storage_uri="memory://",
        strategy="fixed-window",
        on_breach=_refuse,
    )


def _limit() -> str:
    if request.endpoint == FEED:
        return PER_FEED_READER
    return PER_ACCOUNT if g.get("actor") else PER_ADDRESS


def _who() -> str:
    if request.endpoint == FEED:
        return f"feed {get_remote_address()}"
    actor: Actor | None = g.get("actor")
    return f"account {actor.account_id}" if actor else f"address {get_remote_address()}"


def _refuse(limit: RequestLimit) -> Response:
    seconds = errors.seconds_until(limit.window.reset_time)
    log.warning("limit.reached", retry_after=seconds)
    return errors.answer_refusal(TooManyAttempts("Trop de demandes en peu de temps.", retry_after=seconds))
