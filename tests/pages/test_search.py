"""Search: posted, logged, within what one may read, by reference, matricule or whole words of a name."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.database import reading
from service.models import AccessEntry
from tests.factories import World, a_draft, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import soup, text_of

LogIn = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def redon(world: World) -> str:
    """A request of Redon."""
    return a_submitted_ticket(
        world.cdas_agent, last_name="Démo-Le Gall", first_name="Éloïse", matricule="1234567"
    ).reference


@pytest.fixture
def vitre(world: World) -> str:
    """A request of Vitré, for somebody with nearly the same name."""
    return a_submitted_ticket(
        world.cdas_agent_elsewhere, last_name="Démo-Legall", first_name="Eloise", matricule="7654321"
    ).reference


def search(visitor: Visitor, asked: str) -> TestResponse:
    """Type it in the header and press Enter."""
    return visitor.post("/recherche", {"q": asked})


def found(visitor: Visitor, asked: str) -> set[str]:
    """The references of the results."""
    return {
        one.get_text() for one in soup(search(visitor, asked)).select("#trouvees th[scope=row] .reference")
    }


@pytest.mark.parametrize("asked", ["1234567", "12 34 567", "le gall", "ELOISE", "Éloïse Démo", "demo GALL"])
def test_accents_case_and_spaces_do_not_matter(logged_in: LogIn, redon: str, vitre: str, asked: str) -> None:
    assert redon in found(logged_in("caf_agent"), asked)


@pytest.mark.parametrize("asked", ["gal", "Éloïse Absente", "7654321", "%", "_", "", "   "])
def test_whole_words_only(logged_in: LogIn, redon: str, asked: str) -> None:
    assert redon not in found(logged_in("caf_agent"), asked)


def test_a_reference_leads_straight_to_its_request(logged_in: LogIn, redon: str) -> None:
    answer = search(logged_in("caf_agent"), f" {redon.lower().replace('-', ' ')} ")
    assert (answer.status_code, answer.location) == (303, f"/demandes/{redon}")


def test_one_finds_what_one_may_read_and_no_more(logged_in: LogIn, redon: str, vitre: str) -> None:
    """roles.md, invariant 5 and 7: what is not readable is not there."""
    assert found(logged_in("cdas_agent"), "eloise") == {redon}
    assert found(logged_in("cdas_agent"), "7654321") == set()
    hidden = text_of(search(logged_in("cdas_agent"), vitre))
    assert hidden.replace(vitre, "") == text_of(search(logged_in("cdas_agent"), "UD-0000-0000")).replace(
        "UD-0000-0000", ""
    )
    assert found(logged_in("caf_agent"), "eloise") == {redon, vitre}


def test_the_caf_does_not_find_drafts(logged_in: LogIn, world: World) -> None:
    reference = a_draft(world.cdas_agent).reference
    assert search(logged_in("caf_agent"), reference).status_code == 200
    assert search(logged_in("cdas_agent"), reference).location == f"/demandes/{reference}"


def test_nothing_personal_stands_in_an_address(logged_in: LogIn, redon: str) -> None:
    visitor = logged_in("caf_agent")
    assert visitor.get("/recherche?q=1234567").status_code == 405
    page = search(visitor, "Démo-Le Gall")
    links = [str(one["href"]) for one in soup(page).select("a[href]")]
    assert not any("Gall" in link or "1234567" in link for link in links)


def test_r_dp_4_a_search_is_logged_without_what_was_searched(logged_in: LogIn, redon: str) -> None:
    search(logged_in("caf_agent"), "Démo-Le Gall")
    with reading() as session:
        logged = session.scalars(select(AccessEntry).where(AccessEntry.act == "search")).one()
        assert (logged.unit_id, logged.ticket_id) == ("caf-prestations", None)


def test_r_dp_7_a_social_security_number_is_not_searched(logged_in: LogIn, redon: str) -> None:
    visitor = logged_in("caf_agent")
    assert search(visitor, "1 85 05 78 006 084 91").status_code == 303
    assert "R-DP-7" in text_of(visitor.get("/demandes"))
    with reading() as session:
        searches = select(func.count()).select_from(AccessEntry).where(AccessEntry.act == "search")
        assert session.scalar(searches) == 0


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_reads_no_ticket_does_not_search(logged_in: LogIn, redon: str, post: str) -> None:
    assert search(logged_in(post), "Démo-Le Gall").status_code == 403


def test_what_is_typed_comes_back_as_text(logged_in: LogIn, redon: str) -> None:
    assert "<b>x</b>" not in search(logged_in("caf_agent"), "<b>x</b>").text
