"""`send_webhooks`: other programs are told once or more of each act that was kept, and of no other (R-DP-5)."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest
import structlog
from sqlalchemy import func, select

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.jobs import send_webhooks
from service.models import OutboxMail, WebhookDelivery, WebhookEndpoint
from service.notifications import webhooks as noted
from service.operations import webhook_sending, webhooks
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.workflows.webhooks import headers
from tests.factories import World, a_draft, a_notice, a_submitted_ticket
from tests.jobs.hand import Hand
from tests.webhook_receiver import Receiver, receiving

CANARIES = ("Exemple-Le Gall", "Éloïse", "1234567", "frigo", "Essai", "@test.example")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    noted.configure(("127.0.0.1",))
    with receiving() as books:
        yield books
    noted.configure(())


def register(world: World, url: str, *events: str) -> str:
    told = events or ("urgent_rights.submit", "urgent_rights.take")
    return webhooks.register(world.admin, label="Tableau de bord", url=url, events=told)


def send() -> int:
    return send_webhooks.run(lambda: None)


def rows() -> list[WebhookDelivery]:
    with reading() as session:
        return list(
            session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.created_at, WebhookDelivery.id))
        )


def endpoint() -> WebhookEndpoint:
    with reading() as session:
        return session.scalars(select(WebhookEndpoint)).one()


# ---------------------------------------------------------------- what is told
def test_the_chosen_acts_are_told_signed_with_references_only(world: World, receiver: Receiver) -> None:
    """R-DP-5: no name, no number, no word of what was typed; what was not chosen is not written."""
    secret = register(world, receiver.url)
    a_draft(world.cdas_agent)
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    perform(world.caf_agent, ticket.reference, "ask", {"question": "Quel frigo ?"})
    assert [send(), send()] == [2, 0]
    told = [json.loads(text) for _, text in receiver.taken]
    assert [(one["type"], one["data"]["reference"], one["data"]["version"]) for one in told] == [
        ("urgent_rights.submit", ticket.reference, 2),
        ("urgent_rights.take", ticket.reference, 3),
    ]
    assert [one["id"] for one in told] == receiver.ids()
    for sent, text in receiver.taken:
        assert len(text) < 400
        assert not [word for word in CANARIES if word in text]
        assert (
            headers(secret, sent["webhook-id"], clock.now(), text)["webhook-signature"]
            == sent["webhook-signature"]
        )
    assert all(
        (row.delivered_at, row.next_try_at, row.answer) == (clock.now(), None, "204") for row in rows()
    )


def test_an_act_that_is_not_kept_tells_nothing_and_one_that_is_kept_is_never_lost(
    world: World, receiver: Receiver, hand: Hand
) -> None:
    """The row is part of the act; a process that dies between claim and answer leaves it to the next one."""
    register(world, receiver.url)
    with suppress(SystemExit), transaction():
        a_submitted_ticket(world.cdas_agent)
        raise SystemExit("before the commit")
    assert rows() == []
    a_submitted_ticket(world.cdas_agent)
    died = send_webhooks._claim(set())
    assert died is not None
    assert send() == 0
    hand.instant += timedelta(minutes=11)
    assert send() == 1
    assert receiver.ids() == [died.message_id]


def test_what_was_taken_but_not_marked_is_told_again_under_the_same_identifier(
    world: World, receiver: Receiver, hand: Hand
) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    died = send_webhooks._claim(set())
    assert died is not None
    assert send_webhooks._send(died).taken
    hand.instant += timedelta(minutes=11)
    assert send() == 1
    assert receiver.ids() == [died.message_id] * 2


def test_a_notice_is_never_told(world: World, receiver: Receiver) -> None:
    """R-PE-4."""
    with pytest.raises(InvalidInput):
        register(world, receiver.url, "child_protection_notice.send")
    with transaction() as session:
        row = WebhookEndpoint(label="x", url=receiver.url, events=["child_protection_notice.send"])
        row.created_at, row.created_by = clock.now(), world.admin.account_id
        session.add(row)
    create_ticket(
        world.caf_ts,
        "child_protection_notice",
        a_notice(last_name="Exemple-Le Gall", first_name="Éloïse"),
        "trace",
        submit=True,
    )
    assert rows() == []


def test_with_no_listed_machine_nothing_is_written_nor_sent(world: World, receiver: Receiver) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    noted.configure(())
    a_submitted_ticket(world.cdas_agent)
    assert send() == 0
    assert len(rows()) == 1
    assert receiver.taken == []


# ---------------------------------------------------------------- what fails
def test_a_redirect_is_not_followed(world: World, receiver: Receiver) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    receiver.plan = [307]
    assert send() == 0
    assert receiver.paths == ["/hook"]
    assert rows()[0].answer == "307"


def test_a_machine_is_judged_at_registration_and_again_at_delivery(world: World, receiver: Receiver) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    noted.configure(("hooks.example",))
    with pytest.raises(InvalidInput) as refused:
        register(world, receiver.url)
    assert refused.value.fields.keys() == {"url"}
    assert send() == 0
    assert (receiver.taken, rows()[0].answer) == ([], "not_listed")


def test_a_listed_name_that_leads_inside_is_not_spoken_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: real("127.0.0.1", *rest, **more))
    url = receiver.url.replace("http://127.0.0.1", "https://hooks.example")
    sent = webhook_sending.send(url, "{}", {}, ("hooks.example",))
    assert (sent.code, receiver.taken) == ("private_address", [])


def test_tls_is_wanted_and_a_silent_or_dripping_machine_does_not_hold_the_turn(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ("127.0.0.1",)
    plain = webhook_sending.send(receiver.url.replace("http:", "https:"), "{}", {}, hosts)
    assert (plain.taken, plain.code) == (False, "tls")
    monkeypatch.setattr(webhook_sending, "ANSWER_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        Thread(target=_drip, args=(listening,), daemon=True).start()
        assert webhook_sending.send(url, "{}", {}, hosts).code == "timeout"
    assert webhook_sending.send(url, "{}", {}, hosts).code == "unreachable"


def _drip(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection, suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        while connection.recv(65536):
            connection.sendall(b"x")


def test_one_address_that_fails_keeps_no_other_waiting(world: World, receiver: Receiver) -> None:
    with receiving() as broken:
        register(world, broken.url)
        register(world, receiver.url)
        broken.plan = [500] * 9
        for _ in range(3):
            a_submitted_ticket(world.cdas_agent)
        assert send() == 3
        assert len(broken.taken) == 1


def test_waits_grow_then_the_address_is_switched_off_after_72_hours_and_the_administration_is_told(
    world: World, receiver: Receiver, hand: Hand
) -> None:
    """R-DP-5: the mail names the machine, nobody else."""
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    receiver.plan = [503] * 200
    tried, began = [], hand.instant
    while (waiting := rows()[0].next_try_at) is not None:
        hand.instant = max(hand.instant, waiting)
        tried.append(hand.instant - began)
        send()
    assert tried[1] >= timedelta(minutes=1)
    assert timedelta(hours=72) <= tried[-1] < timedelta(hours=77)
    assert tried[-1] - tried[-2] >= timedelta(hours=4)
    assert 15 < len(tried) < 40
    assert endpoint().switched_off_at is not None
    with reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.event == "webhook_off")).one()
    assert mail.recipient == "administration@departement.example"
    assert "127.0.0.1" in mail.body
    a_submitted_ticket(world.cdas_agent)
    assert len(rows()) == 1


# ---------------------------------------------------------------- what the administration does
def test_a_replay_has_the_same_identifier_and_the_same_text(
    world: World, receiver: Receiver, hand: Hand
) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    send()
    hand.instant += timedelta(days=5)
    webhooks.replay(world.admin, rows()[0].id)
    assert send() == 1
    (first, text), (second, again) = receiver.taken
    assert (first["webhook-id"], text) == (second["webhook-id"], again)
    assert first["webhook-signature"] != second["webhook-signature"]


def test_what_can_still_be_undone_is_not_sent_by_a_replay(world: World, receiver: Receiver) -> None:
    register(world, receiver.url, "urgent_rights.take")
    ticket = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, ticket.reference, "take", {})
    with pytest.raises(GuardRefused, match="pas encore parti"):
        webhooks.replay(world.admin, rows()[0].id)
    perform(world.caf_agent, ticket.reference, "undo", {})
    assert (send(), rows(), receiver.taken) == (0, [], [])


def test_a_success_forgets_the_failures_before_it(world: World, receiver: Receiver, hand: Hand) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    receiver.plan = [500]
    send()
    assert endpoint().failing_since is not None
    hand.instant += timedelta(minutes=2)
    assert send() == 1
    assert endpoint().failing_since is None


def test_what_is_switched_off_is_told_nothing_and_can_be_told_again_later(
    world: World, receiver: Receiver
) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    webhooks.switch_off(world.admin, endpoint().id)
    assert (send(), rows()[0].answer) == (0, webhooks.SWITCHED_OFF)
    with pytest.raises(GuardRefused):
        webhooks.replay(world.admin, rows()[0].id)
    webhooks.switch_on(world.admin, endpoint().id)
    webhooks.replay(world.admin, rows()[0].id)
    assert send() == 1
    with pytest.raises(GuardRefused, match="en marche"):
        webhooks.remove(world.admin, endpoint().id)  # an act may be writing for it
    webhooks.switch_off(world.admin, endpoint().id)
    webhooks.remove(world.admin, endpoint().id)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(WebhookDelivery)) == 0


def test_what_an_act_wrote_while_its_address_was_switched_off_is_set_aside(
    world: World, receiver: Receiver
) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        session.get_one(WebhookEndpoint, endpoint().id).switched_off_at = clock.now()
    assert send() == 0
    (row,) = rows()
    assert (row.next_try_at, row.answer, receiver.taken) == (None, webhooks.SWITCHED_OFF, [])


def test_an_address_whose_secret_can_not_be_opened_keeps_no_other_waiting(
    world: World, receiver: Receiver
) -> None:
    with receiving() as other:
        register(world, other.url)
        with transaction() as session:
            session.get_one(WebhookEndpoint, endpoint().id).secret_sealed = b"of another key"
        register(world, receiver.url)
        a_submitted_ticket(world.cdas_agent)
        assert send() == 1
        assert other.taken == []
    assert sorted(row.answer or "" for row in rows()) == ["204", webhooks.NO_SECRET]


def test_nobody_but_the_administration_decides_who_is_told(world: World, receiver: Receiver) -> None:
    register(world, receiver.url)
    for role, actor in world.by_role.items():
        if role == "admin":
            continue
        with pytest.raises(NotPermitted):
            webhooks.register(actor, label="x", url=receiver.url, events=["urgent_rights.submit"])
        with pytest.raises(NotPermitted):
            webhooks.remove(actor, endpoint().id)
    with pytest.raises(NotVisible):
        webhooks.replay(world.admin, endpoint().id)


def test_a_secret_is_sealed_and_a_nir_is_no_name(world: World, receiver: Receiver) -> None:
    """R-DP-7."""
    secret = register(world, receiver.url)
    assert secret.encode() not in (endpoint().secret_sealed or b"")
    with pytest.raises(InvalidInput):
        webhooks.register(
            world.admin, label="1 84 12 76 451 089 46", url=receiver.url, events=["urgent_rights.submit"]
        )


def test_what_was_told_is_forgotten_after_thirty_days(world: World, receiver: Receiver, hand: Hand) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    send()
    hand.instant += timedelta(days=29)
    send()
    assert len(rows()) == 1
    hand.instant += timedelta(days=2)
    send()
    assert rows() == []


def test_what_waits_is_forgotten_too_once_no_machine_is_listed(
    world: World, receiver: Receiver, hand: Hand
) -> None:
    register(world, receiver.url)
    a_submitted_ticket(world.cdas_agent)
    noted.configure(())
    hand.instant += timedelta(days=31)
    send()
    assert rows() == []
