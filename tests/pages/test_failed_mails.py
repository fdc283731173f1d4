"""« Courriels non remis »: whose they are, why in words, sent again or settled."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import OutboxMail
from service.operations.creation import create_ticket
from service.permissions import HEAD_ROLES, Role
from service.routes.pages.views.failed_mail import why
from tests.factories import World, a_notice, a_submitted_ticket
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
PAGE = "/courriels-non-remis"


def a_failed_mail(world: World, failure: str = "550 5.1.1", **changes: object) -> OutboxMail:
    """The mail that told the secretariat of a request of Redon, refused an hour ago."""
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.ticket_id == ticket.id)).one()
        mail.next_try_at, mail.attempts = None, 3
        mail.failed_at, mail.failure = clock.now() - timedelta(hours=1), failure
        for name, value in changes.items():
            setattr(mail, name, value)
    return mail


def kept(mail: OutboxMail) -> OutboxMail:
    with reading() as session:
        return session.get_one(OutboxMail, mail.id)


def texts(visitor: Visitor) -> list[str]:
    rows = BeautifulSoup(visitor.get(PAGE).text, "html.parser").select("tbody tr")
    return [" ".join(row.get_text(" ").split()) for row in rows]


def test_the_unit_s_head_or_secretariat_and_the_administration_see_it(world: World, logged_in: LogIn) -> None:
    mail = a_failed_mail(world)
    for post in ("caf_secretariat", "admin"):
        [shown] = texts(logged_in(post))
        for words in ("Envoyée", "Cette adresse n’existe pas, ou plus.", "5.1.1", "Adresse", "Renvoyer"):
            assert words in shown
        assert mail.subject.split(" – ")[1] in shown
    for post in ("cdas_head", "caf_lead", "caf_head"):
        assert texts(logged_in(post)) == []
    reached = HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.ADMIN}
    for role in Role:
        assert (logged_in(role.value).get(PAGE).status_code == 200) is (role in reached), role


def beside_the_entry(visitor: Visitor) -> list[str]:
    """What the menu says is waiting: on « Plus » and on the entry under it."""
    menu = BeautifulSoup(visitor.get("/compte").text, "html.parser").select_one("nav.nav")
    assert menu is not None
    marks = [*menu.select("summary .count"), *menu.select(f'a[href="{PAGE}"] .count')]
    return [" ".join(mark.get_text().split()) for mark in marks]


def test_the_menu_counts_what_waits_for_whom_it_waits(world: World, logged_in: LogIn) -> None:
    for post in ("caf_secretariat", "admin"):
        assert beside_the_entry(logged_in(post)) == []
    mail = a_failed_mail(world)
    desk = logged_in("caf_secretariat")
    assert beside_the_entry(desk) == ["1 à voir", "1"]
    assert "1" in beside_the_entry(logged_in("admin"))
    for role in Role:
        if role not in (Role.CAF_SECRETARIAT, Role.ADMIN):
            assert beside_the_entry(logged_in(role.value)) == [], role
    desk.post(f"{PAGE}/{mail.id}/regler")
    assert beside_the_entry(desk) == []


def test_only_who_may_read_the_request_can_open_it(world: World, logged_in: LogIn) -> None:
    """R-DP-1."""
    a_failed_mail(world)
    assert 'href="/demandes/' in logged_in("caf_secretariat").get(PAGE).text
    assert 'href="/demandes/' not in logged_in("admin").get(PAGE).text


def test_r_pe_4_a_notice_is_named_to_nobody_who_may_not_read_it(world: World, logged_in: LogIn) -> None:
    """That the mail was lost is told all the same: without it nobody comes to the notice."""
    notice = a_notice()
    reference, _ = create_ticket(world.caf_ts, "child_protection_notice", notice, "trace", submit=True)
    with transaction() as session:
        for mail in session.scalars(select(OutboxMail)):
            mail.failed_at, mail.failure, mail.next_try_at = clock.now(), "550 5.1.1", None
    [told] = texts(logged_in("admin"))
    assert "une information vous attend" in told
    assert reference not in told
    assert reference in " ".join(texts(logged_in("cdas_head")))


def test_sent_again_to_the_corrected_address_it_leaves_at_once(world: World, logged_in: LogIn) -> None:
    mail, desk = a_failed_mail(world), logged_in("caf_secretariat")
    url = f"{PAGE}/{mail.id}/renvoyer"
    refused = desk.post(url, {"recipient": "pas une adresse"})
    assert refused.status_code == 422
    assert "Écrivez une adresse électronique" in refused.text
    assert 'value="pas une adresse"' in refused.text
    assert desk.post(url, {"recipient": "Secretariat@Caf.Example"}).status_code == 303
    again = kept(mail)
    assert (again.recipient, again.attempts, again.failed_at) == ("secretariat@caf.example", 0, None)
    assert again.next_try_at == pytest.approx(clock.now(), abs=timedelta(seconds=60))
    assert again.message_id == mail.message_id
    assert texts(desk) == []
    assert desk.post(url, {"recipient": "other@x.example"}).status_code == 404


def test_settled_it_is_gone_and_says_who(world: World, logged_in: LogIn) -> None:
    mail, desk = a_failed_mail(world), logged_in("caf_secretariat")
    assert logged_in("cdas_head").post(f"{PAGE}/{mail.id}/regler").status_code == 404
    assert desk.post(f"{PAGE}/{mail.id}/regler").status_code == 303
    assert kept(mail).settled_by == world.caf_secretariat.account_id
    assert texts(desk) == []


def test_a_long_list_goes_on_and_misses_nothing(world: World, logged_in: LogIn) -> None:
    first = a_failed_mail(world)
    with transaction() as session:
        for number in range(25):
            session.add(
                OutboxMail(
                    event="message",
                    recipient=f"n{number}@x.example",
                    unit_id=first.unit_id,
                    subject=f"Relais – essai {number}",
                    body="",
                    message_id=f"<{number}@x.example>",
                    created_at=clock.now(),
                    failed_at=clock.now() - timedelta(minutes=number // 2),
                    failure="550",
                )
            )
    desk, url, seen = logged_in("caf_secretariat"), PAGE, 0
    while url:
        page = BeautifulSoup(desk.get(url).text, "html.parser")
        seen += len(page.select("tbody tr"))
        further = page.select_one("a[rel=next]")
        url = str(further["href"]) if further else ""
    assert seen == 26


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("550 5.1.1", "n’existe pas"),
        ("bounced 5.2.2", "pleine"),
        ("554 5.7.1", "refuse les courriels de Relais"),
        ("451 4.7.1 expired", "remis à plus tard"),
        ("ConnectionRefusedError unreachable", "serveur d’envoi"),
        ("address", "ne s’écrit pas"),
        ("550", "refusé pour de bon"),
    ],
)
def test_every_failure_has_its_words(failure: str, words: str) -> None:
    assert words in why(failure)
