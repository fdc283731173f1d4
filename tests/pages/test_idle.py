"""Before a session locks: asking how long is left is nobody's click, going on is one (RGAA 13.1)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import update

from service import clock
from service.database import transaction
from service.models import LoginSession
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]

START = datetime(2026, 11, 17, 9, tzinfo=ZoneInfo("Europe/Paris"))
JSON: dict[str, Any] = {"Accept": "application/json"}
MINUTE = 60


@pytest.fixture
def at(logged_in: LogIn) -> Iterator[Callable[[float], Visitor]]:
    """`at(10)` is a browser that entered at nine, ten minutes later."""
    now = [START]
    with clock.driven(lambda: now[0]):
        browser = logged_in("cdas_agent")

        def later(minutes: float) -> Visitor:
            now[0] = START + timedelta(minutes=minutes)
            return browser

        yield later


def left(browser: Visitor) -> int:
    """What the page is told when it asks by itself."""
    answer = browser.get("/compte/session", **JSON)
    assert answer.json is not None
    assert answer.json["warned"] == 2 * MINUTE
    return int(answer.json["seconds"])


def test_asking_keeps_nobody_awake(at: Callable[[float], Visitor]) -> None:
    assert left(at(10)) == 10 * MINUTE
    assert left(at(18)) == 2 * MINUTE
    assert at(21).get("/compte/session", **JSON).status_code == 401


def test_going_on_starts_the_idle_time_again(at: Callable[[float], Visitor]) -> None:
    answer = at(18.5).post("/compte/session", **JSON)
    assert answer.json == {"seconds": 20 * MINUTE, "warned": 2 * MINUTE}
    assert left(at(30)) == 8.5 * MINUTE


def test_the_end_of_the_day_comes_all_the_same(at: Callable[[float], Visitor]) -> None:
    """Going on does not move when the session ends at the latest: one is told of the nearer of both."""
    browser = at(18.5)
    with transaction() as session:
        session.execute(update(LoginSession).values(expires_at=START + timedelta(minutes=25)))
    browser.post("/compte/session", **JSON)
    assert left(at(20)) == 5 * MINUTE


def test_a_page_says_when_it_locks_only_to_who_is_in(at: Callable[[float], Visitor], app: Flask) -> None:
    assert """data-session='{"seconds": 1200, "warned": 120}'""" in at(0).get("/compte").text
    assert "data-session" not in Visitor(app).get("/connexion").text
