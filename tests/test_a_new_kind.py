"""docs/a-new-kind.md names every file that knows the kind it takes as its example, and no other."""

import io
import re
import tokenize
from pathlib import Path

from service.models import DETAILS
from service.workflows.registry import WORKFLOWS

ROOT = Path(__file__).resolve().parents[1]
KIND = "orientation"
SEARCHED = ("service", "migrations", "templates", "docs/workflows", "tests/workflows/grids")
WORDS = frozenset(
    {
        KIND,
        KIND.upper(),
        DETAILS[KIND].__name__,
        *WORKFLOWS[KIND].clocks,
        *(f"target_{clock}" for clock in WORKFLOWS[KIND].clocks),
    }
)
"""Its code, its constant, its class, its clocks and their targets."""
LISTED = re.compile(r"^\d+\. `(\S+)`", re.MULTILINE)
QUOTED = re.compile(r"""(?P<mark>["'`])(?P<word>\w+)(?P=mark)""")


def words_of(path: Path) -> set[str]:
    """The identifiers and whole strings of a module, the quoted words of another file; never what prose says."""
    text = path.read_text()
    if path.suffix != ".py":
        return {found["word"] for found in QUOTED.finditer(text)}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.string.strip("\"'") for token in tokens if token.type in (tokenize.NAME, tokenize.STRING)}


def knows_the_kind(path: Path) -> bool:
    return path.stem == KIND or bool(WORDS & words_of(path))


def test_the_page_lists_exactly_the_files_that_a_kind_touches() -> None:
    listed = LISTED.findall((ROOT / "docs" / "a-new-kind.md").read_text())
    touched = {
        str(path.relative_to(ROOT))
        for folder in SEARCHED
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt", ".md"} and knows_the_kind(path)
    }
    assert sorted(listed) == sorted(touched)
