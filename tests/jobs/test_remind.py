"""`remind`: told before a deadline is missed, told the head when it is, each once, in open hours (R-CLK-3, R-CLK-4)."""

from datetime import date, datetime, timedelta
from itertools import product

from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.jobs import remind
from service.jobs.registry import JOBS
from service.models import KeptOut, OutboxMail, Reminder, SettingValue, Ticket
from service.operations import absences, kept_out
from service.operations.acts import perform
from service.operations.revision import bump
from service.queries.reference import reference
from tests.factories import World, a_submitted_ticket, email_of
from tests.jobs.hand import Hand

SOCIAL_HEAD = email_of("caf_head")


def run() -> int:
    with transaction() as session:
        return remind.run(session)


def told(event: str) -> list[str]:
    """The recipients of the mails of an event, by instant and by address."""
    with reading() as session:
        rows = session.scalars(
            select(OutboxMail.recipient)
            .where(OutboxMail.event == event)
            .order_by(OutboxMail.created_at, OutboxMail.recipient)
        )
        return list(rows)


def mailbox(unit: str) -> str:
    with reading() as session:
        return str(reference(session).units[unit].email)


def deadline(ticket: Ticket) -> datetime:
    with reading() as session:
        due = session.scalar(select(Ticket.next_deadline_at).where(Ticket.id == ticket.id))
        assert due is not None
        return due


def set_to(key: str, value: object) -> None:
    with transaction() as session:
        session.merge(SettingValue(key=key, value=value))
        bump(session)


def test_r_clk_4_the_unit_is_told_at_three_quarters_and_the_head_at_the_end_each_once(
    world: World, hand: Hand
) -> None:
    assert "remind" in {job.name for job in JOBS}
    hand.at(10, 27, 8, 30)
    ticket = a_submitted_ticket(world.cdas_agent)
    # Four business hours from 8:30: three of them have passed at 11:30, the last one ends at 13:30.
    assert deadline(ticket) == hand.at(10, 27, 13, 30)
    hand.at(10, 27, 11, 29, 59)
    assert run() == 0
    hand.at(10, 27, 11, 30)
    assert [run(), run()] == [1, 0]
    assert told("reminder_soon") == [mailbox("caf-secretariat")]
    hand.at(10, 27, 13, 29)
    assert run() == 0
    hand.at(10, 27, 13, 30)
    assert [run(), run()] == [1, 0]
    assert told("reminder_late") == [SOCIAL_HEAD]
    hand.at(10, 28, 9)
    assert run() == 0, "once is once, the next day too"


def test_r_clk_4_the_share_is_a_setting_and_none_means_no_reminder_before(world: World, hand: Hand) -> None:
    hand.at(10, 27, 8, 30)
    a_submitted_ticket(world.cdas_agent)
    set_to("reminder_percent", None)
    hand.at(10, 27, 13, 29)
    assert run() == 0
    set_to("reminder_percent", 50)
    assert run() == 1
    assert told("reminder_soon") == [mailbox("caf-secretariat")]


def test_nobody_is_told_at_night_or_on_a_closed_day(world: World, hand: Hand) -> None:
    hand.at(10, 30, 16)
    ticket = a_submitted_ticket(world.cdas_agent)
    assert deadline(ticket) == hand.at(11, 2, 11, 30)
    for when in ((10, 30, 17, 30), (10, 31, 10), (11, 1, 10), (11, 2, 8, 29)):
        hand.at(*when)
        assert run() == 0, when
    hand.at(11, 2, 11, 0)
    assert run() == 1
    # An outage over the deadline and the evening: the head hears at the next opening.
    hand.at(11, 2, 20)
    assert run() == 0
    hand.at(11, 3, 8, 30)
    assert run() == 1
    assert told("reminder_late") == [SOCIAL_HEAD]


def test_a_deadline_missed_before_any_reminder_is_told_as_missed_only(world: World, hand: Hand) -> None:
    hand.at(10, 27, 8, 30)
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 29, 9)
    assert [run(), run()] == [1, 0]
    assert (told("reminder_soon"), told("reminder_late")) == ([], [SOCIAL_HEAD])


def test_escalation_goes_to_the_replacement_then_to_the_last_resort_and_never_to_nobody(
    world: World, hand: Hand
) -> None:
    hand.at(10, 27, 8, 30)
    day = date(2026, 10, 27)
    replaced = absences.note(world.caf_head, world.caf_head.account_id, day, day, world.caf_ts.account_id)
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 27, 13, 30)
    run()
    assert told("reminder_late") == [email_of("caf_ts")]
    absences.cancel(world.caf_head, replaced)
    hand.at(10, 28, 8, 30)
    for person in (world.caf_head, world.caf_ts):
        absences.note(world.caf_head, person.account_id, day + timedelta(days=1), day + timedelta(days=3))
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 28, 13, 30)
    run()
    assert told("reminder_late")[1:] == [email_of("admin")], "everybody is away: the administration hears"
    set_to("last_resort_address", "permanence@departement.example")
    hand.at(10, 29, 8, 30)
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 29, 13, 30)
    run()
    assert told("reminder_late")[2:] == ["permanence@departement.example"]


def test_r_dp_1_who_has_a_link_with_the_family_is_reminded_of_nothing(world: World, hand: Hand) -> None:
    """Neither a head whose unit is late, nor who stands in for who has the request in hand."""
    day = date(2026, 10, 27)
    hand.at(10, 27, 8, 30)
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    kept_out.declare(world.caf_lead, ticket.reference, world.other_caf_agent.account_id)
    absences.note(
        world.caf_agent,
        world.caf_agent.account_id,
        day,
        day + timedelta(days=9),
        world.other_caf_agent.account_id,
    )
    with transaction() as session:
        link = KeptOut(account_id=world.caf_lead.account_id, ticket_id=ticket.id)
        link.declared_by, link.declared_at = world.caf_head.account_id, clock.now()
        session.add(link)
    for day_of_month, hour in product((28, 29, 30), range(9, 18)):
        hand.at(10, day_of_month, hour)
        run()
    assert told("reminder_soon") == [mailbox("caf-prestations")]
    assert told("reminder_late") == [email_of("admin")]


def test_the_same_address_is_not_told_twice_in_a_day_of_the_same_ticket(world: World, hand: Hand) -> None:
    hand.at(10, 27, 8, 30)
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(10, 27, 11, 30)
    assert run() == 1
    with transaction() as session:  # the head had the first reminder too
        session.scalars(select(Reminder)).one().told_to += f", {SOCIAL_HEAD}"
    hand.at(10, 27, 13, 30)
    assert run() == 0
    hand.at(10, 28, 8, 30)
    assert run() == 1
    assert told("reminder_late") == [SOCIAL_HEAD]
    assert ticket.reference


def test_r_clk_3_a_cdas_that_is_waited_for_is_reminded_at_three_and_eight_open_days(
    world: World, hand: Hand
) -> None:
    hand.at(10, 27, 9)
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    perform(world.caf_agent, ticket.reference, "ask", {"question": "Quel est le loyer ?"})
    hand.at(10, 30, 16, 59)
    assert run() == 0
    hand.at(11, 2, 8, 30)
    assert [run(), run()] == [1, 0]
    assert told("reminder_first") == [email_of("cdas_agent"), mailbox("cdas-redon")]
    hand.at(11, 6, 17)
    assert run() == 0
    hand.at(11, 9, 8, 30)
    assert [run(), run()] == [1, 0]
    assert told("reminder_second") == sorted(
        [
            mailbox("cdas-redon"),
            email_of("cdas_agent"),
            email_of("cdas_head"),
            mailbox("caf-prestations"),
        ]
    )
