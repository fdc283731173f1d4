"""`poll_mailboxes` against a real IMAP server: what arrives is taken in once and put away (R-UD-2, R-UD-3, R-CLK-8)."""

import io
import json
import logging
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select, text

from service import cli, clock, database, logs, start
from service.config import Config
from service.database import reading, transaction
from service.jobs import poll_mailboxes
from service.jobs.registry import JOBS
from service.jobs.turn import enrol, turn
from service.models import IncomingMail, JobRun, MailboxPoll, Ticket
from service.notifications.incoming import read
from service.operations import imap_connection, imap_mailbox
from service.operations.imap_connection import FAILURES
from service.operations.imap_mailbox import AT_ONCE, Poll, poll
from service.outside import ImapMailbox
from tests import dovecot
from tests import settings as test_settings
from tests.dovecot import Dovecot
from tests.factories import World, seeded_world
from tests.jobs.crew import PROCESSES
from tests.jobs.wire import wire
from tests.letters import a_mail, an_urgent_mail

NOW = datetime(2026, 10, 26, 11, tzinfo=UTC)
FRIDAY = datetime(2026, 10, 23, 16, 30, tzinfo=UTC)
USER = "secretariat@caf.example"
INBOX, DONE, ASIDE = "INBOX", "Relais/traités", "Relais/à part"
CORPUS = Path(__file__).resolve().parents[1] / "corpus"


# ---------------------------------------------------------------- the server
@pytest.fixture(scope="module")
def shared_server() -> Iterator[Dovecot]:
    server = dovecot.start()
    yield server
    server.remove()


@pytest.fixture
def user() -> str:
    """A mailbox of this test alone."""
    return f"{uuid4().hex[:12]}@caf.example"


@pytest.fixture
def box(shared_server: Dovecot, user: str) -> ImapMailbox:
    return shared_server.mailbox(user)


@pytest.fixture
def here() -> Iterator[None]:
    with clock.driven(lambda: NOW):
        yield
    imap_mailbox.configure(())


@pytest.fixture
def world(sqlite_db: str, here: None) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process logs, as in production; put back as it was afterwards."""
    root = logging.getLogger()
    before, stream = (list(root.handlers), root.level), io.StringIO()
    logs.configure(demonstration=False, level="WARNING")
    root.handlers = [logs.handler(demonstration=False, stream=stream)]
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def deliver(server: Dovecot, user: str, *messages: bytes, at: datetime = FRIDAY, folder: str = INBOX) -> None:
    with server.enter(user) as box:
        for raw in messages:
            box.append(raw, folder, at)


def folders(server: Dovecot, user: str) -> dict[str, int]:
    """How many messages lie in each folder."""
    with server.enter(user) as box:
        return {
            folder.name: box.folder.status(folder.name, ["MESSAGES"])["MESSAGES"]
            for folder in box.folder.list()
            if "\\Noselect" not in folder.flags
        }


def tickets() -> list[datetime | None]:
    with reading() as session:
        return list(session.scalars(select(Ticket.submitted_at)))


def kept() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(IncomingMail)) or 0


def row_of(mailbox: ImapMailbox) -> MailboxPoll:
    with reading() as session:
        return session.get_one(MailboxPoll, mailbox.name)


# ---------------------------------------------------------------- what arrives
def test_r_ud_2_a_message_becomes_what_intake_makes_of_it_and_is_put_away(
    db: str, here: None, shared_server: Dovecot
) -> None:
    """On both databases: the date is the one on which the mailbox got it (R-CLK-8)."""
    user = f"both-{database.engine().dialect.name}@caf.example"
    box = shared_server.mailbox(user)
    with transaction() as session:
        seeded_world(session)
    deliver(shared_server, user, an_urgent_mail(), a_mail("Une question."))
    deliver(shared_server, user, an_urgent_mail(subject="De demain"), at=NOW + timedelta(days=1))
    assert poll(box) == Poll(taken=3)
    # The one that came from the future has the date that its author gave.
    assert sorted(filter(None, tickets())) == [FRIDAY, datetime(2026, 10, 26, 8, tzinfo=UTC)]
    assert folders(shared_server, user) == {INBOX: 0, DONE: 3}
    with reading() as session:
        fates = Counter(session.scalars(select(IncomingMail.fate)))
    assert fates == {"ticket": 2, "to_qualify": 1}
    row = row_of(box)
    assert (row.polled_at, row.worked_at, row.failures, row.failure) == (NOW, NOW, 0, None)
    assert poll(box) == Poll()
    assert kept() == 3


def test_what_can_not_be_read_is_set_aside_and_keeps_nothing_waiting(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox, written: io.StringIO
) -> None:
    deliver(shared_server, user, b"\x00\xff rien de lisible", b"\r\n", an_urgent_mail(), a_mail("Bonjour"))
    done = poll(box)
    assert (done.failure, len(tickets())) == (None, 1)
    with reading() as session:
        unreadable = session.scalar(select(func.count()).where(IncomingMail.fate == "set_aside")) or 0
    assert unreadable > 0
    assert folders(shared_server, user) == {INBOX: 0, DONE: 4 - unreadable, ASIDE: unreadable}
    said = [json.loads(line) for line in written.getvalue().splitlines()]
    (line,) = [line for line in said if line["event"] == "mailbox.set_aside"]
    assert (line["mailbox"], line["count"]) == (box.name, unreadable)


def test_a_message_that_the_database_refuses_is_set_aside_and_keeps_nothing_waiting(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox, written: io.StringIO
) -> None:
    poison = an_urgent_mail()
    with transaction() as session:
        session.execute(
            text(
                "CREATE TRIGGER poison BEFORE INSERT ON incoming_mail WHEN NEW.fingerprint ="
                f" '{read(poison, NOW).fingerprint}' BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
        )
    deliver(shared_server, user, poison, an_urgent_mail())
    assert poll(box) == Poll(taken=1, aside=1)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 0, DONE: 1, ASIDE: 1})
    assert "mailbox.poison" in written.getvalue()


def test_a_poll_takes_a_bounded_number_and_every_message_of_the_corpus_leaves_the_mailbox(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    found = [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]
    messages = [raw for raw in found if raw]  # an empty one is refused by the server
    deliver(shared_server, user, *messages)
    assert poll(box).failure is None
    assert folders(shared_server, user)[INBOX] == len(messages) - AT_ONCE > 0
    assert poll(box).failure is None
    after = folders(shared_server, user)
    assert (after[INBOX], after[DONE] + after[ASIDE]) == (0, len(messages))


def test_too_large_a_message_is_taken_in_to_its_limit_and_its_whole_stays_aside(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_mailbox, "LARGEST", 5_000)  # for twenty-five million
    deliver(shared_server, user, an_urgent_mail() + b"\r\n" * 5_000)
    with imap_connection.opened(box) as ours:
        (uid,) = imap_mailbox._waiting(ours)
        message = imap_mailbox._fetch(ours, uid)
    assert message is not None
    assert (len(message.raw), message.size > 10_000) == (5_000, True), "no more than that came over the wire"
    assert poll(box) == Poll(taken=1, aside=1)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 0, ASIDE: 1})


def test_what_a_person_has_read_is_taken_in_and_what_they_have_deleted_is_not(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    deliver(shared_server, user, an_urgent_mail(), an_urgent_mail())
    with shared_server.enter(user) as person:
        person.client.uid("STORE", "1", "+FLAGS", r"(\Seen)")
        person.client.uid("STORE", "2", "+FLAGS", r"(\Deleted)")
    assert poll(box) == Poll(taken=1)
    assert folders(shared_server, user) == {INBOX: 1, DONE: 1}, "nothing of theirs is expunged"


@pytest.mark.parametrize(
    ("separator", "prefix", "done"),
    [(".", "", "Relais.traités"), (".", "INBOX.", "INBOX.Relais.traités")],
    ids=["dots", "under-inbox"],
)
def test_the_folders_are_made_as_the_server_names_them(
    world: World, separator: str, prefix: str, done: str
) -> None:
    server = dovecot.start(separator=separator, prefix=prefix)
    try:
        deliver(server, USER, an_urgent_mail())
        assert poll(server.mailbox(USER)) == Poll(taken=1)
        assert folders(server, USER)[done] == 1
    finally:
        server.remove()


# ---------------------------------------------------------------- what goes wrong
def test_a_failing_mailbox_is_recorded_and_stops_no_other(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox, written: io.StringIO
) -> None:
    wrong = [
        shared_server.mailbox(f"ascii-{user}", "mauvais-secret"),
        shared_server.mailbox(f"accents-{user}", "mauvais-secret-é"),
    ]
    imap_mailbox.configure([*wrong, box])
    deliver(shared_server, user, an_urgent_mail())
    assert poll_mailboxes.run(lambda: None) == 1
    for mailbox in wrong:
        row = row_of(mailbox)
        assert (row.failures, row.failure, row.worked_at) == (1, FAILURES["login"], None)
    assert row_of(box).failure is None
    poll_mailboxes.run(lambda: None)
    assert row_of(wrong[0]).failures == 2
    assert "mailbox.failed" in written.getvalue()
    assert "mauvais-secret" not in written.getvalue()
    imap_mailbox.configure([box])
    poll_mailboxes.run(lambda: None)
    with reading() as session:
        assert list(session.scalars(select(MailboxPoll.name))) == [box.name], "the others are no longer read"


def test_a_server_that_stops_is_recorded_and_works_again_when_it_starts(world: World) -> None:
    server = dovecot.start()
    try:
        box = server.mailbox(USER)
        deliver(server, USER, an_urgent_mail())
        server.stop()
        assert [poll(box).failure, poll(box).failure] == ["unreachable", "unreachable"]
        assert (row_of(box).failures, row_of(box).worked_at, tickets()) == (2, None, [])
        server.start()
        assert poll(box) == Poll(taken=1)
        assert (row_of(box).failures, row_of(box).worked_at) == (0, NOW)
    finally:
        server.remove()


def test_a_server_that_says_nothing_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_connection, "TIME_OUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"imap://nom:secret@127.0.0.1:{silent.getsockname()[1]}/INBOX"
        assert poll(ImapMailbox.from_url(url, loopback_only=True)).failure == "silent"


def test_a_folder_that_is_not_there_is_said(world: World, shared_server: Dovecot, user: str) -> None:
    url = f"imap://x:{dovecot.PASSWORD.replace('/', '%2F').replace('@', '%40')}@127.0.0.1:{shared_server.port}/Absent"
    assert poll(ImapMailbox.from_url(url, loopback_only=True)).failure == "folder"


def test_a_message_cut_on_its_way_is_not_taken_in_and_comes_whole_the_next_time(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    deliver(shared_server, user, an_urgent_mail(subject="x" * 40_000))
    with wire(shared_server.port, cut_after=30_000) as cut:
        assert poll(shared_server.mailbox(user, port=cut.port)).failure == "cut"
    assert (kept(), folders(shared_server, user)) == (0, {INBOX: 1})
    assert poll(box) == Poll(taken=1)
    assert len(tickets()) == 1


def test_a_wire_that_breaks_between_the_keeping_and_the_moving_makes_nothing_twice(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    deliver(shared_server, user, an_urgent_mail())
    with wire(shared_server.port, hold=b"MOVE", cut=True) as broken:
        done = poll(shared_server.mailbox(user, port=broken.port))
    assert (done.taken, done.failure) == (1, "cut")
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 1, DONE: 0})
    assert poll(box) == Poll(taken=0)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 0, DONE: 1})


def test_a_process_that_dies_between_the_keeping_and_the_moving_makes_nothing_twice(
    world: World, sqlite_db: str, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    deliver(shared_server, user, an_urgent_mail())
    with wire(shared_server.port, hold=b"MOVE") as held:
        process = PROCESSES.Process(target=poll_once, args=(sqlite_db, address(user, held.port)))
        process.start()
        assert held.held.wait(60)
        process.kill()
        process.join(60)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 1, DONE: 0})
    assert poll(box) == Poll(taken=0)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 0, DONE: 1})


def test_a_message_that_somebody_takes_away_meanwhile_is_passed(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    deliver(shared_server, user, an_urgent_mail(), an_urgent_mail())
    with imap_connection.opened(box) as ours:
        one, other = ours.uids(charset=None)
        with shared_server.enter(user) as person:
            person.delete(one)
        done = Poll()
        for uid in (one, other):
            imap_mailbox._take_in(ours, uid, done)
        with shared_server.enter(user) as person:
            person.folder.set(DONE)
            person.delete("1")
        imap_mailbox._put_away(ours, other, imap_mailbox.DONE, done)
    assert done == Poll(taken=1)
    assert (len(tickets()), folders(shared_server, user)) == (1, {INBOX: 0, DONE: 0})


def test_on_a_full_mailbox_messages_are_taken_in_once_and_put_away_when_there_is_room(world: World) -> None:
    """On a server that can not move, only copy: the copy is one message too many."""
    server = dovecot.start(messages=2)
    try:
        box = server.mailbox(USER)
        deliver(server, USER, an_urgent_mail(), an_urgent_mail())
        done = poll(box)
        assert (done.taken, done.failure, len(tickets())) == (2, "not_moved", 2)
        assert folders(server, USER)[INBOX] == 2
        assert row_of(box).failure == FAILURES["not_moved"]
        with imap_connection.opened(box) as ours:
            assert imap_mailbox._waiting(ours) == [], "not taken as new for ever"
        with server.enter(USER) as person:
            person.delete("1")
        assert poll(box) == Poll()
        assert folders(server, USER)[INBOX] == 0
        assert folders(server, USER)[DONE] == 1
        assert (len(tickets()), row_of(box).failure) == (2, None)
    finally:
        server.remove()


def test_inside_a_transaction_nothing_is_polled(world: World, box: ImapMailbox) -> None:
    with transaction(), pytest.raises(RuntimeError, match="outside of any transaction"):
        poll(box)


def test_a_database_that_does_not_answer_leaves_the_message_where_it_is(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox, sqlite_db: str, tmp_path: Path
) -> None:
    deliver(shared_server, user, an_urgent_mail())
    database.configure(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    with pytest.raises(Exception, match="no such table"):
        poll(box)
    assert folders(shared_server, user) == {INBOX: 1}
    database.configure(sqlite_db)
    assert poll(box) == Poll(taken=1)


# ---------------------------------------------------------------- several processes
def address(user: str, port: int) -> str:
    password = (
        dovecot.PASSWORD.replace("/", "%2F").replace("@", "%40").replace(":", "%3A").replace(",", "%2C")
    )
    return f"imap://{user.replace('@', '%40')}:{password}@127.0.0.1:{port}/INBOX"


def poll_once(database_url: str, url: str) -> None:
    """In a process of its own: what a scheduler does, once."""
    start.open_house(Config.from_values(test_settings.environment(database_url, IMAP_MAILBOXES=url)))
    poll_mailboxes.run(lambda: None)


def test_the_job_takes_in_what_has_arrived_once_a_slot(
    world: World, shared_server: Dovecot, user: str, box: ImapMailbox
) -> None:
    (job,) = (job for job in JOBS if job.name == "poll_mailboxes")
    imap_mailbox.configure([box])
    enrol((job,), lambda: NOW)
    deliver(shared_server, user, an_urgent_mail())
    later = NOW + timedelta(minutes=5)
    assert [turn((job,), lambda: later), turn((job,), lambda: later)] == [1, 0]
    with reading() as session:
        assert session.scalars(select(JobRun.done)).one() == len(tickets()) == 1


def test_processes_that_poll_at_the_same_time_take_each_message_in_once(
    db: str, here: None, shared_server: Dovecot
) -> None:
    """Without the lease that keeps them apart: a scheduler that was thought dead, and the one that took over."""
    user = f"parallel-{database.engine().dialect.name}@caf.example"
    with transaction() as session:
        seeded_world(session)
    deliver(shared_server, user, *(an_urgent_mail() for _ in range(8)))
    url = address(user, shared_server.port)
    polling = [PROCESSES.Process(target=poll_once, args=(db, url)) for _ in range(2)]
    for process in polling:
        process.start()
    for process in polling:
        process.join(60)
    assert [process.exitcode for process in polling] == [0, 0]
    assert (len(tickets()), kept(), row_of(shared_server.mailbox(user)).failure) == (8, 8, None)
    after = folders(shared_server, user)
    # A server that moves by copying may leave a second copy behind two that move at once.
    assert (after[INBOX], after[DONE] >= 8) == (0, True)


# ---------------------------------------------------------------- encryption, and the command
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that nobody has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def test_over_tls_a_certificate_is_verified(
    world: World, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = dovecot.start(certificate=certificate)
    try:
        deliver(server, USER, an_urgent_mail())
        url = address(USER, server.tls_port).replace("imap:", "imaps:")
        unsigned = ImapMailbox.from_url(url.replace("127.0.0.1", "localhost"), loopback_only=True)
        starttls = ImapMailbox.from_url(
            address(USER, server.port).replace("imap:", "imap+starttls:").replace("127.0.0.1", "localhost"),
            loopback_only=True,
        )
        assert [poll(unsigned).failure, poll(starttls).failure] == ["certificate", "certificate"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        another_name = ImapMailbox.from_url(url, loopback_only=True)
        assert poll(another_name).failure == "certificate"
        assert [poll(starttls).taken, poll(unsigned).failure] == [1, None]
    finally:
        server.remove()


def test_the_command_tries_each_mailbox_and_takes_nothing(
    written: io.StringIO,
    world: World,
    sqlite_db: str,
    shared_server: Dovecot,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    deliver(shared_server, user, an_urgent_mail())
    good = address(user, shared_server.port)
    bad = good.replace("imap://", "imap://autre-").replace("essai@", "faux@")
    monkeypatch.chdir(tmp_path)

    def run(mailboxes: str) -> tuple[int, list[str]]:
        for name, value in test_settings.environment(sqlite_db, IMAP_MAILBOXES=mailboxes).items():
            monkeypatch.setenv(name, value)
        answer = CliRunner().invoke(cli.commands, ["mailboxes", "check"])
        database.engine().dispose()
        return answer.exit_code, answer.output.splitlines()

    assert run(good) == (0, [f"{user}@127.0.0.1/INBOX : tout va bien, 1 message attend."])
    code, said = run(f"{bad},{good}")
    assert (code, said[0]) == (1, f"autre-{user}@127.0.0.1/INBOX : nom ou mot de passe refusé.")
    assert run("") == (0, ["Aucune boîte n’est réglée (RELAIS_IMAP_MAILBOXES)."])
    assert (kept(), folders(shared_server, user)) == (0, {INBOX: 1, DONE: 0, ASIDE: 0})
