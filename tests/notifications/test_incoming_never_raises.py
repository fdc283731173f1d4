"""Whatever the bytes, `read` answers, and what it answers is whole: a stranger chooses them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from service.notifications.incoming import IncomingMessage, Unreadable, UnreadableReason, read, recognise
from service.notifications.incoming.decoding import MAX_TEXT
from service.workflows import nir

RECEIVED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CORPUS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "corpus").glob("*.eml"))]
PIECES = [
    *[
        b"\r\n",
        b"\n",
        b"\r",
        b"\0",
        b" ",
        b"\t",
        b"--",
        b">",
        b"<",
        b"=",
        b"=?",
        b"?=",
        b"=?utf-8?b?",
        b'"',
        b"(",
        b";",
    ],
    *[
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"+/v8",
        b"&#55296;",
        b"&#x110000;",
        b"\xe2\x80\xae",
        b"\xf0\x9f\x98\x80",
    ],
    *[
        b"Content-Type: ",
        b"text/plain",
        b"text/html",
        b"multipart/mixed; boundary=",
        b"message/rfc822",
        b"charset=",
    ],
    *[
        b"utf-16",
        b"utf-7",
        b"unicode_escape",
        b"idna",
        b"zlib",
        b"base64",
        b"quoted-printable",
        b"x-uuencode",
        b"begin ",
    ],
    *[
        b"From: ",
        b"Subject: ",
        b"Date: ",
        b"Message-ID: ",
        b"Content-Transfer-Encoding: ",
        b"filename*=utf-8''%C3",
    ],
    *[b"De : ", b"Date : ", "Le 1 a écrit :".encode(), b"URGENCE DEFINIE", b"<td>", b"</tr>", b"31/02/2026"],
    *[b"1 85 01 99 999 001", b"99999999999999999999 EUR", b"-08:99", b"depuis fevrier"],
]


@st.composite
def damaged_mails(draw: st.DrawFn) -> bytes:
    """A message of the corpus cut, mixed with another, and with pieces put in or bytes changed."""
    raw = bytearray(draw(st.sampled_from(CORPUS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(raw)))
        match draw(st.sampled_from(("cut", "put", "change", "repeat", "mix"))):
            case "cut":
                del raw[place : place + draw(st.integers(1, 400))]
            case "put":
                raw[place:place] = draw(st.sampled_from(PIECES))
            case "change":
                raw[place : place + 1] = draw(st.binary(max_size=3))
            case "repeat":
                raw[place:place] = raw[place : place + 200] * draw(st.integers(1, 3))
            case _:
                raw[place:] = draw(st.sampled_from(CORPUS))[place:]
    return bytes(raw)


@given(st.binary(max_size=2000))
@example(b"From:")
def test_any_bytes_are_answered(raw: bytes) -> None:
    answered(raw)


@given(st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
def test_any_heap_of_pieces_of_mail_is_answered(raw: bytes) -> None:
    answered(raw)
    answered(b"From: a@b.example\r\n" + raw)


@given(damaged_mails())
def test_any_damaged_message_of_the_corpus_is_answered(raw: bytes) -> None:
    answered(raw)


WORDS = [
    *[
        "matricule : ",
        "dernier versement ",
        "depuis ",
        "de ",
        " à ",
        " €",
        "Mme DÉMO",
        "né le ",
        "CDAP consulté le ",
    ],
    *[
        "1234567",
        "31/02/2026",
        "29 février",
        "99/99/99",
        "0000-00-00",
        "1 000 000,00",
        "9.9.9",
        "²",
        "٣",
        "€",
        "\n",
        " : ",
    ],
    *[
        "RSA",
        "AF",
        "suspendu",
        "baisse",
        "domicilié à Redon",
        "35600 Redon",
        "Cordialement",
        "Objet :",
        "İ",
        "ß",
        "\u0130",
    ],
]


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.text(max_size=40))
def test_any_text_is_looked_at(text: str, subject: str) -> None:
    recognise(text, subject, RECEIVED_AT.date())
    recognise(subject, text)


def answered(raw: bytes) -> None:
    """It is read or kept aside for a reason we know of; « damaged » would be a reason we forgot."""
    found = read(raw, RECEIVED_AT)
    assert len(found.fingerprint) == 64
    if isinstance(found, Unreadable):
        assert found.reason is not UnreadableReason.DAMAGED
        return
    whole(found)


def whole(found: IncomingMessage) -> None:
    texts = (found.subject, found.sender_name, found.text, found.forwarded, found.quoted)
    for text in (*texts, *(file.name for file in found.attachments)):
        text.encode("utf-8")
        assert not set(text) & {"\0", "\r", "\u202e"}
        assert len(text) <= 3 * MAX_TEXT
        assert nir.find(text) == []  # R-DP-7
    assert timedelta() <= RECEIVED_AT - found.sent_at <= timedelta(days=366)
    assert found.sent_at.tzinfo is UTC
    recognise(found.content, found.subject, found.written_on)
