"""RGAA 4.1.2 on every page of the demonstration that a role can reach, and on every form that is sent empty.

What a browser is needed for is in tests/browser/test_accessibility.py; the register of the 106 criteria, which names
these tests, in service/accessibility/.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from bs4 import Tag
from flask import Flask

from service import demonstration
from service.accessibility.register import REGISTER
from service.accessibility.statement import count, mention
from tests.factories import today
from tests.pages import crawl
from tests.pages.conftest import Visitor
from tests.pages.crawl import STRANGER, Seen, a_few, words
from tests.pages.html import plain

TEMPLATES = Path(__file__).parents[2] / "templates"
STYLE = Path(__file__).parents[2] / "service/static/relais.css"
FILES = re.compile(r"\.(pdf|csv|xlsx|zip|ics)(\?|$)")
FORMATS = {"pdf": "PDF", "csv": "CSV", "xlsx": "Tableur", "zip": "CSV", "ics": "iCalendar"}
MADE_TO_MEASURE = ("csv", "ics")
"""Of these the rows that the page shows make the weight: nothing is promised."""
PROMISED = re.compile(r"moins de (\d+) (ko|Mo)")
OCTETS = {"ko": 1_000, "Mo": 1_000_000}


@pytest.fixture(scope="module")
def house(demonstration_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with crawl.demonstrated(demonstration_template, tmp_path_factory.mktemp("crawl")) as app:
        yield app


@pytest.fixture(scope="module")
def seen(house: Flask) -> list[Seen]:
    """Every page, as its first reader got it and the next ones."""
    return crawl.walk(house)


@pytest.fixture(scope="module")
def few(seen: list[Seen]) -> list[Seen]:
    """Two pages of each route, and each answer to a form: enough for what stands in a template."""
    return a_few(seen)


@pytest.fixture(scope="module")
def visited(few: list[Seen]) -> list[Seen]:
    return [page for page in few if not page.sent]


@pytest.fixture(scope="module")
def refused(seen: list[Seen]) -> list[Seen]:
    """What forms that were left empty answered."""
    return [page for page in seen if page.sent and not page.wrong]


@pytest.fixture(scope="module")
def mistaken(seen: list[Seen]) -> list[Seen]:
    """What forms answered to dates, numbers and addresses that are none; the login only says that it refuses."""
    return [page for page in seen if page.wrong and page.path != "/connexion"]


def test_one_primary_button_a_screen(visited: list[Seen]) -> None:
    """What is folded away is another screen."""
    crowded = []
    for page in visited:
        shown = [one for one in page.soup.select("main .primary") if not one.find_parent(_is_folded)]
        crowded += [page.where] if len(shown) > 1 else []
    assert crowded == []


def _is_folded(part: Tag) -> bool:
    closed = part.name == "details" and not part.has_attr("open")
    return closed or part.name == "dialog" or part.has_attr("hidden")


def test_the_walk_reaches_most_pages(seen: list[Seen]) -> None:
    """Else the other tests would look at nothing: every role, a hundred routes, thirty forms."""
    assert {page.role for page in seen} == {STRANGER} | {account.role for account in demonstration.SHOWCASE}
    assert len({page.route for page in seen if not page.sent}) >= 100
    assert len([page for page in seen if page.sent]) >= 30
    assert [page.where for page in seen if page.status >= 500] == []


# ---------------------------------------------------------------- the document (RGAA 8, R-03, R-04)
def test_every_page_is_valid_html(seen: list[Seen]) -> None:
    """RGAA 8.1, 8.2 (R-03): html5lib finds nothing to correct, from the doctype to the last end tag."""
    wrong = []
    for page in a_few(seen, 1):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parse(page.html)
        lines = page.html.splitlines()
        wrong += [
            f"{page.where} {code} {lines[line - 1][max(0, column - 60) : column + 10]!r}"
            for (line, column), code, _ in parser.errors
        ]
    assert wrong == []


def test_ids_are_unique_and_what_is_pointed_at_exists(few: list[Seen]) -> None:
    """RGAA 8.2: labels, descriptions, headings of regions, links within the page."""
    wrong = []
    for page in few:
        ids = page.ids()
        wrong += [f"{page.where} twice: {name}" for name, times in ids.items() if times > 1]
        pointed = [
            (name, target)
            for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
            for one in page.soup.select(f"[{name}]")
            for target in str(one[name] if isinstance(one[name], str) else " ".join(one[name])).split()
        ]
        pointed += [("href", str(one["href"])[1:]) for one in page.soup.select('a[href^="#"]')]
        wrong += [f"{page.where} {name}={target}" for name, target in pointed if target not in ids]
    assert wrong == []


def test_pages_are_in_french_and_say_no_common_english_word(few: list[Seen]) -> None:
    """RGAA 8.3, 8.4, 8.7, 8.10 (R-03)."""
    assert [page.where for page in few if page.soup.html is None or page.soup.html.get("lang") != "fr"] == []
    marked = [str(one["lang"]) for page in few for one in page.soup.select("body [lang]")]
    assert all(re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", language) for language in marked)
    assert [page.where for page in few if page.soup.select("[dir]")] == []
    foreign = re.compile(
        r"\b(feedback|login|password|username|submit|download|upload|dashboard|and the)\b", re.I
    )
    assert [(page.where, found[0]) for page in few if (found := foreign.search(_said(page)))] == []


def test_titles_say_which_page_it_is_and_name_nobody(visited: list[Seen]) -> None:
    """RGAA 8.5, 8.6 (R-04, P-37): the page, then the service; two pages never share one; no name of a person."""
    assert [page.where for page in visited if not re.fullmatch(r"\S.* – Relais", page.title)] == []
    routes = defaultdict(set)
    for page in visited:
        routes[page.title].add(page.route)
    named = {"Page introuvable", "Action refusée"}
    assert {
        title: sorted(shared)
        for title, shared in routes.items()
        if len(shared) > 1 and title.removesuffix(" – Relais") not in named
    } == {}
    people = re.compile(r"\b(Démo|Exemple)-\w")
    assert [page.where for page in visited if people.search(page.title)] == []


# ---------------------------------------------------------------- structure (RGAA 9 and 12, R-05, R-06, R-24)
def test_one_main_heading_and_no_level_is_skipped(few: list[Seen]) -> None:
    """RGAA 9.1 (R-05). The summary of what is to be corrected may stand before the main heading."""
    wrong = []
    for page in few:
        levels = [
            int(one.name[1])
            for one in page.soup.select("h1, h2, h3, h4, h5, h6")
            if one.get("id") not in ("erreurs-titre", "verrou-titre")
        ]
        skipped = any(below - above > 1 for above, below in zip([0, *levels], levels, strict=False))
        if levels.count(1) != 1 or skipped:
            wrong.append(f"{page.where} {levels}")
    assert wrong == []


def test_the_same_landmarks_in_the_same_order_everywhere(few: list[Seen]) -> None:
    """RGAA 9.2, 12.2, 12.6 (R-05, R-24): header, content, footer; menu, then search, then account."""
    wrong = []
    for page in few:
        body = page.soup.body
        assert body is not None
        order = [one.name for one in body.find_all(["header", "main", "footer"], recursive=False)]
        inside = [
            place
            for one in page.soup.select("header nav.nav, header form[role=search], header .account")
            for place in ("nav", "search", "account")
            if place in (one.get("class") or []) or one.get("role") == place
        ]
        wanted = [place for place in ("nav", "search", "account") if place in inside]
        if order != ["header", "main", "footer"] or list(dict.fromkeys(inside)) != wanted:
            wrong.append(f"{page.where} {order} {inside}")
    assert wrong == []


def test_the_menu_is_the_same_on_every_page_of_a_role(seen: list[Seen]) -> None:
    """RGAA 12.2 (R-24)."""
    menus = defaultdict(set)
    for page in seen:
        found = re.search(r'<nav class="nav".*?</nav>', page.html, re.DOTALL)
        if page.status == 200:
            menus[page.role].add(tuple(re.findall(r'href="([^"]+)"', found[0])) if found else ())
    assert {role for role, menu in menus.items() if len(menu) != 1} == set()


def test_the_skip_link_comes_first_and_no_order_is_forced(few: list[Seen]) -> None:
    """RGAA 12.7, 12.8 (R-06)."""
    wrong = []
    for page in few:
        first = page.soup.select_one("body a, body button, body input")
        if first is None or first.get("href") != "#contenu":
            wrong.append(f"{page.where} {first}")
        wrong += [
            f"{page.where} {one}"
            for one in page.soup.select("[tabindex]")
            if one["tabindex"] not in ("0", "-1")
        ]
    assert wrong == []


def test_every_page_leads_to_the_statement_and_the_plan(few: list[Seen]) -> None:
    """R-24, R-28, R-31 (RGAA 12.1, 12.3 to 12.5): errors and the login too."""
    everybodys = {"/mentions-legales", "/protection-des-donnees", "/accessibilite", "/plan"}
    wrong = []
    for page in few:
        links = {str(one["href"]) for one in page.soup.select("footer a")}
        wrong += [f"{page.where} {missing}" for missing in sorted(everybodys - links)]
    assert wrong == []


def test_the_plan_is_every_page_that_the_role_may_open(seen: list[Seen]) -> None:
    """RGAA 12.1, 12.3 (R-24): no page that needs nothing in its address is missing, and none is offered in vain."""
    not_places = {"/plan", "/introuvable", "/connexion", "/connexion/code"}
    wrong = []
    for role in sorted({page.role for page in seen}):
        own = [page for page in seen if page.role == role and not page.sent]
        plan = next(page for page in own if page.route == "pages.site_map")
        offered = {str(link["href"]) for link in plan.soup.select("main a")}
        opened = {page.path for page in own if page.status == 200 and page.by_itself} - not_places
        answers = {page.path: page.status for page in own}
        wrong += [f"{role} misses {path}" for path in sorted(opened - offered)]
        wrong += [
            f"{role} {path} {answers[path]}" for path in sorted(offered) if answers.get(path, 200) != 200
        ]
    assert wrong == []


def test_exactly_one_mention_stands_on_every_page_and_on_the_statement(few: list[Seen]) -> None:
    """R-28, R-29: computed from the register, the same in the footer and at the head of the statement."""
    present = mention(today())
    wrong = []
    for page in few:
        footer = page.soup.footer
        said = re.findall(
            r"(?:totalement|partiellement|non) conforme", footer.get_text(" ") if footer else ""
        )
        if said != [present]:
            wrong.append(f"{page.where} {said}")
    assert wrong == []
    page = next(page for page in few if page.route == "pages.accessibility")
    state = page.soup.select_one("#etat ~ p strong")
    assert state is not None
    assert plain(state.get_text()) == present
    headings = {plain(one.get_text()) for one in page.soup.select("main h2, main h3")}
    imposed = {"État de conformité", "Résultats des tests", "Contenus non accessibles", "Voies de recours"}
    imposed |= {"Établissement de cette déclaration", "Retour d’information et contact"}
    assert imposed <= headings
    assert f"soit {count().share} %" in plain(page.soup.get_text(" "))
    assert len(page.soup.select("#registre ~ details tbody tr")) == len(REGISTER)


# ---------------------------------------------------------------- links (RGAA 6 and 13, R-20, R-25)
def test_links_say_where_they_lead(few: list[Seen]) -> None:
    """RGAA 6.1, 6.2 (R-20): never two targets under the same words, a figure in a table being read with its row."""
    wrong = []
    for page in few:
        targets = defaultdict(set)
        for link in page.soup.select("a[href]:not([data-error-summary] a)"):
            targets[_read(link)].add(str(link["href"]))
        wrong += [
            f"{page.where} {said!r} {sorted(to)[:3]}"
            for said, to in targets.items()
            if len(to) > 1 or not said
        ]
    assert wrong == []


def test_files_made_on_demand_weigh_what_is_said(house: Flask, few: list[Seen]) -> None:
    """R-20: no more than their link or their column says; one of each sort is made."""
    sorts: dict[str, tuple[Seen, str, int]] = {}
    for page in few:
        for link in page.soup.select("main a[href]"):
            address, cell = str(link["href"]), link.find_parent("td")
            found = FILES.search(address)
            if found is None or found[1] in MADE_TO_MEASURE:
                continue
            said = PROMISED.search(plain(f"{words(link)} {cell['data-label'] if cell else ''}"))
            assert said is not None, f"{page.where} {words(link)!r}"
            sort = re.sub(r"[A-Z]{2}-.{4}-.{4}|\d+", "…", address)
            sorts.setdefault(sort, (page, address, int(said[1]) * OCTETS[said[2]]))
    assert len(sorts) > 3
    for page, address, most in sorts.values():
        browser = Visitor(house)
        email = next(one.email for one in demonstration.SHOWCASE if one.role == page.role)
        assert browser.log_in(email, demonstration.PASSWORD).status_code == 303
        made = browser.get(address)
        assert (made.status_code, len(made.data) <= most) == (200, True), f"{address} {len(made.data)}"


def test_links_to_files_name_their_format(few: list[Seen]) -> None:
    """R-20: PDF, CSV, Tableur; a kept file says its size too."""
    wrong = []
    for page in few:
        for link in page.soup.select("main a[href]"):
            found = FILES.search(str(link["href"]))
            if found and FORMATS[found[1]] not in words(link):
                wrong.append(f"{page.where} {words(link)!r} {link['href']}")
            if "/fichiers/" in str(link["href"]):
                beside = plain(link.parent.get_text(" ")) if link.parent else ""
                if not re.search(r"\d+ (o|ko|Mo|octets)\b", beside):
                    wrong.append(f"{page.where} {beside!r}")
    assert wrong == []


def test_no_window_opens_without_a_word(few: list[Seen]) -> None:
    """RGAA 13.2 (R-25)."""
    opening = [(page.where, words(one)) for page in few for one in page.soup.select("[target]")]
    assert [(where, said) for where, said in opening if "(nouvel onglet)" not in said] == []


def _read(link: Tag) -> str:
    """The words of a link, with the headers of its row where it is but a figure in a table."""
    said, row = words(link), link.find_parent("tr")
    if row is None or not re.fullmatch(r"[\d\s.,%\u202f\u00a0]+", said):
        return said
    table = link.find_parent("table")
    cell = link.find_parent(["td", "th"])
    place = len(cell.find_previous_siblings(["td", "th"])) if cell else 0
    head = table.select("thead th") if table else []
    caption = table.caption.get_text(" ") if table and table.caption else ""
    first = row.find("th")
    column = head[place].get_text(" ") if place < len(head) else ""
    return plain(f"{caption} {first.get_text(' ') if first else ''} {column} {said}")


def test_no_tag_is_there_for_its_looks(few: list[Seen]) -> None:
    """RGAA 8.9: nothing empty, no line break to make room."""
    bare = "main p, main li, main h1, main h2, main h3, main h4, main dt"
    empty = [
        (page.where, str(one)[:90])
        for page in few
        for one in page.soup.select(bare)
        if not plain(one.get_text()) and not one.select("input, img, svg, textarea, select") and not one.attrs
    ]
    assert empty == []
    assert [page.where for page in few if re.search(r"<br>\s*<br>", page.html)] == []


# ---------------------------------------------------------------- tables and figures (RGAA 1 and 5, R-18, R-19, R-23)
def test_tables_have_a_caption_and_simple_headers(few: list[Seen]) -> None:
    """RGAA 5.1 to 5.8 (R-18): every header says of what, none is merged, none lays a page out."""
    wrong = []
    for page in few:
        for table in page.soup.select("table"):
            heads = table.select("th")
            if table.caption is None or not plain(table.caption.get_text()) or not heads:
                wrong.append(f"{page.where} without caption or headers: {plain(table.get_text(' '))[:60]}")
            wrong += [f"{page.where} {one}" for one in heads if one.get("scope") not in ("col", "row")]
            wrong += [f"{page.where} {one}" for one in table.select("[colspan], [rowspan], [role]")]
    assert wrong == []


def test_a_sorted_column_says_so(few: list[Seen]) -> None:
    """R-18: at most one a table, in words that assistive technology knows."""
    sorted_columns = [
        (page.where, [str(one["aria-sort"]) for one in table.select("[aria-sort]")])
        for page in few
        for table in page.soup.select("table")
    ]
    told = [(where, ways) for where, ways in sorted_columns if ways]
    assert told, "no list of the demonstration is sorted"
    assert [one for one in told if len(one[1]) > 1 or not set(one[1]) <= {"ascending", "descending"}] == []


def test_each_figure_is_a_drawing_of_a_table_beside_it(few: list[Seen]) -> None:
    """RGAA 1.6, 1.7 (R-19): what a drawing shows can be read in a table of the same figure or section."""
    wrong, met = [], 0
    for page in few:
        for figure in page.soup.select("figure:has(svg)"):
            met += 1
            around = figure if figure.select_one("table") else figure.find_parent(["section", "div"])
            if not isinstance(around, Tag) or around.select_one("table") is None:
                wrong.append(f"{page.where} {plain(figure.get_text(' '))[:80]}")
    assert met, "the demonstration shows no figure"
    assert wrong == []


def test_the_ledger_s_table_has_the_figures_of_its_drawing(few: list[Seen]) -> None:
    """RGAA 1.7 (R-19): the same stretches of time, with the same words, in the same order."""
    met = 0
    for page in few:
        for figure in page.soup.select("figure.ledger"):
            met += 1
            drawn = [plain(one.get_text()) for one in figure.select("rect > title")]
            rows = [
                [plain(cell.get_text()) for cell in row.select("td")]
                for row in figure.select("tbody tr:has(td[data-label])")
            ]
            assert drawn == [f"{name} : {words}, de {start} à {end}" for start, end, name, words in rows], (
                page.where
            )
    assert met, "the demonstration shows no ledger"


def test_decorations_are_hidden_and_other_images_are_named(few: list[Seen]) -> None:
    """RGAA 1.1, 1.2, 1.5, 1.8 (R-23): drawings of ours are hidden or have a name; there is no other image."""
    wrong = []
    for page in few:
        wrong += [
            f"{page.where} {one}"
            for one in page.soup.select("img:not([alt]), picture, canvas, input[type=image]")
        ]
        for drawing in page.soup.select("svg"):
            hidden = drawing.get("aria-hidden") == "true" or drawing.find_parent(
                attrs={"aria-hidden": "true"}
            )
            named = drawing.get("role") == "img" and (
                drawing.get("aria-label") or drawing.get("aria-labelledby")
            )
            inside = drawing.find_parent("svg") is not None
            if not (hidden or named or inside):
                wrong.append(f"{page.where} {str(drawing)[:100]}")
    assert wrong == []


def test_techniques_that_exclude_people_are_not_used(few: list[Seen]) -> None:
    """RGAA 2, 4, 1.4, 1.5, 8.9, 9.4, 10.1, 13.7, 13.8, 13.10, 13.12: no frame, media, captcha, quotation, flash."""
    banned = (
        "iframe, frame, object, embed, video, audio, applet, marquee, blink, bgsound, meta[http-equiv=refresh],"
        " [accesskey], [autoplay], [draggable], [contenteditable], font, center, big, strike, blockquote, q"
    )
    assert [(page.where, one.name) for page in few for one in page.soup.select(banned)] == []
    assert re.findall(r"@keyframes|animation:|animation-name|\bcontent: *\"\w", STYLE.read_text()) == []


def test_a_state_is_said_in_words_beside_its_colour(few: list[Seen]) -> None:
    """RGAA 3.1, 10.9 (R-09): what the style colours as late, soon, fine, of the Caf or of a CDAS says so in words."""
    coloured = ".pill, .late, .soon, .fine, .cdas, .caf"
    met = [(page.where, one) for page in few for one in page.soup.select(coloured)]
    assert len({str(one) for _, one in met}) > 50
    mute = [
        (where, str(one)[:120])
        for where, one in met
        if not plain(one.get_text()) and not (one.parent and plain(one.parent.get_text()))
    ]
    assert mute == []


def test_no_instruction_rests_on_a_colour_a_shape_or_a_place(few: list[Seen]) -> None:
    """RGAA 10.9, 10.10 (R-09): « the red button on the right » loses who sees neither."""
    placed = re.compile(
        r"\b((?<!de gauche )à (votre )?(droite|gauche)|ci-contre|en (rouge|vert|orange|bleu|violet|gras)|"
        r"(bouton|lien|icône|case|pastille|rond|carré|triangle) (rouge|verte?|bleue?|ronde?|carrée?))\b",
        re.I,
    )
    said = [
        (page.where, found[0]) for page in few if page.soup.main and (found := placed.search(_told(page)))
    ]
    assert said == []


def test_nothing_is_told_on_hover_only(few: list[Seen]) -> None:
    """RGAA 10.13, 10.14, 12.11 (R-22): no tooltip, and no rule of the stylesheet that shows something on hover."""
    titled = [(page.where, str(one)[:80]) for page in few for one in page.soup.select("[title]:not(iframe)")]
    assert titled == []
    on_hover = re.findall(r"[^{}]*:hover[^{}]*\{([^}]*)\}", STYLE.read_text())
    assert on_hover
    assert [
        rule for rule in on_hover if re.search(r"display|visibility|opacity|clip|height|content", rule)
    ] == []


# ---------------------------------------------------------------- forms (RGAA 11, R-10 to)
def test_every_field_has_its_visible_label(few: list[Seen]) -> None:
    """RGAA 11.1, 11.2, 11.4 (R-10): a label before the field. The search in the header is named by its button,

    and the hours of a day by the day above them and the words between them.
    """
    wrong = []
    for page in few:
        for one in _fields(page):
            label = one.find_parent("label") or page.soup.select_one(f'label[for="{one.get("id")}"]')
            hidden = one.has_attr("hidden") and one.get("aria-label")
            searched = one.find_parent(attrs={"role": "search"}) and one.get("aria-label")
            hour = one.get("type") == "time" and one.find_parent("fieldset") and one.get("aria-label")
            if not (hidden or searched or hour or (label and plain(label.get_text()))):
                wrong.append(f"{page.where} {one.get('name')}")
    assert wrong == []


def test_every_button_says_what_it_does(few: list[Seen]) -> None:
    """RGAA 7.1, 11.9: words, or a label."""
    assert [page.where for page in few for one in page.soup.select("button, summary") if not words(one)] == []


def test_autocomplete_is_for_one_s_own_data(few: list[Seen]) -> None:
    """RGAA 11.13 (R-10): the browser offers an agent's own address and codes, nothing of a family."""
    own = {
        "off",
        "username",
        "email",
        "current-password",
        "new-password",
        "one-time-code",
        "webauthn",
        "name",
        "tel",
    }
    told = [
        (page.where, token)
        for page in few
        for one in _fields(page)
        for token in str(one.get("autocomplete", "off")).split()
    ]
    assert [one for one in told if one[1] not in own] == []
    login = next(page for page in few if page.path == "/connexion" and page.role == STRANGER)
    assert {str(one.get("autocomplete")) for one in _fields(login)} == {"username", "current-password"}


def test_choices_and_parts_stand_under_a_legend(few: list[Seen]) -> None:
    """RGAA 11.5, 11.6 (R-11)."""
    wrong = []
    for page in few:
        wrong += [
            f"{page.where} {one.get('name')}"
            for one in page.soup.select("input[type=radio]")
            if one.find_parent("fieldset") is None
        ]
        for group in page.soup.select("fieldset"):
            legend = group.find("legend", recursive=False)
            if not isinstance(legend, Tag) or not plain(legend.get_text()):
                wrong.append(f"{page.where} fieldset {group.get('id')}")
    assert wrong == []


def test_what_is_expected_is_said_before_the_fields(few: list[Seen]) -> None:
    """RGAA 11.10 (R-12): in each form of several fields, in words, before the first that asks for an answer."""
    wrong = []
    for page in few:
        for form in page.soup.select('main form[method="post"]'):
            asked = [one for one in form.select("[required], [aria-required]") if not one.has_attr("hidden")]
            before = "".join(
                str(one) for one in form.find_all("p") if asked and _stands_before(one, asked[0])
            )
            if asked and len(_names(form)) > 1 and not re.search(r"réponses? (est|sont) attendue", before):
                wrong.append(
                    f"{page.where} {form.get('action')} {asked[0].get('name') or asked[0].get('id')}"
                )
    assert wrong == []


def test_an_empty_form_says_what_is_to_be_corrected(refused: list[Seen]) -> None:
    """RGAA 8.6, 11.10, 11.11, 7.5 (R-04, R-12, R-15): title, summary with links, the sentence beside the field."""
    wrong = []
    for page in refused:
        if page.status != 422 or not page.title.startswith("Erreur"):
            wrong.append(f"{page.where} {page.status} {page.title}")
            continue
        summary = page.soup.select_one("[data-error-summary][role=alert][tabindex='-1']")
        if summary is None:
            wrong.append(f"{page.where} no summary")
            continue
        for link in summary.select("a[href^='#champ-']"):
            field = page.soup.select_one(f'[id="{str(link["href"])[1:]}"]')
            described = str(field.get("aria-describedby", "")).split() if field else []
            errors = [name for name in described if name.endswith("-error")]
            if (
                field is None
                or (field.get("aria-invalid") != "true" and field.name != "fieldset")
                or not errors
            ):
                wrong.append(f"{page.where} {link['href']}")
    assert wrong == []


SAID_OTHERWISE = {"cdap_consulted_on"}
"""Looked at only after the answer that calls for it, which an empty form lacks."""


def test_each_wrong_value_has_its_own_sentence_beside_it(mistaken: list[Seen]) -> None:
    """RGAA 11.10, 11.11 (R-12): none of them is passed over, and each sentence is tied to its field."""
    assert len(mistaken) > 10
    wrong = []
    for page in mistaken:
        wrong += [f"{page.where} {page.status}"] if page.status != 422 else []
        for name in set(page.wrong) - SAID_OTHERWISE:
            field = page.soup.select_one(f'main [name="{name}"]')
            group = field.find_parent("fieldset") if field else None
            told = [one for one in (field, group) if one and "-error" in str(one.get("aria-describedby", ""))]
            if not told:
                wrong.append(f"{page.where} {name}")
    assert wrong == []


def test_changes_are_announced(few: list[Seen]) -> None:
    """RGAA 7.5 (R-15): where a script writes a message, the place is there before, and says that it speaks.

    What the demonstration's pages do not show at rest is looked at in its template.
    """
    met, wrong = Counter[str](), []
    for page in few:
        for place in ("[data-autosave-status]", "[data-session] > form > div"):
            for one in page.soup.select(place):
                met[place] += 1
                if one.get("role") != "status":
                    wrong.append(f"{page.where} {place}")
    assert len(met) == 2
    assert wrong == []
    for place, template in {
        "data-copied": "report/cdap_text.html",
        "data-key-said": "account/passkey.html",
        "data-chosen": "tickets/list.html",
    }.items():
        assert re.search(rf'<[^>]*\b{place}\b[^>]*role="status"', (TEMPLATES / template).read_text())


def test_nothing_is_sent_by_a_change() -> None:
    """RGAA 7.4, 13.11 (R-16): no script sends a form past its button.

    No line that listens to a change, or to the pointer while it is held down, sends or leaves.
    """
    for script in STYLE.parent.glob("*.js"):
        lines = script.read_text().splitlines()
        assert [line for line in lines if "submit()" in line] == []
        heard = [line for line in lines if re.search(r'"(change|pointerdown|mousedown|touchstart)"', line)]
        assert [line for line in heard if re.search(r"post|fetch|location|requestSubmit", line)] == []


def _fields(page: Seen) -> list[Tag]:
    return [
        one
        for one in page.soup.select("input, select, textarea")
        if one.get("type") not in ("hidden", "submit", "button")
    ]


def _names(form: Tag) -> set[str]:
    """The fields that ask for an answer: a box may stay empty, and the choice of a model only helps to write."""
    asking = form.select("[name]:not(button):not([type=checkbox]:not([required])):not(.insertion [name])")
    return {str(one["name"]) for one in asking if one.get("type") not in ("hidden", "submit")}


def _said(page: Seen) -> str:
    main = page.soup.select_one("main")
    return (
        plain(" ".join(one.get_text(" ") for one in main.select("h1, h2, legend, label, button")))
        if main
        else ""
    )


def _told(page: Seen) -> str:
    """The words of a page of work: the guide's own describe its pictures to who does not see them."""
    main = page.soup.select_one("main")
    return plain(main.get_text(" ")) if main and not main.select_one(".guide") else ""


def _stands_before(one: Tag, other: Tag) -> bool:
    return any(following is other for following in one.find_all_next())
