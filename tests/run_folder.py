"""What all the processes of one test run share: a folder, made by the first process, swept by it at the end.

`made_once` is the one rule: whoever comes first makes the thing under a lock, the others wait and use it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_VARIABLE = "RELAIS_TEST_RUN_FOLDER"
_PREFIX = "relais-tests-"


def create() -> Path:
    """Make the folder of this run; the workers that are started later inherit its name."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    (folder / "owner").write_text(str(os.getpid()))
    os.environ[_VARIABLE] = str(folder)
    return folder


def folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[_VARIABLE])


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The path of `name` in the run's folder, made by `make(path)` if no process of this run has done so."""
    path = folder() / name
    with locked(name):
        if not path.exists():
            making = folder() / f"{name}.making"
            make(making)
            making.replace(path)
    return path


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Only one process of the run at a time is inside."""
    with (folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def abandoned() -> list[Path]:
    """Folders of runs whose first process was killed before it could sweep."""
    return [path for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _owner_is_gone(path)]


def sweep(path: Path) -> None:
    """Remove a run's folder."""
    shutil.rmtree(path, ignore_errors=True)


def _owner_is_gone(path: Path) -> bool:
    with suppress(OSError, ValueError):
        os.kill(int((path / "owner").read_text()), 0)
        return False
    return (path / "owner").exists() and os.access(path, os.W_OK)
