"""Statements made once for a sort of readers: each is given what is theirs, whoever asked before (R-DP-1)."""

from dataclasses import fields, replace

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import NotVisible
from service.models import Ticket
from service.operations import acts, conversation, kept_out, out_of_scope
from service.operations.consultation import consult
from service.permissions import Actor, Role
from service.queries import conversation as written
from service.queries import journal, news, tickets
from service.queries.readers import sort_of
from service.queries.reference import reference
from service.queries.sheet import sheet
from tests.factories import World, a_draft, a_submitted_ticket, an_account, seeded_world


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def requests(world: World) -> list[Ticket]:
    """Sent by two CDAS, with a word of each; and a draft of either."""
    sent = [a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent_elsewhere)]
    for ticket, author in zip(sent, (world.cdas_agent, world.cdas_agent_elsewhere), strict=True):
        conversation.write_message(author, ticket.reference, "Une pièce suit.", f"m-{ticket.reference}")
        conversation.write_note(author, ticket.reference, "À rappeler.", f"n-{ticket.reference}")
    return [*sent, a_draft(world.cdas_agent), a_draft(world.cdas_agent_elsewhere)]


def _everybody(world: World) -> list[Actor]:
    return [getattr(world, post.name) for post in fields(world)]


def _opens(actor: Actor, ticket: Ticket) -> bool:
    try:
        return consult(actor, ticket.reference) == ticket.id
    except NotVisible:
        return False


def _locks(actor: Actor, ticket: Ticket) -> bool:
    try:
        with transaction() as session:
            return acts.locked(session, actor, ticket.reference).id == ticket.id
    except NotVisible:
        return False


def test_each_reads_what_a_statement_of_their_own_gives_them(world: World, requests: list[Ticket]) -> None:
    """Twice, so that the second round asks what the first has made."""
    for _round in range(2):
        for actor in _everybody(world):
            with reading() as session:
                own = set(session.scalars(select(Ticket.id).where(tickets.visible_to(actor))))
            for ticket in requests:
                expected = ticket.id in own
                assert _opens(actor, ticket) is expected, (actor.role, ticket.reference)
                assert _locks(actor, ticket) is expected
                with reading() as session:
                    assert (sheet(session, actor, ticket.id) is not None) is expected
                    entries = session.execute(*journal.entries(actor, ticket.id)).all()
                    messages = session.execute(*written.messages(actor, ticket.id)).all()
                    notes = session.execute(*written.notes(actor, ticket.id)).all()
                    assert bool(entries) is expected
                    assert bool(messages) is (expected and ticket.submitted_at is not None)
                    theirs = expected and ticket.submitted_at is not None
                    assert bool(notes) is (theirs and actor.institution == world.cdas_agent.institution)


def test_what_one_head_has_opened_another_of_the_same_sort_has_not(
    world: World, requests: list[Ticket]
) -> None:
    """Both ask the same statement; and so do two colleagues of whom one has a link with the family."""
    with transaction() as session:
        other = an_account(session, "cdas-fougeres", Role.CDAS_HEAD, email="autre@test.example")
    assert sort_of(other) == sort_of(world.cdas_head_elsewhere)
    asked = requests[0]
    assert not _opens(world.cdas_head_elsewhere, asked)
    assert not _opens(other, asked)
    out_of_scope.open_ticket(world.cdas_head_elsewhere, asked.reference, "Son CDAS est fermé.")
    kept_out.declare(world.caf_lead, asked.reference, world.caf_agent.account_id)
    for _round in range(2):
        assert _opens(world.cdas_head_elsewhere, asked)
        assert not _opens(other, asked)
        assert _opens(world.other_caf_agent, asked)
        assert not _opens(world.caf_agent, asked)
        with reading() as session:
            found = [
                len(session.scalars(*tickets.first_of_matricule(actor, "1234567", 50)).all())
                for actor in (world.caf_agent, world.other_caf_agent, world.cdas_agent)
            ]
        assert found == [0, 2, 1]


def test_a_mark_is_of_who_asks(world: World, requests: list[Ticket]) -> None:
    """What one has opened is known to them alone."""
    sent = requests[0]
    assert _opens(world.caf_agent, sent)
    with reading() as session:
        known, now = reference(session), clock.now()
        marks = [
            news.marks(session, actor, [sent], known, now)
            for actor in (world.caf_agent, world.other_caf_agent)
        ]
    assert marks == [{}, {sent.id: news.Mark.NEW}]


def test_readers_of_one_sort_share_a_statement_and_others_do_not(world: World) -> None:
    here, there = world.cdas_agent, world.cdas_agent_elsewhere
    assert sort_of(here) == sort_of(there) == sort_of(world.other_cdas_agent)
    assert len({sort_of(actor) for actor in world.by_role.values()}) == len(world.by_role)
    for other in (replace(here, named=True), replace(here, deputy=True)):
        assert sort_of(other) != sort_of(here)
