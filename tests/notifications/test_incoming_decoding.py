"""Bytes become the text that was meant, whatever label they carry."""

import pytest

from service.notifications.incoming.conversation import take_apart
from service.notifications.incoming.decoding import (
    clean,
    clean_line,
    decode_base64,
    decode_text,
    decode_transfer,
)
from service.notifications.incoming.headers import addresses, decode_words
from service.notifications.incoming.html_text import to_text

SENTENCE = "Été à Rédon, 12 € « dus »"


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "us-ascii"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", None),
        ("utf-8", "utf-16"),
        ("utf-8", "base64"),
        ("utf-8", "\0"),
        ("cp1252", "windows-1252"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "utf-8"),
        ("cp1252", "x-inconnu"),
        ("cp1252", "idna"),
        ("cp1252", "unicode_escape"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("utf-16-le", "utf-16le"),
        ("utf-16-be", None),
        ("utf-7", "utf-7"),
        ("iso-8859-15", "iso-8859-15"),
        ("cp850", "ibm850"),
    ],
)
def test_a_charset_is_believed_as_far_as_the_bytes_do(encoding: str, declared: str | None) -> None:
    sentence = SENTENCE.replace("€", "euros") if encoding == "cp850" else SENTENCE
    assert clean(decode_text(sentence.encode(encoding), declared)) == sentence


def test_one_broken_byte_does_not_cost_the_other_accents() -> None:
    assert decode_text(SENTENCE.encode() + b"\xc3", "utf-8").startswith(SENTENCE)


@pytest.mark.parametrize(
    ("encoded", "plain"),
    [
        (b"VXJnZW5jZQ==", b"Urgence"),
        (b"VXJnZW5jZQ", b"Urgence"),
        (b"VXJnZW5jZ", b"Urgenc"),
        (b"VXJn\r\n ZW5j\r\nZQ==", b"Urgence"),
        (b"Bonjour, le RSA est suspendu.", b"Bonjour, le RSA est suspendu."),
        (b"oui merci", b"oui merci"),
        (b"", b""),
    ],
)
def test_base64_gives_what_can_be_read(encoded: bytes, plain: bytes) -> None:
    assert decode_base64(encoded) == plain


@pytest.mark.parametrize(
    ("encoding", "data", "plain"),
    [
        ("Quoted-Printable ", b"d=C3=A9=\r\nfinie =ZZ", b"d\xc3\xa9finie =ZZ"),
        ("8bit", b"\xff", b"\xff"),
        ("inconnu", b"=41", b"=41"),
        ("x-uuencode", b"begin 644 a\n#0V%F\n`\nend\n", b"Caf"),
        ("x-uuencode", b"sans debut", b"sans debut"),
    ],
)
def test_a_transfer_encoding_is_taken_off(encoding: str, data: bytes, plain: bytes) -> None:
    assert decode_transfer(data, encoding) == plain


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?utf-8?q?d=C3=A9finie?=", "définie"),
        ("=?UTF-8*fr?Q?d=C3=A9finie?=", "définie"),
        ("=?utf-8?q?d=C3?= =?utf-8?q?=A9finie?=", "définie"),
        ("Urgence =?iso-8859-1?q?d=E9?= =?utf-8?q?finie?= RSA", "Urgence définie RSA"),
        ("=?utf-8?b?ZMOpZmluaWU?=", "définie"),
        ("=?utf-8?q?d=C3=A9finie", "définie"),
        ("=?utf-8?x?inconnu?=", "=?utf-8?x?inconnu?="),
        ("2 =? 3", "2 =? 3"),
    ],
)
def test_encoded_words_are_decoded_broken_ones_too(header: str, text: str) -> None:
    assert decode_words(header) == text


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("Démo <A@CDAS.example>", [("Démo", "a@cdas.example")]),
        (
            '"Démo, Exemple" <a@b.example>, c@d.example',
            [("Démo, Exemple", "a@b.example"), ("", "c@d.example")],
        ),
        ("a@b.example (Démo)", [("Démo", "a@b.example")]),
        ("undisclosed-recipients:;", []),
        ("MAILER-DAEMON", []),
        ("Démo [mailto:a@b.example]", [("", "a@b.example")]),
        ("((((((((((((((((((((((((((((((((( a@b.example", [("", "a@b.example")]),
        ("Démo <a\x01@b.example>", []),
        ("Démo <a@b.exa\x7fmple>", [("", "a@b.exa")]),
    ],
)
def test_addresses_are_found_in_what_mailers_write(value: str, found: list[tuple[str, str]]) -> None:
    assert addresses(value) == found


def test_invisible_and_control_characters_do_not_hide_a_word() -> None:
    assert clean("URG\u00adENCE\u200b \x00DÉ\u0007FINIE\u202e\r\n\x0bfin") == "URGENCE DÉFINIE\n\nfin"
    assert clean_line(" a\n\tb  c ", 10) == "a b c"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>2</b><i>3</i>45", "2345"),
        ("a &lt; b &amp; c &eacute; &#233; &#x110000;", "a < b & c é é \ufffd"),
        ("1 < 2 et <b>x</b>", "1 < 2 et x"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\n\nc"),
        ("<table><tr><td>Nom :</td><td>Démo</td></tr></table>", "Nom : Démo"),
        ("<table><tr><td>a</td><td>b</td><td>c</td></tr></table>", "a\nb\nc"),
        ("<style>x</style>", ""),
        ("<style>never closed", "never closed"),
        ("a<!-- b", "a b"),
        ("a<![if !mso]>b<![endif]>c", "abc"),
    ],
)
def test_html_becomes_the_text_that_is_seen(html: str, text: str) -> None:
    assert clean(to_text(html)) == text


@pytest.mark.parametrize(
    "history",
    [
        "Le lun. 12 oct. 2026 à 10:12, Démo <a@b.example> a écrit :\n> avant",
        "Le 12/10/2026 à 10:12, Démo\nExemple a écrit :\n\n> avant",
        "On Mon, Oct 12, 2026 at 10:12 AM Demo <a@b.example>\nwrote:\n> avant",
        "-----Message d'origine-----\nDe : Démo\nEnvoyé : lundi\nObjet : x\n\navant",
        "________________________________\nDe : Démo\nEnvoyé : lundi\nÀ : x\nObjet : x\n\navant",
        "*De :* Démo\n*Envoyé :* lundi\n*Objet :* x\n\navant",
        "> avant",
        "--\nDémo avant",
        "Envoyé de mon iPhone\n\nLe 12 oct. 2026 à 10:12, Démo a écrit :\n\n> avant",
    ],
)
def test_history_and_signature_are_set_apart(history: str) -> None:
    said = take_apart(f"Bonjour,\nmerci.\n\n{history}", "Re: x")
    assert said.text == "Bonjour,\nmerci."
    assert "avant" in said.quoted
    assert not said.is_forward


@pytest.mark.parametrize(
    ("subject", "passed_on"),
    [
        (
            "x",
            "---------- Forwarded message ---------\nDe : Démo <a@b.example>\nDate: lundi\nObjet : y\n\nune demande",
        ),
        ("x", "-------- Message transféré --------\nSujet : y\nDe : a@b.example\n\nune demande"),
        ("Fwd: x", "Début du message réexpédié :\n\n> De: Démo <a@b.example>\n> Objet: y\n> \n> une demande"),
        (
            "TR: x",
            "De : Démo <a@b.example>\nEnvoyé : lundi\nÀ : c@d.example;\n e@f.example\nObjet : y\n\nune demande",
        ),
        ("TR : x", "-----Message d'origine-----\nDe : a@b.example\nEnvoyé : lundi\nObjet : y\n\nune demande"),
        ("tr: x", "Le 12 oct. 2026 à 10:12, Démo <a@b.example> a écrit :\n\n> une demande"),
    ],
)
def test_a_message_passed_on_is_found_with_its_author(subject: str, passed_on: str) -> None:
    said = take_apart(f"Pour vous.\n\n{passed_on}", subject)
    assert (said.is_forward, said.original_sender, said.text) == (True, "a@b.example", "Pour vous.")
    assert said.forwarded.endswith("une demande")
    assert "a@b.example" not in said.forwarded
