"""The command of `make bench`: a cluster of its own, the seed, two servers, the measures, the report."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from bench import business_time, floor, memory, profiling, report, weight
from bench.driver import Measure, measure
from bench.report import Line, Results
from bench.scenarios import PUBLIC_HOST, Floor, Relais, Scenario
from bench.seeding import conninfo, fill
from bench.servers import Server, serving
from service import clock, database
from service.app import create_app
from service.config import Config
from service.statistics.periods import Month
from service.statistics.publishing import keep_month
from tests import postgres, settings

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = ROOT / "docs" / "benchmarks.md"
_MOST_CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: requests of each connection, at most so many seconds for one measure."""

    tickets: int
    requests: int
    connections: Sequence[int]
    seconds: float
    sqlite: bool = False


def main(words: Sequence[str] | None = None) -> int:
    """Measure, and say or write the report. 1 when the machine lacks PostgreSQL."""
    given = _parser().parse_args(words)
    if postgres.binaries() is None:
        print("PostgreSQL's server programs are missing: apt-get install postgresql", file=sys.stderr)
        return 1
    runs = []
    for tickets in sorted(given.tickets):
        extent = Extent(tickets, given.requests, tuple(given.connections), given.seconds, given.sqlite)
        runs.append(run(extent, _command(words)))
        print(report.text(runs[-1:]), flush=True)
    said = report.text(runs)
    print(said)
    if given.write:
        written = WRITTEN.with_stem(f"{WRITTEN.stem}-sqlite") if given.sqlite else WRITTEN
        written.write_text(said, encoding="utf-8")
        print(f"Written to {written.relative_to(ROOT)}.")
    return 0


def run(extent: Extent, command: str) -> Results:
    """Seed and measure; everything it made is gone afterwards."""
    cluster = postgres.start(durable=True)
    try:
        with tempfile.TemporaryDirectory(prefix="relais-bench-") as folder:
            return _run(extent, command, cluster, Path(folder))
    finally:
        database.engine().dispose()
        cluster.stop()


def _run(extent: Extent, command: str, cluster: postgres.Cluster, folder: Path) -> Results:
    url = f"sqlite:///{folder}/relais.sqlite3" if extent.sqlite else cluster.create("relais")
    floor_url = cluster.create("floor")
    start = time.monotonic()
    staff = fill(url, extent.tickets, lambda done: _say(f"{done} of {extent.tickets} requests seeded"))
    seeding_seconds = time.monotonic() - start
    _lay_floor(conninfo(floor_url), extent.tickets)
    _say("Keeping the figures of the running month")
    keep_month(Month.of(clock.now()))
    with _servers(url, floor_url, folder) as (served, below):
        _say("Logging in")
        relais = Relais(served.port, staff, _MOST_CONNECTIONS)
        lines = list(_lines(extent, (served, relais), (below, Floor(extent.tickets))))
        used, workers = memory.of(served.workers), len(served.workers)
        weights = {
            "Queue page": weight.of(served.port, relais.page("/demandes")),
            "Ticket page": weight.of(served.port, relais.page(relais.a_ticket)),
        }
    _say("Looking where the time goes")
    profile = profiling.shares(create_app(Config.from_values(_environment(url))), relais)
    return Results(
        day=date.today(),  # noqa: DTZ011 – the day of the machine, for the reader
        command=command,
        tickets=extent.tickets,
        seeding_seconds=seeding_seconds,
        database=report.of_sqlite() if extent.sqlite else report.of_postgresql(conninfo(url)),
        lines=lines,
        memory=used,
        workers=workers,
        weights=weights,
        profile=profile,
        business_time=business_time.measured(),
    )


def _lines(extent: Extent, served: tuple[Server, Relais], below: tuple[Server, Floor]) -> Iterator[Line]:
    for scenario in Scenario:
        # A page of figures takes seconds where eight ask at once, longer than the server keeps a connection.
        for connections in extent.connections[: 1 if scenario is Scenario.STATISTICS else None]:
            _say(f"Measuring: {scenario}, {connections} connections")
            floor_measure = _measured(below, scenario, connections, extent)
            relais_measure = _measured(served, scenario, connections, extent)
            yield Line(scenario, connections, relais_measure, floor_measure)


def _measured(
    target: tuple[Server, Relais | Floor], scenario: Scenario, connections: int, extent: Extent
) -> Measure:
    server, asker = target
    calls = [asker.calls(scenario, connection) for connection in range(connections)]
    return measure(server.port, calls, extent.requests, extent.seconds)


def relais_served(url: str, folder: Path) -> AbstractContextManager[Server]:
    """The measured service, on that database."""
    return serving(_environment(url), folder)


@contextmanager
def _servers(url: str, floor_url: str, folder: Path) -> Iterator[tuple[Server, Server]]:
    lowest = {**_environment(url), floor.DATABASE: conninfo(floor_url)}
    with relais_served(url, folder) as served, serving(lowest, folder, "bench.floor:application") as below:
        yield served, below


def _environment(url: str) -> dict[str, str]:
    return settings.environment(
        url, DEMONSTRATION="0", PUBLIC_URL=f"https://{PUBLIC_HOST}", PROXY_COUNT="1", LOG_LEVEL="INFO"
    )


def _lay_floor(address: str, rows: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(floor.TABLE.format(rows=rows))
        connection.execute("VACUUM ANALYZE")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench/run.py", description=__doc__)
    parser.add_argument(
        "--tickets",
        type=int,
        nargs="+",
        default=[1_000, 100_000, 1_000_000],
        metavar="N",
        help="requests in the database, one run each (1,000, 100,000 and 1,000,000)",
    )
    parser.add_argument("--requests", type=int, default=100, help="asked by each connection (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30, help="of one measure, at most (%(default)s)")
    parser.add_argument(
        "--connections",
        type=int,
        nargs="+",
        default=[1, 8],
        choices=range(1, _MOST_CONNECTIONS + 1),
        metavar="N",
        help="at the same time (1 and 8)",
    )
    parser.add_argument(
        "--sqlite", action="store_true", help="Relais on SQLite; the floor stays on PostgreSQL"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md, or benchmarks-sqlite.md, too"
    )
    return parser


def _command(words: Sequence[str] | None) -> str:
    options = " ".join(sys.argv[1:] if words is None else words)
    return f"bench/run.py {options}".strip()


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
