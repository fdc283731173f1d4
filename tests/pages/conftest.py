"""Browsers without a screen: they keep their cookies, and send forms with the token of the page they read."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any

import pytest
import structlog
from flask import Flask
from werkzeug.test import TestResponse

from service import logs
from service.database import transaction
from tests.factories import PASSWORD, World, email_of, seeded_world
from tests.second_step import shown_code

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_SECOND = re.compile(r'<form class="card form" method="post" action="([^"]+)"(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Visitor:
    """Somebody in front of a browser."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.address = {"REMOTE_ADDR": address}

    def get(self, url: str, **headers: str) -> TestResponse:
        """Open an address."""
        return self.client.get(url, headers=_named(headers), environ_overrides=self.address, buffered=True)

    def post(
        self, url: str, fields: Mapping[str, Any] | None = None, *, token: str | None = None, **headers: str
    ) -> TestResponse:
        """Send a form; by default with the anti-forgery token of this visitor's own pages."""
        sent = {"csrf_token": self.token() if token is None else token, **(fields or {})}
        return self.client.post(
            url, data=sent, headers=_named(headers), environ_overrides=self.address, buffered=True
        )

    def token(self) -> str:
        """The anti-forgery token of a page that this visitor may open."""
        for url in ("/compte", "/connexion"):
            if found := _TOKEN.search(self.get(url).text):
                return found[1]
        raise AssertionError("no page with a form")

    def log_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Fill the login form and send it, then the code of the telephone where one is asked."""
        answer = self.post("/connexion", {"email": email, "password": password, **fields})
        return self.give_code(answer)

    def give_code(self, page: TestResponse) -> TestResponse:
        """Send the code that a page of the demonstration shows; a page without one stays as it is."""
        code, form = shown_code(page.text), _SECOND.search(page.text)
        if code is None or form is None:
            return page
        inputs = dict(_HIDDEN.findall(form[2]))
        return self.post(unescape(form[1]), {**_unescaped(inputs), "code": code}, token=inputs["csrf_token"])

    def cookie(self) -> str | None:
        """The value of the session cookie."""
        kept = self.client.get_cookie("relais")
        return kept.value if kept else None

    def is_in(self) -> bool:
        """Whether the next request is let in."""
        return self.get("/compte").status_code == 200


def _unescaped(inputs: Mapping[str, str]) -> dict[str, str]:
    return {unescape(name): unescape(value) for name, value in inputs.items()}


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role, on both kinds of database."""
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    """A stranger."""
    return Visitor(app)


@pytest.fixture
def logged_in(app: Flask, world: World) -> Callable[..., Visitor]:
    """`logged_in("cdas_agent")` is a browser of that post of the small world."""

    def enter(post: str, address: str = "127.0.0.1") -> Visitor:
        browser = Visitor(app, address)
        assert browser.log_in(email_of(post)).status_code == 303
        return browser

    return enter


@pytest.fixture(autouse=True)
def written() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Logging as in production, to memory: gives the lines written so far. Put back as it was afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    memory = io.StringIO()
    logs.configure(demonstration=False, level="INFO")
    root.handlers = [logs.handler(demonstration=False, stream=memory)]
    yield lambda: [json.loads(line) for line in memory.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
