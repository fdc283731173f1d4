"""docs/reliability.md names tests that exist, commands that exist, and leaves no row of the standard out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| A-")
]
NAMED = sorted(set(re.findall(r"`((?:\w+/)*test_\w+\.py(?:::test_\w+)?)`", PAGE)))
OF_THE_STANDARD = 57


def test_every_row_of_the_standard_has_its_tests_or_its_reason() -> None:
    assert [row[0] for row in ROWS] == [f"A-{number:02d}" for number in range(1, OF_THE_STANDARD + 1)]
    for row in ROWS:
        _, requirements, subject, tests, reason = row
        assert re.fullmatch(r"(\d+\.\d+\.\d+ ?)+", requirements), row
        assert subject, row
        assert "::test_" in tests or reason, row


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_the_page_names_exists(named: str) -> None:
    file, _, name = named.partition("::")
    text = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert not name or f"\ndef {name}(" in text


def test_the_commands_are_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert set(re.findall(r"`make ([a-z]+)`", PAGE)) <= targets
