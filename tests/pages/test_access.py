"""« Qui peut faire quoi », « Accès » and what hangs on it, through the pages, by role."""

from collections.abc import Callable
from datetime import date, timedelta

from bs4 import BeautifulSoup
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import AccessEntry, NamedList, OutOfScopeOpening, UnusualRead
from service.operations import tokens, unusual_reading
from service.permissions import HEAD_ROLES, Role
from service.workflows.french import local_day
from tests.factories import World, a_submitted_ticket
from tests.operations.test_rights import WHY, an_emergency
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]


def test_everybody_reads_who_may_do_what_their_own_role_first(logged_in: LogIn) -> None:
    """Invariant 10; it stands in the foot of every page."""
    for post, own in (
        ("caf_ts", "Vous\N{NO-BREAK SPACE}: Travailleur social Caf"),
        ("admin", "Vous\N{NO-BREAK SPACE}: Administration technique"),
    ):
        browser = logged_in(post)
        assert 'href="/qui-peut-faire-quoi"' in browser.get("/").text
        page = BeautifulSoup(browser.get("/qui-peut-faire-quoi").text, "html.parser")
        assert page.select_one("#les-miens").text == own
        assert len(page.select("main table")) > 10


def test_a_head_opens_one_request_out_of_scope_and_another_reviews_it(logged_in: LogIn, world: World) -> None:
    """a short reason is refused and nothing typed is lost; the page says until when, and offers nothing to do."""
    ticket = a_submitted_ticket(world.cdas_agent, description="Le fond de la situation.")
    head = logged_in("cdas_head_elsewhere")
    url = f"/demandes/{ticket.reference}"
    short = head.post("/ouvertures", {"reference": ticket.reference, "reason": "Trop court"})
    assert short.status_code == 422
    assert "Trop court" in short.text
    wrong = head.post("/ouvertures", {"reference": "UD-0000-0000", "reason": WHY})
    assert wrong.status_code == 422
    assert WHY in wrong.text
    assert head.get(url).status_code == 404
    assert head.post("/ouvertures", {"reference": ticket.reference.lower(), "reason": WHY}).location == url
    page = head.get(url).text
    assert "Ouverte hors de votre périmètre" in page
    assert "Ajouter une note" not in page
    assert "Joindre un fichier" not in page
    reviewer = logged_in("cdas_head")
    assert ticket.reference in reviewer.get("/ouvertures").text
    assert WHY in reviewer.get("/ouvertures").text
    assert "1 ouverture hors périmètre à relire" in reviewer.get("/").text
    assert "hors périmètre à relire" not in head.get("/").text
    auditor = logged_in("auditor")
    watched = auditor.get("/ouvertures").text
    assert ticket.reference in watched
    assert WHY not in watched
    assert "hors périmètre à relire" not in auditor.get("/").text
    with reading() as session:
        opening = session.scalars(select(OutOfScopeOpening)).one()
    assert auditor.post(f"/ouvertures/{opening.id}/relire", {"verdict": "justified"}).status_code == 404
    assert head.post(f"/ouvertures/{opening.id}/relire", {"verdict": "justified"}).status_code == 404
    assert reviewer.post(f"/ouvertures/{opening.id}/relire", {"verdict": "justified"}).status_code == 303
    assert "justifiée" in reviewer.get("/ouvertures").text


def test_a_protected_number_stands_on_no_page_until_it_is_asked(logged_in: LogIn, world: World) -> None:
    """R-DP-8: neither on the page nor on the API; asked with a reason it is shown once, and logged."""
    reference = an_emergency(world.cdas_agent)
    browser = logged_in("cdas_agent")
    page = browser.get(f"/demandes/{reference}").text
    assert "06 00 00 00 01" not in page
    assert "Demander à voir le numéro protégé" in page
    bearer = {"Authorization": f"Bearer {tokens.create(world.cdas_agent, 'essai')}"}
    told = browser.client.get(f"/api/v1/tickets/{reference}", headers=bearer)
    assert told.status_code == 200
    assert "06 00 00 00 01" not in told.text
    asked = f"/demandes/{reference}/telephone"
    assert "06 00 00 00 01" not in browser.get(asked).text
    assert browser.post(asked, {"reason": "pour voir"}).status_code == 422
    shown = browser.post(asked, {"reason": WHY})
    assert "06 00 00 00 01" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    assert "06 00 00 00 01" not in browser.get(asked).text
    assert logged_in("cdas_agent_elsewhere").post(asked, {"reason": WHY}).status_code == 404


def test_heads_see_who_opened_a_request_of_theirs_and_the_audit_all_without_content(
    logged_in: LogIn, world: World
) -> None:
    """R-DP-4: by request, refusals included, and by person; nothing of another unit's people."""
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Exemple-Invisible")
    logged_in("caf_agent").get(f"/demandes/{ticket.reference}")
    logged_in("cdas_agent_elsewhere").get(f"/demandes/{ticket.reference}")
    asked = f"/acces?reference={ticket.reference}"
    for post in ("cdas_head", "caf_lead", "auditor"):
        text = logged_in(post).get(asked).text
        for said in ("Essai Caf Agent", "Essai Cdas Agent Elsewhere", "(refusé)"):
            assert said in text, post
        assert "Invisible" not in text
    assert "Rien à montrer" in logged_in("cdas_head_elsewhere").get(asked).text
    by_person = f"/acces?person={world.caf_agent.account_id}"
    assert ticket.reference in logged_in("caf_lead").get(by_person).text
    assert ticket.reference in logged_in("auditor").get(by_person).text
    assert ticket.reference not in logged_in("cdas_head").get(by_person).text
    for role in set(Role) - HEAD_ROLES - {Role.AUDITOR}:
        assert logged_in(role.value).get("/acces").status_code == 403


def test_a_head_keeps_somebody_out_of_a_request(logged_in: LogIn, world: World) -> None:
    """404 on the page, absent of the search; taken back, it is there again."""
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Exemple-Cousin")
    head, agent = logged_in("caf_lead"), logged_in("caf_agent")
    url = f"/demandes/{ticket.reference}"
    assert agent.get(url).status_code == 200
    assert head.post(f"{url}/ecarter", {"account": str(world.caf_agent.account_id)}).status_code == 303
    assert agent.get(url).status_code == 404
    assert ticket.reference not in agent.post("/recherche", {"q": "Exemple-Cousin"}).text
    assert ticket.reference not in agent.get("/demandes").text
    assert "Essai Caf Agent" in head.get(f"{url}/ecarter").text
    assert head.post(f"{url}/ecarter", {"account": str(world.caf_lead.account_id)}).status_code == 409
    assert (
        head.post(f"{url}/ecarter/retirer", {"account": str(world.caf_agent.account_id)}).status_code == 303
    )
    assert agent.get(url).status_code == 200


def test_a_list_with_names_leaves_by_two(logged_in: LogIn, world: World) -> None:
    """Nobody accepts their own; the file is for its asker, one day, marked, and each taking is logged (invariant 3)."""
    a_submitted_ticket(world.cdas_agent, last_name="Exemple-Nominatif")
    an_emergency(world.cdas_agent)
    asker, other = logged_in("cdas_head"), logged_in("cdas_head_elsewhere")
    assert asker.post("/listes-nominatives", {"view": "cours", "reason": "court"}).status_code == 422
    assert asker.post("/listes-nominatives", {"view": "cours", "reason": WHY}).status_code == 303
    with reading() as session:
        wanted = session.scalars(select(NamedList)).one()
    file, accept = (f"/listes-nominatives/{wanted.id}/{end}" for end in ("fichier.csv", "accepter"))
    assert asker.get(file).status_code == 422
    for stranger in (asker, logged_in("caf_lead")):
        assert stranger.post(accept).status_code == 404
    assert WHY in other.get("/listes-nominatives").text
    assert other.post(accept).status_code == 303
    assert other.get(file).status_code == 404
    taken = asker.get(file)
    assert "Exemple-Nominatif" in taken.text
    assert "06 00 00 00 01" not in taken.text
    mark = taken.text.splitlines()[0]
    assert all(said in mark for said in (WHY, world.cdas_head.name, world.cdas_head_elsewhere.name))
    with reading() as session:
        assert len(session.scalars(select(AccessEntry).where(AccessEntry.act == "export_names")).all()) == 1
    later = clock.now() + timedelta(hours=25)
    with clock.driven(lambda: later):
        assert logged_in("cdas_head").get(file).status_code == 422


def test_the_weekly_list_is_read_by_heads_of_the_unit_and_the_audit(logged_in: LogIn, world: World) -> None:
    """an agent who opens the request of somebody of the same name."""
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Agent")
    logged_in("caf_agent").get(f"/demandes/{ticket.reference}")
    today = local_day(clock.now())
    monday: date = today - timedelta(days=today.weekday())
    with transaction() as session:
        assert unusual_reading.list_week(session, monday) >= 1
    with transaction() as session:
        unusual_reading.list_week(session, monday)  # twice is once
    with reading() as session:
        found = session.scalars(select(UnusualRead).where(UnusualRead.sign == "same_name")).all()
        assert [(one.account_id, one.ticket_id) for one in found] == [(world.caf_agent.account_id, ticket.id)]
    assert "porte le même nom" in logged_in("caf_lead").get("/acces/inhabituelles").text
    assert "porte le même nom" in logged_in("auditor").get("/acces/inhabituelles").text
    assert "porte le même nom" not in logged_in("cdas_head").get("/acces/inhabituelles").text
