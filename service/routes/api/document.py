"""Put the API and its document, `/api/v1/openapi.json`, in the application."""

import json
from functools import cache
from typing import Any

import flask_smorest
from flask import Flask, Response

from service.permissions import Permission
from service.routes.api.actions import actions
from service.routes.api.attachments import files
from service.routes.api.calls import api_calls
from service.routes.api.conversation import texts
from service.routes.api.guidance import guidance
from service.routes.api.history import history
from service.routes.api.tickets import api_tickets
from service.routes.guard import requires
from service.schemas.fields import Matricule, Money
from service.schemas.lists import CURSOR, Cursor

PREFIX = "/api/v1"
PARTS = (guidance, api_tickets, actions, texts, files, history, api_calls)
DESCRIPTION = (
    "The requests that a Département and its Caf owe each other. Ask with a bearer token, made on the page "
    "« Mon compte ». Every refusal is a problem (RFC 9457) with a stable `code`; sentences are in French. "
    "Creating calls need an `Idempotency-Key`, actions the `If-Match` of the version that was read."
)
_PATTERNS = {Matricule: r"^[0-9]{7}$", Money: r"^[0-9]{1,7}([.,][0-9]{1,2})?$", Cursor: f"^{CURSOR}$"}


class Document(flask_smorest.Api):  # type: ignore[misc]
    """The document. Refusals are the application's matter: the whole service answers them in one place."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None of its own."""


def register(app: Flask) -> None:
    """Register every part under `/api/v1`, and the document that they make, written when it is first asked for."""
    for part in PARTS:
        app.register_blueprint(part, url_prefix=PREFIX)

    @app.get(f"{PREFIX}/openapi.json", endpoint="openapi")
    @requires(Permission.PUBLIC)
    def read_document() -> Response:
        return Response(_text(), mimetype="application/json")


@cache
def _text() -> str:
    """The document, once a process: its parts are the same whatever the application serves."""
    bare = Flask("relais")
    document = Document(spec_kwargs=_about())
    for field in _PATTERNS:
        document.register_field(field, "string", None)
    document.init_app(bare)
    document.ma_plugin.converter.add_attribute_function(_pattern)
    for part in PARTS:
        document.register_blueprint(part, url_prefix=PREFIX)
    return json.dumps(document.spec.to_dict(), sort_keys=False)


def _about() -> dict[str, Any]:
    return {
        "title": "Relais",
        "version": "1",
        "openapi_version": "3.1.0",
        "info": {"description": DESCRIPTION},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _pattern(converter: Any, field: Any, **_: Any) -> dict[str, str]:
    pattern = _PATTERNS.get(type(field))
    return {"pattern": pattern} if pattern else {}
