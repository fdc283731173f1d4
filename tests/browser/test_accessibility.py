"""RGAA 4.1.2 where a real browser is needed: keyboard, focus, zoom, spacing, small screens, idle lock, slow line.

The main pages of the demonstration are opened once, by the roles that use them, and everything is measured there.
"""

import gzip
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from sqlite3 import connect

import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize
from sqlalchemy import update

from service import database, demonstration, handbook
from service.database import transaction
from service.models import Closure, Revision
from service.permissions import ROLE_LABELS, Role
from service.queries.reference import LINE
from service.routes.pages.about import MOST_OCTETS, MOST_REQUESTS, READABLE_WITHIN
from tests.browser.people import Person

pytestmark = [pytest.mark.browser]

WIDE, NARROW, LOW = (
    ViewportSize(width=wide, height=high) for wide, high in ((1280, 900), (320, 800), (1280, 256))
)
LONG_LIST = 60
"""Stops of the keyboard in one page: beyond, the way back is not walked whole."""
PARTS = 4
"""Stops more in a field for a date or a time: day, month, year, calendar."""
SLOW = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
"""A 3G line, in milliseconds and octets a second."""

TICKET = "a[href^='/demandes/UD-']"
VISITS: Mapping[Role, tuple[str, ...]] = {
    Role.CDAS_AGENT: (
        *(
            "/",
            "/signaler",
            "/demandes",
            TICKET,
            "/que-se-passe-t-il",
            "/nouvelle/appointment",
            "/statistiques",
        ),
        *("/compte", "/accessibilite", "/plan"),
    ),
    Role.CAF_SECRETARIAT: ("/", "/demandes", TICKET, "/messages", "/appels/nouveau"),
    Role.STEERING: ("/dossiers", "/convention", "/reunions"),
    Role.ADMIN: ("/sante", "/reglages", "/comptes"),
}

MARK = """() => {
  const stops = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const able = [...document.querySelectorAll(stops)].filter((one) =>
    !one.disabled && one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true }));
  const groups = new Map();
  able.forEach((one, place) => {
    const group = one.type === "radio" ? `${one.form?.action} ${one.name}` : one;
    if (!groups.has(group)) groups.set(group, place);
    one.dataset.stop = groups.get(group);
  });
  window.met = [];
  window.faint = [];
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => known.get(colour) ?? known.set(colour, painted(colour)).get(colour);
  const painted = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => {
    const [red, green, blue] = rgba(colour).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (one) => {
    for (let above = one.parentElement; above; above = above.parentElement) {
      const colour = getComputedStyle(above).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return "#ffffff";
  };
  document.addEventListener("focusin", ({ target }) => {
    window.met.push(Number(target.dataset.stop ?? -1));
    const ringed = target.closest(".choice") ?? target, style = getComputedStyle(ringed);
    const [low, high] = [light(style.outlineColor), light(ground(ringed))].sort((one, other) => one - other);
    const thick = style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
    if (!thick || (high + 0.05) / (low + 0.05) < 3)
      window.faint.push(`${target.outerHTML.slice(0, 80)} ${style.outline}`);
  });
  return [...new Set(groups.values())];
}"""
"""Numbers what the Tab key has to reach, in the order of the page, and notes what it does reach and how it shows."""

LOST = """() => {
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const scrolls = (one) => one.closest(".table-region, .contents, [data-scrolls]");
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) found.push(`${wide} px wide`);
  for (const one of document.querySelectorAll("body *")) {
    if (!shown(one) || one.clientWidth <= 1 || one.closest("svg, .hidden-visually, dialog")) continue;
    const style = getComputedStyle(one);
    const cut = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
    if (cut && !one.matches("input, select, textarea") &&
        (one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2))
      found.push(`cut: ${one.outerHTML.slice(0, 80)}`);
    if (style.position === "fixed" && one.getBoundingClientRect().height > innerHeight / 2)
      found.push(`covers the screen: ${one.outerHTML.slice(0, 80)}`);
  }
  const acting = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const controls = [...document.querySelectorAll(acting)]
    .filter((one) => shown(one) && !one.closest(".hidden-visually, .skip, dialog") && one.tabIndex >= 0)
    .map((one) => [one, one.getClientRects()]);
  for (const [one, boxes] of controls)
    if (!scrolls(one) && [...boxes].some((box) => box.left < -1 || box.right > innerWidth + 1))
      found.push(`out of sight: ${one.outerHTML.slice(0, 80)}`);
  controls.forEach(([one, boxes], place) => {
    for (const [other, others] of controls.slice(place + 1)) {
      if (one.contains(other) || other.contains(one) || scrolls(one) !== scrolls(other)) continue;
      if (one.form?.role === "search" && one.form === other.form) continue;
      const over = [...boxes].some((a) => [...others].some((b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3));
      if (over) found.push(`overlap: ${one.outerHTML.slice(0, 80)} / ${other.outerHTML.slice(0, 80)}`);
    }
  });
  return found;
}"""
"""What is cut, covered, out of sight or over something else in the page as it stands."""

UNSTYLED = """() => {
  const shown = () => {
    const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = new Range();
    for (let one = texts.nextNode(); one; one = texts.nextNode()) {
      range.selectNodeContents(one);
      if (one.data.trim() && range.getClientRects().length && one.parentElement.checkVisibility()) found.push(one);
    }
    return found;
  };
  const seen = shown(), sheets = [...document.styleSheets];
  sheets.forEach((sheet) => { sheet.disabled = true; });
  const left = new Set(shown());
  sheets.forEach((sheet) => { sheet.disabled = false; });
  return seen.filter((one) => !left.has(one)).map((one) => `gone without style: ${one.data.trim()}`);
}"""
"""The words that are seen and would be no more where style sheets are off."""

DISORDERED = """() => {
  const still = (one) => !one ||
    ["static", "relative"].includes(getComputedStyle(one).position) && still(one.parentElement);
  const parts = [...document.querySelectorAll("main :is(h1, h2, h3, legend, label, p, button, a, dt, dd, td, th)")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length
      && still(one) && !one.closest("dialog, svg, thead, .hidden-visually, .table-region"));
  return parts.slice(1).map((one, place) => [parts[place], one])
    .filter(([before, one]) => !before.contains(one)
      && one.getBoundingClientRect().bottom <= before.getBoundingClientRect().top)
    .map(([before, one]) => `${one.outerHTML.slice(0, 60)} stands above ${before.outerHTML.slice(0, 60)}`);
}"""
"""What stands in one column above what the code says before it."""

OPEN = "() => document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
    p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
TWICE = {"fontSizes": {"standard": 32, "fixed": 26}}
"""The size of text that the reader chose in the browser, at 200 %."""


@pytest.fixture(scope="module")
def house(
    serve: Callable[..., str], demonstration_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A server on the demonstration: its address, the file of its database."""
    path = tmp_path_factory.mktemp("house") / "relais.sqlite3"
    return serve(f"sqlite:///{shutil.copy(demonstration_template, path)}"), path


Come = Callable[..., Person]


@pytest.fixture(scope="module")
def come(browser: Browser, house: tuple[str, Path]) -> Iterator[Come]:
    """`come(Role.STEERING)` is that role of the demonstration in front of a browser of its own, always the same."""
    with ExitStack() as leaving:

        @cache
        def enter(role: Role) -> Person:
            email = next(one.email for one in demonstration.SHOWCASE if one.role == ROLE_LABELS[role])
            person = Person(browser, house[0], email, password=demonstration.PASSWORD, viewport=WIDE)
            leaving.callback(person.close)
            return person

        yield enter


Measures = dict[str, list[str]]
LOOKS = ("keyboard", "focus", "unstyled", "disordered", "spacing", "larger", "small")


@contextmanager
def _direct_line(path: Path, *, opens: bool) -> Iterator[None]:
    """The direct line open, or closed, whatever the hour."""
    engine, now = database.configure(f"sqlite:///{path}"), datetime.now(UTC)
    hour = timedelta(hours=1)
    with transaction() as session:
        line = Closure(
            calendar_code=LINE, starts_at=now - hour, ends_at=now + hour, opens=opens, reason="Essai"
        )
        session.add(line)
        session.execute(update(Revision).values(number=Revision.number + 1))
    try:
        yield
    finally:
        with transaction() as session:
            session.delete(session.merge(line))
            session.execute(update(Revision).values(number=Revision.number + 1))
        engine.dispose()


@pytest.fixture(scope="module")
def measured(come: Come, house: tuple[str, Path]) -> Measures:
    """What is wrong with each main page, by what was looked at."""
    wrong: Measures = {name: [] for name in LOOKS}
    for role, paths in VISITS.items():
        person = come(role)
        for path in paths:
            page = person.go(path) if path.startswith("/") else _follow(person, path)
            for name, found in _measure(page).items():
                wrong[name] += [f"{role} {page.url} {fault}" for fault in found]
    for opens, said in ((True, "Ouverte"), (False, "Fermée")):
        with _direct_line(house[1], opens=opens):
            page = come(Role.CDAS_AGENT).go("/")
            page.locator("main strong", has_text=re.compile(f"^{said}$")).wait_for()
            for name, found in _measure(page).items():
                wrong[name] += [f"line {said} {fault}" for fault in found]
    return wrong


def _follow(person: Person, link: str) -> Page:
    page = person.go("/demandes")
    page.locator(link).first.click()
    page.wait_for_load_state()
    return page


def _measure(page: Page) -> Measures:
    """In an order that leaves the page as it was for the next look."""
    found: Measures = {}
    stops = page.evaluate(MARK)
    found["keyboard"] = _walk_with_the_keyboard(page, stops)
    found["focus"] = page.evaluate("window.faint")
    page.evaluate(OPEN)
    found["unstyled"] = page.evaluate(UNSTYLED)
    page.set_viewport_size(NARROW)
    found["disordered"] = page.evaluate(DISORDERED)
    found["small"] = []
    for size in (NARROW, LOW):
        page.set_viewport_size(size)
        found["small"] += page.evaluate(LOST)
    page.set_viewport_size(NARROW)
    page.evaluate(SPACED)
    found["spacing"] = page.evaluate(LOST)
    page.set_viewport_size(WIDE)
    found["spacing"] += page.evaluate(LOST)
    page.evaluate("document.adoptedStyleSheets = []")
    found["larger"] = _in_larger_text(page)
    return found


def _in_larger_text(page: Page) -> list[str]:
    settings = page.context.new_cdp_session(page)
    settings.send("Page.enable")
    settings.send("Page.setFontSizes", TWICE)
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 34
    found: list[str] = page.evaluate(LOST)
    settings.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    settings.detach()
    return found


def _walk_with_the_keyboard(page: Page, stops: list[int]) -> list[str]:
    """Forwards from the top to beyond the end, then backwards to beyond the top."""
    parts = PARTS * page.locator("input[type=date], input[type=time], input[type=datetime-local]").count()
    forwards = _press(page, "Tab", len(stops) + parts)
    page.locator(f"[data-stop='{stops[-1]}']").last.focus()
    backwards = _press(page, "Shift+Tab", min(len(stops) + parts, LONG_LIST))
    found = []
    if forwards != stops:
        found.append(f"forwards {_parting(forwards, stops)}")
    wanted = stops[-2::-1][: len(backwards)]
    if backwards[: len(wanted)] != wanted:
        found.append(f"backwards {_parting(backwards, wanted)}")
    return found


def _press(page: Page, key: str, times: int) -> list[int]:
    page.evaluate("window.met = []")
    for _ in range(times):
        page.keyboard.press(key)
    met = [stop for stop in page.evaluate("window.met") if stop >= 0]
    return list(dict.fromkeys(met))


def _parting(met: list[int], wanted: list[int]) -> str:
    pairs = zip(met, wanted, strict=False)
    place = next(
        (place for place, (one, other) in enumerate(pairs) if one != other), min(len(met), len(wanted))
    )
    return f"part after {place} of {len(wanted)}: {met[place : place + 3]} for {wanted[place : place + 3]}"


# ---------------------------------------------------------------- keyboard and focus
def test_the_keyboard_reaches_everything_in_order_and_is_never_caught(measured: Measures) -> None:
    """RGAA 7.3, 12.8, 12.9: Tab goes through all that acts in the order of reading, and Shift with Tab back."""
    assert measured["keyboard"] == []


def test_the_focus_is_always_seen(measured: Measures) -> None:
    """RGAA 10.7, 3.3: a ring of 2 px at least, at 3:1 at least with what is around it."""
    assert measured["focus"] == []


# ---------------------------------------------------------------- without style
def test_without_its_style_a_page_says_the_same_words(measured: Measures) -> None:
    """RGAA 10.2, 3.1 (R-09): what is seen stays there without any style, so without any colour."""
    assert measured["unstyled"] == []


def test_the_order_of_the_code_is_the_order_of_the_screen(measured: Measures) -> None:
    """RGAA 10.3 (R-09): in one column, everything unfolded, nothing is moved above what comes before it."""
    assert measured["disordered"] == []


# ---------------------------------------------------------------- small screens, large letters
def test_a_narrow_or_low_screen_loses_nothing(measured: Measures) -> None:
    """RGAA 10.11, 13.9: 320 px wide, or 256 px high, everything unfolded."""
    assert measured["small"] == []


def test_the_reader_s_own_spacing_loses_nothing(measured: Measures) -> None:
    """RGAA 10.12: lines at 1.5, letters at 0.12, words at 0.16, paragraphs at 2; wide and at 320 px."""
    assert measured["spacing"] == []


def test_larger_text_loses_nothing(measured: Measures) -> None:
    """RGAA 10.4: text alone at 200 %, as the reader has set it in the browser."""
    assert measured["larger"] == []


# ---------------------------------------------------------------- idle lock
@pytest.fixture
def idle(come: Come, house: tuple[str, Path]) -> Callable[[float], Page]:
    """`idle(18.5)`: somebody has typed, and the server has seen nobody for so many minutes, nor has the page."""
    person = come(Role.CDAS_HEAD)
    page = person.page
    page.clock.install()
    person.go("/nouvelle/appointment")
    typed = page.locator("main textarea").first
    typed.fill("Un début de récit.")
    typed.focus()

    def leave(minutes: float) -> Page:
        own = "WHERE account_id = (SELECT id FROM account WHERE email = 'responsable@demo.example')"
        with closing(connect(house[1])) as kept, kept:
            seen = datetime.now(UTC) - timedelta(minutes=minutes)
            kept.execute(
                f"UPDATE login_session SET last_seen_at = ? {own}", (seen.strftime("%Y-%m-%d %H:%M:%S.%f"),)
            )
        page.clock.fast_forward(timedelta(minutes=minutes).seconds * 1000)
        return page

    return leave


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_a_session_warns_before_it_locks(
    idle: Callable[[float], Page], house: tuple[str, Path], key: str
) -> None:
    """RGAA 13.1 (R-17): two minutes before, announced; one key goes on, where one was, with what was typed."""
    page = idle(18.5)
    warning = page.get_by_role("alertdialog", name="Êtes-vous toujours là ?")
    warning.wait_for()
    assert "dans deux minutes" in warning.inner_text()
    assert page.evaluate("document.activeElement.textContent.includes('Continuer')")
    with page.expect_response("**/compte/session") as answer:
        page.keyboard.press(key)
    assert answer.value.request.method == "POST"
    assert answer.value.json()["seconds"] > 19 * 60
    assert not warning.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert page.locator("main textarea").first.input_value() == "Un début de récit."


def test_nobody_is_warned_who_was_active_elsewhere(idle: Callable[[float], Page]) -> None:
    """The server knows: the page asks it, and asking is nobody's click."""
    page = idle(0)
    with page.expect_response("**/compte/session") as answer:
        page.clock.fast_forward(18 * 60 * 1000 + 1000)
    assert answer.value.request.method == "GET"
    assert answer.value.json()["seconds"] > 19 * 60 - 30
    assert not page.locator("dialog[data-session]").is_visible()


def test_a_locked_session_says_so_and_gives_back_what_was_typed(idle: Callable[[float], Page]) -> None:
    page = idle(21)
    page.get_by_role("alertdialog", name="Votre session est verrouillée").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("main textarea").first.input_value() == "Un début de récit."
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.locator("#champ-password").wait_for()
    page.locator("#champ-password").fill(demonstration.PASSWORD)
    page.locator("#champ-password").press("Enter")
    page.get_by_role("button", name="Reprendre le formulaire").click()
    assert page.locator("main textarea").first.input_value() == "Un début de récit."


# ---------------------------------------------------------------- weight and time to read
CHAPTERS = [f"/aide/guide/{one.slug}" for one in handbook.chapters("guide.md")[1:]]


@pytest.mark.parametrize("path", ["/", "/demandes", "/signaler", TICKET, "/statistiques", *CHAPTERS])
def test_a_first_visit_is_light(come: Come, path: str) -> None:
    """R-33: 100 kB compressed and 12 requests at most, everything included, with nothing kept by the browser.

    A chapter of the guide is read to its end: its pictures count, though they are fetched when one comes to them.
    """
    person = come(Role.CDAS_AGENT)
    target = person.go("/demandes").locator(path).first.get_attribute("href") if path == TICKET else path
    fetched: list[Response] = []
    cold = person.page.context.new_page()
    cold.context.new_cdp_session(cold).send("Network.setCacheDisabled", {"cacheDisabled": True})
    cold.on("response", lambda answer: fetched.append(answer))
    cold.goto(f"{person.address}{target}", wait_until="networkidle")
    for picture in cold.locator("main img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("(one) => one.decode()")
    octets = sum(_on_the_line(answer) for answer in fetched)
    print(f"{path}: {octets:,} octets, {len(fetched)} requests")  # noqa: T201
    assert octets <= MOST_OCTETS
    assert len(fetched) <= MOST_REQUESTS
    assert {answer.url.startswith(person.address) for answer in fetched} == {True}


def _on_the_line(answer: Response) -> int:
    """Octets, as a proxy in front compresses them; fonts and pictures are compressed already."""
    body = answer.body() if answer.status < 300 else b""
    return len(body) if answer.url.endswith((".woff2", ".webp")) else len(gzip.compress(body))


def test_a_request_is_readable_soon_on_a_slow_line(come: Come) -> None:
    """R-33: on a 3G line, with nothing kept by the browser; not compressed here, so later than behind a proxy."""
    person = come(Role.CDAS_AGENT)
    target = person.go("/demandes").locator(TICKET).first.get_attribute("href")
    cold = person.page.context.new_page()
    line = cold.context.new_cdp_session(cold)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", SLOW)
    cold.goto(f"{person.address}{target}")
    painted = cold.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
          const first = list.getEntriesByName("first-contentful-paint")[0];
          if (first) done(first.startTime / 1000);
        }).observe({ type: "paint", buffered: true }))"""
    )
    print(f"readable after {painted:.2f} s")  # noqa: T201
    assert painted < READABLE_WITHIN
