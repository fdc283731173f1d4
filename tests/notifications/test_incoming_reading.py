"""What `read` does beyond the corpus's table: texts apart, duplicates, limits, attachments."""

import base64
import time
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.notifications.incoming import (
    AutomaticReason,
    IncomingMessage,
    Unreadable,
    UnreadableReason,
    read,
    recognise,
)

CORPUS = Path(__file__).parents[1] / "corpus"
RECEIVED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HEADERS = b"From: cdas-redon@cdas.example\r\nSubject: Urgence definie\r\n"
TEXT = HEADERS + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = HEADERS + b"Content-Type: text/html; charset=utf-8\r\n\r\n"


def of(name: str) -> IncomingMessage:
    return readable((CORPUS / f"{name}.eml").read_bytes())


def readable(raw: bytes, received_at: datetime = RECEIVED_AT) -> IncomingMessage:
    found = read(raw, received_at)
    assert isinstance(found, IncomingMessage), found
    return found


# ---------------------------------------------------------------- new, forwarded, quoted
def test_a_reply_is_its_new_text_and_the_history_stands_apart() -> None:
    reply = of("reponse-avec-reference")
    assert reply.text == "Bonjour,\n\nL'attestation est partie ce matin par courrier."
    assert "URGENCE DEFINIE" in reply.quoted
    assert reply.in_reply_to == "ud-4f7k-92qx.1@relais.example"
    assert reply.thread == ("ud-4f7k-92qx.0@relais.example", "ud-4f7k-92qx.1@relais.example")


def test_outlook_history_has_no_mark_and_is_found_by_its_header_block() -> None:
    reply = of("reponse-outlook-historique")
    assert reply.text.endswith("Exemple Démo")
    assert reply.quoted.startswith("De : Relais")


def test_answers_between_quoted_lines_are_new_text() -> None:
    reply = of("reponse-entre-les-lignes")
    assert reply.text == "Le 5 août 2026.\nRennes."
    assert "dernier versement ?" in reply.quoted


def test_a_sentence_that_begins_like_an_attribution_stays() -> None:
    assert of("reponse-gmail-html").text == "Le paiement est arrivé, merci."


def test_a_forward_keeps_note_and_message_apart() -> None:
    passed_on = of("transfert-apple")
    assert passed_on.text == "Je vous transmets ce message."
    assert passed_on.forwarded.startswith("Objet: RSA suspendu")
    assert passed_on.original_sender == "benevole@association.example"
    assert passed_on.origins == ("benevole@association.example", "cdas-saint-malo@cdas.example")


def test_the_keyword_in_the_subject_of_the_message_passed_on_counts() -> None:
    """R-UD-2: an Outlook forward whose note says nothing."""
    passed_on = of("transfert-outlook")
    assert passed_on.text == ""
    assert passed_on.keyword
    assert "Objet : Urgence définie" in passed_on.forwarded


def test_a_forwarded_cdap_form_names_its_partner_first() -> None:
    for name in ("cdap-transfere-par-la-caf", "cdap-transfere-en-piece"):
        passed_on = of(name)
        assert passed_on.partner == "cdas-rennes-centre@cdas.example"
        assert passed_on.original_sender == "ne-pas-repondre@cdap.exemple.example"
        assert passed_on.origins[-1] == "secretariat@caf.example"


def test_a_partner_named_outside_the_no_reply_address_is_only_text() -> None:
    raw = TEXT + "Courriel du partenaire : cdas-vitre@cdas.example\r\nMessage :\r\nUrgence définie".encode()
    found = readable(raw)
    assert found.partner is None
    assert found.origins[0] == "cdas-redon@cdas.example"


def test_a_table_becomes_labelled_lines() -> None:
    text = of("cdap-formulaire-tableau").text
    assert "Motif : Interruption de versement" in text
    assert "Numéro allocataire : 2323232" in text
    assert "Message : Urgence définie\nL'AAH n'est plus versée." in text


def test_html_loses_scripts_styles_and_comments() -> None:
    text = of("prime-activite-html-seul").text
    assert "9999999" not in text
    assert "8888888" not in text
    assert "interrompue.\nDernier paiement" in text


def test_an_out_of_office_that_quotes_the_keyword_carries_none() -> None:
    absence = of("absence-qui-cite-le-mot-cle")
    assert absence.automatic_reason is AutomaticReason.AUTO_REPLY
    assert not absence.keyword
    assert absence.references == ("UD-4F7K-92QX",)


# ---------------------------------------------------------------- the same message twice
def test_the_same_message_twice_has_one_fingerprint() -> None:
    """By its Message-ID, whatever a list adds; without one, by what was written, whatever its encoding."""
    assert of("meme-message-1").fingerprint == of("meme-message-2").fingerprint
    assert of("sans-identifiant-1").message_id is None
    assert of("sans-identifiant-1").fingerprint == of("sans-identifiant-2").fingerprint


def test_different_messages_have_different_fingerprints() -> None:
    found = [read(path.read_bytes(), RECEIVED_AT) for path in sorted(CORPUS.glob("*.eml"))]
    duplicates = 2
    assert len({message.fingerprint for message in found}) == len(found) - duplicates


def test_without_identifier_one_word_or_one_file_makes_another_message() -> None:
    other = TEXT + b"x"
    assert readable(TEXT + b"y").fingerprint != readable(other).fingerprint
    assert readable(with_file(b"one")).fingerprint != readable(with_file(b"two")).fingerprint


def test_without_date_the_time_of_reception_does_not_make_another_message() -> None:
    later = RECEIVED_AT + timedelta(minutes=5)
    assert readable(TEXT + b"x").fingerprint == readable(TEXT + b"x", later).fingerprint


# ---------------------------------------------------------------- headers
def test_names_and_recipients_are_decoded() -> None:
    found = of("als-alternative")
    assert (found.sender, found.sender_name) == ("cdas-rennes-centre@cdas.example", "Démo-Kerbrat, Solenn")
    assert found.recipients == ("urgences@relais.example",)


def test_a_display_name_in_the_shape_of_an_address_is_not_the_sender() -> None:
    found = of("deux-expediteurs-nom-piege")
    assert found.sender == "intrus@ailleurs.example"


def test_marks_that_turn_the_writing_around_are_taken_out() -> None:
    found = of("noms-rtl-emoji")
    assert "\u202e" not in found.sender_name + found.attachments[0].name
    assert "👩\u200d👧" in found.sender_name


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Date: Tue, 17 Nov 2026 09:12:44 +0100", datetime(2026, 11, 17, 8, 12, 44, tzinfo=UTC)),
        (b"Date: Tue, 17 Nov 2026 09:12:44 -0000", datetime(2026, 11, 17, 9, 12, 44, tzinfo=UTC)),
        (b"Date: Sat, 21 Nov 2026 09:12:44 +0100", RECEIVED_AT),
        (b"Date: Thu, 01 Jan 1970 00:00:00 +0000", RECEIVED_AT),
        (b"Date: Thu, 01 Jan 0001 00:00:00 +2359", RECEIVED_AT),
        (b"Date: hier", RECEIVED_AT),
        (b"X-Rien: 1", RECEIVED_AT),
    ],
)
def test_r_cal_3_the_date_is_utc_and_an_absurd_one_is_that_of_reception(
    header: bytes, expected: datetime
) -> None:
    assert readable(header + b"\r\n" + TEXT + b"x").sent_at == expected


def test_the_day_of_writing_is_that_of_paris() -> None:
    """R-CAL-3"""
    found = readable(b"Date: Mon, 16 Nov 2026 23:30:00 +0000\r\n" + TEXT + b"x")
    assert found.written_on == date(2026, 11, 17)


def test_r_cal_3_a_time_of_reception_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        read(TEXT + b"x", datetime(2026, 11, 20, 10, 0))  # noqa: DTZ001


# ---------------------------------------------------------------- attachments
def test_attachments_keep_their_bytes_and_lose_their_path() -> None:
    files = {file.name: file for file in of("pieces-jointes").attachments}
    assert files["décision.pdf"].content == b"%PDF-1.4 decision d exemple"
    assert files["décision.pdf"].declared_type == "application/pdf"
    assert "notes.txt" in files


def test_winmail_dat_is_kept_and_a_detached_signature_is_not_a_file() -> None:
    assert [file.declared_type for file in of("winmail-dat").attachments] == ["application/ms-tnef"]
    assert of("smime-signe").attachments == ()


def test_r_dp_7_a_text_file_is_masked_another_is_left_as_it_is() -> None:
    files = {file.declared_type: file.content for file in of("nir-partout").attachments}
    assert files["text/csv"] == "nom;numero\r\nDémo-Exemple;[NIR masqué]".encode()
    assert files["application/pdf"] == b"%PDF-1.4 exemple"


def test_r_dp_7_a_nir_in_the_subject_of_an_encrypted_message_is_masked() -> None:
    found = read((CORPUS / "smime-chiffre.eml").read_bytes(), RECEIVED_AT)
    assert isinstance(found, Unreadable)
    assert found.subject == "Urgence définie [NIR masqué]"


def test_a_forwarded_message_gives_its_files() -> None:
    inner = with_file(b"%PDF-1.4 exemple")
    raw = HEADERS + b"Content-Type: message/rfc822\r\n\r\n" + inner
    found = readable(raw)
    assert [file.name for file in found.attachments] == ["piece.pdf"]
    assert found.is_forward


# ---------------------------------------------------------------- limits
def test_twenty_megabytes_are_read_for_their_beginning_in_bounded_memory_and_time() -> None:
    raw = with_file(b"\0" * 15_000_000)
    assert len(raw) > 20_000_000
    began = time.perf_counter()
    tracemalloc.start()
    found = readable(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.too_large, found.attachments, found.text) == (True, (), "Bonjour")
    assert found.keyword
    assert peak < 60_000_000
    assert time.perf_counter() - began < 20


def test_a_file_of_ten_megabytes_comes_whole() -> None:
    found = readable(with_file(b"\1" * 10_000_000))
    assert not found.too_large
    assert len(found.attachments[0].content) == 10_000_000


HOSTILE = {
    "open tags": HTML + b"<a " * 300_000,
    "open comments": HTML + b"<!--" * 200_000,
    "open scripts": HTML + b"<script>" * 200_000,
    "nested tables": HTML + b"<table><tr><td>x" * 60_000,
    "huge entities": HTML + b"&#" + b"1" * 900_000,
    "piled accents": TEXT + "\u0300\u0315".encode() * 250_000,
    "forward markers": TEXT + b"---------- Forwarded message ---------\n" * 20_000,
    "header blocks": TEXT + b"De : a@b.example\nDate : x\n" * 20_000,
    "signatures": TEXT + b"-- \n" * 200_000,
    "flowed": HEADERS + b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"a \n" * 250_000,
    "digits": TEXT + b"1 " * 250_000,
    "brackets": b"From: " + b"(a" * 200_000 + b"\r\nSubject: x\r\n\r\nx",
    "encoded words": b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?=C3=A9?= " * 50_000 + b"\r\n\r\nx",
    "separators": HEADERS
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 50_000,
}
"""Half a megabyte each of what takes some reader minutes."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_read_in_seconds(name: str) -> None:
    began = time.process_time()
    found = readable(HOSTILE[name])
    recognise(found.content, found.subject, found.written_on)
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    "raw",
    [
        HEADERS
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(500)
        ),
        HEADERS + b"Content-Type: message/rfc822\r\n\r\n" * 500,
        HEADERS + b"Content-Type: text/plain; " + b"a*0*=utf-8''b;" * 20_000 + b"\r\n\r\nx",
    ],
    ids=["nested parts", "nested messages", "endless parameters"],
)
def test_a_message_too_complex_is_kept_aside(raw: bytes) -> None:
    found = read(raw, RECEIVED_AT)
    assert isinstance(found, Unreadable)
    assert found.reason is UnreadableReason.TOO_COMPLEX


def with_file(content: bytes) -> bytes:
    """A message with a text and one file."""
    return (
        HEADERS
        + b"Content-Type: multipart/mixed; boundary=demo\r\n\r\n--demo\r\n\r\nBonjour\r\n--demo\r\n"
        + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        + b'Content-Disposition: attachment; filename="piece.pdf"\r\n\r\n'
        + base64.encodebytes(content)
        + b"\r\n--demo--\r\n"
    )
