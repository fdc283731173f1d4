"""`/.well-known/security.txt` (RFC 9116): to whom a weakness of Relais is told, as the environment says."""

from datetime import timedelta

from flask import Blueprint, Flask, Response

from service import clock
from service.config import Config
from service.errors import NotVisible
from service.permissions import Permission
from service.routes.guard import requires
from service.workflows import french

ADDRESS = "/.well-known/security.txt"
_MIDNIGHT = "T00:00:00Z"


def register(app: Flask, config: Config) -> None:
    """Say it until the day that was given; absent where nobody was named."""
    contact, expires_on = config.security_contact, config.security_expires_on
    if expires_on is None:
        return
    part = Blueprint("security_contact", __name__)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires_on + timedelta(days=1)}{_MIDNIGHT}",
        "Preferred-Languages: fr, en",
        f"Canonical: {config.public_url}{ADDRESS}",
    )

    @part.get(ADDRESS)
    @requires(Permission.PUBLIC)
    def security_contact() -> Response:
        # Whoever reads an expired one can not know that the address still leads to somebody.
        if french.local_day(clock.now()) > expires_on:
            raise NotVisible
        return Response("\n".join((*lines, "")), mimetype="text/plain")

    app.register_blueprint(part)
