"""How fast mails leave: `python bench/outbox.py [mails] [database URL]`, to a mail server on this machine.

Mails are claimed and marked in durable transactions, as always. By default on an SQLite in a folder
that is removed afterwards; a URL must lead to an empty database. The server takes and forgets, in a process of its
own; it speaks no TLS, and its network is this machine's.
"""

import multiprocessing
import socketserver
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from service import clock, database, migrate
from service.database import transaction
from service.jobs import send_outbox
from service.models import OutboxMail
from service.notifications import sending
from service.outside import Smtp, SmtpSecurity

TARGET = 100
"""Mails a second."""

_BODY = "Bonjour,\n\nUrgence définie UD-BENCH : Réponse donnée.\n\nOuvrir :\nhttps://relais.example/demandes/UD-BENCH\n"


class _Taking(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.wfile.write(b"250 fine\r\n")


def _serve(port: "multiprocessing.Queue[int]") -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), _Taking) as server:
        port.put(server.server_address[1])
        server.serve_forever()


def measured(url: str, mails: int) -> float:
    """Mails a second."""
    migrate.upgrade(url)
    database.configure(url)
    now = clock.now()
    with transaction() as session:
        session.add_all(
            OutboxMail(
                event="message",
                recipient=f"cdas-{number}@departement.example",
                subject="Relais – UD-BENCH – Réponse donnée",
                body=_BODY,
                message_id=f"<{number}@relais.example>",
                created_at=now,
                next_try_at=now,
            )
            for number in range(mails)
        )
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[int] = context.Queue()
    server = context.Process(target=_serve, args=(told,), daemon=True)
    server.start()
    sending.configure(
        Smtp("127.0.0.1", told.get(timeout=60), SmtpSecurity.NONE, "", "", 30, "relais@relais.example")
    )
    sent, began = 0, time.perf_counter()
    while sent < mails:
        sent += send_outbox.run(lambda: None)
    taken = time.perf_counter() - began
    server.terminate()
    database.engine().dispose()
    return mails / taken


def main() -> None:
    """Measure, and say it beside the target."""
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        rate = measured(sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/relais.sqlite3", mails)
    print(f"{mails} mails: {rate:.0f} a second (target: {TARGET})")


if __name__ == "__main__":
    main()
