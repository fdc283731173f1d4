"""Mails on their way out: one conversation with the mail server for many mails, and what it said of each.

Knows nothing of the database: it is given rows, and answers with an `Outcome`. A mail that may have been taken is
sent again with the same Message-ID, so that the reader's software shows one.
"""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.models import OutboxMail
from service.outside import Smtp, SmtpSecurity

NAME = "Relais"
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "emails"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_LINK = re.compile(r"(https?://[^\s<>\"]+)")
_METHOD = re.compile(r"^METHOD:([A-Z]+)", re.MULTILINE)
_ENHANCED = re.compile(rb"^([245]\.\d{1,3}\.\d{1,3})\b")
_ABOUT_US = frozenset({503, 530, 534, 535, 538})
"""Answers to a recipient that speak of us: the account, the order of commands. No mail would pass."""
_CLOSING = 421

_server: Smtp | None = None


def configure(server: Smtp | None) -> None:
    """Give the server that takes mails; None: none leaves."""
    global _server
    _server = server


def server() -> Smtp | None:
    """The server that takes mails; None: they wait."""
    return _server


class Unusable(Exception):
    """The server takes no mail at all now: absent, silent, not proved by its certificate, or it refuses us.

    `code` is its answer or the kind of error, without its text.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail. `code`: what the server answered, or a word for what it did not.

    `taken`: it has the mail. `for_good`: it will never take it. `over`: nothing more goes through this connection.
    """

    code: str = ""
    taken: bool = False
    for_good: bool = False
    over: bool = False


class Line:
    """An open connection to the server."""

    def __init__(self, connection: smtplib.SMTP, sender: str) -> None:
        self._connection, self._sender = connection, sender

    def send(self, row: OutboxMail) -> Outcome:
        """Hand over one mail. Refuses (Unusable) when the server would take none from us."""
        try:
            message = compose(row, self._sender).as_bytes()
        except (MessageError, ValueError, IndexError):
            return Outcome("address", for_good=True)
        try:
            self._connection.sendmail(self._sender, [row.recipient], message)
        except smtplib.SMTPRecipientsRefused as refused:
            return self._refused(*refused.recipients[row.recipient])
        except smtplib.SMTPSenderRefused as refused:
            if refused.smtp_code >= 500:
                raise Unusable(_code(refused.smtp_code, refused.smtp_error)) from None
            return Outcome(_code(refused.smtp_code, refused.smtp_error), over=True)
        except smtplib.SMTPDataError as refused:
            return self._refused(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as cut:
            return Outcome(type(cut).__name__, over=True)
        return Outcome(taken=True)

    @staticmethod
    def _refused(number: int, said: bytes | str) -> Outcome:
        code = _code(number, said)
        if number in _ABOUT_US:
            raise Unusable(code)
        return Outcome(code, for_good=number >= 500, over=number == _CLOSING)


@contextmanager
def line(server: Smtp) -> Iterator[Line]:
    """One connection, with a verified certificate unless the server is this machine. Refuses (Unusable) to open."""
    try:
        connection = _connected(server)
    except smtplib.SMTPResponseException as refused:
        raise Unusable(_code(refused.smtp_code, refused.smtp_error)) from refused
    except (smtplib.SMTPException, OSError) as failed:
        raise Unusable(type(failed).__name__) from failed
    try:
        yield Line(connection, server.sender)
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        connection.close()


def _connected(server: Smtp) -> smtplib.SMTP:
    where, wait = (server.host, server.port), server.timeout_seconds
    if server.security is SmtpSecurity.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            *where, timeout=wait, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(*where, timeout=wait)
    try:
        if server.security is SmtpSecurity.STARTTLS:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


def compose(row: OutboxMail, sender: str) -> EmailMessage:
    """The mail of a row: text that its link ends, the same as HTML, and its invitation.

    Refuses an address that is none (ValueError).
    The date is the one of the event, not of the try. Nothing may answer it by itself (RFC 3834).
    """
    if not row.recipient.isascii():
        raise ValueError("an address in plain signs only: few servers take others")
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = row.message_id
    message["Date"] = row.created_at
    message["From"] = Address(NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=row.recipient)
    message["Subject"] = " ".join(row.subject.split())
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    body = f"{row.body}\n{row.link}\n" if row.link else row.body
    message.set_content(body)
    message.add_alternative(as_html(row.subject, body), subtype="html")
    if row.calendar:
        found = _METHOD.search(row.calendar)
        message.add_attachment(
            row.calendar,
            subtype="calendar",
            filename="rendez-vous.ics",
            params={"method": found[1] if found else "REQUEST"},
        )
    return message


def as_html(subject: str, body: str) -> str:
    """The same words as HTML: paragraphs, lines, and addresses that can be followed."""
    paragraphs = [
        [[(piece, bool(_LINK.fullmatch(piece))) for piece in _LINK.split(text)] for text in part.splitlines()]
        for part in re.split(r"\n\s*\n", body.strip())
    ]
    return _TEMPLATES.get_template("mail.html").render(subject=subject, paragraphs=paragraphs)


def _code(number: int, said: bytes | str) -> str:
    """« 550 5.1.1 »: never the text, which may quote an address."""
    raw = said if isinstance(said, bytes) else said.encode("ascii", "replace")
    found = _ENHANCED.match(raw)
    return f"{number} {found[1].decode()}" if found else str(number)
