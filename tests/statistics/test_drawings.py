"""A document on screen: each drawing has its title, its description and its table; texts stay texts."""

import io
import re
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from bs4 import BeautifulSoup, Tag
from flask import render_template
from pypdf import PdfReader

from service.statistics.document import SMALL, Chart, Column, Document, Row, Section, Share, Table
from service.statistics.drawings import axes, drawn, heat_levels
from service.statistics.drawings.sides import parted
from service.statistics.paper import pdf_file
from service.statistics.shown import shown
from tests.browser.gallery import create_gallery
from tests.statistics.sample import CALLS, PACK


def page(document: Document) -> BeautifulSoup:
    app, seen = create_gallery(), shown(document)
    with app.test_request_context():
        return BeautifulSoup(
            render_template("statistics/document.html", document=seen, around=seen.sections, parts=""),
            "html.parser",
        )


@cache
def pack() -> BeautifulSoup:
    return page(PACK)


def picture(chart: Chart, table: Table) -> BeautifulSoup:
    return BeautifulSoup(drawn("d", chart, table), "html.parser")


def a_table(*rows: Row, kind: str = "count", columns: int = 1) -> Table:
    return Table("t", "T", "Quoi", tuple(Column(f"c{n}", f"C{n}", kind) for n in range(columns)), rows)  # type: ignore[arg-type]


CHARTS = [chart for section in PACK.sections for chart in section.charts]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.title)
def test_each_drawing_has_its_title_its_description_and_its_table(chart: Chart) -> None:
    figure = next(
        one for one in pack().select("figure.chart") if one.strong and one.strong.text == chart.title
    )
    assert chart.description in figure.text
    if chart.kind != "heat":
        svg = figure.find("svg")
        assert isinstance(svg, Tag)
        assert svg["role"] == "img"
        named, described = str(svg["aria-labelledby"]).split()
        assert svg.find(id=named).text == chart.title
        assert svg.find(id=described).text == chart.description
    table = next(s.table(chart.table) for s in PACK.sections if chart in s.charts)
    beside = figure.parent.find("table")
    assert isinstance(beside, Tag)
    assert beside.caption is not None
    assert beside.caption.text == table.caption


def test_the_page_says_no_more_than_the_paper() -> None:
    """RGAA 13.3, 13.4 (R-26): each word of its headings, tables and sentences is in the PDF, as often at least."""
    paper = Counter(
        _words("\n".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf_file(PACK))).pages))
    )
    parts = pack().select("main h1, main h2, main h3, main caption, main td, main th, main section > p")
    page_s = Counter(word for part in parts for word in _words(part.get_text(" ")))
    assert len(page_s) > 200
    assert page_s.keys() - paper.keys() == set()
    figures = {word for word in page_s if word[0].isdigit()}
    assert {word: (page_s[word], paper[word]) for word in figures if page_s[word] > paper[word]} == {}


def _words(text: str) -> list[str]:
    return re.findall(r"[\w%,]+", text.replace("\u202f", " ").replace("\u00a0", " "))


def test_every_chart_kind_is_in_the_sample() -> None:
    assert {chart.kind for chart in CHARTS} == {"bars", "lines", "heat", "sides"}


def test_the_page_keeps_to_its_policy_and_names_nothing_twice() -> None:
    assert not pack().select("[style], style, main script")
    names = [tag["id"] for tag in pack().select("[id]")]
    assert len(names) == len(set(names))
    hatched = {str(tag["fill"])[5:-1] for tag in pack().select("[fill^=url]")}
    assert hatched <= set(names)


def test_every_table_has_its_caption_its_heads_and_its_region() -> None:
    for table in pack().select("table"):
        assert table.caption is not None
        assert table.select("thead th[scope=col]")
        assert len(table.select("tbody tr")) == len(table.select("tbody th[scope=row]"))
        region = table.parent
        assert isinstance(region, Tag)
        assert (region["role"], region["tabindex"]) == ("region", "0")


def test_the_contents_lead_to_every_section() -> None:
    leads = [str(link["href"])[1:] for link in pack().select(".contents a")]
    assert leads == [section["id"] for section in pack().select("main section[aria-labelledby]")]
    assert len(leads) == len(PACK.sections)


def test_the_head_says_title_revision_and_key_figures() -> None:
    head = pack().find("main")
    assert isinstance(head, Tag)
    assert head.h1 is not None
    assert head.h1.text == PACK.title
    assert "révision 2" in head.text
    assert [stat.text for stat in head.select(".stat strong")] == ["312", "80,9 %", "5 h 40", "4,9 %"]


def test_text_is_never_markup() -> None:
    bad = '<script>alert(1)</script> & "x" \''
    table = Table("t", bad, bad, (Column("a", bad), Column("b", bad)), (Row("r", bad, (3, 4)),), note=bad)
    charts = tuple(
        Chart(kind, "t", bad, bad, target=2, target_label=bad) for kind in ("bars", "lines", "heat")
    )
    section = Section("s", bad, bad, (table,), charts, (bad,))
    html = page(replace(PACK, title=bad, subtitle=bad, key_figures=((bad, bad, bad),), sections=(section,)))
    assert not html.select("main script")
    assert html.h1 is not None
    assert html.h1.text == bad


def test_hidden_and_absent_figures_are_not_drawn_as_zero() -> None:
    table = a_table(Row("a", "un", (SMALL,)), Row("b", "deux", (None,)), Row("c", "trois", (7,)))
    svg = picture(Chart("bars", "t", "T", "D"), table)
    assert len(svg.select("rect")) == 1
    assert [text.text for text in svg.select("text.ink")] == ["1–4", "–", "7"]


def test_a_line_is_broken_where_there_is_no_figure() -> None:
    shares = (Share(1, 2), None, Share(3, 4), Share(1, 1))
    rows = [Row(str(n), f"m{n}", (share,)) for n, share in enumerate(shares)]
    svg = picture(
        Chart("lines", "t", "T", "D", target=80, target_label="objectif"), a_table(*rows, kind="share")
    )
    curve = svg.select_one("path.curve[stroke-width]:not([stroke-dasharray])")
    assert curve is not None
    assert len(svg.select("circle:has(title)")) == 3
    assert [str(path["d"]).count("M") for path in svg.select("path.curve")][-1] == 2
    assert svg.select(".chart-target")


def test_a_total_row_is_not_drawn() -> None:
    table = a_table(Row("a", "un", (3,)), Row("all", "Ensemble", (3,), total=True))
    assert "Ensemble" not in picture(Chart("bars", "t", "T", "D"), table).text


@pytest.mark.parametrize("kind", ["bars", "lines", "sides"])
def test_nothing_to_draw_draws_nothing(kind: str) -> None:
    keys = ("departement", "caf", "closed")
    table = Table("t", "T", "Quoi", tuple(Column(key, key) for key in keys), ())
    assert picture(Chart(kind, "t", "T", "D"), table).svg  # type: ignore[arg-type]


def test_long_labels_make_the_bars_lie_down_and_months_are_shortened() -> None:
    assert axes.folded(["octobre 2025", "novembre 2025", "janvier 2026"], 40) == [
        ["oct.", "2025"],
        ["nov."],
        ["janv.", "2026"],
    ]
    assert axes.folded(["Allocations familiales"] * 3, 40) is None
    assert axes.folded(["0 à 2 jours"], 40) == [["0 à 2", "jours"]]


@pytest.mark.parametrize(
    ("highest", "marks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (42, [0, 10, 20, 30, 40, 50]),
        (312, [0, 100, 200, 300, 400]),
        (82, [0, 20, 40, 60, 80, 100]),
        (123456, [0, 50000, 100000, 150000]),
    ],
)
def test_marks_are_round_and_few(highest: float, marks: list[int]) -> None:
    assert axes.marks(highest) == marks


def test_closed_time_takes_a_fifth_at_most() -> None:
    assert parted([2, 2, 96]) == ([0.4, 0.4, 0.2], True)
    assert parted([8, 1, 1]) == ([0.8, 0.1, 0.1], False)
    assert parted([0, 0, 5]) == ([0, 0, 1], False)
    assert parted([0, 0, 0]) == ([0, 0, 0], False)


def test_the_busiest_hour_is_the_darkest() -> None:
    levels = heat_levels(CALLS)
    thursday = list(CALLS.column("h11")).index("3")
    assert levels[CALLS.rows[thursday].key][2] == 5
    assert levels[CALLS.rows[2].key][4] == 0
