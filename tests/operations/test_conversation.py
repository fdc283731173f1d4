"""Messages, internal notes and files of a ticket: who may, what is refused, what is kept."""

import io
import struct
import zlib
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, KeyReused, NotVisible, TooLarge
from service.models import AccessEntry, Attachment, InternalNote, Message, OutboxMail, Ticket
from service.operations import acts, conversation
from service.operations.consultation import consult
from service.operations.files import clean_name, content_type
from service.workflows.plain_text import plain
from tests.factories import World, a_draft, a_submitted_ticket, seeded_world

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NOW = datetime(2026, 10, 26, 10, tzinfo=ZoneInfo("Europe/Paris"))


def picture(kind: str = "PNG", size: tuple[int, int] = (3, 2)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "white").save(written, kind)
    return written.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 × 50,000."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def ticket(world: World) -> Ticket:
    with clock.driven(lambda: NOW):
        return a_submitted_ticket(world.cdas_agent)


def test_a_message_is_read_by_both_sides_and_told_to_the_other(world: World, ticket: Ticket) -> None:
    first = conversation.write_message(world.cdas_agent, ticket.reference, "Le loyer tombe le 5.", "k1")
    again = conversation.write_message(world.cdas_agent, ticket.reference, "Le loyer tombe le 5.", "k1")
    assert first == again
    with pytest.raises(KeyReused):
        conversation.write_message(world.cdas_agent, ticket.reference, "Autre texte", "k1")
    conversation.write_message(world.caf_agent, ticket.reference, "Bien reçu.", "k2")
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 2
        told = session.scalars(select(OutboxMail.unit_id).where(OutboxMail.event == "message")).all()
        bodies = session.scalars(select(OutboxMail.body)).all()
    assert sorted(told) == ["caf-secretariat", "cdas-redon"]
    assert not any("loyer" in body for body in bodies)


def test_r_dp_7_a_nir_is_refused_with_its_rule_and_nothing_is_kept(world: World, ticket: Ticket) -> None:
    for write in (conversation.write_message, conversation.write_note):
        with pytest.raises(InvalidInput) as refused:
            write(world.cdas_agent, ticket.reference, "NIR 2 84 05 35 238 001 83", "k")
        assert refused.value.rule == "R-DP-7"
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0
        assert session.scalar(select(func.count()).select_from(InternalNote)) == 0


def test_r_dp_3_a_note_belongs_to_the_institution_of_its_author(world: World, ticket: Ticket) -> None:
    conversation.write_note(world.cdas_agent, ticket.reference, "Note du CDAS", "k1")
    conversation.write_note(world.caf_agent, ticket.reference, "Note de la Caf", "k2")
    with reading() as session:
        notes = {note.institution: note.body for note in session.scalars(select(InternalNote))}
    assert notes == {"departement": "Note du CDAS", "caf": "Note de la Caf"}


def test_a_final_state_takes_notes_only(world: World, ticket: Ticket) -> None:
    acts.perform(world.cdas_agent, ticket.reference, "cancel", {"reason": "Réglé."})
    with pytest.raises(GuardRefused):
        conversation.write_message(world.cdas_agent, ticket.reference, "Encore ?", "k1")
    with pytest.raises(GuardRefused):
        conversation.attach(world.cdas_agent, ticket.reference, "a.pdf", PDF, "k2")
    assert conversation.write_note(world.cdas_agent, ticket.reference, "Pour mémoire", "k3")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("courrier.PDF", PDF, "application/pdf"),
        ("photo.jpeg", picture("JPEG"), "image/jpeg"),
        ("capture.png", picture(), "image/png"),
    ],
)
def test_files_are_known_by_their_content(name: str, content: bytes, kind: str) -> None:
    assert content_type(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("facture.pdf", b"MZ\x90\x00" + b"\0" * 200),
        ("facture.pdf", b""),
        ("facture.pdf", picture()),
        ("image.png", pixel_bomb()),
        ("image.png", picture()[:40]),
        ("page.html", b"<script>alert(1)</script>"),
        ("image.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("archive.pdf", b"%PDF-1.4 without an end"),
        ("photo.jpg", b"\xff\xd8\xff" + b"\0" * 50),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        content_type(name, content)
    assert "file" in refused.value.fields


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\docs\\lettre.pdf", "lettre.pdf"),
        ("fac\u202efdp.exe.pdf", "facfdp.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("", "fichier"),
    ],
)
def test_file_names_are_cleaned(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


def test_files_are_sealed_counted_and_given_back_whole(world: World, ticket: Ticket) -> None:
    made = conversation.attach(world.cdas_agent, ticket.reference, "courrier.pdf", PDF, "k1")
    with reading() as session:
        kept = session.get_one(Attachment, made)
        assert PDF not in kept.content_sealed
    given = conversation.download(world.caf_agent, ticket.reference, made)
    assert (given.content, given.filename) == (PDF, "courrier.pdf")
    with pytest.raises(NotVisible):
        conversation.download(world.cdas_agent_elsewhere, ticket.reference, made)
    with pytest.raises(NotVisible):
        conversation.download(world.caf_agent, ticket.reference, uuid4())
    for number in range(2, 21):
        conversation.attach(world.cdas_agent, ticket.reference, "courrier.pdf", PDF, f"k{number}")
    with pytest.raises(InvalidInput):
        conversation.attach(world.cdas_agent, ticket.reference, "courrier.pdf", PDF, "k21")
    with pytest.raises(TooLarge):
        conversation.attach(world.cdas_agent, ticket.reference, "gros.pdf", PDF * 400_000, "k22")


def test_r_dp_4_each_read_and_each_refusal_is_logged_without_content(world: World, ticket: Ticket) -> None:
    consult(world.caf_agent, ticket.reference)
    with pytest.raises(NotVisible):
        consult(world.cdas_agent_elsewhere, ticket.reference)
    with pytest.raises(NotVisible):
        consult(world.cdas_agent, "UD-0000-0000")
    with pytest.raises(NotVisible):
        consult(world.caf_secretariat, a_draft(world.cdas_agent).reference)
    with reading() as session:
        rows = session.scalars(select(AccessEntry).order_by(AccessEntry.id)).all()
    assert [(row.account_id, row.refused) for row in rows] == [
        (world.caf_agent.account_id, False),
        (world.cdas_agent_elsewhere.account_id, True),
        (world.caf_secretariat.account_id, True),
    ]


def test_r_dp_7_neither_a_file_name_nor_what_is_said_of_it_holds_a_nir(world: World, ticket: Ticket) -> None:
    with pytest.raises(InvalidInput):
        conversation.attach(world.cdas_agent, ticket.reference, "CNI 284053523800183.pdf", PDF, "k1")
    with pytest.raises(InvalidInput) as refused:
        conversation.attach(world.cdas_agent, ticket.reference, "CNI.pdf", PDF, "k1", "284053523800183")
    assert list(refused.value.fields) == ["description"]


def test_a_pile_of_accents_takes_no_time() -> None:
    """Normalising 400,000 piled marks took hours before they were cut; here it ends, and says what is kept."""
    assert len(clean_name("a" + "\u0592\u0591" * 200_000 + ".pdf")) < 130
    assert len(plain("a" + "\u0301\u0323" * 200_000)) <= 10
