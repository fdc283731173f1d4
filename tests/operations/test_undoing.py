"""« Défaire » what one has just done: an act of its own, after which the request stands and is timed as before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, NotPermitted, StaleVersion, WrongState
from service.models import (
    ClockRecord,
    DigestLine,
    JournalEntry,
    Message,
    OutboxMail,
    Ticket,
    UrgentRightsDetails,
    WebhookDelivery,
)
from service.models.base import Base
from service.notifications import webhooks as told
from service.operations import accounts, acts, conversation, kept_out, ledger, webhooks
from service.operations.transitions import link_of
from service.permissions import Actor
from service.queries import lists
from service.statistics import reading as figures
from service.statistics.periods import Month
from service.workflows import journal
from service.workflows.machine import UNDO_WITHIN
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import event_name
from tests.factories import World, a_submitted_ticket, seeded_world
from tests.operations.conftest import Hand

PRESTATIONS = "caf-prestations"
A_FILE = b"%PDF-1.4\n%%EOF\n"
MOVES_ON = frozenset({"version", "changed_at"})
"""What an undoing moves, as every act does."""


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def program(world: World) -> Iterator[None]:
    """Another program that wants to hear of each act that can be undone."""
    told.configure(("127.0.0.1",))
    events = [event_name("urgent_rights", name) for name in {name for name, _ in UNDOABLE}]
    assert events
    webhooks.register(world.admin, label="Tableau de bord", url="https://127.0.0.1/relais", events=events)
    yield
    told.configure(())


def act(actor: Actor, ticket: Ticket, name: str, **given: Any) -> None:
    acts.perform(actor, ticket.reference, name, given)


def rows(*tables: type[Base]) -> dict[str, list[dict[str, Any]]]:
    """Everything that the tables hold, but what moves with every act."""
    with reading() as session:
        return {
            table.__tablename__: [
                {name: value for name, value in row._mapping.items() if name not in MOVES_ON}
                for row in session.execute(
                    select(*table.__table__.columns).order_by(*table.__table__.primary_key)
                )
            ]
            for table in tables
        }


def journal_of(ticket: Ticket) -> list[JournalEntry]:
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == ticket.id)
        return list(session.scalars(query.order_by(JournalEntry.sequence)))


def assigned(world: World, ticket: Ticket) -> None:
    act(
        world.caf_secretariat,
        ticket,
        "assign",
        unit_id=PRESTATIONS,
        holder_id=world.other_caf_agent.account_id,
    )


def in_progress(world: World, ticket: Ticket) -> None:
    assigned(world, ticket)
    act(world.caf_agent, ticket, "take")


def waiting_partner(world: World, ticket: Ticket) -> None:
    in_progress(world, ticket)
    act(world.caf_agent, ticket, "ask", question="Quelle date de fin de contrat ?")


REACHED: Mapping[str, Callable[[World, Ticket], None]] = {
    "submitted": lambda world, ticket: None,
    "assigned": assigned,
    "in_progress": in_progress,
    "waiting_partner": waiting_partner,
}
DONE: Mapping[str, Callable[[World], tuple[Actor, dict[str, Any]]]] = {
    "assign": lambda world: (
        world.caf_lead,
        {"unit_id": PRESTATIONS, "holder_id": world.caf_lead.account_id},
    ),
    "take": lambda world: (world.caf_agent, {}),
    "reassign": lambda world: (world.caf_lead, {"holder_id": world.caf_lead.account_id}),
}
UNDOABLE = [
    (row.name, source)
    for row in WORKFLOWS["urgent_rights"].transitions
    if row.undoable
    for source in row.source
]


def read_clocks(ticket: Ticket) -> ledger.TicketLedger:
    with reading() as session:
        return ledger.ledger_of(session, session.get_one(Ticket, ticket.id), clock.now())


def explained(ticket: Ticket) -> list[Sequence[str]]:
    return [one.explanation for one in read_clocks(ticket).clocks]


@pytest.mark.parametrize(("name", "source"), UNDOABLE)
def test_what_was_undone_leaves_everything_as_it_was(
    world: World, hand: Hand, program: None, name: str, source: str
) -> None:
    """Each row that the tables call undoable, from each state where it begins: what it wrote or would tell."""
    ticket, twin = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.other_cdas_agent)
    for one in (ticket, twin):
        REACHED[source](world, one)
    hand.on(minutes=40)
    stored = (Ticket, ClockRecord, UrgentRightsDetails, Message, OutboxMail, DigestLine, WebhookDelivery)
    before, (actor, given) = rows(*stored), DONE[name](world)
    act(actor, ticket, name, **given)
    assert rows(*stored) != before
    hand.on(seconds=100)
    act(actor, ticket, "undo")
    assert rows(*stored) == before
    hand.on(hours=3)
    assert read_clocks(ticket) == read_clocks(twin)  # R-CLK-5: it counts for nobody
    assert explained(ticket) == explained(twin)


def test_the_journal_keeps_both_acts_and_its_chain(world: World, hand: Hand) -> None:
    """Append-only: nothing is taken out; who undid what is an entry, without a payload too."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    act(world.caf_agent, ticket, "undo")
    act(world.other_caf_agent, ticket, "take")
    entries = journal_of(ticket)
    assert [(one.transition, one.from_state, one.to_state) for one in entries[2:]] == [
        ("take", "submitted", "in_progress"),
        ("undo", "in_progress", "submitted"),
        ("take", "submitted", "in_progress"),
    ]
    assert entries[3].actor_id == world.caf_agent.account_id
    assert journal.first_break((link_of(entry), entry.hash) for entry in entries) is None
    with transaction() as session:
        session.execute(update(JournalEntry).values(payload_sealed=None, payload_salt=None))
    stopped = {run.name: run.stopped_at for run in read_clocks(ticket).clocks}
    assert stopped["take"] == entries[4].happened_at


def test_figures_pass_over_what_was_undone(world: World, hand: Hand) -> None:
    """R-IND: neither the act nor its undoing happened, for whoever counts."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    act(world.caf_agent, ticket, "undo")
    with reading() as session:
        facts = figures.facts_of(session, Month.of(clock.now()))
    assert [event.name for one in facts.tickets for event in one.events] == ["open", "submit"]


def test_only_the_last_act_of_oneself_is_undone(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    with pytest.raises(WrongState):
        act(world.caf_agent, ticket, "undo")
    act(world.caf_agent, ticket, "take")
    with pytest.raises(NotPermitted):
        act(world.cdas_agent, ticket, "undo")
    with pytest.raises(GuardRefused):
        act(world.other_caf_agent, ticket, "undo")
    with reading() as session:
        seen = session.get_one(Ticket, ticket.id).version
    act(world.caf_lead, ticket, "reassign", holder_id=world.caf_lead.account_id)
    with pytest.raises(StaleVersion):
        acts.perform(world.caf_agent, ticket.reference, "undo", {}, version=seen)
    act(world.caf_lead, ticket, "undo")
    with pytest.raises(GuardRefused):
        act(world.caf_lead, ticket, "undo")  # an undoing is not undone, nor what came before it
    act(world.caf_lead, ticket, "ask", question="Quelle date ?")
    with pytest.raises(GuardRefused):
        act(world.caf_lead, ticket, "undo")


@pytest.mark.parametrize("reason", ["link", "suspended"])
def test_nobody_gets_back_what_they_may_not_follow_any_more(world: World, hand: Hand, reason: str) -> None:
    """R-DP-1, invariant 8: it is confided to a colleague so that the link can be declared."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    act(world.caf_lead, ticket, "reassign", holder_id=world.other_caf_agent.account_id)
    if reason == "link":
        kept_out.declare(world.caf_lead, ticket.reference, world.caf_agent.account_id)
    else:
        accounts.suspend(world.admin, world.caf_agent.account_id)
    before = rows(Ticket, OutboxMail, JournalEntry)
    with pytest.raises(GuardRefused):
        act(world.caf_lead, ticket, "undo")
    assert rows(Ticket, OutboxMail, JournalEntry) == before


def test_what_was_written_meanwhile_is_not_answered_by_an_undoing(world: World, hand: Hand) -> None:
    """Else the CDAS would be reminded of the answer that it has just given."""
    ticket = a_submitted_ticket(world.cdas_agent)
    waiting_partner(world, ticket)
    act(world.caf_lead, ticket, "assign", unit_id=PRESTATIONS, holder_id=None)
    hand.on(seconds=30)
    conversation.write_message(world.cdas_agent, ticket.reference, "Le 30 septembre.", "k1")
    with pytest.raises(GuardRefused):
        act(world.caf_lead, ticket, "undo")


def test_what_was_joined_meanwhile_is_not_put_back_under_the_request(world: World, hand: Hand) -> None:
    """One's own file does not hold it; that of the other side does, as their message would."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    conversation.attach(world.caf_agent, ticket.reference, "bail.pdf", A_FILE, "k1")
    act(world.caf_agent, ticket, "undo")
    act(world.caf_agent, ticket, "take")
    conversation.attach(world.cdas_agent, ticket.reference, "bail.pdf", A_FILE, "k2")
    with pytest.raises(GuardRefused, match="joint un fichier"):
        act(world.caf_agent, ticket, "undo")


def test_an_undoing_leaves_what_the_same_act_told_a_moment_before(world: World, hand: Hand) -> None:
    """Two of the same name in the same second: the first one stands, and so does its mail."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_secretariat, ticket, "assign", unit_id=PRESTATIONS, holder_id=None)
    first = rows(OutboxMail)["outbox_mail"]
    to = world.other_caf_agent.account_id
    act(world.caf_secretariat, ticket, "assign", unit_id=PRESTATIONS, holder_id=to)
    act(world.caf_secretariat, ticket, "undo")
    left = rows(OutboxMail)["outbox_mail"]
    assert [mail["id"] for mail in left] == [mail["id"] for mail in first]


def test_what_was_undone_is_nothing_that_one_treats(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    mine = lists.Filters(treated_by=world.caf_secretariat.account_id)
    found = []
    for name in ("assign", "undo"):
        given = {"unit_id": PRESTATIONS, "holder_id": None} if name == "assign" else {}
        act(world.caf_secretariat, ticket, name, **given)
        with reading() as session:
            found.append(len(session.scalars(lists.queue(world.caf_secretariat, mine)).all()))
    assert found == [1, 0]


def test_an_act_whose_row_does_not_allow_it_is_not_undone(world: World, hand: Hand) -> None:
    """What the other side reads at once stays: the answer to a question leads where an undoing could begin."""
    ticket = a_submitted_ticket(world.cdas_agent)
    waiting_partner(world, ticket)
    act(world.cdas_agent, ticket, "reply", text="Le 30 septembre.")
    for actor in (world.caf_agent, world.caf_lead):
        with pytest.raises(GuardRefused):
            act(actor, ticket, "undo")
    assert journal_of(ticket)[-1].transition == "reply"


def test_mails_wait_as_long_as_an_act_can_be_undone(world: World, hand: Hand) -> None:
    """After that neither mail nor undoing waits; a mail that has left all the same can not be taken back."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    with reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.event == "take")).one()
    assert mail.next_try_at == mail.created_at + UNDO_WITHIN
    with transaction() as session:
        session.execute(update(OutboxMail).where(OutboxMail.id == mail.id).values(attempts=1))
    with pytest.raises(GuardRefused):
        act(world.caf_agent, ticket, "undo")
    with transaction() as session:
        session.execute(update(OutboxMail).where(OutboxMail.id == mail.id).values(attempts=0))
    hand.on(seconds=UNDO_WITHIN.seconds)
    with pytest.raises(GuardRefused):
        act(world.caf_agent, ticket, "undo")


def test_a_further_act_lets_the_mails_of_the_one_before_leave_first(world: World, hand: Hand) -> None:
    """A CDAS hears that somebody takes care of its request before it hears their question."""
    ticket = a_submitted_ticket(world.cdas_agent)
    act(world.caf_agent, ticket, "take")
    hand.on(seconds=30)
    act(world.caf_secretariat, ticket, "assign", unit_id=PRESTATIONS)
    act(world.caf_agent, ticket, "take")
    act(world.caf_agent, ticket, "ask", question="Quelle date ?")
    with reading() as session:
        mails = session.scalars(select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.id)).all()
    assert [(mail.event, mail.next_try_at) for mail in mails[-4:]] == [
        (name, clock.now()) for name in ("take", "assign", "take", "ask")
    ]
