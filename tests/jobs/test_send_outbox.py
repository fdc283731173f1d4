"""`send_outbox`: mails leave once, survive outages and cuts, and become a task when nobody will ever take them."""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from service import clock, database
from service.database import reading, transaction
from service.jobs import send_outbox
from service.jobs.registry import JOBS, Job
from service.jobs.turn import enrol, turn
from service.models import JobRun, OutboxMail, ScheduledJob
from service.notifications import sending
from service.outside import Smtp, SmtpSecurity
from tests.jobs.crew import PROCESSES
from tests.jobs.hand import Hand
from tests.mail_server import Books, mail_server

SEND: tuple[Job, ...] = tuple(job for job in JOBS if job.name == "send_outbox")
pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """An outage of three days is told a few hundred times, with its trace."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def server() -> Iterator[Books]:
    with mail_server() as books:
        sending.configure(books.smtp())
        yield books
    sending.configure(None)


def write(*recipients: str) -> None:
    now = clock.now()
    with transaction() as session:
        session.add_all(
            OutboxMail(
                event="message",
                recipient=recipient,
                subject=f"Relais – UD-TEST – {recipient}",
                body="Bonjour,\n\nOuvrir :\nhttps://relais.example/demandes/UD-TEST\n",
                message_id=f"<{recipient.partition('@')[0]}.{now:%d%H%M}@relais.example>",
                created_at=now + timedelta(seconds=rank),
                next_try_at=now,
            )
            for rank, recipient in enumerate(recipients)
        )


def rows() -> list[OutboxMail]:
    with reading() as session:
        return list(session.scalars(select(OutboxMail).order_by(OutboxMail.created_at)))


def send() -> int:
    return send_outbox.run(lambda: None)


def went_to(server: Books) -> list[str]:
    return [str(mail["To"]) for mail in server.taken]


def row_of_the_job() -> ScheduledJob:
    with reading() as session:
        return session.get_one(ScheduledJob, "send_outbox")


# ---------------------------------------------------------------- what leaves
def test_what_waits_leaves_once_the_oldest_first_over_one_connection(hand: Hand, server: Books) -> None:
    write("b@x.example", "a@x.example", "c@x.example")
    assert [send(), send()] == [3, 0]
    assert went_to(server) == ["b@x.example", "a@x.example", "c@x.example"]
    assert server.connections == 1
    assert [(row.sent_at, row.next_try_at, row.attempts) for row in rows()] == [(clock.now(), None, 1)] * 3


def test_a_slot_takes_a_bounded_number(hand: Hand, server: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_outbox, "AT_ONCE", 2)
    write("a@x.example", "b@x.example", "c@x.example")
    assert [send(), send(), send()] == [2, 1, 0]


def test_without_a_server_mails_wait_as_they_are(hand: Hand) -> None:
    """So in the demonstration, whose settings take no server."""
    sending.configure(None)
    write("a@x.example")
    assert send() == 0
    assert rows()[0].attempts == 0


# ---------------------------------------------------------------- what is refused
def test_recipients_are_independent(hand: Hand, server: Books) -> None:
    """Greylisted, unknown, fine: one is tried again, one is a task, one has it."""
    write("grey@x.example", "unknown@x.example", "fine@x.example")
    server.plan = {"grey@x.example": ["451 4.7.1 <grey@x.example> later"]}
    server.plan["unknown@x.example"] = ["550 5.1.1 <unknown@x.example> unknown"]
    assert send() == 1
    grey, unknown, fine = rows()
    assert (grey.sent_at, grey.failed_at, grey.attempts) == (None, None, 1)
    assert grey.next_try_at is not None
    assert timedelta(minutes=1) <= grey.next_try_at - clock.now() <= timedelta(minutes=1, seconds=12)
    assert (unknown.failure, unknown.failed_at, unknown.next_try_at) == ("550 5.1.1", clock.now(), None)
    assert fine.sent_at == clock.now()
    hand.instant += timedelta(minutes=2)
    assert send() == 1
    assert went_to(server) == ["fine@x.example", "grey@x.example"]


def test_a_content_refused_for_good_is_a_task_and_an_address_that_is_none_too(
    hand: Hand, server: Books
) -> None:
    write("a@x.example", "pas une adresse", "accentué@x.example")
    server.after_data = ["554 5.7.1 no"]
    assert send() == 0
    assert [row.failure for row in rows()] == ["554 5.7.1", "address", "address"]


def test_a_mail_that_is_always_put_off_is_given_up_after_three_days(hand: Hand, server: Books) -> None:
    """The waits grow to four hours; then it is a task."""
    write("never@x.example")
    server.plan = {"never@x.example": ["450 4.2.1 later"] * 100}
    began, tries = clock.now(), []
    while (next_try := rows()[0].next_try_at) is not None:
        hand.instant = next_try
        tries.append(hand.instant - began)
        send()
    [row] = rows()
    assert row.failure == "450 4.2.1 expired"
    assert row.failed_at is not None
    assert timedelta(hours=72) <= row.failed_at - row.created_at <= timedelta(hours=77)
    waits = [later - earlier for earlier, later in pairwise(tries)]
    assert [wait >= usual for wait, usual in zip(waits, send_outbox.WAITS, strict=False)] == [True] * 8
    assert max(waits) <= timedelta(hours=4.8)


def test_a_sender_or_an_account_refused_burns_no_mail(hand: Hand, server: Books) -> None:
    """It would refuse them all: the settings are wrong, not the mails."""
    write("a@x.example", "b@x.example")
    server.to_sender = "550 5.7.1 not you"
    with pytest.raises(sending.Unusable) as refused:
        send()
    assert refused.value.code == "550 5.7.1"
    server.to_sender = "250 fine"
    server.plan = {"a@x.example": ["530 5.7.0 log in first"]}
    with pytest.raises(sending.Unusable):
        send()
    assert [(row.attempts, row.next_try_at, row.failed_at) for row in rows()] == [(0, clock.now(), None)] * 2
    assert send() == 2


# ---------------------------------------------------------------- cuts and outages
def test_cut_in_the_middle_of_data_it_is_sent_once_taken_under_the_same_name(
    hand: Hand, server: Books
) -> None:
    write("a@x.example", "b@x.example")
    server.cuts = 1
    assert send() == 0
    assert [row.attempts for row in rows()] == [1, 0]
    hand.instant += timedelta(minutes=2)
    assert send() == 2
    assert Counter(str(mail["Message-ID"]) for mail in server.taken) == Counter(
        row.message_id for row in rows()
    )


def test_an_outage_of_72_hours_loses_nothing_and_repeats_nothing(hand: Hand) -> None:
    """Nobody does anything: the job waits longer, gives its slot up, goes on, and catches up."""
    with mail_server() as gone:
        port = gone.port
    sending.configure(gone.smtp())
    enrol(SEND)
    began = clock.now()
    while clock.now() - began < timedelta(hours=72):
        if (clock.now() - began) % timedelta(hours=6) == timedelta(0):
            write(f"a{len(rows())}@x.example")
        turn(SEND)
        hand.instant += timedelta(minutes=20)
    waiting = rows()
    assert len(waiting) == 12
    assert {(row.attempts, row.sent_at, row.failed_at) for row in waiting} == {(0, None, None)}
    failed = row_of_the_job()
    assert (failed.failed_at is not None, failed.failure) == (True, "Unusable ConnectionRefusedError")
    with mail_server(port=port) as back:
        for _ in range(60):
            hand.instant += timedelta(minutes=1)
            turn(SEND)
    sending.configure(None)
    assert went_to(back) == [row.recipient for row in waiting]
    assert all(row.sent_at and not row.failed_at for row in rows())
    assert (row_of_the_job().failed_at, row_of_the_job().failure) == (None, None)
    with reading() as session:
        assert 12 in session.scalars(select(JobRun.done)).all()


def test_after_three_days_without_a_server_old_mails_are_a_task(hand: Hand) -> None:
    with mail_server() as gone:
        sending.configure(gone.smtp())
    write("old@x.example")
    hand.instant += timedelta(hours=73)
    write("young@x.example")
    with pytest.raises(sending.Unusable):
        send()
    sending.configure(None)
    assert [row.failure for row in rows()] == ["ConnectionRefusedError unreachable", None]


def test_a_greeting_that_refuses_and_a_server_that_says_nothing_are_outages(
    hand: Hand, server: Books
) -> None:
    write("a@x.example")
    server.greeting = "421 4.3.2 closing"
    with pytest.raises(sending.Unusable, match="421"):
        send()
    assert rows()[0].attempts == 0


# ---------------------------------------------------------------- several processes
def _work(url: str, smtp: Smtp, at: datetime) -> None:
    database.configure(url)
    sending.configure(smtp)
    with clock.driven(lambda: at):
        send_outbox.run(lambda: None)


def test_killed_between_taken_and_marked_it_goes_again_under_the_same_name(
    hand: Hand, server: Books, db: str
) -> None:
    """At least once: the reader's software shows one."""
    write("a@x.example")
    server.on_taken, server.hold = Event(), Event()
    database.engine().dispose()
    process = PROCESSES.Process(target=_work, args=(db, server.smtp(), clock.now()))
    process.start()
    assert server.on_taken.wait(30)
    assert send() == 0, "nobody else takes it meanwhile"
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    server.hold.set()
    assert rows()[0].sent_at is None
    hand.instant += send_outbox.HELD
    assert [send(), send()] == [1, 0]
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"] == rows()[0].message_id
    assert rows()[0].sent_at == clock.now()


def test_processes_that_send_at_the_same_time_never_send_one_twice(
    hand: Hand, server: Books, db: str
) -> None:
    write(*(f"a{number}@x.example" for number in range(40)))
    database.engine().dispose()
    both = [PROCESSES.Process(target=_work, args=(db, server.smtp(), clock.now())) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert sorted(went_to(server)) == sorted(row.recipient for row in rows())
    assert all(row.sent_at for row in rows())


def test_while_the_server_is_slow_everybody_else_can_write(hand: Hand, server: Books, db: str) -> None:
    """No transaction is open during the conversation: on SQLite one would stop every writer."""
    write("a@x.example")
    server.on_taken, server.hold = Event(), Event()
    database.engine().dispose()
    process = PROCESSES.Process(target=_work, args=(db, server.smtp(), clock.now()))
    process.start()
    assert server.on_taken.wait(30)
    if db.startswith("sqlite"):
        with sqlite3.connect(db.removeprefix("sqlite:///"), timeout=0, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        other.close()
    write("b@x.example")
    server.hold.set()
    process.join()
    assert {row.recipient for row in rows() if row.sent_at} == {"a@x.example"}


def test_a_long_batch_keeps_its_lease_and_one_whose_slot_was_taken_stops(hand: Hand) -> None:
    """Half of the lease on, it is renewed; taken by another, what is under way ends without a record."""
    seen: list[datetime | None] = []

    def long(renew: object) -> int:
        assert callable(renew)
        renew()
        seen.append(row_of_the_job().leased_until)
        hand.instant += SEND[0].lease / 2
        renew()
        seen.append(row_of_the_job().leased_until)
        with transaction() as session:
            session.get_one(ScheduledJob, "send_outbox").token += 1
        hand.instant += SEND[0].lease
        renew()
        raise AssertionError("it went on")

    job = Job("send_outbox", "", SEND[0].trigger, outside=long, lease=SEND[0].lease)
    enrol((job,))
    start = hand.at(10, 27, 15, 1)
    assert turn((job,)) == 0
    assert seen == [start + job.lease, start + job.lease * 1.5]
    with reading() as session:
        assert session.scalars(select(JobRun)).all() == []


# ---------------------------------------------------------------- private and proved
def _certificate(folder: Path, address: str = "127.0.0.1") -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(kept + made.public_bytes(serialization.Encoding.PEM))
    return path


def test_starttls_with_a_proved_certificate_before_the_password(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not proved gets no mail, and no password; so does a server that offers no encryption."""
    both = _certificate(tmp_path)
    write("a@x.example")
    asked = {"security": SmtpSecurity.STARTTLS, "user": "relais", "password": "secret"}
    with mail_server() as plain:
        sending.configure(plain.smtp(**asked))
        with pytest.raises(sending.Unusable):
            send()
    with mail_server(both) as books:
        sending.configure(books.smtp(**asked))
        with pytest.raises(sending.Unusable, match="SSLCertVerificationError"):
            send()
        assert (books.logins, plain.logins, books.taken, plain.taken) == ([], [], [], [])
        monkeypatch.setenv("SSL_CERT_FILE", str(both))
        assert send() == 1
        assert (books.secured, len(books.logins), went_to(books)) == (1, 1, ["a@x.example"])
    sending.configure(None)


def test_tls_from_the_first_byte_with_a_proved_certificate_before_the_password(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Port 465. Neither a certificate that nobody vouches for, nor a server without TLS, gets a mail or a password."""
    both = _certificate(tmp_path)
    write("a@x.example")
    asked = {"security": SmtpSecurity.TLS, "user": "relais", "password": "secret", "timeout_seconds": 1}
    with mail_server() as plain:
        sending.configure(plain.smtp(**asked))
        with pytest.raises(sending.Unusable):
            send()
    with mail_server(both, implicit=True) as books:
        sending.configure(books.smtp(**asked))
        with pytest.raises(sending.Unusable, match="SSLCertVerificationError"):
            send()
        assert (books.logins, plain.logins, books.taken, plain.taken) == ([], [], [], [])
        assert rows()[0].attempts == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(both))
        assert send() == 1
        assert (books.secured, len(books.logins), went_to(books)) == (1, 1, ["a@x.example"])
    sending.configure(None)


@pytest.mark.parametrize("security", [SmtpSecurity.TLS, SmtpSecurity.STARTTLS])
def test_a_proved_certificate_of_another_machine_gets_nothing(
    hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: SmtpSecurity
) -> None:
    both = _certificate(tmp_path, address="192.0.2.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    write("a@x.example")
    with mail_server(both, implicit=security is SmtpSecurity.TLS) as books:
        sending.configure(books.smtp(security=security, user="relais", password="secret"))
        with pytest.raises(sending.Unusable, match="SSLCertVerificationError"):
            send()
        assert (books.logins, books.taken) == ([], [])
    sending.configure(None)
