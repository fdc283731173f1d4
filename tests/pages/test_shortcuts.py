"""The keys of the keyboard as the server writes them: one table, the same on the layer and on the help page."""

import re
from collections import Counter
from collections.abc import Callable

from service.permissions import Role
from service.routes.pages.navigation import ENTRIES
from service.routes.pages.shortcuts import GO_TO, TABLE
from tests.pages.conftest import Visitor

Enter = Callable[..., Visitor]
ROW = re.compile(r'data-keys="([^"]+)" data-does="([^"]*)"(?: data-to="([^"]+)")?')


def rows(page: str) -> list[tuple[str, str, str]]:
    return ROW.findall(page)


def test_no_two_rows_want_the_same_keys_and_none_begins_another() -> None:
    keys = [one.keys for place in TABLE.values() for one in place] + [
        f"g {entry.key}" for entry in ENTRIES if entry.key
    ]
    assert [one for one, times in Counter(keys).items() if times > 1] == []
    assert "g" not in keys


def test_each_role_finds_the_same_rows_over_a_page_and_on_the_help_page(logged_in: Enter) -> None:
    for role in Role:
        browser = logged_in(role.value)
        over, page = rows(browser.get("/compte").text), rows(browser.get("/aide/raccourcis").text)
        assert len(over) >= sum(map(len, TABLE.values()))
        assert page == over + over, role
        for keys, _, url in over:
            assert not url or browser.get(url).status_code == 200, f"{role} {keys}"


def test_the_menu_s_own_letters_lead_to_its_entries(logged_in: Enter) -> None:
    page = logged_in("cdas_agent").get("/").text
    assert ("g s", "go", "/signaler") in rows(page)
    assert ("g g", "go", "/reglages") not in rows(page)
    assert GO_TO in page


def test_a_choice_is_one_s_own_and_is_kept(logged_in: Enter) -> None:
    """WCAG 2.1.4: no script, no layer; a colleague keeps theirs, and it can be taken back."""
    mine, other = logged_in("cdas_agent"), logged_in("caf_agent")
    assert "shortcuts.js" in mine.get("/").text
    assert mine.post("/compte/raccourcis", {"on": "0"}).status_code == 303
    page = mine.get("/").text
    assert "shortcuts.js" not in page
    assert rows(page) == []
    assert len(rows(mine.get("/aide/raccourcis").text)) > 10
    assert "shortcuts.js" in other.get("/").text
    mine.post("/compte/raccourcis", {"on": "1"})
    assert "shortcuts.js" in mine.get("/").text


def test_a_stranger_has_no_shortcuts(visitor: Visitor) -> None:
    assert "shortcuts" not in visitor.get("/connexion").text
