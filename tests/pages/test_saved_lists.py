"""« Mes listes »: filters under a name, for oneself or for one's unit; nothing of a person, nothing of another unit."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from service.database import reading
from service.errors import NotPermitted
from service.models import SavedList
from service.operations import saved_lists
from service.permissions import HOLDERS, Actor, Permission, Role
from tests.cost import statements
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, plain, soup, text_of

LogIn = Callable[..., Visitor]

FORM = "form[action='/demandes/listes']"
SHARING = [Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_SECRETARIAT, Role.CAF_HEAD]


def above(visitor: Visitor, address: str = "/demandes") -> dict[str, str]:
    """The links above the list, by name."""
    links = soup(visitor.get(address)).select("nav[aria-label='Mes listes'] a")
    return {plain(one.get_text()): str(one["href"]) for one in links}


def keep(
    visitor: Visitor, name: str, address: str = "/demandes?vue=cours&prestation=rsa", **more: str
) -> int:
    """Open a list, give it a name and send the form as the page made it."""
    form = fields_of(visitor.get(address), FORM)
    return visitor.post("/demandes/listes", {**form, "name": name, **more}).status_code


def kept() -> list[SavedList]:
    """Every list that is kept."""
    with reading() as session:
        return list(session.scalars(select(SavedList).order_by(SavedList.id)))


def own(actor: Actor, name: str = "Mes RSA", address: str = "vue=cours&prestation=rsa") -> str:
    """The address of the page that tends a list of one's own."""
    return f"/demandes/listes/{saved_lists.save(actor, name, address, for_unit=False)}"


def test_a_list_is_kept_with_its_filters_and_leads_back_to_them(logged_in: LogIn) -> None:
    browser = logged_in("cdas_agent")
    assert keep(browser, "Mes RSA", "/demandes?vue=caf&prestation=rsa&type=urgent_rights") == 303
    links = above(browser)
    assert links == {"Mes RSA": "/demandes?vue=caf&type=urgent_rights&prestation=rsa"}
    shown = soup(browser.get(links["Mes RSA"])).select_one("nav[aria-label='Mes listes'] [aria-current]")
    assert shown is not None
    assert plain(shown.get_text()) == "Mes RSA"
    assert "À la Caf · Urgence définie · RSA" in text_of(browser.get("/demandes/listes"))


def test_neither_a_name_nor_a_place_of_the_page_is_kept_with_it(logged_in: LogIn) -> None:
    """R-DP-1: an address holds known codes only, whatever is sent."""
    browser = logged_in("caf_agent")
    sent = {
        "name": "Curieuse",
        "here": "vue=cours&q=Exemple-Morin&prestation=1234567&cdas=cdas-redon&apres=x.y&rang=4",
    }
    assert browser.post("/demandes/listes", sent).status_code == 303
    assert [one.address for one in kept()] == ["vue=cours&cdas=cdas-redon"]


@pytest.mark.parametrize("name", ["Suivi 1234567", "1 85 05 78 006 084 91", "", "x" * 61])
def test_r_go_1_a_name_with_a_number_of_a_person_is_refused_and_nothing_is_lost(
    logged_in: LogIn, name: str
) -> None:
    browser = logged_in("cdas_agent")
    form = fields_of(browser.get("/demandes?vue=cours&prestation=rsa"), FORM)
    answer = browser.post("/demandes/listes", {**form, "name": name})
    assert answer.status_code == 422
    assert beside(answer, "name")
    again = fields_of(answer, FORM)
    assert (again["name"], again["here"]) == (name, "vue=cours&prestation=rsa")
    assert kept() == []


def test_a_name_is_taken_once_case_aside(logged_in: LogIn, world: World) -> None:
    browser = logged_in("cdas_agent")
    assert keep(browser, "Mes RSA") == 303
    assert keep(browser, "MES rsa") == 422
    saved_lists.save(world.other_cdas_agent, "Mes RSA", "vue=cours", for_unit=False)
    saved_lists.save(world.cdas_head, "Mes RSA", "vue=cours", for_unit=True)
    assert len(kept()) == 3


def test_twenty_are_kept_of_ones_own_and_twenty_of_the_unit(logged_in: LogIn, world: World) -> None:
    for place in range(saved_lists.MOST):
        saved_lists.save(world.caf_secretariat, f"Liste {place}", "vue=cours", for_unit=False)
        saved_lists.save(world.caf_secretariat, f"Liste {place}", "vue=cours", for_unit=True)
    browser = logged_in("caf_secretariat")
    form = fields_of(browser.get("/demandes"), FORM)
    for shared in ({}, {"for_unit": "1"}):
        answer = browser.post("/demandes/listes", {**form, "name": "De trop", **shared})
        assert answer.status_code == 422
        assert "20 listes, le maximum" in beside(answer, "name")


def test_the_links_cost_the_list_no_statement(logged_in: LogIn, world: World) -> None:
    """They are reference data: read once by every process when one is kept, not by each page."""
    own(world.cdas_agent)
    browser = logged_in("cdas_agent")
    assert list(above(browser)) == ["Mes RSA"]
    with statements() as sent:
        assert list(above(browser)) == ["Mes RSA"]
    assert [one for one in sent if "saved_list" in one] == []


def test_a_list_of_the_unit_is_every_colleague_s_and_nobody_else_s(logged_in: LogIn, world: World) -> None:
    assert keep(logged_in("cdas_head"), "Aujourd’hui", for_unit="1") == 303
    colleague = logged_in("cdas_agent")
    assert list(above(colleague)) == ["Aujourd’hui"]
    assert "Renommer" not in text_of(colleague.get("/demandes/listes"))
    for post in ("cdas_head_elsewhere", "caf_agent", "caf_secretariat"):
        assert above(logged_in(post)) == {}


def test_a_list_of_ones_own_is_nobody_else_s(logged_in: LogIn, world: World) -> None:
    page = own(world.cdas_agent)
    for post in ("other_cdas_agent", "cdas_head", "cdas_agent_elsewhere"):
        browser = logged_in(post)
        assert above(browser) == {}
        assert browser.get(page).status_code == 404
        assert browser.post(page, {"name": "À moi"}).status_code == 404
        assert browser.post(f"{page}/supprimer").status_code == 404
    assert [one.name for one in kept()] == ["Mes RSA"]


@pytest.mark.parametrize("role", sorted(HOLDERS[Permission.READ_TICKETS]))
def test_heads_and_the_secretariat_share_with_their_unit(logged_in: LogIn, role: Role) -> None:
    browser = logged_in(role.value)
    offered = "Pour tout mon service" in text_of(browser.get("/demandes"))
    assert offered == (role in SHARING)
    keep(browser, "Partagée", for_unit="1")
    assert [one.unit_code is not None for one in kept()] == [offered], (
        "who may not share keeps it for themself"
    )


def test_nobody_shares_by_another_road(world: World) -> None:
    with pytest.raises(NotPermitted, match="responsables"):
        saved_lists.save(world.cdas_agent, "Partagée", "vue=cours", for_unit=True)
    assert kept() == []


def test_another_head_of_the_unit_tends_what_the_unit_shares(logged_in: LogIn, world: World) -> None:
    shared = saved_lists.save(world.caf_secretariat, "Du matin", "vue=cours", for_unit=True)
    page = f"/demandes/listes/{shared}"
    assert logged_in("caf_lead").get(page).status_code == 404, "the head of another unit"
    browser = logged_in("caf_secretariat")
    assert browser.post(page, {"name": "Du soir"}).status_code == 303
    assert list(above(browser)) == ["Du soir"]
    assert browser.post(f"{page}/supprimer").status_code == 303
    assert above(browser) == {}
    assert browser.get(page).status_code == 404


def test_renaming_refuses_like_saving_and_keeps_what_was_typed(logged_in: LogIn, world: World) -> None:
    own(world.cdas_agent, "Autre")
    page = own(world.cdas_agent)
    browser = logged_in("cdas_agent")
    for name in ("autre", "Suivi 1234567"):
        answer = browser.post(page, {"name": name})
        assert answer.status_code == 422
        assert fields_of(answer, f"form[action='{page}']")["name"] == name
    assert browser.post(page, {"name": "mes rsa"}).status_code == 303, "its own name with other capitals"
    assert list(above(browser)) == ["Autre", "mes rsa"]


def test_a_filter_that_exists_no_more_is_left_out(logged_in: LogIn, world: World) -> None:
    """A view of another post, a benefit, a kind that went: the list opens with what is left."""
    a_submitted_ticket(world.cdas_agent)
    own(world.cdas_agent, "Ancienne", "vue=perdue&type=fax&prestation=rsa&etat=perdue&cdas=cdas-parti")
    browser = logged_in("cdas_agent")
    assert above(browser) == {"Ancienne": "/demandes?vue=cours&prestation=rsa"}
    assert browser.get("/demandes?vue=perdue&type=fax&prestation=rsa").status_code == 200


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_reads_no_request_keeps_no_list(logged_in: LogIn, post: str) -> None:
    browser = logged_in(post)
    assert browser.get("/demandes/listes").status_code == 403
    assert browser.post("/demandes/listes", {"name": "Rien", "here": "vue=cours"}).status_code == 403
    assert kept() == []
