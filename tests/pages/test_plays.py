"""The plays of the social kinds through the pages: each form shows what it asks, each act is done by posting it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.database import transaction
from service.jobs import fall_due
from service.workflows.registry import WORKFLOWS
from tests.api.conftest import WORKING_MORNING
from tests.factories import World, seeded_world
from tests.pages.conftest import Visitor
from tests.plays import PLAYS, Play, Step, told

Entering = Callable[..., Visitor]


@pytest.fixture
def db(sqlite_db: str) -> str:
    """A page does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def world(db: str) -> Iterator[World]:
    """Somebody of each role, on the day of the plays."""
    with clock.driven(lambda: WORKING_MORNING):
        with transaction() as session:
            made = seeded_world(session)
        yield made


class Screens:
    """A browser for each person that the play needs."""

    def __init__(self, logged_in: Entering, world: World) -> None:
        self.logged_in, self.world = logged_in, world
        self.open: dict[str, Visitor] = {}

    def of(self, post: str) -> Visitor:
        """The browser of that post, kept for the whole story."""
        if post not in self.open:
            self.open[post] = self.logged_in(post)
        return self.open[post]

    def play(self, play: Play) -> None:
        """Write the request, as a draft first where the play sends one, and go through its steps."""
        reference = self.write(play)
        for step in play.steps:
            if step.who != "system":
                self.do(reference, step, play)
            elif step.act == "fall_due":
                three_months_pass()

    def write(self, play: Play) -> str:
        """The reference of what was written."""
        author, address = self.of(play.author), f"/nouvelle/{play.kind}"
        empty = author.get(address)
        assert empty.status_code == 200
        self.shows(empty.text, play.statement)
        typed = {**_typed(play.statement), "form_key": _hidden(empty.text, "form_key")}
        made = author.post(address, {**typed, "then": "keep" if play.draft else "send"})
        assert made.status_code == 303, made.text
        return made.location.rsplit("/", 1)[-1]

    def do(self, reference: str, step: Step, play: Play) -> None:
        """The form of the act, then the act."""
        visitor, body = self.of(step.who), told(step.body, self.world)
        if step.act == WORKFLOWS[play.kind].sends:
            address, then = f"/nouvelle/{play.kind}", {**_typed(play.statement), "then": "send"}
            form = visitor.get(f"{address}/{reference}")
            self.shows(form.text, play.statement)
            then |= {name: _hidden(form.text, name) for name in ("form_key", "reference")}
        else:
            address, then = f"/demandes/{reference}/actions/{step.act}", _typed(body)
            form = visitor.get(address)
            self.shows(form.text, body)
        assert form.status_code == 200, (step, form.text)
        then["version"] = _hidden(form.text, "version")
        done = visitor.post(address, then)
        assert done.status_code == 303, (step, done.text)
        shown = visitor.get(done.location)
        assert shown.status_code == 200, (step, done.location)
        to_caf = play.author not in ("caf_ts", "caf_head")
        label = WORKFLOWS[play.kind].state(step.state, to_caf=to_caf).label
        assert label in shown.text or step.leaves_sight, step

    def shows(self, page: str, asked: Mapping[str, Any]) -> None:
        """Every answer of the play has its field."""
        missing = [name for name in asked if f'name="{name}"' not in page]
        assert missing == []


@pytest.mark.parametrize("kind", PLAYS)
def test_the_plays_are_done_from_the_screens(
    app: Flask, logged_in: Entering, world: World, kind: str
) -> None:
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    screens = Screens(logged_in, world)
    for play in PLAYS[kind]:
        screens.play(play)


def three_months_pass() -> None:
    """The job runs on that day; the browsers, which would have been logged out, stay where they are."""
    with clock.driven(lambda: WORKING_MORNING + timedelta(days=92)), transaction() as session:
        assert fall_due.run(session) == 1


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def _typed(body: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a form sends them."""
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in body.items()}
