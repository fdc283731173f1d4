"""Messages of CDAP and of mailboxes (R-UD-2, R-DP-7, workflows.md §1), on both databases."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.models import (
    Attachment,
    Base,
    ClockRecord,
    Commune,
    Draft,
    IncomingFile,
    IncomingMail,
    InternalNote,
    JournalEntry,
    Message,
    OutboxMail,
    Person,
    Ticket,
    UrgentRightsDetails,
)
from service.models.base import Sealed
from service.operations import acts, opening, seed
from service.operations.directory import close_unit
from service.operations.intake import LARGEST, OWN_MAIL, Fate, intake
from service.queries import conversation as conversations
from service.workflows import nir
from service.workflows.qualification import LeftOver, Waits
from tests.factories import World, a_draft, a_submitted_ticket, seeded_world
from tests.letters import (
    NIR,
    PARIS,
    PDF,
    REDON,
    SECRETARIAT,
    STRANGER,
    VITRE,
    a_cdap_form,
    a_mail,
    an_urgent_mail,
    passed_on,
)

CORPUS = Path(__file__).parents[1] / "corpus"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "expected.toml").read_text("utf-8"))
RECEIVED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAME_AS_ANOTHER = {"meme-message-2", "sans-identifiant-2"}


class Hand:
    """The clock's hand."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 10, 26, 11, tzinfo=PARIS)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        self.instant = datetime(2026, 10, day, hour, minute, tzinfo=PARIS)
        return self.instant


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(lambda: hand.instant):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def count(table: type[Base]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def made(fate: Fate) -> Ticket:
    with reading() as session:
        return session.scalars(select(Ticket).where(Ticket.reference == fate.reference)).one()


def mails() -> list[IncomingMail]:
    with reading() as session:
        return list(session.scalars(select(IncomingMail).order_by(IncomingMail.id)))


def kept(mail: IncomingMail, name: str) -> Any:
    with reading() as session:
        return getattr(session.get_one(IncomingMail, mail.id), name)


def messages_of(ticket: Ticket) -> list[Message]:
    with reading() as session:
        query = select(Message).where(Message.ticket_id == ticket.id).order_by(Message.written_at, Message.id)
        return list(session.scalars(query))


def journal_of(ticket: Ticket) -> list[JournalEntry]:
    with reading() as session:
        query = select(JournalEntry).where(JournalEntry.ticket_id == ticket.id)
        return list(session.scalars(query.order_by(JournalEntry.sequence)))


def told_to() -> list[str]:
    with reading() as session:
        return sorted(session.scalars(select(OutboxMail.recipient)))


def waiting_ticket(world: World, hand: Hand) -> Ticket:
    """A request of Redon that the Caf has put a question on, at half past eleven on Monday."""
    hand.at(26, 9)
    ticket = a_submitted_ticket(world.cdas_agent)
    hand.at(26, 10)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    hand.at(26, 11, 30)
    acts.perform(world.caf_agent, ticket.reference, "ask", {"question": "Quelle date ?"})
    return ticket


def row_of(ticket: Ticket) -> Ticket:
    with reading() as session:
        return session.get_one(Ticket, ticket.id)


# ---------------------------------------------------------------- a CDAS that has closed
def test_nothing_is_asked_in_the_name_of_a_cdas_that_has_closed(world: World, hand: Hand) -> None:
    """R-UD-2: its message makes a request that the triage completes; its word on a request of before joins it."""
    close_unit(world.admin, "cdas-vitre", hand.instant.date() + timedelta(days=1))
    before = made(intake(an_urgent_mail(sender=VITRE)))
    hand.at(27, 9)
    after = made(intake(an_urgent_mail(sender=VITRE, sent_at=hand.at(27, 10))))  # type: ignore[arg-type]
    assert (before.asking_unit_id, after.asking_unit_id) == ("cdas-vitre", None)
    joined = intake(a_mail("Le 3 octobre.", sender=VITRE, subject=f"Re: {before.reference}"))
    assert joined.reference == before.reference


# ---------------------------------------------------------------- the corpus
def expected_fate(name: str) -> str:
    expected = EXPECTED[name]
    if "unreadable" in expected:
        return "set_aside"
    if "automatic" in expected:
        return "automatic"
    return "ticket" if expected.get("keyword") else "to_qualify"


def take_the_corpus_in(hand: Hand) -> dict[str, Fate]:
    hand.instant = RECEIVED_AT
    return {name: intake((CORPUS / f"{name}.eml").read_bytes(), RECEIVED_AT) for name in sorted(EXPECTED)}


def test_the_whole_corpus_twice(world: World, hand: Hand) -> None:
    """Each message has the fate that it must have; the second time nothing is made."""
    first = take_the_corpus_in(hand)
    assert {name for name, fate in first.items() if fate.again} == SAME_AS_ANOTHER
    assert {name: fate.code for name, fate in first.items()} == {
        name: expected_fate(name) for name in EXPECTED
    }
    expected = Counter(expected_fate(name) for name in EXPECTED if name not in SAME_AS_ANOTHER)
    assert Counter(mail.fate for mail in mails()) == expected
    assert count(Ticket) == expected["ticket"]
    tables = (Ticket, Message, Attachment, JournalEntry, OutboxMail, IncomingMail, IncomingFile)
    before = [count(table) for table in tables]
    second = take_the_corpus_in(hand)
    assert all(fate.again for fate in second.values())
    assert [fate.code for fate in second.values()] == [fate.code for fate in first.values()]
    assert [count(table) for table in tables] == before


def test_the_corpus_fills_the_tickets_with_what_is_clear(world: World, hand: Hand) -> None:
    """R-UD-2: the CDAS from the address, the fields from the text, the clocks from the date received."""
    fates = take_the_corpus_in(hand)
    with reading() as session:
        communes = {row.insee: row.name for row in session.scalars(select(Commune).order_by(Commune.insee))}
    for name, expected in EXPECTED.items():
        if fates[name].code != "ticket":
            continue
        ticket, fields = made(fates[name]), expected.get("fields", {})
        with reading() as session:
            details = session.get_one(UrgentRightsDetails, ticket.id)
            person = session.get_one(Person, ticket.id)
            said = {
                "matricule": person.matricule,
                "last_name": person.last_name,
                "first_name": person.first_name,
                "commune": communes.get(person.commune_insee or ""),
                "benefit": details.benefit,
                "event": details.event,
                "last_payment_on": details.last_payment_on,
            }
        assert said == {one: fields.get(one) for one in said}, name
        assert (ticket.state, ticket.submitted_at) == ("submitted", RECEIVED_AT), name
        assert ticket.channel == ("cdap_form" if expected.get("from_cdap") else "email"), name
        sender = expected["sender"]
        if sender.endswith("@cdas.example"):
            assert ticket.asking_unit_id == sender.partition("@")[0], name
    assert made(fates["deux-expediteurs-nom-piege"]).asking_unit_id is None
    assert made(fates["transfert-apple"]).asking_unit_id == "cdas-saint-malo"


def test_r_dp_7_no_nir_in_anything_stored(world: World, hand: Hand) -> None:
    """Everything is opened and searched, but the messages that no program can read."""
    take_the_corpus_in(hand)
    intake(a_mail(f"Mon numéro est {NIR}.", files={"note.pdf": PDF, f"carte {NIR}.pdf": PDF}), RECEIVED_AT)
    looked_at = 0
    with reading() as session:
        for mapper in Base.registry.mappers:
            sealed = {
                name: value
                for owner in mapper.class_.__mro__
                for name, value in vars(owner).items()
                if isinstance(value, Sealed)
            }
            for row in session.scalars(select(mapper.class_).order_by(*mapper.primary_key)):
                texts = [
                    value for column in mapper.columns if isinstance(value := getattr(row, column.key), str)
                ]
                for name, value in sealed.items():
                    if (mapper.class_, name) != (IncomingMail, "raw"):
                        plain = value.read(row)
                        texts.append((plain or b"").decode("utf-8", "replace"))
                looked_at += len(texts)
                # an identifier drawn at random may read like one
                assert [text for text in texts if nir.find(UUID.sub("", text))] == [], (mapper.class_, row)
    assert looked_at > 500


def test_r_dp_7_who_wrote_a_nir_and_who_triages_are_told_without_it(world: World, hand: Hand) -> None:
    fate = intake(an_urgent_mail(subject=f"Urgence définie {NIR}"))
    with reading() as session:
        told = list(
            session.scalars(
                select(OutboxMail).where(OutboxMail.event == "nir_masked").order_by(OutboxMail.id)
            )
        )
    assert sorted(mail.recipient for mail in told) == [REDON, SECRETARIAT]
    assert all(fate.reference in mail.subject for mail in told if fate.reference)
    assert not any(
        word in mail.body + mail.subject for mail in told for word in ("1 85", "EXEMPLE", "1234567")
    )
    assert mails()[0].nir_masked == 1


def test_r_dp_7_a_stranger_gets_no_mail(world: World, hand: Hand) -> None:
    intake(a_mail(f"Mon numéro : {NIR}", sender=STRANGER))
    assert told_to() == [SECRETARIAT]


# ---------------------------------------------------------------- a new request
def test_r_ud_2_a_message_with_the_keyword_is_a_request(world: World, hand: Hand) -> None:
    received = datetime(2026, 10, 23, 18, 30, tzinfo=PARIS)
    ticket = made(intake(an_urgent_mail(), received))
    [entry] = journal_of(ticket)
    assert (entry.transition, entry.happened_at, entry.recorded_at) == ("receive", received, hand.instant)
    with reading() as session:
        clocks = session.scalars(
            select(ClockRecord).where(ClockRecord.ticket_id == ticket.id).order_by(ClockRecord.name)
        )
        assert {(one.name, one.started_at) for one in clocks} == {
            (n, received) for n in ("triage", "take", "answer")
        }
        details, person = session.get_one(UrgentRightsDetails, ticket.id), session.get_one(Person, ticket.id)
        assert (details.benefit, details.event, person.matricule) == ("rsa", "interruption", "1234567")
    [message] = messages_of(ticket)
    assert (message.unit_id, message.institution, message.channel) == ("cdas-redon", "departement", "email")
    assert (message.body or "").startswith(f"Objet : Urgence définie\nDe : {REDON}\n\nURGENCE DEFINIE")
    assert told_to() == [SECRETARIAT]
    [mail] = mails()
    assert (kept(mail, "text"), kept(mail, "sender"), kept(mail, "raw")) == (None, None, None)


def test_what_the_message_leaves_out_is_left_to_complete(world: World, hand: Hand) -> None:
    text = "Bonjour, urgence définie : l’APL n’est plus versée à Exemple. Merci."
    ticket = made(intake(a_mail(text, sender=STRANGER)))
    with reading() as session:
        details, person = session.get_one(UrgentRightsDetails, ticket.id), session.get_one(Person, ticket.id)
    assert {ticket.asking_unit_id, person.matricule, person.last_name, details.last_payment_on} == {None}
    given = {"asking_unit": "cdas-redon", "matricule": "1234567", "last_payment_on": date(2026, 5, 5)}
    acts.perform(world.caf_secretariat, ticket.reference, "complete", given)
    with reading() as session:
        details, person = session.get_one(UrgentRightsDetails, ticket.id), session.get_one(Person, ticket.id)
    assert (row_of(ticket).asking_unit_id, person.matricule) == ("cdas-redon", "1234567")
    assert (details.last_payment_on, person.last_name) == (date(2026, 5, 5), None)


def test_a_month_alone_is_said_to_be_one(world: World, hand: Hand) -> None:
    ticket = made(intake(a_mail("URGENCE DEFINIE\nAPL interrompue, dernier versement : juin 2026.")))
    with reading() as session:
        assert session.get_one(UrgentRightsDetails, ticket.id).last_payment_on == date(2026, 6, 30)
    assert "[Relais] Le jour du dernier versement n’est pas dit" in (messages_of(ticket)[0].body or "")


def test_the_cdas_is_known_by_the_address_of_its_people_too(world: World, hand: Hand) -> None:
    assert made(intake(an_urgent_mail(sender="cdas-agent@test.example"))).asking_unit_id == "cdas-redon"
    assert made(intake(an_urgent_mail(sender="caf-agent@test.example"))).asking_unit_id is None


def test_files_that_tickets_take_are_joined_and_the_others_named(world: World, hand: Hand) -> None:
    files = {
        "décision.pdf": PDF,
        "notes.txt": b"Bonjour",
        "faux.pdf": b"MZ\x90",
        "grand.pdf": PDF + b" " * 11_000_000,
    }
    ticket = made(intake(a_mail("URGENCE DEFINIE", files=files)))
    with reading() as session:
        [file] = session.scalars(select(Attachment).order_by(Attachment.id)).all()
        assert (file.filename, file.content, file.unit_id) == ("décision.pdf", PDF, "cdas-redon")
    body = messages_of(ticket)[0].body or ""
    assert [name for name in files if f"« {name} »" in body] == ["notes.txt", "faux.pdf", "grand.pdf"]


def test_a_ticket_holds_twenty_files_the_others_are_named(world: World, hand: Hand) -> None:
    ticket = made(intake(a_mail("URGENCE DEFINIE", files={f"page-{n:02}.pdf": PDF for n in range(22)})))
    assert count(Attachment) == 20
    assert (messages_of(ticket)[0].body or "").count("La demande porte déjà 20 fichiers.") == 2


def test_the_same_message_in_parallel_makes_one(world: World, hand: Hand) -> None:
    """The fingerprint is unique: whoever comes second waits, and finds it known."""
    raw = an_urgent_mail()
    with ThreadPoolExecutor(8) as pool:
        fates = list(pool.map(lambda _: intake(raw), range(8)))
    assert sorted(fate.again for fate in fates) == [False] + [True] * 7
    assert {fate.reference for fate in fates} == {made(fates[0]).reference}
    assert (count(Ticket), count(IncomingMail), count(Message)) == (1, 1, 1)


def test_a_mail_of_twenty_megabytes_is_read_and_its_original_kept(world: World, hand: Hand) -> None:
    raw = an_urgent_mail(files={"scan.pdf": PDF + b"0" * 15_000_000})  # type: ignore[arg-type]
    assert len(raw) > 20_000_000
    ticket = made(intake(raw))
    [mail] = mails()
    assert (mail.fate, mail.reason, mail.ticket_id) == ("ticket", LeftOver.TOO_LARGE, ticket.id)
    assert kept(mail, "raw") == raw
    assert "[Relais] Ce message est très volumineux" in (messages_of(ticket)[0].body or "")


def test_a_mail_beyond_the_limit_keeps_its_beginning(world: World, hand: Hand) -> None:
    raw = an_urgent_mail() + b"\n" + b"x" * LARGEST
    assert intake(raw).code == "ticket"
    assert kept(mails()[0], "raw") == raw[:LARGEST]


def test_a_very_long_text_is_cut_on_the_ticket_and_kept_whole_beside_it(world: World, hand: Hand) -> None:
    ticket = made(intake(a_mail("URGENCE DEFINIE\n" + "Mot après mot. " * 3000)))
    [mail] = mails()
    assert mail.reason == LeftOver.CUT
    assert len(messages_of(ticket)[0].body or "") < 21_000 < len(kept(mail, "rest"))


# ---------------------------------------------------------------- nobody's writing
def test_an_absence_that_quotes_keyword_and_reference_makes_nothing(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    quoted = f"Je suis absente.\n\n> URGENCE DEFINIE\n> {ticket.reference}"
    fate = intake(
        a_mail(
            quoted,
            subject=f"Absence du bureau : URGENCE DEFINIE {ticket.reference}",
            Auto_Submitted="auto-replied",
        )
    )
    assert (fate.code, fate.reference, count(Ticket), messages_of(ticket)) == ("automatic", None, 1, [])
    [mail] = mails()
    assert [kept(mail, name) for name in ("sender", "subject", "text", "rest", "raw")] == [None] * 5


def test_relais_own_mails_that_come_back_make_nothing(world: World, hand: Hand) -> None:
    """The mailbox that is read may be the one that is told."""
    a_submitted_ticket(world.cdas_agent)
    with reading() as session:
        own = session.scalars(select(OutboxMail).order_by(OutboxMail.id)).one()
    raw = a_mail(own.body, sender="relais@caf.example", subject=own.subject, message_id=own.message_id)
    assert intake(raw).code == "automatic"
    assert mails()[0].reason == OWN_MAIL


# ---------------------------------------------------------------- a known request
def test_a_reply_of_the_cdas_is_a_message_on_its_ticket(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    raw = a_mail(
        "L’attestation est partie.", subject=f"Re: Relais – {ticket.reference}", files={"a.pdf": PDF}
    )
    assert intake(raw) == Fate("joined", ticket.reference)
    [message] = messages_of(ticket)
    assert "L’attestation est partie." in (message.body or "")
    assert (message.unit_id, row_of(ticket).state, count(Attachment)) == ("cdas-redon", "submitted", 1)
    assert told_to() == [SECRETARIAT, SECRETARIAT]


def test_a_reply_is_known_by_the_mail_that_it_answers(world: World, hand: Hand) -> None:
    """Without any reference in the text."""
    ticket = waiting_ticket(world, hand)
    with reading() as session:
        query = (
            select(OutboxMail.message_id).where(OutboxMail.recipient == REDON).order_by(OutboxMail.id.desc())
        )
        identifier = session.scalars(query.limit(1)).one()
    hand.at(26, 14)
    assert intake(a_mail("Le 30 septembre.", answers=identifier)) == Fate("joined", ticket.reference)


def test_r_clk_2_an_answer_by_mail_sets_the_clock_of_the_caf_going_again(world: World, hand: Hand) -> None:
    """The side that was waited for has replied: its `reply`, carried out as part of `receive`."""
    ticket = waiting_ticket(world, hand)
    received = hand.at(26, 14, 30)
    hand.at(26, 16)
    intake(a_mail("Le 30 septembre.", subject=f"Re: {ticket.reference}"), received)
    assert (row_of(ticket).state, row_of(ticket).state_since) == ("in_progress", received)
    entry = journal_of(ticket)[-1]
    assert (entry.transition, entry.actor_id, entry.happened_at) == ("reply", None, received)
    message = messages_of(ticket)[-1]
    assert (message.sequence, message.unit_id, message.channel) == (entry.sequence, "cdas-redon", "email")
    with reading() as session:
        [answer] = session.scalars(
            select(ClockRecord).where(ClockRecord.ticket_id == ticket.id, ClockRecord.name == "answer")
        )
        assert answer.stopped_at is None
    assert row_of(ticket).next_deadline_of == "answer"


def test_a_mail_written_before_the_question_does_not_answer_it(world: World, hand: Hand) -> None:
    ticket = waiting_ticket(world, hand)
    assert (
        intake(
            a_mail("Autre chose.", subject=ticket.reference), datetime(2026, 10, 26, 11, tzinfo=PARIS)
        ).code
        == "joined"
    )
    assert row_of(ticket).state == "waiting_partner"


def test_an_answer_received_before_another_act_was_noted_still_counts(world: World, hand: Hand) -> None:
    ticket = waiting_ticket(world, hand)
    hand.at(26, 15)
    acts.perform(
        world.caf_agent, ticket.reference, "reassign", {"holder_id": world.other_caf_agent.account_id}
    )
    assert (
        intake(a_mail("Le 30.", subject=ticket.reference), datetime(2026, 10, 26, 14, tzinfo=PARIS)).code
        == "joined"
    )
    assert row_of(ticket).state == "in_progress"


def test_the_request_that_cdap_passes_on_joins_the_one_already_sent(world: World, hand: Hand) -> None:
    """R-UD-3: recorded as sent by CDAP, then CDAP's own mail arrives: one ticket."""
    ticket = a_submitted_ticket(world.cdas_agent, channel="cdap_form")
    assert intake(a_cdap_form(REDON, f"URGENCE DEFINIE – {ticket.reference}")) == Fate(
        "joined", ticket.reference
    )
    assert count(Ticket) == 1


@pytest.mark.parametrize("by_cdap", [True, False])
def test_a_draft_whose_text_comes_back_is_sent_at_the_date_received(
    world: World, hand: Hand, by_cdap: bool
) -> None:
    """R-UD-3: it has left, though nobody noted it: its clocks run, and nothing that was typed is lost."""
    hand.at(26, 9)
    draft = a_draft(world.cdas_agent)
    with transaction() as session:
        form = {"description": "Le frigo est vide.", "cdap_missing": "Rien sur le motif."}
        opening.keep_form(session, session.get_one(Ticket, draft.id), form)
    received = hand.at(26, 10)
    hand.at(26, 11)
    text = f"URGENCE DEFINIE – {draft.reference}\nMatricule : 1234567\nPrestation : RSA\nLe frigo\nest vide."
    fate = intake(a_cdap_form(REDON, text) if by_cdap else a_mail(text), received)
    assert fate == Fate("joined", draft.reference)
    ticket = row_of(draft)
    assert (ticket.state, ticket.submitted_at, ticket.channel) == (
        "submitted",
        received,
        "cdap_form" if by_cdap else "email",
    )
    assert [(entry.transition, entry.from_state) for entry in journal_of(ticket)] == [
        ("open", None),
        ("submit", "draft"),
    ]
    assert (count(Ticket), count(Draft), count(ClockRecord)) == (1, 0, 3)
    assert "Le frigo" in (messages_of(ticket)[0].body or "")
    assert told_to() == [REDON, SECRETARIAT]
    with reading() as session:
        [note] = session.scalars(select(InternalNote).order_by(InternalNote.id)).all()
        assert note.institution == "departement"
        assert "Rien sur le motif." in (note.body or "")
        assert "frigo" not in (note.body or "")
    acts.perform(world.caf_agent, ticket.reference, "take", {})


def test_a_terminated_request_is_not_written_on_somebody_decides(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.cdas_agent, ticket.reference, "cancel", {"reason": "Erreur."})
    before = len(messages_of(ticket))
    for text in ("Toujours rien.", "URGENCE DEFINIE, toujours rien."):
        assert intake(a_mail(text, subject=ticket.reference)).code == "to_qualify"
    assert [mail.reason for mail in mails()] == [Waits.ENDED] * 2
    assert (len(messages_of(ticket)), count(Ticket)) == (before, 1)


@pytest.mark.parametrize("text", ["Des nouvelles ?", "URGENCE DEFINIE, des nouvelles ?"])
@pytest.mark.parametrize("sender", [STRANGER, VITRE, "cdas-agent-elsewhere@test.example"])
def test_a_stranger_with_a_known_reference_writes_nowhere(
    world: World, hand: Hand, text: str, sender: str
) -> None:
    """No text of an outsider reaches a ticket, and no answer goes out."""
    ticket = a_submitted_ticket(world.cdas_agent)
    told = told_to()
    assert intake(a_mail(text, sender=sender, subject=ticket.reference)).code == "to_qualify"
    assert mails()[0].reason == Waits.STRANGER
    assert (messages_of(ticket), count(Ticket), told_to()) == ([], 1, told)


def test_a_stranger_who_quotes_a_partner_is_still_a_stranger(world: World, hand: Hand) -> None:
    """Anybody can write « De : » or « Courriel du partenaire » into a text."""
    ticket = a_submitted_ticket(world.cdas_agent)
    forged = passed_on("", f"{ticket.reference} : à clore.", author=REDON, sender=STRANGER)
    lines = f"Courriel du partenaire : {REDON}\nMessage :\n{ticket.reference}"
    form = passed_on("", lines, author="ne-pas-repondre@cdap.exemple.example", sender=STRANGER)
    assert [intake(raw).code for raw in (forged, form)] == ["to_qualify"] * 2
    assert messages_of(ticket) == []


def test_with_the_keyword_a_reference_of_the_history_alone_is_another_story(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    history = f"\n\nLe lun. 26 oct. 2026 à 09:00, Relais <relais@caf.example> a écrit :\n> Demande {ticket.reference}\n"
    assert intake(a_mail(f"URGENCE DEFINIE, autre personne.{history}")).code == "ticket"
    assert intake(a_mail(f"Bien reçu.{history}")) == Fate("joined", ticket.reference)


# ---------------------------------------------------------------- the Caf writes to itself
def test_r_dp_3_what_a_colleague_of_the_caf_adds_is_not_shown_to_the_cdas(world: World, hand: Hand) -> None:
    raw = passed_on("Encore eux, vous voyez ?", "URGENCE DEFINIE, plus de RSA.", author=REDON)
    ticket = made(intake(raw))
    assert ticket.asking_unit_id == "cdas-redon"
    with reading() as session:
        shown = " ".join(
            row[0].body or "" for row in session.execute(*conversations.messages(world.cdas_agent, ticket.id))
        )
    assert "plus de RSA" in shown
    assert "Encore eux" not in shown
    [mail] = mails()
    assert (mail.reason, kept(mail, "rest")) == (LeftOver.WORD_OF_CAF, "Encore eux, vous voyez ?")


@pytest.mark.parametrize("sender", [SECRETARIAT, "caf-agent@test.example"])
def test_r_dp_3_a_mail_between_colleagues_of_the_caf_is_not_published(
    world: World, hand: Hand, sender: str
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    assert intake(a_mail("Tu en penses quoi ?", sender=sender, subject=ticket.reference)).code == "to_qualify"
    assert (mails()[0].reason, messages_of(ticket)) == (Waits.FROM_CAF, [])


def test_what_the_caf_passes_on_of_the_cdas_joins_the_request(world: World, hand: Hand) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    assert (
        intake(passed_on("Pour toi.", f"{ticket.reference} : pièce envoyée.", author=REDON)).code == "joined"
    )
    [message] = messages_of(ticket)
    assert "pièce envoyée" in (message.body or "")
    assert "Pour toi" not in (message.body or "")


# ---------------------------------------------------------------- to qualify, kept aside
def test_without_the_keyword_the_message_waits_with_its_files(world: World, hand: Hand) -> None:
    intake(a_mail("Une question ordinaire.", files={"courrier.pdf": PDF, "notes.txt": b"x"}))
    [mail] = mails()
    assert (mail.fate, mail.reason, mail.asking_unit_id) == ("to_qualify", Waits.NO_KEYWORD, "cdas-redon")
    assert "Une question ordinaire." in kept(mail, "text")
    assert "« notes.txt »" in kept(mail, "text")
    with reading() as session:
        [file] = session.scalars(select(IncomingFile).order_by(IncomingFile.id)).all()
        assert (file.mail_id, file.filename, file.content) == (mail.id, "courrier.pdf", PDF)
    assert told_to() == []


def test_an_unreadable_message_is_kept_whole(world: World, hand: Hand) -> None:
    raw = (CORPUS / "pgp-chiffre.eml").read_bytes()
    assert intake(raw) == Fate("set_aside")
    [mail] = mails()
    assert (mail.reason, mail.asking_unit_id) == ("encrypted", "cdas-fougeres")
    assert kept(mail, "raw") == raw


def test_whatever_trips_on_a_message_it_is_kept_whole(db: str, hand: Hand) -> None:
    """Here a house without its directory of units, in which no request can be opened."""
    seed.sow()
    raw = an_urgent_mail()
    assert intake(raw) == Fate("set_aside")
    [mail] = mails()
    assert (mail.reason, kept(mail, "raw"), count(Ticket)) == ("damaged", raw, 0)


def test_r_clk_8_a_message_is_never_received_in_the_future(world: World, hand: Hand) -> None:
    ticket = made(intake(an_urgent_mail(), hand.instant + timedelta(days=3)))
    assert ticket.submitted_at == hand.instant
