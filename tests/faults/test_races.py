"""Many at once on the server as it runs for people, two processes of four threads: one wins, nothing is lost.

« Two people acting at once on the same version: one succeeds, the other gets a conflict with what changed » (workflows,
common to all); the same request made twice or fifty times makes one (R-UD-1's form, the API's Idempotency-Key).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import select

from service.database import reading, transaction
from service.models import OutboxMail, Ticket
from service.permissions import Actor, Role
from tests.factories import a_submitted_ticket, an_account
from tests.faults.bodies import a_body, a_form
from tests.faults.client import Answer
from tests.faults.conftest import House
from tests.faults.evidence import SENT, entries_of, expect_sent_whole, new_since, rows

SAME = 50
AGENTS = 20
Given = TypeVar("Given")


def all_at_once(do: Callable[[Given], Answer], givens: Iterable[Given]) -> list[Answer]:
    """What each got; nobody starts before everybody is ready."""
    known = list(givens)
    ready = Barrier(len(known))

    def start(given: Given) -> Answer:
        ready.wait(60)
        return do(given)

    with ThreadPoolExecutor(len(known)) as threads:
        return list(threads.map(start, known))


def statuses(answers: Iterable[Answer]) -> dict[int, int]:
    return dict(Counter(answer.status for answer in answers))


def agents(count: int) -> list[Actor]:
    """So many agents of the Service Prestations."""
    with transaction() as session:
        return [
            an_account(session, "caf-prestations", Role.CAF_AGENT, email=f"agent-{number}@test.example")
            for number in range(count)
        ]


def row_of(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


def mails_of(ticket: Ticket) -> list[str]:
    with reading() as session:
        query = select(OutboxMail.event).where(OutboxMail.ticket_id == ticket.id)
        return list(session.scalars(query.order_by(OutboxMail.id)))


def test_fifty_identical_requests_of_a_program_make_one_ticket(house: House) -> None:
    author = house.world.cdas_agent
    program, body, before = house.program(author), a_body(), rows()
    answers = all_at_once(lambda key: program.create(body, key), ["fifty"] * SAME)
    assert statuses(answers) == {201: 1, 200: SAME - 1}
    (reference,) = {answer.json["reference"] for answer in answers}
    assert new_since(before) == SENT
    expect_sent_whole(reference, author.account_id, "fifty")


def test_fifty_clicks_on_the_same_page_make_one_ticket(house: House) -> None:
    visitor, before, key = house.visitor("cdas_agent"), rows(), "c" * 32
    form = a_form(key)

    def click(number: int) -> Answer:
        return replace(visitor, cookies=dict(visitor.cookies)).post("/signaler", form)

    answers = all_at_once(click, range(SAME))
    assert statuses(answers) == {303: SAME}
    (place,) = {answer.headers["Location"] for answer in answers}
    assert new_since(before) == {**SENT, "idempotency_key": 2}
    expect_sent_whole(place.rpartition("/")[2], house.world.cdas_agent.account_id, f"send-{key}")


def test_one_key_with_two_contents_makes_one_ticket_and_refuses_the_other_content(house: House) -> None:
    program, before = house.program(house.world.cdas_agent), rows()
    bodies = [a_body(), {**a_body(), "description": "Autre chose."}]
    asked = [number % 2 for number in range(20)]
    answers = all_at_once(lambda which: program.create(bodies[which], "two-contents"), asked)
    made = [which for which, answer in zip(asked, answers, strict=True) if answer.status == 201]
    assert len(made) == 1
    for which, answer in zip(asked, answers, strict=True):
        if which == made[0]:
            assert answer.status in (200, 201)
        else:
            assert answer.json["code"] == "idempotency_key_reused"
    assert new_since(before) == SENT


def test_of_twenty_agents_who_take_it_at_once_one_has_it_and_the_others_are_told(house: House) -> None:
    ticket = a_submitted_ticket(house.world.cdas_agent)
    programs = [(agent, house.program(agent)) for agent in agents(AGENTS)]
    answers = all_at_once(lambda one: one[1].act(ticket.reference, "take", 2), programs)
    assert statuses(answers) == {200: 1, 412: AGENTS - 1}
    for answer in answers:
        if answer.status == 412:
            assert answer.json["code"] == "stale_version"
            assert "« En cours »" in answer.json["detail"]
            assert answer.json["advice"]
    (winner,) = (agent for (agent, _), answer in zip(programs, answers, strict=True) if answer.status == 200)
    taken = row_of(ticket)
    assert (taken.state, taken.holder_id, taken.version) == ("in_progress", winner.account_id, 3)
    entries = entries_of(ticket.reference)
    assert [entry.transition for entry in entries] == ["open", "submit", "take"]
    assert entries[-1].actor_id == winner.account_id
    assert mails_of(ticket) == ["submit", "take"]


def test_of_different_acts_at_once_one_is_done(house: House) -> None:
    ticket, world = a_submitted_ticket(house.world.cdas_agent), house.world
    refusal = {"reason": "wrong_service", "sentence": "Pas nous.", "turn_to": "La CPAM."}
    acts: list[tuple[Actor, str, dict[str, Any]]] = [
        (world.caf_agent, "take", {}),
        (world.caf_secretariat, "assign", {"unit_id": "caf-prestations"}),
        (world.caf_lead, "reject", refusal),
        (world.cdas_agent, "cancel", {"reason": "Réglé."}),
    ]
    programs = [(house.program(actor), name, body) for actor, name, body in acts * 3]
    answers = all_at_once(lambda one: one[0].act(ticket.reference, one[1], 2, one[2]), programs)
    assert statuses(answers) == {200: 1, 412: len(programs) - 1}
    (done,) = (name for (_, name, _), answer in zip(programs, answers, strict=True) if answer.status == 200)
    assert [entry.transition for entry in entries_of(ticket.reference)] == ["open", "submit", done]
    assert mails_of(ticket) == ["submit", done]
    assert row_of(ticket).version == 3


def test_a_stale_version_keeps_nothing_and_the_fresh_one_goes_through(house: House) -> None:
    ticket = a_submitted_ticket(house.world.cdas_agent)
    agent, secretariat = house.program(house.world.caf_agent), house.program(house.world.caf_secretariat)
    seen = secretariat.get(f"/tickets/{ticket.reference}")
    assert seen.headers["ETag"] == '"2"'
    assert agent.act(ticket.reference, "take", 2).status == 200
    before = rows()
    stale = secretariat.act(ticket.reference, "assign", 2, {"unit_id": "caf-prestations"})
    assert (stale.status, stale.json["code"]) == (412, "stale_version")
    assert new_since(before) == {}
    fresh = int(secretariat.get(f"/tickets/{ticket.reference}").headers["ETag"].strip('"'))
    assert secretariat.act(ticket.reference, "assign", fresh, {"unit_id": "caf-prestations"}).status == 200
    assert [entry.transition for entry in entries_of(ticket.reference)][2:] == ["take", "assign"]
