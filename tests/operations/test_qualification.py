"""Somebody says what a message is, and what is kept of messages goes in time (workflows.md §1, R-DP-7)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, WrongState
from service.jobs import clean_set_aside
from service.models import (
    AccessEntry,
    Attachment,
    ClockRecord,
    IncomingFile,
    IncomingMail,
    Message,
    Ticket,
    UrgentRightsDetails,
)
from service.operations import acts, kept_messages, qualification
from service.operations.consultation import consult
from service.operations.intake import intake
from service.permissions import Role
from service.queries import incoming, keyset, news
from service.queries.reference import reference
from service.workflows.qualification import Nature
from tests.factories import World, a_draft, a_submitted_ticket, seeded_world
from tests.letters import NIR, PARIS, PDF, REDON, STRANGER, a_mail, an_urgent_mail, passed_on

CORPUS = Path(__file__).parents[1] / "corpus"
SEALED_MAIL = (CORPUS / "pgp-chiffre.eml").read_bytes()
TEXTS = ("sender", "subject", "text", "rest", "raw")


class Hand:
    """The clock's hand."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 26, 11, tzinfo=PARIS)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def taken_in(raw: bytes, received_at: datetime | None = None) -> UUID:
    """The identifier of the message once it is in."""
    mail_id = intake(raw, received_at).mail_id
    assert mail_id is not None
    return mail_id


def kept(mail_id: UUID) -> dict[str, Any]:
    """What is left of its texts."""
    with reading() as session:
        mail = session.get_one(IncomingMail, mail_id)
        return {name: value for name in TEXTS if (value := getattr(mail, name)) is not None}


def row(mail_id: UUID) -> IncomingMail:
    with reading() as session:
        return session.get_one(IncomingMail, mail_id)


def the_ticket(reference: str | None) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == reference)).one()


def bodies(ticket: Ticket) -> list[str]:
    with reading() as session:
        rows = session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id))
        return [message.body or "" for message in rows]


def count(table: Any) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# ---------------------------------------------------------------- what it is
def test_a_message_that_is_urgent_after_all_is_a_request_since_it_was_received(
    world: World, hand: Hand
) -> None:
    """The same way in as with the keyword: channel kept, clocks since the date received, files and text with it."""
    received = datetime(2026, 10, 23, 16, tzinfo=PARIS)
    text = "Bonjour, le RSA n’est plus versé.\nConsultation CDAP le 22/10/2026\nNom : EXEMPLE-TYPO"
    mail_id = taken_in(a_mail(text, sender=STRANGER, subject="RSA", files={"a.pdf": PDF}), received)
    given = {
        "asking_unit": "cdas-redon",
        "matricule": "1234567",
        "last_name": "Exemple-Juste",
        "benefit": "rsa",
    }
    made = qualification.qualify(
        world.caf_secretariat, mail_id, Nature.URGENT_RIGHTS, {**given, "event": "interruption"}
    )
    ticket = the_ticket(made)
    assert (ticket.state, ticket.channel, ticket.asking_unit_id) == ("submitted", "email", "cdas-redon")
    assert ticket.submitted_at == received
    with reading() as session:
        starts = session.scalars(select(ClockRecord.started_at).order_by(ClockRecord.name)).all()
        details = session.get_one(UrgentRightsDetails, ticket.id)
        [file] = session.scalars(select(Attachment).order_by(Attachment.id)).all()
    assert starts == [received] * 3
    assert (details.benefit, str(details.cdap_consulted_on)) == ("rsa", "2026-10-22")
    assert (file.ticket_id, file.filename) == (ticket.id, "a.pdf")
    [body] = bodies(ticket)
    assert body.startswith(f"Objet : RSA\nDe : {STRANGER}\n\nBonjour, le RSA")
    mail = row(mail_id)
    assert (mail.fate, mail.nature, mail.ticket_id) == ("qualified", "urgent_rights", ticket.id)
    assert (mail.qualified_at, mail.qualified_by) == (hand.instant, world.caf_secretariat.account_id)
    assert (kept(mail_id), count(IncomingFile)) == ({}, 0)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"asking_unit": "caf-prestations"}, "asking_unit"),
        ({"asking_unit": "nowhere"}, "asking_unit"),
        ({"commune": "99999"}, "commune"),
        ({"last_payment_on": date(2027, 1, 1)}, "last_payment_on"),
        ({"last_name": NIR}, "last_name"),
    ],
)
def test_an_answer_that_can_not_be_taken_leaves_the_message_waiting(
    world: World, hand: Hand, given: dict[str, Any], field: str
) -> None:
    mail_id = taken_in(a_mail("Une question."))
    with pytest.raises(InvalidInput) as refused:
        qualification.qualify(world.caf_secretariat, mail_id, Nature.URGENT_RIGHTS, given)
    assert field in refused.value.fields
    assert (row(mail_id).fate, count(Ticket)) == ("to_qualify", 0)


def test_a_stranger_s_message_joins_the_request_that_somebody_names(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    mail_id = taken_in(a_mail("La pièce.", sender=STRANGER, subject=ticket.reference, files={"a.pdf": PDF}))
    typed = {"reference": ticket.reference.lower().replace("-", " ")}
    assert qualification.qualify(world.caf_secretariat, mail_id, Nature.ATTACHED, typed) == ticket.reference
    assert "La pièce." in bodies(ticket)[-1]
    assert (count(Attachment), count(IncomingFile), kept(mail_id)) == (1, 0, {})


def test_a_message_that_waited_is_new_for_who_read_the_request_meanwhile(world: World, hand: Hand) -> None:
    """It counts from when it stood on the request, not from when it was written."""
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    mail_id = taken_in(a_mail("La pièce.", sender=STRANGER, subject=ticket.reference))
    hand.instant += timedelta(hours=1)
    consult(world.caf_agent, ticket.reference)
    hand.instant += timedelta(hours=1)
    qualification.qualify(world.caf_secretariat, mail_id, Nature.ATTACHED, {"reference": ticket.reference})
    with reading() as session:
        listed = [session.get_one(Ticket, ticket.id)]
        marks = news.marks(session, world.caf_agent, listed, reference(session), hand.instant)
        told = session.scalars(news.requests(world.caf_agent, hand.instant - timedelta(days=1))).all()
    assert marks == {ticket.id: news.Mark.MOVED}
    assert [one.reference for one in told] == [ticket.reference]


@pytest.mark.parametrize("reference", ["", "UD-0000-0000", "UD-4F7K-92QX", "n’importe quoi"])
def test_a_request_that_is_not_there_is_said_beside_the_field(
    world: World, hand: Hand, reference: str
) -> None:
    mail_id = taken_in(a_mail("La pièce."))
    with pytest.raises(InvalidInput) as refused:
        qualification.qualify(world.caf_secretariat, mail_id, Nature.ATTACHED, {"reference": reference})
    assert list(refused.value.fields) == ["reference"]


def test_nothing_joins_a_request_that_has_ended_nor_a_draft(world: World, hand: Hand) -> None:
    """R-DP-1: the draft is as absent as any other reference."""
    ticket, draft = a_submitted_ticket(world.cdas_agent), a_draft(world.cdas_agent)
    acts.perform(world.cdas_agent, ticket.reference, "cancel", {"reason": "Erreur."})
    mail_id = taken_in(a_mail("La pièce."))
    for other in (ticket, draft):
        with pytest.raises(InvalidInput):
            qualification.qualify(
                world.caf_secretariat, mail_id, Nature.ATTACHED, {"reference": other.reference}
            )
    assert row(mail_id).fate == "to_qualify"


def test_an_answer_joined_by_hand_sets_the_clock_going_again(world: World, hand: Hand) -> None:
    """R-CLK-2: it is the reply of the CDAS, from an address of its people that was not known."""
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(world.caf_agent, ticket.reference, "ask", {"question": "?"})
    hand.instant += timedelta(hours=2)
    raw = passed_on("", f"{ticket.reference} : le 30.", author=REDON, sender=STRANGER)
    mail_id = taken_in(raw)
    assert row(mail_id).fate == "to_qualify"
    qualification.qualify(world.caf_lead, mail_id, Nature.ATTACHED, {"reference": ticket.reference})
    assert the_ticket(ticket.reference).state == "in_progress"


def test_a_draft_whose_text_came_from_an_unknown_address_leaves_once_its_cdas_is_confirmed(
    world: World, hand: Hand
) -> None:
    draft = a_draft(world.cdas_agent)
    mail_id = taken_in(a_mail(f"URGENCE DEFINIE – {draft.reference}", sender=STRANGER))
    given = {"asking_unit": "cdas-redon"}
    made = qualification.qualify(world.caf_secretariat, mail_id, Nature.URGENT_RIGHTS, given)
    assert (made, the_ticket(made).state, count(Ticket)) == (draft.reference, "submitted", 1)


def test_a_draft_of_another_cdas_than_the_one_confirmed_stays_a_draft(world: World, hand: Hand) -> None:
    draft = a_draft(world.cdas_agent)
    mail_id = taken_in(a_mail(f"URGENCE DEFINIE – {draft.reference}", sender=STRANGER))
    made = qualification.qualify(
        world.caf_secretariat, mail_id, Nature.URGENT_RIGHTS, {"asking_unit": "cdas-vitre"}
    )
    assert made != draft.reference
    assert the_ticket(draft.reference).state == "draft"


@pytest.mark.parametrize("nature", sorted(set(Nature) - {Nature.URGENT_RIGHTS, Nature.ATTACHED}))
def test_what_is_no_request_is_counted_and_can_be_taken_back(
    world: World, hand: Hand, nature: Nature
) -> None:
    mail_id = taken_in(a_mail("Une question.", files={"a.pdf": PDF}))
    before = kept(mail_id)
    assert qualification.qualify(world.caf_secretariat, mail_id, nature, {}) is None
    with reading() as session:
        found = session.execute(incoming.natures(hand.instant, hand.instant + timedelta(seconds=1))).all()
    assert [tuple(one) for one in found] == [(nature, 1)]
    qualification.take_back(world.caf_lead, mail_id)
    assert (row(mail_id).fate, row(mail_id).nature, kept(mail_id), count(IncomingFile)) == (
        "to_qualify",
        None,
        before,
        1,
    )
    with pytest.raises(WrongState):
        qualification.take_back(world.caf_lead, mail_id)


def test_two_people_at_once_one_succeeds_the_other_learns_who(world: World, hand: Hand) -> None:
    mail_id = taken_in(a_mail("Le RSA n’est plus versé."))

    def attempt(_: int) -> str:
        try:
            return qualification.qualify(world.caf_secretariat, mail_id, Nature.URGENT_RIGHTS, {}) or ""
        except WrongState as refused:
            return refused.detail

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, range(4)))
    assert sum(answer.startswith("UD-") for answer in answers) == 1
    assert answers.count(f"Ce message est déjà qualifié, par {world.caf_secretariat.name}.") == 3
    assert count(Ticket) == 1


# ---------------------------------------------------------------- messages that nobody could read
def test_r_dp_7_a_message_kept_whole_is_the_secretariat_s_alone_and_goes_when_qualified(
    world: World, hand: Hand
) -> None:
    mail_id = taken_in(SEALED_MAIL)
    assert kept_messages.whole(world.caf_secretariat, mail_id) == SEALED_MAIL
    with pytest.raises(NotPermitted):
        kept_messages.whole(world.caf_lead, mail_id)
    with pytest.raises(NotVisible):
        kept_messages.open_message(world.caf_lead, mail_id)
    with pytest.raises(NotVisible):
        qualification.qualify(world.caf_lead, mail_id, Nature.UNWANTED, {})
    made = qualification.qualify(
        world.caf_secretariat,
        mail_id,
        Nature.URGENT_RIGHTS,
        {"asking_unit": "cdas-redon", "text": "RSA coupé."},
    )
    assert "RSA coupé." in bodies(the_ticket(made))[0]
    assert kept(mail_id) == {}
    with pytest.raises(NotVisible):
        kept_messages.whole(world.caf_secretariat, mail_id)
    assert intake(SEALED_MAIL).again


def test_r_dp_7_an_unreadable_message_that_is_no_request_goes_at_once(world: World, hand: Hand) -> None:
    mail_id = taken_in(SEALED_MAIL)
    qualification.qualify(world.caf_secretariat, mail_id, Nature.OTHER_SERVICE, {})
    assert "raw" not in kept(mail_id)
    with pytest.raises(WrongState):
        qualification.take_back(world.caf_secretariat, mail_id)


def test_r_dp_7_after_thirty_days_what_was_kept_aside_is_forgotten(world: World, hand: Hand) -> None:
    aside, waiting = taken_in(SEALED_MAIL), taken_in(a_mail("Une question."))
    answered = taken_in(a_mail("Autre question.", files={"a.pdf": PDF}))
    qualification.qualify(world.caf_secretariat, answered, Nature.ORDINARY, {})
    beside = taken_in(passed_on("Un mot.", "URGENCE DEFINIE", author=REDON))
    before = kept(waiting)

    def run() -> int:
        with transaction() as session:
            return clean_set_aside.run(session)

    hand.instant += timedelta(days=30) - timedelta(seconds=1)
    assert run() == 0
    hand.instant += timedelta(seconds=1)
    assert [run(), run()] == [3, 0]
    assert [kept(one) for one in (aside, answered, beside)] == [{}, {}, {}]
    assert (kept(waiting), count(IncomingFile)) == (before, 0)
    assert intake(SEALED_MAIL).again
    with reading() as session:
        assert incoming.counts(session, world.caf_secretariat) == {
            "waiting": 1,
            "aside": 0,
            "left": 0,
            "qualified": 1,
        }


def test_what_stood_beside_a_request_goes_once_it_was_seen(world: World, hand: Hand) -> None:
    mail_id = taken_in(passed_on("Un mot.", "URGENCE DEFINIE", author=REDON))
    qualification.seen(world.caf_secretariat, mail_id)
    assert (kept(mail_id), row(mail_id).fate) == ({}, "ticket")
    with pytest.raises(WrongState):
        qualification.seen(world.caf_secretariat, mail_id)
    with pytest.raises(WrongState):
        qualification.seen(world.caf_secretariat, taken_in(a_mail("Une question.")))


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CAF_SECRETARIAT, Role.CAF_LEAD)])
def test_r_dp_1_nobody_else_reads_or_qualifies(world: World, hand: Hand, role: Role) -> None:
    mail_id = taken_in(a_mail("Une question.", files={"a.pdf": PDF}))
    actor = world.by_role[role]
    with reading() as session:
        file_id = session.scalars(select(IncomingFile.id).order_by(IncomingFile.id)).one()
        assert session.scalars(incoming.listed(actor, "waiting")).all() == []
        assert set(incoming.counts(session, actor).values()) == {0}
    for attempt in (
        lambda: kept_messages.open_message(actor, mail_id),
        lambda: kept_messages.file_of(actor, mail_id, file_id),
        lambda: qualification.qualify(actor, mail_id, Nature.UNWANTED, {}),
        lambda: qualification.take_back(actor, mail_id),
        lambda: qualification.seen(actor, mail_id),
    ):
        with pytest.raises(NotVisible):
            attempt()
    with pytest.raises(NotPermitted):
        kept_messages.whole(actor, mail_id)


def test_r_dp_4_opening_is_logged_refusals_too(world: World, hand: Hand) -> None:
    mail_id = taken_in(a_mail("Une question."))
    kept_messages.open_message(world.caf_lead, mail_id)
    with pytest.raises(NotVisible):
        kept_messages.open_message(world.caf_agent, mail_id)
    with pytest.raises(NotVisible):
        kept_messages.open_message(world.caf_lead, uuid4())
    with reading() as session:
        rows = session.scalars(select(AccessEntry).order_by(AccessEntry.id)).all()
    assert [(one.account_id, one.ticket_id, one.act, one.refused) for one in rows] == [
        (world.caf_lead.account_id, mail_id, "open_message", False),
        (world.caf_agent.account_id, mail_id, "open_message", True),
    ]


def test_the_one_that_has_waited_longest_comes_first_then_the_next(world: World, hand: Hand) -> None:
    at = [datetime(2026, 10, day, 9, tzinfo=PARIS) for day in (22, 21, 23)]
    second, first, third = (taken_in(a_mail("Question."), one) for one in at)
    with reading() as session:
        order = [
            session.scalar(incoming.next_waiting(world.caf_lead, after))
            for after in (None, first, second, third)
        ]
        page = session.scalars(incoming.listed(world.caf_lead, "waiting").limit(2)).all()
        place = keyset.Place(page[-1].received_at, page[-1].id)
        rest = session.scalars(incoming.listed(world.caf_lead, "waiting", place=place)).all()
    assert order == [first, second, third, None]
    assert [mail.id for mail in rest] == [third]


def test_a_request_made_of_a_message_can_be_worked_on(world: World, hand: Hand) -> None:
    """From the mailbox to the answer."""
    intake(an_urgent_mail())
    with reading() as session:
        ticket = session.scalars(select(Ticket)).one()
    acts.perform(world.caf_secretariat, ticket.reference, "assign", {"unit_id": "caf-prestations"})
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(world.caf_agent, ticket.reference, "answer", {"outcome": "restored", "text": "Rétabli."})
    acts.perform(world.cdas_agent, ticket.reference, "acknowledge", {})
    assert the_ticket(ticket.reference).state == "closed"


def test_what_a_cdas_wrote_joins_no_request_of_another_one(world: World, hand: Hand) -> None:
    """R-DP-1: the other CDAS would read it; the message goes on waiting."""
    other = a_submitted_ticket(world.cdas_agent_elsewhere)
    mail_id = taken_in(a_mail("Pour une autre famille.", sender=REDON, subject="Suite"))
    with pytest.raises(InvalidInput) as refused:
        qualification.qualify(world.caf_secretariat, mail_id, Nature.ATTACHED, {"reference": other.reference})
    assert "demande du CDAS" in refused.value.fields["reference"][0]
    assert row(mail_id).fate == "to_qualify"
    assert bodies(other) == []
