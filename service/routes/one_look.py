"""A request that only reads looks at the reference data once, so that its page is of one revision."""

from flask import Flask, request

from service.queries import reference


def register(app: Flask) -> None:
    """Look once from the beginning of a reading request to its end; others say themselves from where on they read."""

    @app.before_request
    def begin() -> None:
        reference.look_each_time()
        if request.method in ("GET", "HEAD"):
            reference.look_once()

    @app.teardown_request
    def end(_problem: BaseException | None) -> None:
        reference.look_each_time()
