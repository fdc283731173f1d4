"""A mail server on this machine that speaks SMTP over a real socket, and misbehaves as planned.

with mail_server() as server:
    server.plan["cdas@x.example"] = ["451 4.7.1 later"]   # one answer to RCPT for each time, then it accepts
"""

import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Event, Thread
from typing import Any

from service.outside import Smtp, SmtpSecurity

SENDER = "relais@relais.example"


@dataclass
class Books:
    """What the server was told to do, and what it has taken."""

    plan: dict[str, list[str]] = field(default_factory=dict)
    """Answers to RCPT, one for each time the address is named."""
    cuts: int = 0
    """So many messages are cut in the middle of DATA."""
    greeting: str = "220 here"
    to_sender: str = "250 fine"
    after_data: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Each address named, in order."""
    connections: int = 0
    secured: int = 0
    logins: list[str] = field(default_factory=list)
    on_taken: Event | None = None
    hold: Event | None = None
    """A message was taken, and the answer waits for `hold`."""
    port: int = 0

    def smtp(self, **changes: Any) -> Smtp:
        """The settings that lead here."""
        usual: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": SmtpSecurity.NONE,
            "user": "",
            "password": "",
            "timeout_seconds": 5,
            "sender": SENDER,
        }
        return Smtp(**{**usual, **changes})


class _Conversation(socketserver.StreamRequestHandler):
    books: Books
    context: ssl.SSLContext | None = None

    implicit = False

    def handle(self) -> None:
        self.books.connections += 1
        if self.implicit:
            self.secure()
        self.recipient = ""
        self.say(self.books.greeting)
        if not self.books.greeting.startswith("220"):
            return
        while line := self.rfile.readline():
            if not self.answer(line.decode().strip()):
                return

    def answer(self, said: str) -> bool:
        verb, books = said[:4].upper(), self.books
        if verb == "EHLO":
            offers = ["250-here", *(["250-STARTTLS"] if self.context else ["250-AUTH PLAIN"])]
            self.say("\r\n".join([*offers, "250 8BITMIME"]))
        elif verb == "STAR" and self.context:
            self.say("220 go on")
            self.secure()
        elif verb == "AUTH":
            books.logins.append(said)
            self.say("235 welcome")
        elif verb == "MAIL":
            self.say(books.to_sender)
        elif verb == "RCPT":
            self.recipient = said.partition("<")[2].rstrip(">")
            books.named.append(self.recipient)
            planned = books.plan.get(self.recipient)
            self.say(planned.pop(0) if planned else "250 fine")
        elif verb == "DATA":
            self.say("354 go on")
            return self.take()
        else:
            self.say("221 bye" if verb == "QUIT" else "250 fine")
        return verb != "QUIT"

    def secure(self) -> None:
        assert self.context is not None
        secured = self.context.wrap_socket(self.connection, server_side=True, do_handshake_on_connect=False)
        self.connection, self.context = secured, None
        secured.do_handshake()
        self.rfile, self.wfile = secured.makefile("rb"), secured.makefile("wb", 0)  # type: ignore[assignment]
        self.books.secured += 1

    def take(self) -> bool:
        books, lines = self.books, []
        if books.cuts:
            books.cuts -= 1
            self.rfile.readline()
            return False
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        refused = books.after_data.pop(0) if books.after_data else ""
        if not refused:
            taken = message_from_bytes(b"".join(lines), policy=default)
            assert isinstance(taken, EmailMessage)
            books.taken.append(taken)
        if books.hold is not None and books.on_taken is not None:
            books.on_taken.set()
            books.hold.wait(30)
        self.say(refused or "250 taken")
        return True

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that breaks off is what some tests want."""


@contextmanager
def mail_server(certificate: Path | None = None, port: int = 0, *, implicit: bool = False) -> Iterator[Books]:
    """A server on a free port; with a certificate (key and certificate in one file) it offers STARTTLS.

    `implicit`: it speaks TLS from the first byte instead, as on port 465.
    """
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    books = Books()
    handler = type(
        "Conversation", (_Conversation,), {"books": books, "context": context, "implicit": implicit}
    )
    with _Server(("127.0.0.1", port), handler) as server:
        books.port = server.server_address[1]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield books
        server.shutdown()
