"""« Défaire » in the circuits of the social services: who holds a request and where it stands, and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, NotPermitted
from service.models import DETAILS, ClockRecord, DigestLine, Message, OutboxMail, Ticket, WebhookDelivery
from service.models.base import Base
from service.notifications import webhooks as told_programs
from service.operations import absences, acts, webhooks
from service.operations.creation import create_ticket
from service.permissions import OUT_OF_LISTS
from service.schemas.fields import load
from service.schemas.kinds import ACTS, STATEMENTS
from service.statistics import reading as figures
from service.statistics.periods import Month
from service.workflows.machine import UNDO, UNDO_WITHIN
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import EVENTS, event_name
from tests.api.test_plays import BY_ITSELF
from tests.factories import World, seeded_world, today
from tests.operations.conftest import Hand
from tests.operations.test_undoing import act, journal_of, read_clocks, rows
from tests.plays import CONCERTATION, PERSON, PLAYS, Play, told

SOCIAL = [
    (kind, row.name, source)
    for kind in PLAYS
    for row in WORKFLOWS[kind].transitions
    if row.undoable
    for source in row.source
]
DONE: Mapping[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("co_intervention", "forward"): ("caf_secretariat", {"holder_id": "@caf_head"}),
    ("co_intervention", "reassign"): ("caf_secretariat", {"holder_id": "@caf_head"}),
    ("handover", "forward"): ("caf_secretariat", {"holder_id": "@caf_head"}),
    ("handover", "accept"): ("caf_head", {"holder_id": "@caf_head"}),
    ("handover", "reassign"): ("caf_secretariat", {"holder_id": "@caf_head"}),
    ("appointment", "reassign"): ("caf_secretariat", {"holder_id": "@caf_head"}),
    ("orientation", "receive"): ("caf_agent", {}),
    ("orientation", "reassign"): ("caf_lead", {"holder_id": "@caf_lead"}),
    ("rights_meeting", "reassign"): ("caf_lead", {"holder_id": "@caf_lead"}),
}


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def program(world: World) -> Iterator[None]:
    """Another program that wants to hear of each act that can be undone."""
    told_programs.configure(("127.0.0.1",))
    events = sorted({event_name(kind, name) for kind, name, _ in SOCIAL if name in EVENTS[kind]})
    webhooks.register(world.admin, label="Tableau de bord", url="https://127.0.0.1/relais", events=events)
    yield
    told_programs.configure(())


def written(world: World, play: Play) -> Ticket:
    """The request of the play, sent where it begins sent."""
    said = {name: value for name, value in play.statement.items() if name not in {*PERSON, "ground"}}
    ground = "agreed_on" if play.statement.get("ground") == "agreed" else "told_on"
    given = {**load(STATEMENTS[play.kind](), said), **PERSON, ground: today()}
    made, _ = create_ticket(
        getattr(world, play.author), play.kind, given, str(uuid4()), submit=not play.draft
    )
    if play.draft:
        acts.perform(getattr(world, play.author), made, WORKFLOWS[play.kind].sends, given)
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == made)).one()


def do(world: World, ticket: Ticket, post: str, name: str, body: Mapping[str, Any]) -> None:
    act(getattr(world, post), ticket, name, **load(ACTS[ticket.kind][name](), told(body, world)))


def in_state(world: World, hand: Hand, kind: str, state: str) -> Ticket:
    """A request of that kind to the Caf, as far as its play leads to the state for the first time."""
    play = PLAYS[kind][0]
    ticket = written(world, play)
    for step in play.steps[1 if play.draft else 0 :]:
        if state_of(ticket) == state:
            return ticket
        if step.who == "system":
            days, run = BY_ITSELF[step.act]
            hand.on(days=days)
            with transaction() as session:
                assert run(session) == 1
        else:
            do(world, ticket, step.who, step.act, step.body)
    assert state_of(ticket) == state
    return ticket


def state_of(ticket: Ticket) -> str:
    with reading() as session:
        return session.get_one(Ticket, ticket.id).state


def stored(kind: str) -> dict[str, list[dict[str, Any]]]:
    tables: tuple[type[Base], ...] = (
        Ticket,
        ClockRecord,
        DETAILS[kind],
        Message,
        OutboxMail,
        DigestLine,
        WebhookDelivery,
    )
    return rows(*tables)


@pytest.mark.parametrize(("kind", "name", "source"), SOCIAL)
def test_what_was_undone_leaves_everything_as_it_was(
    world: World, hand: Hand, program: None, kind: str, name: str, source: str
) -> None:
    """Each row that the tables call undoable, from each state where it begins: what it wrote or would tell."""
    ticket = in_state(world, hand, kind, source)
    hand.on(minutes=40)
    before, clocks, (post, body) = stored(kind), read_clocks(ticket).clocks, DONE[kind, name]
    do(world, ticket, post, name, body)
    assert stored(kind) != before
    hand.on(seconds=100)
    act(getattr(world, post), ticket, UNDO)
    assert stored(kind) == before
    assert [(run.name, run.started_at, run.stopped_at) for run in read_clocks(ticket).clocks] == [
        (run.name, run.started_at, run.stopped_at) for run in clocks
    ]  # R-CLK-5: it counts for nobody
    with reading() as session:
        facts = figures.facts_of(session, Month.of(clock.now()))
    counted = {event.name for one in facts.tickets for event in one.events}
    assert UNDO not in counted  # R-IND


def test_mails_programs_and_undoing_wait_two_minutes_and_no_longer(
    world: World, hand: Hand, program: None
) -> None:
    ticket = in_state(world, hand, "co_intervention", "submitted")
    do(world, ticket, "caf_secretariat", "forward", {"holder_id": "@caf_ts"})
    with reading() as session:
        mails = session.scalars(select(OutboxMail).where(OutboxMail.event == "forward")).all()
        deliveries = session.scalars(select(WebhookDelivery)).all()
    assert len(mails) == 2
    tried = [*(one.next_try_at for one in mails), *(one.next_try_at for one in deliveries)]
    assert set(tried) == {clock.now() + UNDO_WITHIN}
    hand.on(seconds=UNDO_WITHIN.seconds)
    with pytest.raises(GuardRefused, match="2 minutes sont passées"):
        act(world.caf_secretariat, ticket, UNDO)


def test_that_somebody_replaces_is_undone_with_the_act_that_said_so(
    world: World, hand: Hand, program: None
) -> None:
    """« X n’est pas disponible : Y remplace » is written with the act; who reads the request later finds no trace."""
    ticket = in_state(world, hand, "handover", "forwarded")
    hand.on(minutes=40)
    before = stored("handover")
    absences.note(world.caf_ts, world.caf_ts.account_id, today(), today(), world.caf_head.account_id)
    do(world, ticket, "caf_secretariat", "reassign", {"holder_id": "@caf_ts"})
    with reading() as session:
        said = session.scalars(select(Message).where(Message.ticket_id == ticket.id)).all()
    assert [one.body for one in said if "n’est pas disponible" in (one.body or "")] != []
    act(world.caf_secretariat, ticket, UNDO)
    assert stored("handover") == before


def test_what_a_switched_off_address_was_not_told_is_taken_back_too(
    world: World, hand: Hand, program: None
) -> None:
    ticket = in_state(world, hand, "co_intervention", "submitted")
    do(world, ticket, "caf_secretariat", "forward", {"holder_id": "@caf_ts"})
    with reading() as session:
        (endpoint,) = session.scalars(select(WebhookDelivery.endpoint_id).distinct())
    webhooks.switch_off(world.admin, endpoint)
    act(world.caf_secretariat, ticket, UNDO)
    with reading() as session:
        left = session.scalars(select(WebhookDelivery.event)).all()
    assert event_name("co_intervention", "forward") not in left


def test_only_who_did_it_undoes_it(world: World, hand: Hand) -> None:
    ticket = in_state(world, hand, "handover", "forwarded")
    do(world, ticket, "caf_head", "accept", {"holder_id": "@caf_head"})
    with pytest.raises(NotPermitted):
        act(world.cdas_agent, ticket, UNDO)
    with pytest.raises(GuardRefused):
        act(world.caf_secretariat, ticket, UNDO)
    act(world.caf_head, ticket, UNDO)
    assert [entry.transition for entry in journal_of(ticket)][-2:] == ["accept", UNDO]
    assert state_of(ticket) == "forwarded"


def test_a_relay_that_was_confirmed_meanwhile_stays_accepted(world: World, hand: Hand) -> None:
    """R-PR-6: the side that confirmed has read who takes it."""
    ticket = in_state(world, hand, "handover", "forwarded")
    do(world, ticket, "caf_head", "accept", {"holder_id": "@caf_head"})
    act(world.cdas_agent, ticket, "confirm")
    with pytest.raises(GuardRefused):
        act(world.caf_head, ticket, UNDO)
    assert state_of(ticket) == "accepted"


def test_what_stands_on_the_agenda_of_a_cdas_has_its_own_way_back(world: World, hand: Hand) -> None:
    """R-CI-3: towards a CDAS, passing on is a date of concertation; nothing waits, and another date takes it off."""
    play = next(one for one in PLAYS["co_intervention"] if one.author == "caf_ts")
    ticket = written(world, play)
    do(world, ticket, "cdas_head", "forward", {"concertation_on": CONCERTATION})
    with reading() as session:
        mails = session.scalars(select(OutboxMail).where(OutboxMail.event == "forward")).all()
    assert {mail.next_try_at for mail in mails} == {clock.now()}
    with pytest.raises(GuardRefused, match="ne se défait pas"):
        act(world.cdas_head, ticket, UNDO)


@pytest.mark.parametrize("kind", ["social_emergency", *sorted(OUT_OF_LISTS)])
def test_what_may_be_a_danger_never_waits(world: World, kind: str) -> None:
    """R-US-3, R-PE-1: who is told of an emergency or of a notice is told at once."""
    assert WORKFLOWS[kind].undo is None
    assert [row.name for row in WORKFLOWS[kind].transitions if row.undoable] == []


def test_the_mails_of_an_emergency_leave_at_once(world: World, hand: Hand) -> None:
    play = PLAYS["social_emergency"][0]
    ticket = written(world, play)
    for step in play.steps[1:3]:
        do(world, ticket, step.who, step.act, step.body)
    with reading() as session:
        mails = session.scalars(select(OutboxMail)).all()
    assert {mail.event for mail in mails} >= {"submit", "take", "reassign"}
    assert all(mail.next_try_at == mail.created_at for mail in mails)
