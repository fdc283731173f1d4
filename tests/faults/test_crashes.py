"""kill -9 at each step of a request: afterwards all of it is there or nothing, and trying again makes one of it.

Every transition is one transaction (workflows, « Common to all »); an act is never lost nor done twice.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from service.database import reading
from service.models import ClockRecord, Message, OutboxMail, Ticket
from service.operations.acts import perform
from tests import scale
from tests.factories import a_submitted_ticket
from tests.faults.bodies import a_body, a_form
from tests.faults.client import Answer, Died
from tests.faults.conftest import House
from tests.faults.evidence import SENT, entries_of, expect_sent_whole, new_since, rows

EVERY_THIRD = scale.count(3, 1)
BURSTS = range(1, 28, scale.count(13, 2))  # a request through the API has 28 steps and some
ACTS: Mapping[str, Mapping[str, Any]] = {
    "take": {},
    "ask": {"question": "Quelle date de fin de contrat ?"},
    "reply": {"text": "Le 30 septembre."},
    "answer": {"outcome": "restored", "text": "Le droit est rétabli.", "how_known": "Par téléphone."},
}
"""A circuit, each act from the state that the one before has left."""


def deaths(send: Callable[[int], Answer], every: int = 1) -> Iterator[int]:
    """Each step at which the server has just died, from the first to the last one that the request has."""
    for step in count(1, every):
        try:
            send(step)
        except Died:
            yield step
        else:
            return


def test_a_request_of_a_program_is_whole_or_absent_and_sent_again_is_one(mortal: House) -> None:
    author = mortal.world.cdas_agent
    program, body = mortal.program(author), a_body()
    before, kept = rows(), []
    for step in deaths(lambda step: program.create(body, f"step-{step}", die_at=step)):
        found = new_since(before)
        assert found in ({}, SENT), f"step {step}"
        kept.append(bool(found))
        again = program.create(body, f"step-{step}")
        assert again.status == (200 if found else 201), again.text
        assert new_since(before) == SENT, f"step {step}"
        expect_sent_whole(again.json["reference"], author.account_id, f"step-{step}")
        before = rows()
    expect_before_and_after(kept)


def test_a_request_of_the_page_is_whole_or_absent_and_sent_again_is_one(mortal: House) -> None:
    """The next click takes up nothing, or finds the request sent."""
    author, visitor = mortal.world.cdas_agent, mortal.visitor("cdas_agent")
    before, kept = rows(), []

    def send(step: int, die_at: int) -> Answer:
        return visitor.post("/signaler", a_form(f"{step:032x}"), die_at=die_at)

    whole = {**SENT, "idempotency_key": 2}
    for step in deaths(lambda step: send(step, step), EVERY_THIRD):
        found = new_since(before)
        assert found in ({}, whole), f"step {step}"
        kept.append(found == whole)
        again = send(step, 0)
        assert again.status == 303, again.text
        reference = again.headers["Location"].rpartition("/")[2]
        assert new_since(before) == whole, f"step {step}"
        expect_sent_whole(reference, author.account_id, f"send-{step:032x}")
        before = rows()
    expect_before_and_after(kept)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_whole_or_absent_and_done_again_is_one(mortal: House, name: str) -> None:
    """The journal, the state, the clocks, the message and the mails of an act move together or not at all."""
    circuit = [*ACTS][: [*ACTS].index(name) + 1]
    actor_of = dict.fromkeys(ACTS, mortal.world.caf_agent) | {"reply": mortal.world.cdas_agent}
    program = mortal.program(actor_of[name])
    kept = []

    def stand() -> Ticket:
        ticket = a_submitted_ticket(mortal.world.cdas_agent)
        for earlier in circuit[:-1]:
            perform(actor_of[earlier], ticket.reference, earlier, ACTS[earlier])
        return ticket

    tickets: list[Ticket] = []

    def act(step: int) -> Answer:
        tickets.append(stand())
        return program.act(tickets[-1].reference, name, len(circuit) + 1, ACTS[name], die_at=step)

    for _ in deaths(act, EVERY_THIRD):
        ticket = tickets[-1]
        done = [entry.transition for entry in entries_of(ticket.reference)][2:]
        assert done in (circuit[:-1], circuit)
        kept.append(done == circuit)
        expect_in_step(ticket, circuit if kept[-1] else circuit[:-1])
        again = program.act(ticket.reference, name, len(circuit) + 1, ACTS[name])
        assert again.status == (412 if kept[-1] else 200), again.text
        expect_in_step(ticket, circuit)
    expect_before_and_after(kept)


@pytest.mark.parametrize("die_at", BURSTS)
def test_of_many_at_once_those_that_were_acknowledged_are_there(mortal: House, die_at: int) -> None:
    """One of them kills the process of all; each is then sent again."""
    author = mortal.world.cdas_agent
    program, body = mortal.program(author), a_body()
    keys = [f"burst-{die_at}-{number}" for number in range(12)]
    before = rows()

    def send(key: str) -> str | None:
        try:
            answer = program.create(body, key, die_at=die_at if key == keys[5] else 0)
        except Died:
            return None
        assert answer.status == 201, answer.text
        return str(answer.json["reference"])

    with ThreadPoolExecutor(len(keys)) as senders:
        first = dict(zip(keys, senders.map(send, keys), strict=True))
        assert first[keys[5]] is None
        acknowledged = {key: reference for key, reference in first.items() if reference}
        for key, reference in acknowledged.items():
            expect_sent_whole(reference, author.account_id, key)
        again = dict(zip(keys, senders.map(lambda key: program.create(body, key), keys), strict=True))
    assert {key: again[key].json["reference"] for key in acknowledged} == acknowledged
    assert new_since(before) == {name: number * len(keys) for name, number in SENT.items()}


def test_what_was_acknowledged_outlives_the_database_s_own_crash(mortal: House) -> None:
    """The PostgreSQL server stopped dead between two requests. SQLite has no server: there, the process is."""
    author = mortal.world.cdas_agent
    program, body = mortal.program(author), a_body()
    made = [program.create(body, f"power-{number}").json["reference"] for number in range(3)]
    if mortal.cluster is not None:
        mortal.cluster.pg_ctl("restart", "-m", "immediate")
    else:
        with pytest.raises(Died):
            program.create(body, "power-cut", die_at=1)
    for number, reference in enumerate(made):
        expect_sent_whole(reference, author.account_id, f"power-{number}")
        again = program.create(body, f"power-{number}")
        assert (again.status, again.json["reference"]) == (200, reference)


def expect_before_and_after(kept: list[bool]) -> None:
    """Dead before the commit, nothing; after it, everything; and the steps went through both."""
    assert kept == sorted(kept)
    assert {*kept} == {False, True}


def expect_in_step(ticket: Ticket, done: list[str]) -> None:
    """State, version, holder, messages, clocks and mails are those of the journal."""
    last = done[-1] if done else "submit"
    state = {
        "submit": "submitted",
        "take": "in_progress",
        "ask": "waiting_partner",
        "reply": "in_progress",
        "answer": "answered",
    }
    with reading() as session:
        now = session.get_one(Ticket, ticket.id)
        texts = select(Message.sequence).where(Message.ticket_id == ticket.id).order_by(Message.sequence)
        mails = select(OutboxMail.event).where(OutboxMail.ticket_id == ticket.id).order_by(OutboxMail.id)
        clocks = select(ClockRecord.name, ClockRecord.stopped_at).where(ClockRecord.ticket_id == ticket.id)
        running = {name for name, stopped_at in session.execute(clocks) if stopped_at is None}
        assert (now.state, now.version) == (state[last], len(done) + 2)
        assert list(session.scalars(texts)) == [
            number + 3 for number, name in enumerate(done) if name != "take"
        ]
        assert list(session.scalars(mails)) == ["submit", *done]
    assert (now.holder_id is None) is (not done)
    assert (
        running
        == {
            "submit": {"triage", "take", "answer"},
            "take": {"answer"},
            "ask": {"answer"},
            "reply": {"answer"},
            "answer": {"closing"},
        }[last]
    )
