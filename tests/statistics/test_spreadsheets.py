"""Spreadsheet and CSV: numbers are numbers, text stays text, nothing starts a formula."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from service import spreadsheet
from service.statistics.document import Column, Document, Row, Section, Table
from service.statistics.open_data import csv_file, csv_zip
from service.statistics.workbook import xlsx_file
from tests.statistics.sample import ACTIONS, ANSWERED, BALANCE, BY_CDAS, CLOCKS, PACK, USEFUL

FORMULAS = (
    "=1+1", "+1", "-1", "@SOMME(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1", " =1+1", "\u00a0=1",
    '=HYPERLINK("https://ailleurs.example")', "{=1}", "https://ailleurs.example", "'=1",
)  # fmt: skip


@cache
def opened(document: Document) -> Workbook:
    return load_workbook(io.BytesIO(xlsx_file(document)))


def sheet_of(table: Table) -> Worksheet:
    """The sheet that holds a table of the pack."""
    return next(sheet for sheet in opened(PACK) if sheet["A1"].value == table.caption)


def rows(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_file(table).decode("utf-8-sig")), delimiter=";"))


def planted() -> Document:
    """Every formula in every place where text stands."""
    table = Table(
        "t",
        FORMULAS[0],
        FORMULAS[0],
        (Column("a", FORMULAS[1], "text"),),
        tuple(Row(str(place), text, (text,)) for place, text in enumerate(FORMULAS)),
        note=FORMULAS[0],
    )
    return replace(
        PACK,
        title=FORMULAS[0],
        subtitle=FORMULAS[0],
        key_figures=((FORMULAS[0],) * 3,),
        sections=(Section(FORMULAS[0], FORMULAS[0], tables=(table,)),),
    )


# ---------------------------------------------------------------- spreadsheet
def test_each_table_has_its_sheet_and_the_first_one_leads_there() -> None:
    book = opened(PACK)
    tables = [table for section in PACK.sections for table in section.tables]
    assert len(book.sheetnames) == len(tables) + 1
    assert [book[name]["A1"].value for name in book.sheetnames[1:]] == [table.caption for table in tables]
    links = [
        cell.hyperlink.location for row in book["Sommaire"].iter_rows() for cell in row if cell.hyperlink
    ]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]


def test_sheet_names_are_ones_that_a_spreadsheet_takes() -> None:
    bad = Table("x", "[Par] canal : a/b\\c*d?’' " + "long " * 9, "", (), ())
    blank = Table("y", "?", "", (), ())
    book = opened(replace(PACK, sections=(Section("s", "S", tables=(bad, bad, blank, blank)),)))
    assert book.sheetnames[1:] == [
        "Par canal a b c d ’ long long",
        "Par canal a b c d ’ long (2)",
        "Tableau",
        "Tableau (2)",
    ]


def test_numbers_are_numbers_with_their_format() -> None:
    share, hours, running = (sheet_of(CLOCKS).cell(6, column) for column in (7, 3, 8))
    assert (share.value, share.number_format) == (pytest.approx(0.929), "0.0%")
    assert (hours.value, hours.number_format) == (1.2, "#,##0.00")
    assert running.value == 3
    assert [cell.value for cell in sheet_of(CLOCKS)[5]] == [
        "Étape", "Closes", "Médiane (heures)", "9 sur 10 en moins de (heures)", "Dans l’objectif (nombre)",
        "Dans l’objectif (sur)", "Dans l’objectif (%)", "En cours",
    ]  # fmt: skip
    assert sheet_of(USEFUL)["B6"].value == 3.6
    assert sheet_of(ACTIONS)["B6"].value == datetime(2026, 10, 6)  # noqa: DTZ001 - a spreadsheet knows no zone
    assert sheet_of(BALANCE)["B10"].value == -243


def test_what_is_hidden_is_text_and_what_is_not_there_a_dash() -> None:
    by_label = {row[0].value: [cell.value for cell in row[1:]] for row in sheet_of(BY_CDAS).iter_rows(6)}
    assert by_label["CDAS du Pays de Brocéliande"][:5] == ["1–4"] * 5
    assert by_label["CDAS du Pays de Guichen"][:2] == ["masqué"] * 2
    assert by_label["CDAS du Pays de Guichen"][5] == "–"


def test_a_share_among_counts_keeps_its_words() -> None:
    assert sheet_of(ANSWERED)["B7"].value == "91,9\u00a0% (102/111)"
    assert sheet_of(ANSWERED)["B9"].value == "6\u00a0min"
    assert sheet_of(ANSWERED)["B6"].value == 111


def test_a_formula_in_a_label_stays_text() -> None:
    for sheet in opened(planted()):
        types = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert types <= {"s"}
    assert opened(planted()).worksheets[1]["B6"].value == "=1+1"


def test_the_head_stays_in_sight_on_screen_and_on_paper() -> None:
    sheet = sheet_of(BY_CDAS)
    assert sheet.freeze_panes == "B6"
    assert sheet.print_title_rows == "$5:$5"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.column_dimensions["A"].width > 35


# ---------------------------------------------------------------- CSV
def test_csv_is_what_a_french_spreadsheet_opens() -> None:
    raw = csv_file(CLOCKS)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows(CLOCKS)[0] == {
        "Étape": "Tri", "Closes": "309", "Médiane (heures)": "1,20", "9 sur 10 en moins de (heures)": "3,40",
        "Dans l’objectif (nombre)": "287", "Dans l’objectif (sur)": "309", "Dans l’objectif (%)": "92,9",
        "En cours": "3",
    }  # fmt: skip
    assert rows(CLOCKS)[4]["Dans l’objectif (%)"] == ""
    assert rows(ACTIONS)[0]["Date"] == "2026-10-06"


def test_a_negative_number_stays_one_and_a_hidden_figure_stays_hidden() -> None:
    assert rows(BALANCE)[4]["Caf"] == "-243"
    assert rows(BY_CDAS)[11]["Envoyées"] == "1–4"


@pytest.mark.parametrize("text", FORMULAS[:14])
def test_no_cell_starts_a_formula(text: str) -> None:
    """Open export: no cell may start a formula."""
    assert spreadsheet.harmless(text) == f"'{text}"
    written = "".join(spreadsheet.lines([text], [[text, Decimal("-3.5"), -3]]))
    cells = list(csv.reader(io.StringIO(written.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert cells == [[f"'{text}"], [f"'{text}", "-3,5", "-3"]]


def test_ordinary_words_are_left_as_they_are() -> None:
    assert [spreadsheet.harmless(text) for text in ("1–4", "– rien", "a=b", "")] == [
        "1–4",
        "– rien",
        "a=b",
        "",
    ]


def test_all_tables_go_in_one_zip_in_their_order() -> None:
    with zipfile.ZipFile(io.BytesIO(csv_zip(PACK))) as archive:
        names = archive.namelist()
        assert archive.read(names[0]) == csv_file(PACK.sections[1].tables[0])
    assert names[:3] == ["01-i-1-channel.csv", "02-i-1-cdas.csv", "03-i-2-benefit.csv"]
    assert len(names) == sum(len(section.tables) for section in PACK.sections)
