"""`/metrics`, for Prometheus: what the processes of this machine answered, and how the service is. Nothing of a person.

Requests are counted over all server processes of a machine. What stands in the database is the same from each machine.
Absent unless a token is set.
"""

import hmac
import os
import time
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service import clock, logs
from service.config import Config
from service.database import reading
from service.permissions import Permission
from service.queries.metrics import gauges
from service.routes.guard import requires

log = logs.logger(__name__)

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which the processes of one machine count together; the library reads it when it is imported."""
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Database(Collector):
    """What stands in the database, looked up for each scrape."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """One family for each name, with its labels."""
        families: dict[str, GaugeMetricFamily] = {}
        with reading() as session:
            for one in gauges(session, clock.now()):
                new = GaugeMetricFamily(f"relais_{one.name}", one.help, labels=list(one.labels))
                families.setdefault(one.name, new).add_metric(list(one.labels.values()), one.value)
        return families.values()


def register(app: Flask, config: Config) -> None:
    """Count the answers and open `/metrics` to who brings the token; nothing of the kind without one."""
    if not config.metrics_token:
        return
    disable_created_metrics()  # type: ignore[no-untyped-call]
    counted = CollectorRegistry()
    answered = Counter(
        "relais_requests", "Requests answered.", ["route", "method", "status"], registry=counted
    )
    lasted = Histogram(
        "relais_request_duration_seconds",
        "How long answers took.",
        ["route"],
        buckets=BOUNDS,
        registry=counted,
    )
    told = CollectorRegistry() if SHARED in os.environ else counted
    if told is not counted:
        MultiProcessCollector(told)  # type: ignore[no-untyped-call]
    told.register(_Database())
    expected = f"Bearer {config.metrics_token}".encode()
    part = Blueprint("metrics", __name__)

    @app.after_request
    def count(answer: Response) -> Response:
        # The route as it is written in the code, never as it was typed.
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in _METHODS else "other"
        if "began" in g:
            try:
                answered.labels(route, method, str(answer.status_code)).inc()
                lasted.labels(route).observe(time.perf_counter() - g.began)
            except OSError as failed:  # the folder is full or gone: what was done is done
                log.warning("metrics.not_counted", exc_info=failed)
        return answer

    @part.get("/metrics")
    @requires(Permission.PUBLIC)
    def metrics() -> Response:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
            return Response("401\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")
        return Response(generate_latest(told), content_type=CONTENT_TYPE_LATEST)

    app.register_blueprint(part)
