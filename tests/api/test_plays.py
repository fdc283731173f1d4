"""Every row of every social table, from the API, by whom it names; tried first by everybody else, who is refused."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service import clock
from service.database import transaction
from service.jobs import fall_due, return_silent
from service.permissions import Actor
from service.workflows.registry import WORKFLOWS
from tests.api.conftest import Caller, Hand
from tests.factories import World
from tests.plays import DAY, PLAYS, POSTS, Play, Step, acts_played, told

_OF_THE_PERSON = ("matricule", "last_name", "first_name", "commune")
_REFUSED = (403, 404)
BY_ITSELF = {"return_silent": (30, return_silent.run), "fall_due": (92, fall_due.run)}
"""What Relais does when so many days have passed (three calendar months from 17 November are 92)."""


@pytest.fixture
def db(sqlite_db: str) -> str:
    """Who may do what does not depend on the kind of database."""
    return sqlite_db


class Stage:
    """The people of the world, and the request that the play is about."""

    def __init__(self, callers: Mapping[str, Caller], world: World, hand: Hand) -> None:
        self.callers, self.world, self.hand = callers, world, hand

    def play(self, play: Play) -> None:
        """Write the request and go through its steps."""
        self.write(play)
        for step in play.steps:
            if step.who == "system":
                self.let_time_pass(step)
            else:
                self.do(step)

    def write(self, play: Play) -> None:
        """Nobody writes one but those who may (R-DP-1)."""
        body = _body_of(play)
        for post in set(POSTS) - set(play.opens.split()):
            assert self.callers[post].post("/tickets", body).status_code in _REFUSED, post
        made = self.callers[play.author].post("/tickets", body)
        assert made.status_code == 201, made.text
        assert made.json is not None
        self.reference, self.version = made.json["reference"], made.json["version"]
        self.witness = play.author

    def do(self, step: Step) -> None:
        """What others tried has left the version as it was, so that the act itself is done on it."""
        body, may, held = told(step.body, self.world), step.may.split(), step.held.split()
        for post in POSTS:
            if post in may:
                assert step.act in self.offered(post), (step, post)
            else:
                answer = self.callers[post].act(self.reference, step.act, body, self.version)
                expected = (422,) if post in held else _REFUSED
                assert answer.status_code in expected, (step, post, answer.text)
        done = self.callers[step.who].act(self.reference, step.act, body, self.version)
        assert done.status_code == (204 if step.leaves_sight else 200), (step, done.text)
        self.expect(step)

    def expect(self, step: Step) -> None:
        """Where the request stands, as its author reads it."""
        now = self.callers[self.witness].get(f"/tickets/{self.reference}").json
        assert now is not None
        assert now["state"] == step.state, step
        self.version = now["version"]

    def let_time_pass(self, step: Step) -> None:
        """What Relais does by itself has no address: nobody can ask for it."""
        for post in POSTS:
            answer = self.callers[post].act(self.reference, step.act, {}, self.version)
            assert answer.status_code in _REFUSED, (step, post)
        days, run = BY_ITSELF[step.act]
        later = self.hand.instant + timedelta(days=days)  # nobody's session would last so long
        with clock.driven(lambda: later), transaction() as session:
            assert run(session) == 1
        self.expect(step)

    def offered(self, post: str) -> set[str]:
        """The acts that the API proposes to somebody."""
        ticket = self.callers[post].get(f"/tickets/{self.reference}")
        assert ticket.status_code == 200, (post, ticket.text)
        assert ticket.json is not None
        return {action["name"] for action in ticket.json["actions"]}


@pytest.mark.parametrize("kind", PLAYS)
def test_each_act_by_whom_the_table_names_and_by_nobody_else(
    app: Flask, calling: Callable[[Actor | None], Caller], world: World, hand: Hand, kind: str
) -> None:
    """R-DP-1, and the last column of each kind's table."""
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    stage = Stage({post: calling(getattr(world, post)) for post in POSTS}, world, hand)
    for play in PLAYS[kind]:
        stage.play(play)


def test_the_plays_go_through_every_row() -> None:
    assert set(PLAYS) == set(WORKFLOWS) - {"urgent_rights"}
    for kind in PLAYS:
        rows = {row.name for row in WORKFLOWS[kind].transitions if row.source}
        assert acts_played(kind) == rows, kind


def _body_of(play: Play) -> dict[str, Any]:
    """The statement as the API takes it: person and ground apart."""
    said = dict(play.statement)
    body: dict[str, Any] = {
        "kind": play.kind,
        "submit": not play.draft,
        "person": {name: said.pop(name) for name in _OF_THE_PERSON},
    }
    if ground := said.pop("ground", None):
        body["ground"] = {f"{ground}_on": DAY}
    return body | said
