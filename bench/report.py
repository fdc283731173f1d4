"""What was measured, as tables that read the same in a terminal and in the documentation."""

import os
import platform
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import psycopg

from bench.driver import Measure
from bench.memory import Memory
from bench.scenarios import FLOOR_LABELS, LABELS, Scenario
from bench.weight import Weight

MOST_TIMES_THE_FLOOR = {
    Scenario.QUEUE: 6.0,
    Scenario.TICKET: 6.0,
    Scenario.CREATE: 10.0,
    Scenario.TAKE: 8.0,
    Scenario.SEARCH: 10.0,
}
MOST_GROWTH = {
    Scenario.QUEUE: 1.3,
    Scenario.TICKET: 1.1,
    Scenario.CREATE: 1.2,
    Scenario.TAKE: 1.2,
    Scenario.SEARCH: 1.5,
}
"""How many times its time at a thousand requests something may take at a million."""
MOST_OF_STATISTICS = 300
"""Milliseconds, whatever the floor takes."""
MOST_MEMORY = 250
MOST_WEIGHT = 100_000
_SERVICE = ("flask", "sqlalchemy", "psycopg", "gunicorn")


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario at one number of connections, beside the floor."""

    scenario: Scenario
    connections: int
    relais: Measure
    floor: Measure

    @property
    def times(self) -> float:
        """How many times the floor's median."""
        return self.relais.median / self.floor.median

    @property
    def verdict(self) -> str:
        """Whether the target is met, which is set for one connection."""
        if self.connections > 1:
            return ""
        if self.scenario is Scenario.STATISTICS:
            return _kept(self.relais.median <= MOST_OF_STATISTICS, f"≤ {MOST_OF_STATISTICS} ms")
        most = MOST_TIMES_THE_FLOOR[self.scenario]
        return _kept(self.times <= most, f"≤ {most:g} ×")


@dataclass(frozen=True, slots=True)
class Results:
    """Everything of one run."""

    day: date
    command: str
    tickets: int
    seeding_seconds: float
    database: str
    lines: Sequence[Line]
    memory: Memory
    workers: int
    weights: Mapping[str, Weight]
    profile: Mapping[Scenario, Mapping[str, float]]
    business_time: Mapping[str, float]


def text(runs: Sequence[Results]) -> str:
    """The whole report, in Markdown: how times grow with the number of requests, then each number by itself."""
    parts: list[str] = [*_head(runs)]
    if len(runs) > 1:
        parts += ["## Growth", "", *_growth(runs), ""]
    for results in runs:
        number = f"{results.tickets:,} requests"
        parts += [
            f"## {number}: answers beside the floor",
            "",
            f"Seeded in {results.seeding_seconds:.0f} s.",
            "",
        ]
        parts += [*_answers(results.lines), "", f"## {number}: memory and weight", "", *_others(results), ""]
        parts += [f"## {number}: where the time goes", "", *_profile(results), ""]
    parts += ["## Business time", "", *_business_time(runs[-1]), "", *_METHOD]
    return "\n".join(parts)


def of_sqlite() -> str:
    """Which SQLite, and how the service uses it."""
    return f"SQLite {sqlite3.sqlite_version}, journal_mode WAL, synchronous FULL; the floor on PostgreSQL"


def of_postgresql(conninfo: str) -> str:
    """Which PostgreSQL, and what of its settings matters here."""
    with psycopg.connect(conninfo) as connection:
        said = [
            connection.execute(f"SHOW {name}").fetchone()
            for name in ("server_version", "shared_buffers", "fsync", "synchronous_commit")
        ]
    found, buffers, fsync, commit = (row[0] for row in said if row)
    return (
        f"PostgreSQL {found.split()[0]}, shared_buffers {buffers}, fsync {fsync}, synchronous_commit {commit}"
    )


def _head(runs: Sequence[Results]) -> Iterator[str]:
    first = runs[0]
    yield "# Benchmarks"
    yield ""
    yield f"Measured on {first.day.isoformat()} by `{first.command}`, which seeds a database of its own."
    yield ""
    machine = f"{_processor()}, {os.cpu_count()} cores, {_total_memory()} GiB"
    yield f"- Machine: {machine}; {platform.system()} {platform.release()}"
    packages = ", ".join(f"{name} {version(name)}" for name in _SERVICE)
    yield f"- Python {platform.python_version()}, {packages}; {first.database}"
    yield f"- {first.workers} workers of 4 threads; driver, servers and database share the machine"
    yield ""


def _growth(runs: Sequence[Results]) -> Iterator[str]:
    """Medians at one connection, and how many times that of the fewest requests that of the most is."""
    sizes = " | ".join(f"{results.tickets:,}" for results in runs)
    yield f"| Median in milliseconds, one connection | {sizes} | Growth | Target |"
    yield f"|---|{'--:|' * len(runs)}--:|---|"
    for scenario in Scenario:
        medians = [_median(results, scenario) for results in runs]
        times, most = medians[-1] / medians[0], MOST_GROWTH.get(scenario)
        target = "" if most is None else _kept(times <= most, f"≤ {most:g} ×")
        yield _row(LABELS[scenario], *(f"{median:.1f}" for median in medians), f"{times:.2f} ×", target)


def _median(results: Results, scenario: Scenario) -> float:
    fewest = min(line.connections for line in results.lines)
    found = (line for line in results.lines if (line.scenario, line.connections) == (scenario, fewest))
    return next(found).relais.median


def _answers(lines: Sequence[Line]) -> Iterator[str]:
    yield "Times in milliseconds: median / 95th percentile; requests a second."
    yield ""
    yield "| What | Floor | Connections | Relais | Floor | Times the floor: median / p95 / rate | Target |"
    yield "|---|---|--:|--:|--:|--:|---|"
    for line in lines:
        relais, floor = line.relais, line.floor
        yield _row(
            LABELS[line.scenario],
            FLOOR_LABELS[line.scenario],
            str(line.connections),
            _times(relais),
            _times(floor),
            f"{line.times:.1f} / {relais.p95 / floor.p95:.1f} / {floor.rate / relais.rate:.1f}",
            line.verdict,
        )


def _others(results: Results) -> Iterator[str]:
    memory = results.memory
    yield "| What | Measured | Target |"
    yield "|---|--:|---|"
    yield _row(
        f"Memory of {results.workers} workers after the load: PSS (USS)",
        f"{memory.share:.0f} MiB ({memory.own:.0f} MiB)",
        _kept(memory.share < MOST_MEMORY, f"< {MOST_MEMORY} MiB"),
    )
    for name, weight in results.weights.items():
        yield _row(
            f"{name}: page gzipped + styles and scripts (page as it is; fonts, kept by the browser)",
            f"{_kilo(weight.page)} + {_kilo(weight.linked)} kB ({_kilo(weight.plain)} kB; {_kilo(weight.fonts)} kB)",
            _kept(weight.whole <= MOST_WEIGHT, f"≤ {MOST_WEIGHT // 1000} kB"),
        )


def _profile(results: Results) -> Iterator[str]:
    """Shares of the time of a request, by `bench/profiling.py`."""
    layers = next(iter(results.profile.values()))
    yield f"| Share in % | {' | '.join(layers)} |"
    yield f"|---|{'--:|' * len(layers)}"
    for scenario, found in results.profile.items():
        yield _row(LABELS[scenario], *(f"{100 * share:.0f}" for share in found.values()))


def _business_time(results: Results) -> Iterator[str]:
    yield "| What | Measured |"
    yield "|---|--:|"
    for name, microseconds in results.business_time.items():
        yield _row(f"`{name}`", f"{microseconds:.1f} µs")


_METHOD = (
    "## How it is measured",
    "",
    "- The load driver is `bench/driver.py`: threads of one Python process, each with one kept connection to",
    "  127.0.0.1 and requests made beforehand. Counts and time are bounded; an answer other than the expected one",
    "  stops the run. Floor and Relais are measured one after the other, scenario by scenario, on idle neighbours.",
    "- Pages are asked for by agents of the Caf who logged in by the form; the API by tokens. Each connection has",
    "  its own people, since one account may ask 1,200 times a minute. Every reading of a ticket is logged and",
    "  committed before it is shown, as always.",
    "- The floor is `bench/floor.py`: Flask and psycopg under the same gunicorn settings, one table of as many rows,",
    "  one statement a request. It has no session, permission, log, encryption, journal or clock: the ratio is the",
    "  price of all those together.",
    "- Where the time goes: Python's own profiler over the same requests in one process, by library; it slows short",
    "  functions more than long ones, so these are shares to compare.",
    "- « Statistiques » shows the running month, kept a quarter of an hour before; the floor counts a year anew.",
    "- The seed is invented: 20 % of the requests are open, in the mix of states of `bench/histories.py`; each has its",
    "  chained journal of ten entries on average, its clocks, its sealed person with blind indexes, made by the",
    "  functions of the service. It has no joined files and no outbox.",
    "",
)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _times(measure: Measure) -> str:
    return f"{measure.median:.1f} / {measure.p95:.1f}; {measure.rate:.0f}/s"


def _kept(kept: bool, target: str) -> str:
    return f"{target}: {'met' if kept else '**missed**'}"


def _kilo(size: int) -> str:
    return f"{size / 1000:.1f}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _total_memory() -> int:
    size = Path("/proc/meminfo").read_text().split()[1]
    return round(int(size) / 1024 / 1024)
