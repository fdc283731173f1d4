"""At the same instant against a real server of several processes: one thing is made, one act wins."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from service.database import reading
from service.models import JournalEntry, Message, Ticket
from service.operations import tokens
from tests import scale
from tests.api.conftest import a_body
from tests.factories import World, a_submitted_ticket
from tests.serving import serving

IDENTICAL = 50
TAKERS = 20
ROUNDS = scale.count(1, 40)

Answer = tuple[int, dict[str, Any]]


@pytest.fixture
def address(db: str, world: World, tmp_path: Path) -> Iterator[str]:
    """A server on the test's own database."""
    with serving(db, tmp_path) as address:
        yield address


def post(address: str, path: str, body: Any, token: str, **headers: str) -> Answer:
    """One call on a connection of its own."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
        connection.request("POST", f"/api/v1{path}", json.dumps(body), sent)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def at_once(number: int, call: Callable[[int], Answer]) -> list[Answer]:
    """All the calls, started together."""
    barrier = Barrier(number)

    def started_together(index: int) -> Answer:
        barrier.wait()
        return call(index)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(started_together, range(number)))


def test_fifty_identical_sendings_make_one_request(address: str, world: World) -> None:
    token = tokens.create(world.cdas_agent, "tests")
    for turn in range(ROUNDS):
        body, key = a_body(), f"sending-{turn}"
        answers = at_once(
            IDENTICAL,
            lambda _: post(address, "/tickets", body, token, **{"Idempotency-Key": key}),  # noqa: B023
        )
        assert Counter(status for status, _ in answers) == {201: 1, 200: IDENTICAL - 1}
        assert len({told["reference"] for _, told in answers}) == 1
        other = post(address, "/tickets", a_body(benefit="aah"), token, **{"Idempotency-Key": key})
        assert (other[0], other[1]["code"]) == (422, "idempotency_key_reused")
    path, text = f"/tickets/{answers[0][1]['reference']}/messages", {"body": "Bonjour"}
    written = at_once(TAKERS, lambda _: post(address, path, text, token, **{"Idempotency-Key": "message"}))
    assert {status for status, _ in written} <= {200, 201}
    assert len({told["id"] for _, told in written}) == 1
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Ticket)) == ROUNDS
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_one_of_twenty_takes_the_request(address: str, world: World) -> None:
    """workflows.md, common to all: one succeeds, the others learn that it changed, nothing is lost."""
    secrets = [
        tokens.create(actor, "tests") for actor in (world.caf_agent, world.other_caf_agent, world.caf_lead)
    ]
    for _ in range(ROUNDS):
        ticket = a_submitted_ticket(world.cdas_agent)
        path = f"/tickets/{ticket.reference}/actions/take"
        headers = {"If-Match": f'"{ticket.version}"'}
        answers = at_once(
            TAKERS,
            lambda index: post(address, path, {}, secrets[index % 3], **headers),  # noqa: B023
        )
        assert Counter(status for status, _ in answers) == {200: 1, 412: TAKERS - 1}
        assert {told["code"] for status, told in answers if status == 412} == {"stale_version"}
        with reading() as session:
            takes = select(func.count()).where(
                JournalEntry.ticket_id == ticket.id, JournalEntry.transition == "take"
            )
            assert session.scalar(takes) == 1
            kept = session.get_one(Ticket, ticket.id)
            assert (kept.state, kept.version) == ("in_progress", ticket.version + 1)
