"""`return_silent`: a relay comes back when its receiver lets the target of the first exchange pass (R-PR-6)."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from service.database import reading, transaction
from service.jobs import return_silent
from service.jobs.registry import JOBS
from service.models import ClockRecord, HandoverDetails, OutboxMail, Ticket
from service.operations import standing
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.queries.reference import reference
from service.workflows.clocks import Stretch
from tests.factories import REDON, World, email_of
from tests.jobs.hand import Hand

DAY = date(2026, 10, 27)
GIVEN = {
    "matricule": "1234567",
    "last_name": "Exemple-Le Gall",
    "first_name": "Éloïse",
    "commune": REDON,
    "agreed_on": DAY,
    "agreement_collected_by": "Camille Exemple",
    "regime": "ordinary",
    "relay_case": "closing_talk",
    "known_to_receiver": "few",
    "communication": "oral",
    "communicated_on": DAY,
    "communicated_by": "Camille Exemple",
    "communicated_to": "Dominique Démo",
    "communication_content": "Situation présentée au téléphone.",
    "scope_event": "planned_separation",
    "has_children": True,
    "is_allocataire": True,
}


def a_forwarded_relay(world: World) -> str:
    name = create_ticket(world.cdas_agent, "handover", GIVEN, str(uuid4()), submit=True)[0]
    perform(world.caf_secretariat, name, "forward", {"holder_id": world.caf_ts.account_id})
    return name


def row(name: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == name)).one()


def run() -> int:
    with transaction() as session:
        return return_silent.run(session)


def silent_at(name: str) -> datetime:
    with reading() as session:
        return standing.limits_of(row(name), reference(session))["silence"]


def alarms(name: str) -> Counter[str]:
    """How often each address was told that the relay came back."""
    with reading() as session:
        query = select(OutboxMail.recipient).where(
            OutboxMail.event == "return_silent", OutboxMail.ticket_id == row(name).id
        )
        return Counter(session.scalars(query))


def test_r_pr_6_silence_brings_the_relay_back_with_an_alarm_and_no_other(world: World, hand: Hand) -> None:
    assert "return_silent" in {job.name for job in JOBS}
    silent, answered = a_forwarded_relay(world), a_forwarded_relay(world)
    perform(world.caf_ts, answered, "record_exchange", {"exchange_on": DAY, "participants": "Démo Deux"})
    limit = silent_at(silent)
    hand.instant = limit - timedelta(seconds=1)
    assert run() == 0
    hand.instant = limit
    assert [run(), run()] == [1, 0]
    back = row(silent)
    assert (back.state, back.next_step_unit_id, back.holder_id) == ("submitted", "caf-secretariat", None)
    assert (back.responsible_unit_id, row(answered).state) == ("cdas-redon", "forwarded")
    with reading() as session:
        assert session.get_one(HandoverDetails, back.id).returned == 1
        mails = session.scalars(select(OutboxMail).where(OutboxMail.event == "return_silent")).all()
        assert {mail.unit_id for mail in mails} == {"cdas-redon", "caf-social", "caf-secretariat"}
    perform(world.caf_secretariat, silent, "forward", {"holder_id": world.caf_head.account_id})
    with reading() as session:
        records = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == back.id)).all()
    assert [record.run for record in records if record.name == "first_exchange"] == [1]
    assert run() == 0


def test_r_pr_6_each_silence_alarms_both_sides_and_who_heads_the_silent_one(world: World, hand: Hand) -> None:
    """Forwarded anew it has the whole target again; silent again, all of them hear of it again."""
    name = a_forwarded_relay(world)
    with reading() as session:
        units = reference(session).units
        mailboxes = [units[code].email for code in ("cdas-redon", "caf-social", "caf-secretariat")]
    for times in (1, 2):
        hand.instant = silent_at(name)
        assert run() == 1
        assert alarms(name) == dict.fromkeys((*mailboxes, email_of("caf_head")), times)
        perform(world.caf_secretariat, name, "forward", {"holder_id": world.caf_ts.account_id})


def test_r_clk_1_the_first_exchange_runs_from_the_first_forward_through_the_silence(
    world: World, hand: Hand
) -> None:
    """R-CLK-5: until it is forwarded anew what passes is the desk's of the receiving side, not the giver's."""
    name, forwarded = a_forwarded_relay(world), hand.instant
    due = row(name).next_deadline_at
    returned = hand.instant = silent_at(name)
    run()
    back = row(name)
    assert (back.next_deadline_of, back.next_deadline_at) == ("first_exchange", due)
    hand.instant += timedelta(days=3)
    again = hand.instant
    perform(world.caf_secretariat, name, "forward", {"holder_id": world.caf_ts.account_id})
    hand.instant += timedelta(days=1)
    perform(world.caf_ts, name, "record_exchange", {"exchange_on": DAY, "participants": "Démo Deux"})
    with reading() as session:
        [clock] = [run for _, run in standing.runs_of(session, [row(name)]) if run.name == "first_exchange"]
    assert (clock.started_at, clock.stopped_at, clock.waits) == (forwarded, hand.instant, ())
    assert clock.owed == (
        Stretch(forwarded, returned, "caf-social"),
        Stretch(returned, again, "caf-secretariat"),
        Stretch(again, hand.instant, "caf-social"),
    )
