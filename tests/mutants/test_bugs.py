"""The bugs that `make mutants` plants still fit the code, and the tests that must find them are there."""

from pathlib import Path

import pytest

from tests.mutants.bugs import BUGS, Bug
from tests.mutants.run import ROOT, NoLongerApplies, planted, with_bug

LEAST = 10


def test_there_are_enough_of_them_and_each_has_its_tests() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= LEAST
    for bug in BUGS:
        for test in bug.tests:
            file, _, name = test.partition("::")
            assert not name or f"def {name}(" in (ROOT / file).read_text(), test


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_still_applies_to_the_code_and_changes_it(bug: Bug) -> None:
    for edit in bug.edits:
        text = (ROOT / edit.file).read_text()
        assert planted(text, edit) != text


def test_a_bug_whose_place_is_gone_is_said_and_nothing_is_left_of_it(tmp_path: Path) -> None:
    bug = next(bug for bug in BUGS if len(bug.edits) > 1)
    for edit in bug.edits:
        (tmp_path / edit.file).parent.mkdir(parents=True, exist_ok=True)
    first, *others = bug.edits
    (tmp_path / first.file).write_text(first.before)
    for edit in others:
        (tmp_path / edit.file).write_text("moved on")
    with pytest.raises(NoLongerApplies), with_bug(tmp_path, bug):
        pass
    assert (tmp_path / first.file).read_text() == first.before
