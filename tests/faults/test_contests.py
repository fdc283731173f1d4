"""Contested acts: of twenty people in eight processes who take, accept or complete the same request, one does.

workflows, « Common to all »: one succeeds, the others are told that it changed, and nothing is lost.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from service.database import reading, transaction
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.permissions import Actor, Role
from service.queries import tickets
from tests import scale
from tests.factories import World, a_submission, a_submitted_ticket, an_account, seeded_world, today
from tests.faults.contenders import CONTENDERS, Contest, fight
from tests.faults.evidence import entries_of

CONTESTS = scale.count(6, 5_000)
"""On each kind of database."""

RIVALS = {
    "take": ("caf-prestations", Role.CAF_AGENT),
    "accept": ("caf-social", Role.CAF_HEAD),
    "complete": ("caf-secretariat", Role.CAF_SECRETARIAT),
}


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def test_of_twenty_who_act_at_once_exactly_one_does(db: str, world: World) -> None:
    rivals = {act: people(act) for act in RIVALS}
    contests = [MADE[number % len(MADE)](world, rivals) for number in range(CONTESTS)]
    began = time.monotonic()
    scores = fight(db, contests, rivals)
    print(
        f"{db.partition(':')[0]}: {len(contests)} contests, {time.monotonic() - began:.0f} s;"
        f" the others were told {dict(scores.told)}"
    )
    assert {number: scores.won[number] for number in range(CONTESTS)} == dict.fromkeys(range(CONTESTS), 1)
    assert scores.told == {"stale_version": (CONTENDERS - 1) * CONTESTS}
    for contest in contests:
        done = [entry.transition for entry in entries_of(contest.reference)]
        assert done.count(contest.act) == 1, contest
        assert done[-1] == contest.act, contest


def people(act: str) -> Sequence[Actor]:
    """Twenty of the role that does the act."""
    unit, role = RIVALS[act]
    with transaction() as session:
        return [
            an_account(session, unit, role, email=f"{act}-{number}@test.example")
            for number in range(CONTENDERS)
        ]


def to_take(world: World, _rivals: Mapping[str, Sequence[Actor]]) -> Contest:
    return Contest(a_submitted_ticket(world.cdas_agent).reference, 2, "take", {})


def to_complete(world: World, _rivals: Mapping[str, Sequence[Actor]]) -> Contest:
    return Contest(a_submitted_ticket(world.cdas_agent).reference, 2, "complete", {"first_name": "Zoé"})


def to_accept(world: World, rivals: Mapping[str, Sequence[Actor]]) -> Contest:
    """A relay that was passed on and talked about."""
    day, head = today(), rivals["accept"][0]
    reference, _ = create_ticket(
        world.cdas_agent, "handover", a_relay(), f"relay-{time.monotonic_ns()}", submit=True
    )
    perform(world.caf_secretariat, reference, "forward", {"holder_id": head.account_id})
    exchange: dict[str, Any] = {"exchange_on": day, "participants": "Démo Deux", "joint_meeting": False}
    perform(world.cdas_agent, reference, "record_exchange", exchange)
    with reading() as session:
        version = session.scalars(tickets.only(world.cdas_agent, reference)).one().version
    return Contest(reference, version, "accept", {"holder_id": head.account_id})


def a_relay() -> dict[str, Any]:
    person = ("matricule", "last_name", "first_name", "commune")
    return {
        **{name: value for name, value in a_submission().items() if name in person},
        "agreed_on": today(),
        "agreement_collected_by": "Camille Exemple",
        "regime": "ordinary",
        "relay_case": "closing_talk",
        "known_to_receiver": "few",
        "communication": "oral",
        "communicated_on": today(),
        "communicated_by": "Camille Exemple",
        "communicated_to": "Dominique Démo",
        "communication_content": "Situation présentée au téléphone.",
        "scope_event": "separation",
        "scope_event_on": today(),
        "has_children": True,
        "is_allocataire": True,
    }


MADE: Sequence[Callable[[World, Mapping[str, Sequence[Actor]]], Contest]] = (to_take, to_accept, to_complete)
