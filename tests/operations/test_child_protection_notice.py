"""Notices through the real operations: coded, to one CDAS's head, read by those named only (R-PE)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, Refusal
from service.models import (
    Account,
    ChildProtectionNoticeDetails,
    ClockRecord,
    Draft,
    Message,
    OutboxMail,
    Ticket,
)
from service.operations import acts, conversation, kept_out
from service.operations.creation import create_ticket
from service.permissions import Actor, Role
from tests.factories import (
    RENNES,
    World,
    a_notice,
    a_submitted_ticket,
    an_account,
    seeded_world,
    today,
)


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def sent(actor: Actor, **changes: Any) -> str:
    return create_ticket(actor, "child_protection_notice", a_notice(**changes), "trace", submit=True)[0]


def found(reference: str) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def test_the_head_receives_names_and_decides_in_codes(world: World) -> None:
    """R-PE-1, R-PE-2, R-PE-4, R-CLK-1; mails say nothing (R-DP-5)."""
    reference = sent(world.caf_ts, family_informed="informed", family_informed_on=today())
    assert reference.startswith("IN-")
    ticket = found(reference)
    assert (ticket.state, ticket.next_step_unit_id) == ("sent", "cdas-redon")
    with pytest.raises(NotVisible):
        acts.perform(world.cdas_agent, reference, "receive", {})

    acts.perform(world.cdas_head, reference, "name_recipient", {"recipient_id": world.cdas_agent.account_id})
    with pytest.raises(NotPermitted):
        acts.perform(world.cdas_agent, reference, "receive", {})
    acts.perform(world.cdas_head, reference, "receive", {})
    acts.perform(world.cdas_head, reference, "assess", {"decision": "assessment", "decided_on": today()})

    ticket = found(reference)
    assert (ticket.state, ticket.next_step_unit_id) == ("assessed", None)
    with reading() as session:
        details = session.get_one(ChildProtectionNoticeDetails, ticket.id)
        assert (details.decision, details.informed_name, details.reason_not_informed) == (
            "assessment",
            "Essai Cdas Head",
            None,
        )
        clocks = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id)).all()
        assert {clock.name for clock in clocks if clock.stopped_at} == {"reception", "assessment"}
        assert session.scalars(select(Message)).all() == []
        mails = session.scalars(select(OutboxMail)).all()
        assert not any("enfance" in f"{mail.subject} {mail.body}" for mail in mails)


def test_a_declared_deputy_stands_in_for_the_head(world: World) -> None:
    """R-PE-4: a deputy receives; a member named for reception or concertation does not even see it."""
    reference = sent(world.caf_ts)
    with pytest.raises(NotVisible):
        acts.perform(replace(world.other_cdas_agent, named=True), reference, "receive", {})
    acts.perform(replace(world.other_cdas_agent, deputy=True), reference, "receive", {})
    assert found(reference).state == "received"


def test_no_message_note_or_file_can_be_added(world: World) -> None:
    """R-PE-3."""
    reference = sent(world.caf_ts)
    for write in (conversation.write_message, conversation.write_note):
        with pytest.raises(Refusal):
            write(world.cdas_head, reference, "Les faits.", f"clef-{write.__name__}")
    with pytest.raises(Refusal):
        conversation.attach(world.cdas_head, reference, "a.pdf", b"%PDF-1.4\n%%EOF\n", "clef-fichier")


def test_bad_notices_and_recipients_are_refused(world: World) -> None:
    """R-PE-1, R-PE-2, R-PE-4."""
    for bad, field in (
        ({"reason_not_informed": None}, "reason_not_informed"),
        ({"family_informed": "informed"}, "family_informed_on"),
        ({"informed_on": today() + timedelta(days=1)}, "informed_on"),
        ({"art40_reference": "2026/12"}, "art40_on"),
        ({"commune": RENNES}, "receiving_unit"),
        ({"receiving_unit": "caf-prestations"}, "receiving_unit"),
    ):
        with pytest.raises(InvalidInput) as refused:
            sent(world.caf_ts, **bad)
        assert field in refused.value.fields, bad
    with pytest.raises(NotPermitted):
        sent(world.cdas_head)

    reference = sent(world.caf_ts)
    elsewhere = {"recipient_id": world.cdas_agent_elsewhere.account_id}
    with pytest.raises(InvalidInput):
        acts.perform(world.cdas_head, reference, "name_recipient", elsewhere)
    named = {"recipient_id": world.cdas_agent.account_id}
    acts.perform(world.cdas_head, reference, "name_recipient", named)
    with pytest.raises(InvalidInput):
        acts.perform(world.cdas_head, reference, "name_recipient", named)
    acts.perform(world.cdas_head, reference, "receive", {})
    early = {"decision": "support", "decided_on": today() - timedelta(days=1)}
    with pytest.raises(InvalidInput):
        acts.perform(world.cdas_head, reference, "assess", early)


def test_who_is_named_is_told_that_something_awaits_them(world: World) -> None:
    """R-DP-5, R-PE-4: the person named, by their own address; the mail says nothing of the family."""
    reference = sent(world.caf_ts)
    acts.perform(world.cdas_head, reference, "name_recipient", {"recipient_id": world.cdas_agent.account_id})
    with reading() as session:
        address = session.get_one(Account, world.cdas_agent.account_id).email
        told = session.scalars(select(OutboxMail).where(OutboxMail.event == "name_recipient")).all()
    assert address in {mail.recipient for mail in told}
    assert not any("Exemple" in mail.body for mail in told)


def test_r_dp_1_who_has_a_link_with_the_family_hears_nothing_of_its_notice(world: World) -> None:
    """Invariant 8: the head who is kept out of the family is not told that something awaits; nor may they be named."""
    with transaction() as session:
        other = an_account(session, "cdas-redon", Role.CDAS_HEAD, email="autre@test.example")
    earlier = a_submitted_ticket(world.cdas_agent, matricule="7654321")
    for account in (world.cdas_head, world.other_cdas_agent):
        kept_out.declare(other, earlier.reference, account.account_id)
    reference = sent(world.caf_ts, matricule="7654321")
    with reading() as session:
        told = session.scalars(select(OutboxMail.recipient).where(OutboxMail.event == "send")).all()
    assert told == ["autre@test.example"]
    with pytest.raises(InvalidInput) as refused:
        acts.perform(other, reference, "name_recipient", {"recipient_id": world.other_cdas_agent.account_id})
    assert refused.value.fields == {"recipient_id": ["Désignez quelqu’un d’autre."]}


def test_a_draft_can_be_given_up_and_nothing_has_left(world: World) -> None:
    """R-PE-4: nobody is told; the draft and its text go."""
    reference, _ = create_ticket(
        world.caf_ts, "child_protection_notice", {}, "brouillon", submit=False, form={"means": "mail"}
    )
    acts.perform(world.caf_ts, reference, "cancel", {})

    ticket = found(reference)
    assert (ticket.state, ticket.submitted_at) == ("cancelled", None)
    with reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []
        assert session.scalars(select(Draft)).all() == []
