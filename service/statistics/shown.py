"""A document as it is read: its words, its numbers of sections, its drawings. Page and paper are made of this alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from service.statistics import words
from service.statistics.document import Cell, Chart, Document, Duration, Hidden, Row, Section, Share, Table
from service.statistics.drawings import drawn, heat_levels
from service.workflows import french

LONG_TABLE = 8

Address: TypeAlias = Callable[[str, str, str, Cell], str]
"""Where a cell leads, by its table, row and column; nothing where it leads nowhere."""


def nowhere(_table: str, _row: str, _column: str, _cell: Cell) -> str:
    """A frozen document leads nowhere: what it counted may be gone."""
    return ""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """`heat` is 0 to 5 in a tinted table; `url`: the requests that it counts."""

    text: str
    numeric: bool
    soft: bool
    heat: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """The first cell heads the row."""

    label: str
    cells: tuple[ShownCell, ...]
    total: bool


@dataclass(frozen=True, slots=True)
class ShownChart:
    """`svg` is empty where the chart is the table itself, tinted."""

    name: str
    title: str
    description: str
    svg: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """`heads`: label, and whether figures stand below. `folded`: a drawing above says the same in less room.

    `worded`: it holds sentences, which are read one under the other where the screen is narrow.
    """

    anchor: str
    caption: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[ShownRow, ...]
    notes: tuple[str, ...]
    charts: tuple[ShownChart, ...]
    folded: bool
    tinted: bool
    worded: bool


@dataclass(frozen=True, slots=True)
class ShownVoice:
    """What one institution says. `side`: its mark; `about`: a theme, or nothing."""

    side: str
    who: str
    about: str
    day: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownSection:
    """`number` is « 2 », « 2.3 », or nothing around the figures; `indicator` is « I-1 » or nothing."""

    anchor: str
    number: str
    level: int
    title: str
    indicator: str
    sentence: str
    tables: tuple[ShownTable, ...]
    remarks: tuple[str, ...]
    voices: tuple[ShownVoice, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """Everything that is read, in French, in its order. `added`: what was written around it, and when."""

    title: str
    subtitle: str
    revision: str
    key_figures: tuple[tuple[str, str, str], ...]
    sections: tuple[ShownSection, ...]
    added: str = ""


def shown(document: Document, address: Address = nowhere) -> ShownDocument:
    """What page and paper show of a document; on the live page its cells lead to what they count."""
    numbers = _numbers([section.level for section in document.sections])
    return ShownDocument(
        title=document.title,
        subtitle=document.subtitle,
        revision=words.revision(document),
        key_figures=document.key_figures,
        sections=tuple(
            _section(section, number, address)
            for section, number in zip(document.sections, numbers, strict=True)
        ),
    )


def _numbers(levels: Sequence[int]) -> Iterator[str]:
    """« 1 », « 1.1 », « 1.2 », « 2 »; a section before any chapter is numbered as one, so that no level is skipped."""
    chapter = part = 0
    in_chapter = False
    for level in levels:
        in_chapter = in_chapter or level == 1
        if level == 1 or not in_chapter:
            chapter, part = chapter + 1, 0
            yield str(chapter)
        else:
            part += 1
            yield f"{chapter}.{part}"


def _section(section: Section, number: str, address: Address) -> ShownSection:
    return ShownSection(
        anchor=words.anchor(f"partie-{section.id}"),
        number=number,
        level=2 if "." in number else 1,
        title=section.title,
        indicator=words.indicator(section.id),
        sentence=section.sentence,
        tables=tuple(
            _table(table, [chart for chart in section.charts if chart.table == table.id], address)
            for table in section.tables
        ),
        remarks=section.remarks,
    )


def _quiet(table: Table, charts: Sequence[Chart]) -> tuple[Row, ...]:
    """The rows of a long table in which there is nothing: one line says so. By unit, each 0 stands in its place."""
    if table.by_unit or charts or len(table.rows) <= LONG_TABLE:
        return ()
    quiet = tuple(row for row in table.rows if not row.total and all(map(_is_nothing, row.cells)))
    return quiet if 1 < len(quiet) < len(table.rows) - 1 else ()


def _is_nothing(cell: Cell) -> bool:
    return cell in (None, 0, Share(0, 0), Duration(0))


def _said_of(quiet: Sequence[Row]) -> tuple[str, ...]:
    return (f"Rien à compter pour : {' ; '.join(row.label for row in quiet)}.",) if quiet else ()


def _table(table: Table, charts: Sequence[Chart], address: Address) -> ShownTable:
    anchor = words.anchor(table.id)
    tinted = any(chart.kind == "heat" for chart in charts)
    quiet = _quiet(table, charts)
    return ShownTable(
        anchor=anchor,
        caption=table.caption,
        heads=(
            (table.head, False),
            *((column.label, column.kind not in ("text", "date")) for column in table.columns),
        ),
        rows=_rows(
            replace(table, rows=tuple(row for row in table.rows if row not in quiet)), tinted, address
        ),
        notes=(*_said_of(quiet), *words.notes(table)),
        charts=tuple(
            _chart(f"{anchor}-dessin-{place}", chart, table) for place, chart in enumerate(charts, 1)
        ),
        folded=any(chart.kind != "heat" for chart in charts) and len(table.rows) > LONG_TABLE,
        tinted=tinted,
        worded=any(column.kind == "text" for column in table.columns),
    )


def _rows(table: Table, tinted: bool, address: Address) -> tuple[ShownRow, ...]:
    heat = heat_levels(table) if tinted else {}
    return tuple(
        ShownRow(
            french.capital(row.label),
            tuple(
                _cell(cell, column.kind, level, address(table.id, row.key, column.key, cell))
                for cell, column, level in zip(
                    row.cells, table.columns, heat.get(row.key, (0,) * len(row.cells)), strict=True
                )
            ),
            row.total,
        )
        for row in table.rows
    )


def _cell(cell: Cell, kind: str, level: int, url: str) -> ShownCell:
    numeric = kind not in ("text", "date")
    return ShownCell(words.cell(cell), numeric, isinstance(cell, Hidden) or _is_nothing(cell), level, url)


def _chart(name: str, chart: Chart, table: Table) -> ShownChart:
    return ShownChart(name, chart.title, chart.description, drawn(name, chart, table))
