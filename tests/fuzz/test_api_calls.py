"""The API called by a machine that knows its document and nothing else: every role and a stranger, every phase.

Schemathesis makes the calls: the document's examples, the edges of every schema, right and wrong bodies at random,
and chains in which an answer feeds the next call. No call may end in a server error or in an answer that the document
does not promise. `tests/api/test_contract.py` goes deeper into each operation, from a request in the right state.
"""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.schemas import BaseSchema

from service.operations import acts, tokens
from service.permissions import Role
from tests import scale
from tests.api.test_contract import REFUSED, RULES_DECIDE
from tests.factories import World, a_submitted_ticket, let_programs_read

SEED = 20261126
CALLS = scale.count(150, 100_000)
EXAMPLES = scale.count(2, 25)
"""Of each operation, in one pass of one caller."""

BY_DAY = "/api/v1/tickets/{ref}/messages"
STRANGER = "a stranger"
TOLD_EVERY = 500
LENGTH_OF_A_REFERENCE = 12


@pytest.fixture
def db(sqlite_db: str) -> str:
    """What is promised does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def callers(world: World) -> dict[str, str | None]:
    """A token for each role, none for the stranger; by day two of them."""
    let_programs_read(world)
    made: dict[str, str | None] = {
        role.value: tokens.create(actor, "tests") for role, actor in world.by_role.items()
    }
    made[STRANGER] = None
    by_day = {Role.CDAS_AGENT.value, STRANGER}
    return made if scale.NIGHTLY else {name: token for name, token in made.items() if name in by_day}


@pytest.fixture
def known(world: World) -> list[tuple[str, int]]:
    """References that exist, each with its version: calls about nothing prove little."""
    found = [a_submitted_ticket(world.cdas_agent) for _ in range(4)]
    acts.perform(world.caf_agent, found[0].reference, "take", {})
    return [(ticket.reference, 2 + (ticket is found[0])) for ticket in found]


def test_no_call_ends_in_a_server_error_or_in_an_answer_that_is_not_promised(
    app: Flask, callers: dict[str, str | None], known: list[tuple[str, int]]
) -> None:
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    told, answers, began = 0, Counter[int](), time.monotonic()
    faults = Counter[str]()
    for number, (name, token) in enumerate(cycle(callers.items())):
        if answers.total() >= CALLS and number >= len(callers):
            break
        schema = document(app, token, SEED + number // len(callers))
        aim(schema, *known[number % len(known)], Random(SEED + number))
        for event in from_schema(schema).execute():
            found, wrong = heard(event)
            answers += found
            for fault in wrong:
                faults[fault.partition("\n")[0]] += 1
                print(f"{name}, seed {SEED + number // len(callers)}: {fault}", flush=True)
        if answers.total() - told >= TOLD_EVERY or answers.total() >= CALLS:
            told = answers.total()
            print(
                f"seed {SEED}: {told} calls, {faults.total()} faults, {time.monotonic() - began:.0f} s",
                flush=True,
            )
    print(f"answers: {dict(sorted(answers.items()))}")
    assert not any(status >= 500 for status in answers)
    assert not faults, f"{faults.total()} faults, printed above: {dict(faults)}"


def document(app: Flask, token: str | None, seed: int) -> BaseSchema:
    """The API's document, with the bearer of this caller."""
    wanted: dict[str, Any] = {
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"max-examples": EXAMPLES, "no-shrink": True},
        "phases": {"stateful": {"max-steps": 6}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": [*RULES_DECIDE, "428"]},
            "negative_data_rejection": {"expected-statuses": REFUSED},
            # It can not ask an application in its own process; the stranger's turn proves the same.
            "ignored_auth": {"enabled": False},
        },
    }
    if token is not None:
        wanted["headers"] = {"Authorization": f"Bearer {token}"}
    config = SchemathesisConfig.from_dict(wanted)
    made = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    return made if scale.NIGHTLY else made.include(path=BY_DAY)


def aim(schema: BaseSchema, reference: str, version: int, chance: Random) -> None:
    """Half of the calls with a possible address are about a request that exists; versions are mostly its own."""

    @schema.hook("map_path_parameters")
    def about_something(_context: Any, parameters: Any) -> Any:
        named = parameters.get("ref") if parameters else None
        if isinstance(named, str) and len(named) == LENGTH_OF_A_REFERENCE and chance.random() < 0.5:
            return {**parameters, "ref": reference}
        return parameters

    @schema.hook("map_headers")
    def as_it_stands(_context: Any, headers: Any) -> Any:
        tag = (headers or {}).get("If-Match")
        if isinstance(tag, str) and tag.strip('"').isdigit() and chance.random() < 0.8:
            return {**headers, "If-Match": f'"{version}"'}
        return headers


def heard(event: Any) -> tuple[Counter[int], list[str]]:
    """The answers of what was just played, and what was wrong with them."""
    if isinstance(event, events.NonFatalError):
        return Counter(), [f"{event.label}: {event.value!r}"]
    if isinstance(event, events.FatalError):
        raise event.exception
    if not isinstance(event, events.ScenarioFinished):
        return Counter(), []
    played = event.recorder.interactions.values()
    statuses = Counter(one.response.status_code for one in played if one.response is not None)
    return statuses, list(failures(event.recorder))


def failures(recorder: Any) -> Iterator[str]:
    for checks in recorder.checks.values():
        for check in checks:
            if check.status is not Status.SUCCESS:
                told = check.failure_info
                yield f"{recorder.label}, {check.name}: " + (
                    f"{told.failure}\n{told.code_sample}" if told else ""
                )
