"""« Bilan annuel »: the year beside the year before, its annex, the targets of the COG; the same for the same facts."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from service.statistics import annual, cog
from service.statistics.annual_masking import SharedMonth
from service.statistics.document import Document, Hidden, Share, Table, frozen, thawed
from service.statistics.figures import MEASURES, Figures, figures_of, table_of
from service.statistics.masking import masked
from service.statistics.open_data import csv_zip
from service.statistics.periods import Month, Year
from service.statistics.publishing import units_of
from tests.statistics.walks import some_facts

YEAR, DECEMBER = Year(2026), Month(2026, 12)


def material(seed: int = 3, requests: int = 12) -> annual.Material:
    """A year whose only month with anything is December; the same figures stand for the year before."""
    facts = replace(some_facts(Random(seed), requests), period=YEAR)
    units, groups = units_of(facts)
    year: Figures = figures_of(facts)
    months = {}
    for name, measure in MEASURES.items():
        if measure.by_unit:
            table = table_of(name, units[name], DECEMBER.label, year)
            months[name] = [SharedMonth(table, masked(table, groups))]
    figures = {"2026": year, "2025": year, "2026-12": year}
    return annual.Material(YEAR, figures, units, groups, months, date(2027, 1, 5))


def table(document: Document, table_id: str) -> Table:
    return next(one for section in document.sections for one in section.tables if one.id == table_id)


def test_the_year_before_stands_beside_and_is_left_out_where_there_is_none() -> None:
    both = annual.report(material())
    alone = material()
    alone = replace(alone, figures={key: one for key, one in alone.figures.items() if key != "2025"})
    heads = [column.label for column in table(both, "I-1.channel").columns]
    assert heads == ["2026", "2025"]
    assert [column.label for column in table(annual.report(alone), "I-1.channel").columns] == ["2026"]
    assert both.key_figures[0][2].endswith("en 2025")


def test_tables_by_unit_are_in_the_annex_alone() -> None:
    report = annual.report(material())
    ids = [section.id for section in report.sections]
    first = ids.index(annual.ANNEX)
    assert not any(one.by_unit for section in report.sections[:first] for one in section.tables)
    assert all(one.by_unit for section in report.sections[first:] for one in section.tables)
    assert len(ids) == len(set(ids))


def test_a_year_of_one_month_tells_what_its_month_told() -> None:
    """R-IND, Documents: with one month hidden, the year of that unit is hidden."""
    hidden = 0
    for seed in range(20):
        given = material(seed)
        report = annual.report(given)
        for name in ("0.unit", "I-3.unit", "I-15.unit"):
            (month,) = given.months[name]
            for row, own in zip(month.shared.rows, table(report, name).rows, strict=True):
                for cell, year in zip(row.cells, own.cells, strict=True):
                    assert isinstance(year, Hidden) or not isinstance(cell, Hidden), (seed, name, row.key)
                    hidden += isinstance(cell, Hidden)
    assert hidden > 0


def test_the_same_facts_give_the_same_bytes_and_a_frozen_report_thaws() -> None:
    one, two = annual.report(material()), annual.report(material())
    assert frozen(one) == frozen(two)
    assert thawed(frozen(one)) == one
    assert csv_zip(one) == csv_zip(two)


def test_a_revision_says_what_moved_and_hides_small_moves_of_a_unit() -> None:
    first = annual.report(material(seed=5))
    later = material(seed=5)
    year = dict(later.figures["2026"])
    unit = next(iter(later.units["0.unit"]))
    rows = {row: dict(cells) for row, cells in year["0.unit"].items()}
    for column in ("urgent", "n"):
        rows[unit][column] = int(str(rows[unit][column])) + 2
    channels = {row: dict(cells) for row, cells in year["I-1.channel"].items()}
    channels["phone"]["n"] = int(str(channels["phone"]["n"])) + 2
    year |= {"0.unit": rows, "I-1.channel": channels}
    later = replace(later, figures={**later.figures, "2026": year}, revision=2, published=first)
    report = annual.report(later)
    moved = [row.key for row in report.section("revision").table("revision.moved").rows]
    assert "I-1.channel.phone.n" in moved
    assert not [key for key in moved if key.startswith(f"0.unit.{unit}")]


def test_the_targets_are_those_of_annexe_4() -> None:
    asked = {one.code: [str(one.of(year)) for year in range(2023, 2028)] for one in cog.TARGETS}
    assert asked["COG-08-24"] == ["25.8", "24.5", "23", "21", "18"]
    assert asked["COG-08-25"] == ["71", "75", "78", "82", "85"]
    assert asked["COG-08-26"] == ["83", "85", "86", "87", "88"]
    assert asked["COG-08-27"] == ["50", "60", "65", "80", "80"]
    assert asked["COG-08-22"] == ["85", "86", "87", "89", "91"]
    assert asked["COG-08-34"] == ["330000"] * 5
    assert asked["COG-08-35"] == ["82000"] * 5
    assert all(one.of(2028) is None for one in cog.TARGETS)


def test_our_figures_stand_beside_the_targets_and_repetition_is_not_comparable() -> None:
    figures: dict[str, Any] = {
        "I-9.repeated": {"all": {"share": Share(3, 40)}},
        "I-10.calls": {"answered": {"share": Share(8, 10)}},
        "I-11.usefulness": {str(mark): {"n": mark} for mark in range(1, 6)},
        "RD-1.held": {"a": {"n": 2}, "b": {"n": 3}},
    }
    section = cog.section(2026, figures)
    shares = section.table("cog.shares")
    ours = shares.column("ours")
    assert (ours["COG-08-24"], ours["COG-08-26"], ours["COG-08-22"]) == (
        Share(3, 40),
        Share(8, 10),
        Share(9, 15),
    )
    assert ours["COG-08-25"] is None
    assert "non comparable terme à terme" in str(shares.column("beside")["COG-08-24"])
    assert section.table("cog.numbers").column("ours")["COG-08-34"] == 5
    assert [column.key for column in cog.section(2027, figures).tables[0].columns] == [
        "target@2027",
        "ours",
        "beside",
    ]
    assert "ne fixe pas de cible pour 2029" in cog.section(2029, figures).sentence


def test_no_name_of_a_unit_starts_a_formula_in_the_data() -> None:
    """Open export: =, +, -, @, tab and their full-width forms."""
    names = ("=1+1", "+1", "-1", "@A1", "\t=1", "＝1", "＋1", "－1", "＠1")
    given = material()
    units = {
        name: {code: names[place % len(names)] for place, code in enumerate(rows)}
        if MEASURES[name].by_unit
        else rows
        for name, rows in given.units.items()
    }
    data = csv_zip(annual.report(replace(given, units=units)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
                assert not [cell for cell in row if cell[:1] in "=+@\t＝＋－＠" and cell], (name, row)
                assert row[0][:1] != "-", (name, row)
