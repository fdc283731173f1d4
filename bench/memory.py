"""How much memory processes take, as Linux counts it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_MEBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Memory:
    """In MiB. `own`: what only these processes hold (USS); `share`: that and their share of the rest (PSS)."""

    own: float
    share: float


def of(processes: Iterable[int]) -> Memory:
    """The sum over the processes."""
    own = share = 0
    for process in processes:
        sizes = _sizes(process)
        own += sizes["Private_Clean"] + sizes["Private_Dirty"]
        share += sizes["Pss"]
    return Memory(own / _MEBIBYTE, share / _MEBIBYTE)


def _sizes(process: int) -> dict[str, int]:
    """In kiB, by the names of `smaps_rollup`."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {name.rstrip(":"): int(size) for name, size, *_ in (line.split() for line in lines)}
