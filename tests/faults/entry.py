"""The application of `wsgi`, in a process that kills itself at a step of a request: `X-Die-At: 17`.

A step is what happens with the database: just before and just after each statement and each commit; the last one
is the answer, ready and not yet sent. Nothing in the service knows of this.
"""

import os
import signal
from collections.abc import Iterable
from threading import local
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from service import database
from service.database import reading
from service.queries.reference import reference
from tests.faults.client import DIE_AT
from wsgi import application as _application

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
    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, moment, _step)
    event.listen(Session, "after_commit", _step)


def _warm() -> None:
    """Read what every process reads once, so that those forked from this one need not: each lives for a request."""
    with reading() as session:
        reference(session)
    database.engine().dispose()


_warm()
_watch(database.engine())
