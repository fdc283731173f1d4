"""What leaves: headers that nobody can add to, the same words twice, an invitation; nothing answers it by itself."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import html5lib
import pytest

from service.models import OutboxMail
from service.notifications import telling
from service.notifications.sending import as_html, compose
from tests.mail_server import SENDER

MAILS = Path(__file__).parents[2] / "templates" / "emails"
WRITTEN = datetime(2026, 10, 27, 14, tzinfo=UTC)


def a_row(**changes: object) -> OutboxMail:
    usual: dict[str, object] = {
        "recipient": "cdas-redon@departement.example",
        "subject": "Relais – UD-TEST – Réponse donnée",
        "body": "Bonjour,\n\nOuvrir la demande :\nhttps://relais.example/demandes/UD-TEST\n\n<b>&</b> fin.\n",
        "message_id": "<one@relais.example>",
        "created_at": WRITTEN,
        "calendar": None,
    }
    return OutboxMail(**{**usual, **changes})


def received(**changes: object) -> EmailMessage:
    message = message_from_bytes(compose(a_row(**changes), SENDER).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_headers_say_who_when_and_that_a_machine_wrote() -> None:
    message = received()
    assert {
        name: str(message[name]) for name in ("Message-ID", "From", "To", "Subject", "Auto-Submitted")
    } == {
        "Message-ID": "<one@relais.example>",
        "From": f"Relais <{SENDER}>",
        "To": "cdas-redon@departement.example",
        "Subject": "Relais – UD-TEST – Réponse donnée",
        "Auto-Submitted": "auto-generated",
    }
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Reply-To"] is None
    assert message["Date"].datetime == WRITTEN


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_nothing_in_a_subject_or_an_address_makes_a_header(end: str) -> None:
    message = received(subject=f"Relais{end}Bcc: other@x.example")
    assert message["Bcc"] is None
    assert message["Subject"] == "Relais Bcc: other@x.example"
    with pytest.raises(ValueError):
        compose(a_row(recipient=f"a@x.example{end}Bcc: other@x.example"), SENDER)


def test_text_and_html_say_the_same() -> None:
    message = received()
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert message.get_content_type() == "multipart/alternative"
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == a_row().body
    said = html.get_content().replace("\r\n", "\n")
    link = "https://relais.example/demandes/UD-TEST"
    assert f'<p>Ouvrir la demande :<br><a href="{link}">{link}</a></p>' in said
    assert "<p>&lt;b&gt;&amp;&lt;/b&gt; fin.</p>" in said


def test_a_mail_is_valid_html_in_french_without_image_and_its_links_say_their_address() -> None:
    """R-27: the text part comes first; what the other one shows is read by any reader."""
    first, second = received().iter_parts()
    assert (first.get_content_type(), second.get_content_type()) == ("text/plain", "text/html")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(second.get_content())
    assert page.get("lang") == "fr"
    assert page.findtext("head/title") == a_row().subject
    assert [(one.tag, one.text) for one in page.iter() if re.fullmatch("h[1-6]", str(one.tag))] == [
        ("h1", a_row().subject)
    ]
    assert page.findall(".//img") == []
    assert [(link.get("href"), link.text) for link in page.iter("a")] == [
        ("https://relais.example/demandes/UD-TEST", "https://relais.example/demandes/UD-TEST")
    ]


def test_each_link_of_a_mail_is_announced_by_the_words_before_it() -> None:
    """R-27 (RGAA 6.1): an address alone says nothing; the line above it, in the same paragraph, says where it leads."""
    linked = {path.name: path.read_text() for path in MAILS.glob("*.txt") if "{{ link }}" in path.read_text()}
    assert len(linked) > 8
    assert [name for name, text in linked.items() if not re.search(r"\w[^\n]* :\n\{\{ link \}\}", text)] == []


def test_a_link_takes_no_quote_with_it() -> None:
    assert '<a href="https://x.example/a">' in as_html("", 'https://x.example/a"onclick=alert(1)')


def test_an_invitation_goes_as_a_file_with_its_method() -> None:
    [file] = received(calendar="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n").iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "rendez-vous.ics")
    assert file.get_param("method") == "CANCEL"


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://relais.departement.example", "relais.departement.example"),
        ("http://127.0.0.1:8000", "relais.localhost"),
    ],
)
def test_message_ids_have_a_domain_of_ours(
    monkeypatch: pytest.MonkeyPatch, address: str, domain: str
) -> None:
    for name in ("_public_url", "_domain"):
        monkeypatch.setattr(telling, name, getattr(telling, name))
    telling.configure(address)
    assert telling._domain == domain
