"""Every page of the demonstration as each role may reach it: by the table of routes, then link after link.

Walked once; whoever has a question about pages asks what was seen, and nothing is opened or parsed again for it.
"""

import logging
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from service import database, demonstration, sealing
from service.app import create_app
from tests import settings
from tests.pages.conftest import Visitor
from tests.pages.html import plain

STRANGER = "personne"
LOOKED_AT = 2
"""So many pages of a route are parsed: what stands in a template stands in all its pages."""
_NO_PAGES = frozenset(
    {"pages.session_left", "pages.next_ticket", "pages.next_message", "pages.minutes", "pages.document_file"}
    | {"pages.si_year_file", "pages.elimination_file", "pages.summary_sheet", "pages.take_list"}
    | {"pages.print_ticket"}
)
"""Routes that give a file, a number or another page: dear to make, and nothing to look at."""
_NONSENSE = {"date": "31/02/2026", "number": "douze", "email": "nulle part"}
"""By kind of field that one types in; a choice can not be wrong on the page itself."""
_LINK = re.compile(r'<a [^>]*href="([^"]+)"')


@dataclass(frozen=True)
class Seen:
    """A page as somebody got it; `route` tells pages apart, with the action or the kind in it.

    `role` as the demonstration says it; `sent`: the answer to a form whose visible fields were left empty, but for
    those of `wrong`, which held what nobody means; `by_itself`: the address needs nothing to be known.
    """

    role: str
    path: str
    route: str
    status: int
    html: str
    sent: bool = False
    by_itself: bool = False
    wrong: tuple[str, ...] = ()

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, parsed."""
        return BeautifulSoup(self.html, "html.parser")

    @property
    def where(self) -> str:
        """Where a fault was found."""
        return f"{self.role} {'→ ' if self.sent else ''}{self.path}"

    @property
    def title(self) -> str:
        """The words of the title."""
        found = self.soup.select_one("head title")
        return plain(found.get_text()) if found else ""

    def ids(self) -> Counter[str]:
        """How often each id is given."""
        return Counter(str(one["id"]) for one in self.soup.select("[id]"))


@contextmanager
def demonstrated(template: Path, folder: Path) -> Iterator[Flask]:
    """The application on a copy of the demonstration, without limits and without a word in the log."""
    url = f"sqlite:///{shutil.copy(template, folder / 'relais.sqlite3')}"
    config = settings.config(url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    engine = database.configure(url)
    app = create_app(config)
    for limiter in app.extensions["limiter"]:
        limiter.enabled = False
    logging.disable(logging.CRITICAL)
    yield app
    logging.disable(logging.NOTSET)
    engine.dispose()


def walk(app: Flask) -> list[Seen]:
    """What a stranger and each role of the demonstration see; then what forms answer to nothing, and to nonsense."""
    seen: list[Seen] = []
    sent: set[str] = set()
    mistaken: set[str] = set()
    times = Counter[str]()
    for role, browser in _visitors(app):
        visited = list(_visit(app, role, browser))
        seen += visited
        for page in visited:
            times[page.route] += 1
            if times[page.route] <= LOOKED_AT and "required" in page.html:
                seen += _leave_empty(app, page, browser, sent)
                seen += _fill_wrongly(app, page, browser, mistaken)
    return seen


def visits(app: Flask) -> Iterator[Seen]:
    """What a stranger and each role of the demonstration see; no form is sent."""
    for role, browser in _visitors(app):
        yield from _visit(app, role, browser)


def a_few(seen: Iterable[Seen], of_each: int = LOOKED_AT) -> list[Seen]:
    """Some pages of each route, as their first readers saw them."""
    times, few = Counter[tuple[str, bool]](), []
    for page in seen:
        times[page.route, page.sent] += 1
        if times[page.route, page.sent] <= of_each:
            few.append(page)
    return few


def words(one: Tag) -> str:
    """What is read of a link or a button: its label, or its text."""
    return plain(str(one.get("aria-label") or one.get_text(" ")))


def _visitors(app: Flask) -> Iterator[tuple[str, Visitor]]:
    yield STRANGER, Visitor(app)
    for account in demonstration.SHOWCASE:
        browser = Visitor(app)
        assert browser.log_in(account.email, demonstration.PASSWORD).status_code == 303, account.email
        yield account.role, browser


def _visit(app: Flask, role: str, browser: Visitor) -> Iterator[Seen]:
    plain_paths = _without_parameters(app)
    waiting, asked = deque(["/introuvable", *plain_paths]), set()
    while waiting:
        path = waiting.popleft()
        route = _route(app, path)
        if route is None or route in asked:
            continue
        asked.add(route)
        answer = browser.get(path)
        if answer.mimetype == "text/html" and answer.status_code in {200, 403, 404}:
            yield Seen(role, path, route, answer.status_code, answer.text, by_itself=path in plain_paths)
            waiting.extend(_links(path, answer.text))


def _leave_empty(app: Flask, page: Seen, browser: Visitor, sent: set[str]) -> Iterator[Seen]:
    for form in page.soup.select('main form[method="post"]'):
        target = urljoin(page.path, str(form.get("action", page.path)))
        route = _route(app, target, "POST")
        if route is None or route in sent or not form.select("[required], [aria-required]"):
            continue
        sent.add(route)
        hidden = form.select("input[type=hidden][name]:not([name=csrf_token])")
        answer = browser.post(target, {str(one["name"]): str(one.get("value", "")) for one in hidden})
        if answer.mimetype == "text/html":
            yield Seen(page.role, target, route, answer.status_code, answer.text, sent=True)


def _fill_wrongly(app: Flask, page: Seen, browser: Visitor, sent: set[str]) -> Iterator[Seen]:
    for form in page.soup.select('main form[method="post"]'):
        target = urljoin(page.path, str(form.get("action", page.path)))
        route = _route(app, target, "POST")
        wrong = {
            str(one["name"]): _NONSENSE[kind]
            for one in form.select("[name]")
            if (kind := _kind(one)) in _NONSENSE
        }
        if route is None or route in sent or not wrong:
            continue
        sent.add(route)
        hidden = form.select("input[type=hidden][name]:not([name=csrf_token])")
        given = {str(one["name"]): str(one.get("value", "")) for one in hidden}
        answer = browser.post(target, given | wrong)
        if answer.mimetype == "text/html":
            yield Seen(
                page.role, target, route, answer.status_code, answer.text, sent=True, wrong=tuple(wrong)
            )


def _kind(field: Tag) -> str:
    return str(field.get("type", field.name))


def _without_parameters(app: Flask) -> list[str]:
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments and rule.endpoint.startswith("pages.")
    )


def _route(app: Flask, path: str, method: str = "GET") -> str | None:
    """The route of an address, with what makes it another page: which action, which kind of request."""
    try:
        endpoint, values = app.url_map.bind("localhost").match(urlsplit(path).path, method=method)
    except RequestRedirect:
        return None
    except HTTPException:
        return "nowhere" if path == "/introuvable" else None
    if not str(endpoint).startswith("pages.") or endpoint in _NO_PAGES:
        return None
    named = [
        str(values[name]) for name in ("name", "kind") if name in values and endpoint != "pages.job_page"
    ]
    return " ".join([str(endpoint), *named])


def _links(path: str, html: str) -> list[str]:
    # Read without parsing: most pages are seen by several roles, and few of those are looked at closely.
    found = [urljoin(path, unescape(link)) for link in _LINK.findall(html)]
    return [path.partition("#")[0] for path in found if path.startswith("/")]
