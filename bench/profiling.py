"""Where the time of a request goes: the shares of each library, as Python's own profiler sees them.

In this process, with the same requests and on the same database as the measures; a profiler slows short functions
more than long ones, so these are shares to compare, not times.
"""

import cProfile
import pstats
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from flask import Flask
from flask.testing import FlaskClient

from bench.driver import Call, Unexpected
from bench.scenarios import Relais, Scenario

LAYERS: Mapping[str, tuple[str, ...]] = {
    "Relais": ("/service/",),
    "Pages (Jinja, MarkupSafe)": ("/jinja2/", "/markupsafe/", "/templates/", "<template>"),
    "SQLAlchemy": ("/sqlalchemy/",),
    "psycopg": ("/psycopg/", "psycopg_binary"),
    "Flask, Werkzeug, extensions": (
        "/flask",
        "/werkzeug/",
        "/itsdangerous/",
        "/limits/",
        "/prometheus_client/",
    ),
}
WAITING, REST = "Waiting for the database", "Python itself, other libraries"
_WAIT = ("psycopg/connection.py", "wait")
_WARM_UP, _COUNTED = 10, 60


def shares(app: Flask, relais: Relais) -> Mapping[Scenario, Mapping[str, float]]:
    """Of each scenario, the share of each layer in the time of its requests."""
    client = app.test_client(use_cookies=False)
    return {scenario: _of(client, relais, scenario) for scenario in Scenario}


def _of(client: FlaskClient, relais: Relais, scenario: Scenario) -> Mapping[str, float]:
    calls = islice(relais.calls(scenario, 0), _WARM_UP + _COUNTED)
    for call in islice(calls, _WARM_UP):
        _ask(client, call)
    profile = cProfile.Profile()
    for call in calls:
        profile.enable()
        _ask(client, call)
        profile.disable()
    spent: Counter[str] = Counter()
    for (path, _, function), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent[_layer(path, function)] += own
    total = sum(spent.values())
    return {layer: spent[layer] / total for layer in (WAITING, *LAYERS, REST)}


def _layer(path: str, function: str) -> str:
    if path.endswith(_WAIT[0]) and function == _WAIT[1]:
        return WAITING
    return next((layer for layer, parts in LAYERS.items() if any(part in path for part in parts)), REST)


def _ask(client: FlaskClient, call: Call) -> None:
    head, _, body = call.raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, _ = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    answer = client.open(path, method=method, headers=headers, data=body)
    if answer.status_code != call.expected:
        raise Unexpected(f"{first} → {answer.status_code}, not {call.expected}")
