"""What moved in a list since its page was made: said beside it, by a question that nobody's click asked."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from service.database import reading
from service.operations import acts, kept_out
from service.queries import keyset, lists
from service.queries.lists import LIVE_STATES, Filters
from tests.api.test_lists import analyzed, many_tickets
from tests.cost import statements
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import plain, soup
from tests.plans import plan

LogIn = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


def question(visitor: Visitor, address: str = "/demandes?vue=caf") -> str:
    """The address that the page of a list asks by itself."""
    (place,) = soup(visitor.get(address)).select("[role=status][data-refresh-url]")
    assert place.get_text() == "", "nothing is said of a page just made"
    return str(place["data-refresh-url"])


def said(visitor: Visitor, asked: str) -> str:
    """What the page is told; empty for nothing."""
    answer = visitor.get(asked)
    assert answer.status_code in (200, 204)
    return plain(soup(answer).get_text(" "))


def test_what_arrives_changes_or_leaves_is_counted_once(
    logged_in: LogIn, world: World, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, leaving = (a_submitted_ticket(world.cdas_agent).reference for _ in range(2))
    hour.is_now(19, 10, 1)
    browser = logged_in("caf_secretariat")
    asked = question(browser)
    assert said(browser, asked) == ""
    hour.is_now(19, 10, 2)
    acts.perform(world.caf_agent, kept, "take", {})
    assert said(browser, asked) == "1 demande a changé – Actualiser"
    hour.is_now(19, 10, 3)
    acts.perform(world.caf_agent, kept, "ask", {"question": "Depuis quand ?"})
    acts.perform(world.cdas_agent, leaving, "cancel", {"reason": "Réglé."})
    a_submitted_ticket(world.cdas_agent_elsewhere)
    assert said(browser, asked) == "3 demandes ont changé – Actualiser"
    monkeypatch.setattr(keyset, "COUNT_LIMIT", 2)
    assert said(browser, asked) == "Plus de 2 demandes ont changé – Actualiser"
    assert said(browser, question(browser)) == "", "the list as it is now"


def test_what_another_list_shows_is_not_told(logged_in: LogIn, world: World, hour: Hour) -> None:
    ticket = a_submitted_ticket(world.cdas_agent).reference
    hour.is_now(19, 10, 1)
    browser = logged_in("caf_secretariat")
    asked = [
        question(browser, f"/demandes?vue={view}") for view in ("cdas", "terminees", "cours&type=handover")
    ]
    hour.is_now(19, 10, 2)
    acts.perform(world.caf_agent, ticket, "take", {})
    assert [said(browser, one) for one in asked] == ["", "", ""]
    acts.perform(world.caf_agent, ticket, "ask", {"question": "Depuis quand ?"})
    assert [said(browser, one) for one in asked] == ["1 demande a changé – Actualiser", "", ""]


def test_the_link_leads_to_the_same_list(logged_in: LogIn, world: World, hour: Hour) -> None:
    browser = logged_in("caf_secretariat")
    asked = question(browser, "/demandes?vue=cours&prestation=rsa")
    hour.is_now(19, 10, 2)
    a_submitted_ticket(world.cdas_agent)
    (link,) = soup(browser.get(asked)).select("a")
    assert link["href"] == "/demandes?vue=cours&prestation=rsa"


def test_r_dp_1_nobody_hears_of_what_they_may_not_read(logged_in: LogIn, world: World, hour: Hour) -> None:
    """Not of another CDAS, whatever rows one says one was shown; nor of a family one is kept from (invariant 8)."""
    ticket = a_submitted_ticket(world.cdas_agent).reference
    stranger, kept = logged_in("cdas_agent_elsewhere"), logged_in("other_cdas_agent")
    asked = f"{question(stranger, '/demandes?vue=cours')}{ticket}"
    asked_by_kept = question(kept, "/demandes?vue=cours")
    hour.is_now(19, 10, 2)
    kept_out.declare(world.cdas_head, ticket, world.other_cdas_agent.account_id)
    acts.perform(world.caf_agent, ticket, "take", {})
    assert said(stranger, asked) == ""
    assert said(kept, asked_by_kept) == ""


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_reads_no_request_asks_nothing(logged_in: LogIn, post: str) -> None:
    assert logged_in(post).get("/demandes/changements").status_code == 403


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "?depuis=",
        "?depuis=hier",
        "?depuis=2026-11-19T10:00:00&lignes=.%00.UD",
        "?depuis=2999-01-01T00:00:00Z",
    ],
)
def test_what_can_not_be_the_instant_of_a_page_is_answered_by_nothing(
    logged_in: LogIn, world: World, parameters: str
) -> None:
    a_submitted_ticket(world.cdas_agent)
    answer = logged_in("caf_agent").get(f"/demandes/changements{parameters}")
    assert (answer.status_code, answer.text) == (204, "")


def test_asking_keeps_no_session_awake(logged_in: LogIn, world: World, hour: Hour) -> None:
    """A browser that stays open says nothing of whoever sits before it, with TLS or without."""
    browser, start = logged_in("caf_agent"), hour.instant
    asked = question(browser)
    for minute in range(1, 20):
        hour.instant = start + timedelta(minutes=minute)
        assert browser.get(asked).status_code == 204
    hour.instant = start + timedelta(minutes=21)
    answer = browser.get(asked)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/connexion")


def test_asking_costs_two_statements_whatever_the_list_holds(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    browser = logged_in("caf_secretariat")
    asked = question(browser)
    many_tickets(60)
    hour.is_now(19, 10, 2)
    a_submitted_ticket(world.cdas_agent)
    with statements() as sent:
        assert said(browser, asked) == "1 demande a changé – Actualiser"
    assert len(sent) == 2


def test_what_moved_is_read_from_what_was_recorded_since(world: World, hour: Hour) -> None:
    """Not from all that is under way: an act a minute is what there is to read."""
    many_tickets(50, closed=10)
    shown = [a_submitted_ticket(world.cdas_agent).reference for _ in range(3)]
    analyzed()
    for actor in (world.caf_secretariat, world.cdas_agent):
        read = plan(lists.moved(actor, Filters(states=LIVE_STATES), hour.instant, shown).limit(1001))
        assert "ix_journal_entry_recorded_at" in read, read
        assert "Seq Scan on ticket" not in read
        assert "SCAN ticket" not in read
    with reading() as session:
        assert keyset.count(session, lists.moved(world.caf_lead, Filters(), hour.instant, [])) == 0
