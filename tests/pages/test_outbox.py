"""« Boîte d’envoi de démonstration »: whose mails one sees, and nothing of a person in them (R-DP-5)."""

from collections.abc import Callable
from datetime import timedelta

from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import select

from service import clock
from service.app import create_app
from service.database import reading, transaction
from service.models import OutboxMail
from service.operations.acts import perform
from service.permissions import CONTENT_ROLES, Role
from tests import settings as test_settings
from tests.factories import PASSWORD, World, a_submitted_ticket, email_of
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]

BOX = "/boite-envoi"


def mails_on(page: str) -> list[Tag]:
    return BeautifulSoup(page, "html.parser").select("article")


def subjects(page: str) -> list[str]:
    return [mail.h2.get_text() for mail in mails_on(page) if mail.h2]


def a_request_under_way(world: World) -> str:
    """Sent by Redon, taken by the Service Prestations: one mail to the secretariat, one to the CDAS."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    perform(world.caf_agent, reference, "take", {})
    return reference


def many_mails(unit: str, number: int) -> list[str]:
    """Mails of a unit, the newest first; pairs of them in the same second."""
    now = clock.now()
    rows = [
        OutboxMail(
            event="message",
            recipient=f"{unit}@test.example",
            unit_id=unit,
            subject=f"Essai {rank}",
            body="Bonjour,",
            message_id=f"<{unit}-{rank}@test.example>",
            created_at=now - timedelta(seconds=rank // 2),
        )
        for rank in range(number)
    ]
    with transaction() as session:
        session.add_all(rows)
    return [row.subject for row in sorted(rows, key=lambda row: (row.created_at, row.id), reverse=True)]


def test_outside_the_demonstration_the_page_does_not_exist(db: str, world: World) -> None:
    real = create_app(test_settings.config(db, DEMONSTRATION="0", PUBLIC_URL="https://relais.example"))
    browser, at = real.test_client(), {"base_url": "https://relais.example"}
    token = BeautifulSoup(browser.get("/connexion", **at).text, "html.parser").select_one("[name=csrf_token]")
    assert token is not None
    entered = {"csrf_token": str(token["value"]), "email": email_of("auditor"), "password": PASSWORD}
    assert browser.get(BOX, **at).status_code == 404
    assert browser.post("/connexion", data=entered, **at).status_code == 303
    assert browser.get(BOX, **at).status_code == 404
    assert BOX not in browser.get("/compte", **at).text


def test_each_unit_sees_its_own_mails_with_their_text(world: World, logged_in: LogIn) -> None:
    reference = a_request_under_way(world)
    secretariat = logged_in("caf_secretariat").get(BOX).text
    assert subjects(secretariat) == [f"Relais – {reference} – Envoyée"]
    assert f"Urgence définie {reference} : Envoyée." in secretariat
    assert f'href="/demandes/{reference}"' in secretariat
    assert subjects(logged_in("cdas_head").get(BOX).text) == [f"Relais – {reference} – Prise en charge"]
    for post in ("cdas_agent_elsewhere", "caf_ts", "caf_agent"):
        assert "Aucun courriel" in logged_in(post).get(BOX).text, post


def test_the_administration_sees_all_mails_without_a_way_into_the_requests(
    world: World, logged_in: LogIn
) -> None:
    """R-DP-1: an address in a text is no right to open it."""
    reference = a_request_under_way(world)
    admin = logged_in("admin")
    page = admin.get(BOX).text
    assert subjects(page) == [f"Relais – {reference} – Prise en charge", f"Relais – {reference} – Envoyée"]
    assert f'href="/demandes/{reference}"' not in page


def test_roles_without_tickets_see_no_mail(world: World, logged_in: LogIn) -> None:
    a_request_under_way(world)
    for role in set(Role) - CONTENT_ROLES - {Role.ADMIN}:
        answer = logged_in(role.value).get(BOX)
        assert answer.status_code == 200
        assert mails_on(answer.text) == [], role


def test_r_dp_5_no_mail_shown_holds_anything_of_the_person(world: World, logged_in: LogIn) -> None:
    a_request_under_way(world)
    page = logged_in("admin").get(BOX).text.casefold()
    for word in ("exemple-le gall", "éloïse", "1234567", "rsa", "frigo"):
        assert word not in page


def test_the_list_goes_on_page_by_page_and_misses_nothing(world: World, logged_in: LogIn) -> None:
    made = many_mails("cdas-redon", 45)
    many_mails("cdas-vitre", 3)
    visitor, url, seen, counts = logged_in("cdas_agent"), BOX, [], []
    while url:
        page = visitor.get(url).text
        seen += subjects(page)
        pager = BeautifulSoup(page, "html.parser").select_one(".pager")
        assert pager is not None
        assert pager.p is not None
        counts.append(pager.p.get_text())
        further = pager.select_one("a[rel=next]")
        url = str(further["href"]) if further else ""
    assert seen == made
    assert counts == ["1 à 20 sur 45", "21 à 40 sur 45", "41 à 45 sur 45"]


def test_a_mail_that_has_left_says_so(world: World, logged_in: LogIn) -> None:
    a_request_under_way(world)
    assert "pas encore parti" in logged_in("cdas_agent").get(BOX).text
    with transaction() as session:
        for mail in session.scalars(select(OutboxMail)):
            mail.sent_at = clock.now()
    assert "parti aujourd’hui" in logged_in("cdas_agent").get(BOX).text


def test_markup_in_a_mail_is_text(world: World, app: Flask) -> None:
    with transaction() as session:
        session.add(
            OutboxMail(
                event="message",
                recipient="x@test.example",
                unit_id="cdas-redon",
                subject="<b>gras</b>",
                body="<script>alert(1)</script>",
                message_id="<x@test.example>",
                created_at=clock.now(),
            )
        )
    visitor = Visitor(app)
    visitor.log_in(email_of("cdas_agent"))
    page = visitor.get(BOX).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>gras" not in page
    with reading() as session:
        assert session.scalars(select(OutboxMail)).one().body == "<script>alert(1)</script>"
