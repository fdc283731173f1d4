"""Each kind of cell, as it is read."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from service.statistics import words
from service.statistics.document import KEPT_BACK, SMALL, Cell, Duration, Share
from service.statistics.shown import shown
from tests.statistics.sample import BY_CDAS, CHANNELS, PACK


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (0, "0"),
        (12345, "12\u202f345"),
        (-3, "−3"),
        (Decimal("-1234.50"), "−1\u202f234,50"),
        (Share(25, 40), "62,5\u00a0% (25/40)"),
        (Share(1204, 2078), "57,9\u00a0% (1\u202f204/2\u202f078)"),
        (Share(0, 0), "–"),
        (Duration(12600), "3\u00a0h\u00a030"),
        (Duration(1204 * 3600), "1\u202f204\u00a0h\u00a000"),
        (Duration(-2100), "−35\u00a0min"),
        (Duration(30), "moins\u00a0d’une\u00a0minute"),
        (date(2026, 11, 1), "1er novembre 2026"),
        (SMALL, "1–4"),
        (KEPT_BACK, "masqué"),
        (None, "–"),
        ("ligne <b>directe</b>", "ligne <b>directe</b>"),
    ],
)
def test_a_cell_is_read_in_french(cell: Cell, read: str) -> None:
    assert words.cell(cell) == read


def test_the_first_edition_is_not_called_a_revision() -> None:
    assert words.revision(PACK) == "Arrêté le 2 novembre 2026 · révision 2"
    assert words.revision(replace(PACK, revision=1)) == "Arrêté le 2 novembre 2026"


def test_only_a_table_by_service_says_how_it_is_masked() -> None:
    assert words.MASKED in words.notes(BY_CDAS)
    assert words.MASKED not in words.notes(CHANNELS)


def test_sections_are_numbered_without_skipping_a_level() -> None:
    numbers = [section.number for section in shown(PACK).sections]
    assert numbers[:5] == ["1", "1.1", "1.2", "1.3", "2"]
    alone = replace(PACK, sections=PACK.sections[1:3])
    assert [(section.number, section.level) for section in shown(alone).sections] == [("1", 1), ("2", 1)]
