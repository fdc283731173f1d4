"""One line per request: which route, who, what came out, how long. Never an address as typed, never a content."""

import time

from flask import Flask, Response, g, request

from service import logs
from service.permissions import Actor

log = logs.logger(__name__)

_QUIET = frozenset({"static", "health.alive", "health.ready"})


def register(app: Flask) -> None:
    """Number each request and write its line when it is answered."""

    @app.before_request
    def begin() -> None:
        g.request_id = logs.begin_request()
        g.began = time.perf_counter()

    @app.after_request
    def tell(answer: Response) -> Response:
        if request.endpoint not in _QUIET:
            actor: Actor | None = g.get("actor")
            log.info(
                "request",
                method=request.method,
                route=request.url_rule.rule if request.url_rule else None,
                status=answer.status_code,
                duration_ms=round(1000 * (time.perf_counter() - g.began), 1) if "began" in g else None,
                account_id=actor.account_id if actor else None,
                role=actor.role.value if actor else None,
                unit_id=actor.unit_id if actor else None,
            )
        return answer
