"""A document on paper: tagged, in French, the same bytes for the same input, whole over its pages."""

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from service.pdf import CannotBePrinted
from service.statistics.document import Chart, Column, Section, Table
from service.statistics.open_data import csv_zip
from service.statistics.paper import pdf_file
from service.statistics.workbook import xlsx_file
from tests import tagged
from tests.statistics.sample import CDAS, PACK

ROOT = Path(__file__).resolve().parents[2]
HASHES = """
import hashlib
from service.statistics.open_data import csv_zip
from service.statistics.paper import pdf_file
from service.statistics.workbook import xlsx_file
from tests.statistics.sample import PACK
for make in (pdf_file, xlsx_file, csv_zip):
    print(hashlib.sha256(make(PACK)).hexdigest())
"""


@cache
def pack() -> PdfReader:
    return PdfReader(io.BytesIO(pdf_file(PACK)))


def read(page: int) -> str:
    """The words of a page, with plain spaces."""
    return " ".join(pack().pages[page].extract_text().split())


def test_it_is_tagged_in_french_and_has_its_title() -> None:
    assert tagged.faults(pdf_file(PACK)) == []
    assert pack().metadata is not None
    assert pack().metadata.title == PACK.title


def test_a_file_without_tags_is_told_apart() -> None:
    """What judges every document that Relais makes does find a fault where there is one."""
    bare, made = PdfWriter(), io.BytesIO()
    bare.add_blank_page(100, 100)
    bare.write(made)
    found = tagged.faults(made.getvalue())
    assert {"not marked as tagged", "not in French", "without a title"} <= {*found}


def test_the_cover_says_what_it_is_and_the_pages_which_one() -> None:
    assert PACK.title in read(0)
    assert "révision 2" in read(0)
    assert "80,9 %" in read(0)
    last = len(pack().pages)
    assert f"Page 2 sur {last}" in read(1)
    assert f"Page {last} sur {last}" in read(last - 1)
    assert PACK.title in read(last - 1)
    assert "Sommaire" in read(1)
    assert "1.2 Nature des demandes" in read(1)


def test_every_drawing_is_a_figure_with_its_description() -> None:
    found: list[str] = []

    def walk(node: object) -> None:
        node = getattr(node, "get_object", lambda: node)()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node.get("/Alt")))
            walk(node.get("/K"))

    root: Any = pack().trailer["/Root"]
    walk(root["/StructTreeRoot"]["/K"])
    described = [c.description for s in PACK.sections for c in s.charts if c.kind != "heat"]
    assert [any(text in alt for alt in found) for text in described] == [True] * len(described)


def test_a_long_table_repeats_its_head_on_the_next_page() -> None:
    rows = tuple(row for copy in range(4) for row in PACK.section("annex-cdas").tables[0].rows)
    table = replace(PACK.section("annex-cdas").tables[0], rows=rows)
    long = replace(PACK, sections=(Section("annex", "Annexe", tables=(table,)),))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf_file(long))).pages[2:]]
    assert len(pages) > 1
    assert all("Envoyées" in page for page in pages[:-1])
    assert "".join(pages).count("Maurepas") == 4


def test_the_words_of_every_cell_are_there() -> None:
    text = " ".join(" ".join(page.extract_text() for page in pack().pages).split())
    assert all(name.split()[-1] in text for name in CDAS)
    assert "80,9 % (203/251)" in text
    assert "1 204 h 00" in text
    assert "masqué" in text


def test_text_is_never_markup() -> None:
    bad = '#image("x") *gras* _it_ $x$ <a> @b \\ `c` [d]'
    section = Section("s", bad, bad, remarks=(bad,))
    made = PdfReader(io.BytesIO(pdf_file(replace(PACK, title=bad, sections=(section,)))))
    assert bad in " ".join(made.pages[0].extract_text().split())


def test_an_empty_table_says_so_and_its_drawing_stays_empty() -> None:
    table = Table("t", "Rien", "Quoi", (Column("a", "Nombre"),), ())
    charts = tuple(Chart(kind, "t", "Rien", "Rien.") for kind in ("bars", "lines", "heat"))
    made = pdf_file(replace(PACK, sections=(Section("s", "Rien", tables=(table,), charts=charts),)))
    assert "Rien à montrer pour cette période." in PdfReader(io.BytesIO(made)).pages[2].extract_text()


def test_a_sign_that_our_faces_do_not_have_is_refused() -> None:
    with pytest.raises(CannotBePrinted):
        pdf_file(replace(PACK, subtitle="un pictogramme \U0001f600"))


def test_the_same_document_gives_the_same_bytes_in_another_process_and_folder(tmp_path: Path) -> None:
    here = [hashlib.sha256(make(PACK)).hexdigest() for make in (pdf_file, xlsx_file, csv_zip)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    there = subprocess.run(
        [sys.executable, "-c", HASHES],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.split() == here
