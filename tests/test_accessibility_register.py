"""The register of the RGAA rests on something, and the statement is computed from it (R-02, R-28 to R-30)."""

import ast
import subprocess
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from service.accessibility import statement
from service.accessibility.register import READ_AGAIN_WITHIN, REGISTER, THEMES, Criterion, Verdict
from service.accessibility.statement import Count, Mention

ROOT = Path(__file__).resolve().parents[1]
CRITERIA_OF_THEMES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""Of the RGAA 4.1.2: 106 in all."""
DAY = date(2027, 1, 4)


def test_r_02_each_of_the_106_criteria_stands_there_once_in_order() -> None:
    official = [
        f"{theme}.{place}" for theme, many in enumerate(CRITERIA_OF_THEMES, 1) for place in range(1, many + 1)
    ]
    assert len(official) == 106
    assert len(THEMES) == len(CRITERIA_OF_THEMES)
    assert [one.number for one in REGISTER] == official
    assert [title for title, times in Counter(one.title for one in REGISTER).items() if times > 2] == []


def test_r_02_no_verdict_rests_on_nothing() -> None:
    """Kept or absent: a test, or a dated reading with its reason; anything else says why."""
    judged = [one for one in REGISTER if one.verdict in (Verdict.KEPT, Verdict.ABSENT)]
    assert [one.number for one in judged if not one.tests and not (one.read_on and one.why)] == []
    assert [one.number for one in REGISTER if one.verdict is not Verdict.KEPT and not one.why] == []
    assert [one.number for one in REGISTER if one.read_on and one.read_on > statement.ESTABLISHED] == []


READINGS = [one for one in REGISTER if one.read_on]


@pytest.mark.parametrize("one", READINGS, ids=[one.number for one in READINGS])
def test_r_02_no_reading_is_much_older_than_what_it_judged(one: Criterion) -> None:
    """What tests prove is proved anew at each version; what was read is read again soon after the files changed."""
    assert one.read_in
    assert (ROOT / one.read_in).exists()
    asked = ["git", "log", "-1", "--format=%cs", "--", one.read_in]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if not answer.stdout.strip():
        pytest.skip("no history here: a copy without its repository")
    changed_on = date.fromisoformat(answer.stdout.strip())
    assert one.read_on is not None
    assert changed_on - one.read_on <= READ_AGAIN_WITHIN, (
        f"{one.read_in} changed on {changed_on}: read it again"
    )


@pytest.mark.parametrize("named", sorted({test for one in REGISTER for test in one.tests}))
def test_r_02_each_test_that_is_named_exists(named: str) -> None:
    path, _, function = named.partition("::")
    module = ast.parse((ROOT / path).read_text())
    assert function in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


def test_the_share_counts_what_awaits_a_person_as_not_kept() -> None:
    counted = statement.count()
    assert counted.kept + counted.broken + counted.absent + counted.awaited == 106
    assert Count(kept=3, broken=1, absent=50, awaited=2).share == 50
    assert Count(kept=2, broken=0, absent=50, awaited=1).share == 66


@pytest.mark.parametrize(
    ("counted", "audited_on", "mention"),
    [
        (Count(70, 0, 36, 0), None, Mention.NOT),
        (Count(70, 0, 36, 0), date(2026, 12, 1), Mention.FULL),
        (Count(35, 35, 36, 0), date(2026, 12, 1), Mention.PARTIAL),
        (Count(34, 36, 36, 0), date(2026, 12, 1), Mention.NOT),
        (Count(70, 0, 36, 0), date(2024, 1, 4), Mention.NOT),
    ],
    ids=["no audit", "all", "half", "less than half", "audit expired"],
)
def test_r_29_the_mention_is_what_the_law_allows(
    counted: Count, audited_on: date | None, mention: Mention
) -> None:
    assert statement.mention(DAY, counted, audited_on) is mention


def test_r_30_it_is_told_60_days_before_the_statement_expires() -> None:
    ends = statement.expires_on()
    assert ends == date(2029, 11, 27)
    assert not statement.is_ending(ends - timedelta(days=61))
    assert statement.is_ending(ends - timedelta(days=60))


def test_r_28_the_scheme_is_of_three_years_at_most_and_begins_with_the_statement() -> None:
    years = list(statement.SCHEME)
    assert years == list(range(years[0], years[0] + len(years)))
    assert len(years) <= 3
    assert years[0] == statement.ESTABLISHED.year
    assert all(statement.SCHEME.values())
