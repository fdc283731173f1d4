"""Callers of the API: one per actor, each with a bearer token of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service import clock
from service.database import transaction
from service.operations import tokens
from service.permissions import Actor
from tests.factories import World, a_submission, seeded_world

PARIS = ZoneInfo("Europe/Paris")
WORKING_MORNING = datetime(2026, 11, 17, 10, tzinfo=PARIS)
"""A Tuesday; the direct line is open."""


class Hand:
    """The clock's hand, set by the test."""

    def __init__(self) -> None:
        self.instant = WORKING_MORNING

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Move to that day of November 2026, Paris time."""
        self.instant = datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


@dataclass
class Caller:
    """Somebody who calls the API. Creating calls get a fresh key unless one is given, actions their version."""

    app: Flask
    token: str | None
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.app.test_client().get(self._address(path), headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        more = {"Idempotency-Key": key or f"key-{next(self.keys)}", **headers}
        return self.app.test_client().post(self._address(path), json=body, headers=self._headers(more))

    def send(self, path: str, data: bytes, content_type: str | None, **headers: str) -> TestResponse:
        """A body as it is."""
        return self.app.test_client().post(
            self._address(path), data=data, content_type=content_type, headers=self._headers(headers)
        )

    def act(self, reference: str, name: str, body: Any = None, version: int | None = None) -> TestResponse:
        """An action on the present version, unless another is given."""
        if version is None:
            version = self.get(f"/tickets/{reference}").json["version"]
        headers = self._headers({"If-Match": f'"{version}"'})
        address = self._address(f"/tickets/{reference}/actions/{name}")
        if body is None:
            return self.app.test_client().post(address, headers=headers)
        return self.app.test_client().post(address, json=body, headers=headers)

    def upload(
        self, reference: str, name: str, content: bytes, key: str | None = None, said: str | None = None
    ) -> TestResponse:
        """A file, as a browser or a program sends it, with what is said of it."""
        boundary = "----relais"
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        data = f"--{boundary}\r\n{head}Content-Type: application/octet-stream\r\n\r\n".encode()
        described = f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{said}'
        part = "" if said is None else described
        return self.send(
            f"/tickets/{reference}/attachments",
            data + content + part.encode() + f"\r\n--{boundary}--\r\n".encode(),
            f"multipart/form-data; boundary={boundary}",
            **{"Idempotency-Key": key or f"key-{next(self.keys)}"},
        )

    def _address(self, path: str) -> str:
        return path if path.startswith("/api/") else f"/api/v1{path}"

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        given = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return {name: value for name, value in {**given, **more}.items() if value}


@pytest.fixture
def hand() -> Iterator[Hand]:
    """The clock, at a working morning."""
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    """Somebody of each role, on each kind of database."""
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def calling(app: Flask, world: World) -> Callable[[Actor | None], Caller]:
    """`calling(actor)`: the API as that actor, or as nobody."""

    def caller(actor: Actor | None) -> Caller:
        return Caller(app, tokens.create(actor, "tests") if actor else None)

    return caller


@pytest.fixture
def cdas(calling: Callable[[Actor], Caller], world: World) -> Caller:
    """A professional of the CDAS of Redon."""
    return calling(world.cdas_agent)


@pytest.fixture
def caf(calling: Callable[[Actor], Caller], world: World) -> Caller:
    """A gestionnaire conseil of the Caf."""
    return calling(world.caf_agent)


@pytest.fixture
def elsewhere(calling: Callable[[Actor], Caller], world: World) -> Caller:
    """A professional of another CDAS."""
    return calling(world.cdas_agent_elsewhere)


def a_body(**changes: Any) -> dict[str, Any]:
    """What `POST /tickets` accepts at any hour; a change to None leaves the member out."""
    given = a_submission()
    body = {
        "kind": "urgent_rights",
        "submit": True,
        "person": {name: given[name] for name in ("matricule", "last_name", "first_name", "commune")},
        "benefit": given["benefit"],
        "event": given["event"],
        "last_payment_on": given["last_payment_on"].isoformat(),
        "cdap": {"consulted_on": given["cdap_consulted_on"].isoformat(), "missing": given["cdap_missing"]},
        "line_open_reason": given["line_open_reason"],
        "ground": {"told_on": given["told_on"].isoformat()},
        "description": given["description"],
    }
    return {name: value for name, value in {**body, **changes}.items() if value is not None}


def a_sent_ticket(cdas: Caller, **changes: Any) -> str:
    """The reference of a request sent just now."""
    answer = cdas.post("/tickets", a_body(**changes))
    assert answer.status_code == 201, answer.text
    reference: str = json.loads(answer.text)["reference"]
    return reference


def fields_of(answer: TestResponse) -> set[str]:
    """The names of the fields that a problem complains of."""
    return {error["field"] for error in json.loads(answer.text)["errors"]}
