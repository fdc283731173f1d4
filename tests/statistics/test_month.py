"""A month written and counted by hand: every figure is the hand's (R-IND-I-1 to I-15, R-IND-II-1 to II-7, R-RD)."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from service.statistics.document import Cell, Column, Duration, Share
from service.statistics.facts import Facts
from service.statistics.figures import MEASURES, figures_of
from service.statistics.periods import Month
from tests.statistics import played, slowly

HERE = Path(__file__).parent
OCTOBER = Month(2026, 10)


@lru_cache(maxsize=1)
def october() -> Facts:
    return played.month_of(OCTOBER, **played.read((HERE / "month.txt").read_text(), 2026))


@lru_cache(maxsize=1)
def slow_october() -> Mapping[str, Mapping[str, Mapping[str, Cell]]]:
    return slowly.figures(october())


@lru_cache(maxsize=1)
def by_hand() -> Mapping[str, tuple[list[str], Mapping[str, list[str]]]]:
    """By measure: the columns, and the words of each row."""
    found: dict[str, tuple[list[str], dict[str, list[str]]]] = {}
    for line in (HERE / "month_expected.txt").read_text().splitlines():
        words = line.partition("#")[0].split()
        if words and words[0].startswith("["):
            rows: dict[str, list[str]] = {}
            found[words[0].strip("[]")] = (words[1:], rows)
        elif words:
            rows[words[0]] = words[1:]
    return found


def cell_of(column: Column, word: str | None, measure: str) -> Cell:
    """What a word of the table says, in a column of that kind; None: the row is not written."""
    if word == "–":
        return None
    match column.kind:
        case "count" | "number":
            return Decimal(word) if word and "." in word else int(word or 0)
        case "share":
            part, whole = (word or "0/0").split("/")
            return Share(int(part), int(whole))
        case _:
            if word is None:
                return Duration(0) if measure.startswith("I-13") else None
            hours, minutes = word.split(":")
            return Duration(int(hours) * 3600 + int(minutes) * 60)


def test_every_measure_was_counted_by_hand():
    assert set(by_hand()) == set(MEASURES)
    assert len(october().tickets) == 51
    assert (october().notices, october().remarks, len(october().actions)) == (1, 3, 4)


@pytest.mark.parametrize("name", MEASURES)
def test_the_figures_of_the_month_are_those_counted_by_hand(name: str):
    """R-IND-I-1 to I-15, R-IND-II-1 to II-7, R-RD, R-GO-4; R-PE-4: a notice is in none of them."""
    columns, lines = by_hand()[name]
    measure = MEASURES[name]
    assert columns == [column.key for column in measure.columns]
    assert set(lines) <= set(measure.rows(october()))
    expected = {
        row: {
            column.key: cell_of(column, lines[row][place] if row in lines else None, name)
            for place, column in enumerate(measure.columns)
        }
        for row in measure.rows(october())
    }
    assert figures_of(october())[name] == expected
    assert slow_october()[name] == expected


def test_the_worked_example():
    """R-CLK-1, R-CLK-2, R-CLK-5: triage 1 h 00, prise en charge 3 h 00, réponse 7 h 30 with 6 h 00 waited."""
    example = next(ticket for ticket in october().tickets if ticket.reference == "U01")
    runs = {run.name: run for run in example.timings}
    assert (runs["triage"].business, runs["triage"].elapsed) == (3600, 65 * 3600 + 1800)
    assert runs["take"].business == 3 * 3600
    assert (runs["answer"].business, runs["answer"].waited) == (7 * 3600 + 1800, 6 * 3600)
    assert runs["answer"].within is True
    alone = slowly.figures(october().only({example.id}))["I-13.side"]
    quick = figures_of(october().only({example.id}))["I-13.side"]
    hours = {"cdas": 6.5, "caf_secretariat": 1, "caf_prestations": 6.5, "caf_social": 0, "closed": 82}
    assert {side: cells["time"] for side, cells in quick.items()} == {
        side: Duration(int(number * 3600)) for side, number in hours.items()
    }
    assert alone == quick
