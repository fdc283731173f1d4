"""Choices of mails and the morning's digest: told once, nothing lost, alarms always at once (R-DP-5, R-CLK-4)."""

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted
from service.jobs import digest, remind
from service.jobs.registry import JOBS
from service.models import DigestLine, KeptOut, OutboxMail
from service.operations import notices
from service.operations.acts import perform
from service.operations.conversation import write_message
from service.operations.creation import create_ticket
from service.queries.reference import reference
from tests.factories import REDON, World, a_submitted_ticket, email_of, today
from tests.jobs.hand import Hand


def run() -> int:
    with transaction() as session:
        return digest.run(session)


def mails(event: str | None = None) -> list[OutboxMail]:
    with reading() as session:
        query = select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.recipient)
        return list(session.scalars(query.where(OutboxMail.event == event) if event else query))


def mailbox(unit: str) -> str:
    with reading() as session:
        return str(reference(session).units[unit].email)


def test_what_a_unit_reads_together_comes_at_eight_on_its_open_days_once(world: World, hand: Hand) -> None:
    assert "digest" in {job.name for job in JOBS}
    hand.at(10, 30, 9)
    notices.choose(world.cdas_head, {"moved": "digest", "message": "digest"}, for_unit=True)
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    hand.at(10, 30, 10)
    perform(world.caf_agent, ticket.reference, "ask", {"question": "Quel est le loyer ?"})
    assert [mail.recipient for mail in mails()] == [mailbox("caf-secretariat")]
    for closed in ((10, 31, 8), (11, 1, 8)):
        hand.at(*closed)
        assert run() == 0, closed
    hand.at(11, 2, 8)
    assert [run(), run()] == [1, 0]
    (told,) = mails("digest")
    assert told.recipient == mailbox("cdas-redon")
    assert told.subject == "Relais – récapitulatif du lundi 2 novembre 2026"
    assert f"- {ticket.reference} : Prise en charge (vendredi 30 octobre 2026 à 9 h 00)" in told.body
    assert f"- {ticket.reference} : La Caf demande un complément" in told.body
    for word in ("Exemple-Le Gall", "Éloïse", "1234567", "loyer"):
        assert word not in told.body


def test_what_can_still_be_undone_waits_for_the_next_digest(world: World, hand: Hand) -> None:
    notices.choose(world.cdas_head, {"moved": "digest", "message": "digest"}, for_unit=True)
    hand.at(10, 30, 8)
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    hand.at(10, 30, 8, 1)
    assert run() == 0
    perform(world.caf_agent, ticket.reference, "undo", {})
    perform(world.other_caf_agent, ticket.reference, "take", {})
    hand.at(10, 30, 8, 4)
    assert run() == 1


def test_what_nobody_can_undo_waits_for_no_other_digest(world: World, hand: Hand) -> None:
    """A notice is received by an act of the same name as a fiche is; only the fiche can be taken back."""
    notices.choose(world.caf_secretariat, {"moved": "digest"}, for_unit=True)
    hand.at(10, 30, 7, 59)
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        session.execute(update(DigestLine).values(event="receive"))
    hand.at(10, 30, 8)
    assert run() == 1
    assert ticket.reference in mails("digest")[0].body


def test_the_digest_says_what_is_late_and_what_is_for_today(world: World, hand: Hand) -> None:
    hand.at(10, 27, 9)
    notices.choose(world.caf_secretariat, {"moved": "digest"}, for_unit=True)
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 27, 16)
    a_submitted_ticket(world.cdas_agent)
    hand.at(10, 28, 8)
    assert run() == 1
    (told,) = mails("digest")
    assert "En retard dans ce service : 1 demande." in told.body
    assert "À rendre aujourd’hui : 1 demande." in told.body


def test_alarms_urgent_kinds_and_invitations_come_at_once_whatever_was_chosen(
    world: World, hand: Hand
) -> None:
    hand.at(10, 27, 9)
    for head in (world.cdas_head, world.caf_head, world.caf_secretariat):
        notices.choose(head, {"moved": "none", "message": "none", "reminder": "none"}, for_unit=True)
    emergency = {
        "last_name": "Exemple-Urgence",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": today(),
        "motives": ["food"],
        "vulnerabilities": ["isolation"],
        "who_accompanies": "nobody",
        "send_to": "caf_secretariat",
        "against_route_reason": "agreed",
    }
    create_ticket(world.cdas_agent, "social_emergency", emergency, str(uuid4()), submit=True)
    assert [(mail.event, mail.recipient) for mail in mails()] == [("submit", mailbox("caf-secretariat"))]


def test_a_person_chooses_for_their_own_address_and_a_missed_deadline_is_never_silent(
    world: World, hand: Hand
) -> None:
    hand.at(10, 27, 8, 30)
    with pytest.raises(InvalidInput):
        notices.choose(world.caf_head, {"late": "none"}, for_unit=False)
    notices.choose(world.caf_head, {"late": "digest"}, for_unit=False)
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(10, 27, 13, 30)
    with transaction() as session:
        assert remind.run(session) == 1
    assert mails("reminder_late") == []
    hand.at(10, 28, 8)
    assert run() == 1
    (told,) = mails("digest")
    assert told.recipient == email_of("caf_head")
    assert f"{ticket.reference} : Tri : délai dépassé depuis" in told.body


def test_a_choice_of_none_writes_nothing_and_another_choice_takes_over(world: World, hand: Hand) -> None:
    hand.at(10, 27, 9)
    notices.choose(world.cdas_head, {"message": "none"}, for_unit=True)
    ticket = a_submitted_ticket(world.cdas_agent)
    write_message(world.caf_agent, ticket.reference, "Bonjour.", str(uuid4()))
    with reading() as session:
        assert session.scalars(select(DigestLine)).all() == []
    assert mails("message") == []
    notices.choose(world.cdas_head, {"message": "at_once"}, for_unit=True)
    write_message(world.caf_agent, ticket.reference, "Encore bonjour.", str(uuid4()))
    assert [mail.recipient for mail in mails("message")] == [mailbox("cdas-redon")]


def test_who_may_choose_for_a_unit(world: World) -> None:
    for actor in (world.cdas_agent, world.caf_agent, world.caf_ts):
        with pytest.raises(NotPermitted):
            notices.choose(actor, {"moved": "none"}, for_unit=True)
    for actor in (world.cdas_head, world.caf_lead, world.caf_head, world.caf_secretariat):
        notices.choose(actor, {"moved": "digest"}, for_unit=True)
    with pytest.raises(InvalidInput):
        notices.choose(world.cdas_agent, {"nothing": "none"}, for_unit=False)


def test_r_dp_1_a_link_declared_since_leaves_nothing_of_the_family_in_the_digest(
    world: World, hand: Hand
) -> None:
    hand.at(10, 27, 8, 30)
    notices.choose(world.caf_head, {"late": "digest"}, for_unit=False)
    theirs, other = (
        a_submitted_ticket(world.cdas_agent, matricule="7654321"),
        a_submitted_ticket(world.cdas_agent),
    )
    hand.at(10, 27, 13, 30)
    with transaction() as session:
        assert remind.run(session) == 2
        link = KeptOut(account_id=world.caf_head.account_id, ticket_id=theirs.id)
        link.declared_by, link.declared_at = world.caf_lead.account_id, clock.now()
        session.add(link)
    hand.at(10, 28, 8)
    run()
    (told,) = mails("digest")
    assert other.reference in told.body
    assert theirs.reference not in told.body
