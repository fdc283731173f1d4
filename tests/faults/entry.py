"""The application of `wsgi`, in a process that kills itself at a step of a request: `X-Die-At: 17`.

A step is what happens with the database: just before each statement, just before and just after each commit; the
last one is the answer, ready and not yet sent. Nothing in the service knows of this.
"""

import os
import signal
from collections.abc import Iterable
from http import HTTPStatus
from threading import local
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from service import database
from tests.faults.bodies import a_body
from tests.faults.client import DIE_AT
from wsgi import application as _application

TOKEN = "RELAIS_WARMING_TOKEN"
"""The variable with the token of somebody who may send requests."""

_HEADER = f"HTTP_{DIE_AT.upper().replace('-', '_')}"
_request = local()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer as the service does, or die on the way."""
    asked = environ.get(_HEADER)
    _request.steps_left = int(asked) if asked else None
    try:
        answer = _application(environ, start_response)
        body = [b"".join(answer)]
        _step()
        return body
    finally:
        _request.steps_left = None


def _step(*_: object) -> None:
    left = getattr(_request, "steps_left", None)
    if left is None:
        return
    if left == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    _request.steps_left = left - 1


def _watch(engine: Engine) -> None:
    for moment in ("before_cursor_execute", "commit"):
        event.listen(engine, moment, _step)
    event.listen(Session, "after_commit", _step)


def _warm(token: str) -> None:
    """Send one request here, so that processes forked from this one have nothing left to read: each soon dies."""
    answer = _application.test_client().post(
        "/api/v1/tickets",
        json=a_body(),
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "warm"},
    )
    if answer.status_code != HTTPStatus.CREATED:
        raise RuntimeError(answer.text)
    database.engine().dispose()


_warm(os.environ[TOKEN])
_watch(database.engine())
