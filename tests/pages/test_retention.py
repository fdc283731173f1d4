"""« Conservation »: who sees it, what it shows, how a list goes from the visa to its run (R-DP-6, P-06)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import EliminationList, Ticket
from service.operations import acts, elimination_lists, elimination_register, eliminations
from service.operations.archives import archive_due
from service.operations.settings import change_setting
from service.permissions import HEAD_ROLES, Role
from tests import settings, tagged
from tests.factories import World, a_submitted_ticket, today
from tests.jobs.hand import PARIS, Hand
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
REASON = "Demande du Défenseur des droits sur ce dossier."


@pytest.fixture(autouse=True)
def hand(db: str) -> Iterator[Hand]:
    elimination_register.configure(settings.config(db))
    hand = Hand()
    with clock.driven(hand):
        yield hand


def closed(world: World, hand: Hand) -> Ticket:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(world.caf_agent, ticket.reference, "answer", {"outcome": "restored", "text": "Rétabli."})
    hand.instant += timedelta(hours=1)
    acts.perform(world.cdas_agent, ticket.reference, "acknowledge", {"usefulness": 4})
    return ticket


def archived(world: World, hand: Hand) -> Ticket:
    ticket = closed(world, hand)
    change_setting(world.admin, "retention_on", "oui")
    hand.instant = datetime(2027, 10, 28, 3, tzinfo=PARIS)
    with transaction() as session:
        assert archive_due(session) == 1
    return ticket


def text_of(page: str) -> str:
    return BeautifulSoup(page, "html.parser").main.get_text(" ", strip=True)


def test_what_leaves_soon_is_shown_to_heads_by_reference_and_counted_for_the_administration(
    logged_in: LogIn, world: World, hand: Hand
) -> None:
    ticket = closed(world, hand)
    hand.instant = datetime(2027, 10, 5, 9, tzinfo=PARIS)
    for role in Role:
        answer = logged_in(role.value).get("/conservation")
        reads = role in HEAD_ROLES | {Role.ADMIN}
        assert answer.status_code == (200 if reads else 403), role
        if reads:
            sees = role in {Role.CDAS_HEAD, Role.CAF_LEAD}
            assert (ticket.reference in answer.text) is sees, role
            assert "montre seulement" in answer.text
            assert "Exemple" not in text_of(answer.text)
    assert "27 octobre 2027" in logged_in("cdas_head").get("/conservation").text
    assert ticket.reference not in logged_in("cdas_head_elsewhere").get("/conservation").text


def test_an_archived_request_answers_404_until_a_head_says_why(
    logged_in: LogIn, world: World, hand: Hand
) -> None:
    ticket = archived(world, hand)
    url = f"/demandes/{ticket.reference}"
    for post in ("cdas_agent", "cdas_head", "caf_agent", "caf_lead", "caf_secretariat"):
        browser = logged_in(post)
        assert browser.get(url).status_code == 404, post
        for place in ("/demandes", "/demandes?etat=closed", "/recherche?q=1234567", "/appels"):
            assert ticket.reference not in browser.get(place).text, (post, place)
    head = logged_in("cdas_head")
    assert ticket.reference in head.get("/conservation").text
    refused = head.post("/conservation/ouvrir", {"reference": ticket.reference, "reason": "Trop court"})
    assert (refused.status_code, "Trop court" in refused.text) == (422, True)
    absent = head.post("/conservation/ouvrir", {"reference": "UR-AAAAAA", "reason": REASON})
    assert (absent.status_code, "Aucune demande archivée" in absent.text) == (422, True)
    answer = head.post("/conservation/ouvrir", {"reference": ticket.reference, "reason": REASON})
    assert (answer.status_code, answer.location) == (303, url)
    page = head.get(url)
    assert (page.status_code, "en lecture seule" in page.text) == (200, True)
    assert "Ajouter une note" not in page.text
    forms = BeautifulSoup(page.text, "html.parser").main.select("form")
    assert forms == []
    assert head.get(f"{url}/delais").status_code == 200
    assert head.post(f"{url}/notes", {"note": "Encore"}).status_code == 404
    assert logged_in("caf_lead").get(url).status_code == 404
    hand.instant += timedelta(hours=4)
    assert logged_in("cdas_head").get(url).status_code == 404


def test_a_list_goes_from_the_visa_to_the_administration(logged_in: LogIn, world: World, hand: Hand) -> None:
    ticket = archived(world, hand)
    hand.instant = datetime(2028, 10, 30, 9, tzinfo=PARIS)
    with transaction() as session:
        assert elimination_lists.draw(session) == 1
    with reading() as session:
        found = session.scalars(select(EliminationList)).one()
    url = f"/conservation/listes/{found.id}"
    head, other, admin = (logged_in(post) for post in ("cdas_head", "cdas_head_elsewhere", "admin"))
    assert head.get(url).status_code == 200
    assert logged_in("caf_lead").get(url).status_code == 404
    assert admin.get(url).status_code == 403
    assert ticket.reference in head.get(f"{url}/liste.csv").text
    assert tagged.faults(head.get(f"{url}/liste.pdf").data) == []
    assert head.get(f"{url}/liste.exe").status_code == 404
    early = head.post(f"{url}/approuver")
    assert (early.status_code, "visa des Archives" in early.text) == (409, True)
    wrong = head.post(f"{url}/visa", {"visa_reference": "AD35", "visa_on": str(date(2031, 1, 1))})
    assert (wrong.status_code, 'value="AD35"' in wrong.text) == (422, True)
    noted = head.post(f"{url}/visa", {"visa_reference": "AD35 2028-114", "visa_on": str(today())})
    assert noted.status_code == 303
    assert head.post(f"{url}/approuver").status_code == 303
    twice = head.post(f"{url}/approuver")
    assert (twice.status_code, "deux personnes différentes" in twice.text) == (409, True)
    assert "attend 1 approbation" in text_of(admin.get("/conservation").text)
    assert admin.post(f"{url}/executer").status_code == 422
    assert other.post(f"{url}/approuver").status_code == 303
    assert head.post(f"{url}/executer").status_code == 403
    shown = admin.get("/conservation").text
    assert "Exécuter la liste n° 1" in shown
    assert ticket.reference not in shown
    assert admin.post(f"{url}/executer").status_code == 303
    assert eliminations.run_asked(lambda: None) == 1
    assert "exécutée" in text_of(admin.get("/conservation").text)
    assert head.post(f"{url}/ecarter").status_code == 409
