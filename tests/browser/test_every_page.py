"""Every page of the demonstration in a real browser: axe in both schemes, and nothing sideways at any usual width.

By day each page as one of its readers sees it; by night as each role does.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service import demonstration
from tests import scale
from tests.browser.people import Person, faults, faults_in_the_dark
from tests.pages import crawl

pytestmark = [pytest.mark.browser]

WIDTHS = (320, 768, 1440)
OFFICE = 1280
"""The screen on which most of them work."""
OPEN = "() => document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
ON_SEVERAL_LINES = "() => [...document.querySelectorAll('.nav > ul')].some((menu) => menu.offsetHeight > 60)"
CUT = """() => [...document.querySelectorAll('.table-region:not(:has(.figures))')]
  .filter((region) => region.scrollWidth > region.clientWidth + 1).map((region) => region.innerText.slice(0, 60))"""
CUT_SHORT = """() => [...document.querySelectorAll('.stacked .row-action a')]
  .filter((link) => link.clientWidth && link.scrollWidth > link.clientWidth + 1).map((link) => link.innerText)"""
ALL = 1_000


@pytest.fixture(scope="module")
def pages(demonstration_template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[crawl.Seen]:
    """The pages to look at, by who sees them: found by following links, on a database of its own."""
    with crawl.demonstrated(demonstration_template, tmp_path_factory.mktemp("walk")) as app:
        found = [page for page in crawl.visits(app) if page.role != crawl.STRANGER and page.status == 200]
    return crawl.a_few(found, scale.count(1, ALL))


@pytest.fixture(scope="module")
def come(
    browser: Browser,
    serve: Callable[..., str],
    demonstration_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Person]]:
    """`come("Pilotage")` is that role of the demonstration in front of a browser of its own, always the same."""
    path = tmp_path_factory.mktemp("house") / "relais.sqlite3"
    address = serve(f"sqlite:///{shutil.copy(demonstration_template, path)}")
    with ExitStack() as leaving:

        @cache
        def enter(role: str) -> Person:
            email = next(one.email for one in demonstration.SHOWCASE if one.role == role)
            person = Person(browser, address, email, password=demonstration.PASSWORD)
            leaving.callback(person.close)
            return person

        yield enter


def test_nothing_is_refused_by_axe_nor_goes_sideways_on_any_page(
    pages: list[crawl.Seen], come: Callable[[str], Person]
) -> None:
    """R-01, R-17 (RGAA 10.11): with every fold open, in light and dark, from 320 to 1440 px.

    On an office screen no list is cut (a table of figures may be), and the menu is one line.
    """
    assert len({page.route for page in pages}) >= 90
    wrong = []
    for seen in pages:
        person = come(seen.role)
        page = person.go(seen.path)
        wrong += [f"{seen.where} ({seen.route}): {fault}" for fault in (*person.said, *_faults(page))]
        person.said.clear()
    assert wrong == []


def _faults(page: Page) -> Iterator[str]:
    page.evaluate(OPEN)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            yield f"{found} px wide at {width}"
        yield from (f"cut at {width}: {link!r}" for link in page.evaluate(CUT_SHORT))
    page.set_viewport_size({"width": OFFICE, "height": 900})
    yield from (f"cut at {OFFICE}: {table!r}" for table in page.evaluate(CUT))
    if page.evaluate(ON_SEVERAL_LINES):
        yield f"a menu of several lines at {OFFICE}"
    yield from faults(page)
    yield from faults_in_the_dark(page)
