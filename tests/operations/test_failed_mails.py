"""Bounces: a mail that comes back for good is a task; delays and others' mails are not; nothing is answered."""

from pathlib import Path

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import IncomingMail, OutboxMail
from service.operations.intake import intake
from tests.factories import World, a_submitted_ticket, seeded_world

RETURNED = (Path(__file__).resolve().parents[1] / "corpus" / "retour-non-remis.eml").read_bytes()
THEIRS = b"ud-f8qy-40yv.7@relais.example"


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)


def ours(world: World) -> OutboxMail:
    a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        mail = session.scalars(select(OutboxMail)).one()
        mail.sent_at, mail.next_try_at = clock.now(), None
    return mail


def now_of(mail: OutboxMail) -> OutboxMail:
    with reading() as session:
        assert len(session.scalars(select(OutboxMail)).all()) == 1, "nothing is answered"
        return session.get_one(OutboxMail, mail.id)


def report(mail: OutboxMail, *changes: tuple[bytes, bytes]) -> bytes:
    raw = RETURNED.replace(THEIRS, mail.message_id.strip("<>").encode())
    for before, after in changes:
        assert before in raw
        raw = raw.replace(before, after)
    return raw


def test_a_mail_that_comes_back_is_marked_with_its_status_once(world: World) -> None:
    mail = ours(world)
    for _ in range(2):
        assert intake(report(mail)).code == "automatic"
    bounced = now_of(mail)
    assert (bounced.failure, bounced.settled_at, bounced.next_try_at) == ("bounced 5.1.1", None, None)
    assert bounced.failed_at is not None
    with reading() as session:
        assert session.scalars(select(IncomingMail.reason)).all() == ["bounce"]


def test_the_headers_alone_are_enough_to_know_it(world: World) -> None:
    mail = ours(world)
    intake(report(mail, (b"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers")))
    assert now_of(mail).failure == "bounced 5.1.1"


def test_given_up_after_days_of_trying_is_lost_too(world: World) -> None:
    mail = ours(world)
    intake(report(mail, (b"Status: 5.1.1", b"Status: 4.4.1")))
    assert now_of(mail).failure == "bounced 4.4.1"


@pytest.mark.parametrize(
    "changes",
    [
        ((b"Action: failed", b"Action: delayed"), (b"Status: 5.1.1", b"Status: 4.4.1")),
        ((b"Action: failed\r\n", b""), (b"Status: 5.1.1", b"Status: 4.4.1")),
        ((b"Action: failed", b"Action: delivered"), (b"Status: 5.1.1", b"Status: 2.0.0")),
        ((b"Content-Type: message/delivery-status", b"Content-Type: text/plain"),),
    ],
    ids=["delay", "no action", "delivered", "no report"],
)
def test_what_is_no_loss_changes_nothing(world: World, changes: tuple[tuple[bytes, bytes], ...]) -> None:
    mail = ours(world)
    assert intake(report(mail, *changes)).code == "automatic"
    assert now_of(mail).failed_at is None


def test_the_bounce_of_somebody_else_s_mail_is_none_of_ours(world: World) -> None:
    mail = ours(world)
    assert intake(RETURNED).code == "automatic"
    assert now_of(mail).failed_at is None
