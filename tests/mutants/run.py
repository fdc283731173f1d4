"""`make mutants`: plant each bug in a copy of the tree, run the tests that are there to find it, and count.

First the same tests on the copy as it is: they must pass, or finding a bug would prove nothing. A bug is found when
its tests ran and failed; tests that could not run have found nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.bugs import BUGS, Bug, Edit

ROOT = Path(__file__).resolve().parents[2]
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "*.sqlite3*", "*.egg-info")
_FAILED = 1
"""What pytest answers when tests ran and some failed; more than that, it could not run them."""


class NoLongerApplies(Exception):
    """The text to replace does not stand exactly once in its file."""


def planted(text: str, edit: Edit) -> str:
    """The text with the bug; refuses (NoLongerApplies) another text than the one it was written for."""
    if text.count(edit.before) != 1:
        raise NoLongerApplies(f"{edit.file} has {text.count(edit.before)} times: {edit.before!r}")
    return text.replace(edit.before, edit.after)


@contextmanager
def with_bug(tree: Path, bug: Bug) -> Iterator[None]:
    """The bug in the tree, which is afterwards as before."""
    kept = {edit.file: (tree / edit.file).read_text() for edit in bug.edits}
    try:
        for edit in bug.edits:
            path = tree / edit.file
            path.write_text(planted(path.read_text(), edit))
        yield
    finally:
        for file, text in kept.items():
            (tree / file).write_text(text)


def run_tests(tree: Path, tests: Sequence[str]) -> int:
    """pytest's answer to these tests of that tree."""
    # Without bytecode: two versions of a file may bear the same second.
    surroundings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    return subprocess.run(command, cwd=tree, env=surroundings, stdout=subprocess.DEVNULL).returncode


def main() -> int:
    """Tell of each bug whether it was found; 1 unless all were."""
    with tempfile.TemporaryDirectory(prefix="relais-mutants-") as folder:
        tree = Path(shutil.copytree(ROOT, Path(folder) / "tree", ignore=_LEFT_OUT))
        if run_tests(tree, sorted({test for bug in BUGS for test in bug.tests})) != 0:
            print("The tests do not pass on the tree as it is: nothing is proved.")
            return 1
        found = sum(_is_found(tree, bug) for bug in BUGS)
    print(f"{found} of {len(BUGS)} planted bugs found.")
    return int(found < len(BUGS))


def _is_found(tree: Path, bug: Bug) -> bool:
    began = time.monotonic()
    with with_bug(tree, bug):
        answers = [run_tests(tree, [test]) for test in bug.tests]
    found = answers == [_FAILED] * len(answers)
    told = "found" if found else f"NOT FOUND (pytest answered {answers})"
    print(f"{told:9}  {bug.name}  ({time.monotonic() - began:.0f} s)", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
