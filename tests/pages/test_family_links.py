"""Who has a link with a family, through the browser's door: refused beside the matricule, nothing is lost (R-DP-1)."""

from collections.abc import Callable

import pytest

from service import clock
from service.database import transaction
from service.models import KeptOut
from service.operations import drafts, tokens
from service.operations.intake import intake
from service.sealing import ring
from tests.factories import REDON, World, a_draft, a_submitted_ticket, today
from tests.letters import a_mail
from tests.pages.conftest import Visitor
from tests.pages.html import beside, plain, soup, text_of

LogIn = Callable[..., Visitor]
FAMILY = "7654321"
PERSON = {"matricule": FAMILY, "last_name": "Exemple-Lien", "first_name": "Démo"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def db(sqlite_db: str) -> str:
    """A page does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def sent(world: World) -> str:
    """A request of the family, with which an agent of a CDAS, a Caf worker and a head have a declared link."""
    ticket = a_submitted_ticket(world.cdas_head_elsewhere, **PERSON)
    with transaction() as session:
        for post in ("other_cdas_agent", "caf_ts", "caf_lead"):
            link = KeptOut(account_id=getattr(world, post).account_id, ticket_id=ticket.id)
            link.matricule_index = ring().blind_index("matricule", FAMILY)
            link.declared_by, link.declared_at = world.admin.account_id, clock.now()
            session.add(link)
    return ticket.reference


@pytest.mark.parametrize(
    ("post", "page", "form"),
    [
        (
            "other_cdas_agent",
            "/appels/nouveau",
            {"answered": "no", "minutes": "2", "day": str(today()), "time": "00:01", "remark": "Sans suite."},
        ),
        (
            "other_cdas_agent",
            "/signaler",
            {
                "form_key": "0" * 32,
                "commune": REDON,
                "benefit": "rsa",
                "event": "interruption",
                "cdap": "no_access",
                "ground": "told",
                "line_open_reason": "documents",
                "description": "Sans suite.",
            },
        ),
        ("other_cdas_agent", "/signaler/brouillon", {"form_key": "1" * 32, "description": "Sans suite."}),
        (
            "other_cdas_agent",
            "/nouvelle/rights_meeting",
            {"commune": REDON, "ground": "told", "asked_by": "person", "to_service": "prestations"},
        ),
        ("other_cdas_agent", "/nouvelle/handover", {"then": "keep"}),
        ("caf_ts", "/accompagnements/ouvrir", {"event": "separation", "term_on": "2099-01-01"}),
    ],
)
def test_the_page_says_to_ask_a_colleague_and_keeps_what_was_typed(
    logged_in: LogIn, sent: str, post: str, page: str, form: dict[str, str]
) -> None:
    """In words that tell neither why nor what Relais holds."""
    answer = logged_in(post).post(page, {**PERSON, **form})
    assert answer.status_code == 422
    assert beside(answer, "matricule") == "Erreur : Confiez cette situation à un collègue."
    assert FAMILY in answer.text
    assert not [word for word in (sent, "lien avec", "écart") if word in text_of(answer)]


def test_a_draft_of_a_colleague_is_found_by_no_road(world: World, logged_in: LogIn, sent: str) -> None:
    """List, page, form, search and API, for one agent of the CDAS and not for another."""
    draft = a_draft(world.cdas_agent).reference
    drafts.save(world.cdas_agent, draft, PERSON, page_key="une page", seen="")
    for post, seen in (("other_cdas_agent", False), ("cdas_head", True)):
        colleague = logged_in(post)
        assert (draft in colleague.get("/demandes?vue=brouillons").text) is seen
        assert (colleague.get(f"/demandes/{draft}").status_code in (200, 303)) is seen
        assert (colleague.get(f"/signaler/{draft}").status_code == 200) is seen
        program = {"Authorization": f"Bearer {tokens.create(getattr(world, post), 'essai')}"}
        answer = colleague.client.get(f"/api/v1/tickets/{draft}", headers=program)
        assert (answer.status_code == 200) is seen


def test_r_dp_1_the_menu_counts_no_message_of_the_family(logged_in: LogIn, sent: str) -> None:
    """As the page that it leads to, which lists none."""
    intake(a_mail(f"Bonjour,\n\nMatricule : {FAMILY}\nPouvez-vous regarder ?"))
    counts = {}
    for post in ("caf_lead", "caf_secretariat"):
        [entry] = soup(logged_in(post).get("/messages")).select('nav a[href="/messages"]')
        counts[post] = [plain(one.get_text()) for one in entry.select(".count")]
    assert counts == {"caf_lead": [], "caf_secretariat": ["1"]}
