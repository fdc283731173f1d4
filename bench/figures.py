"""The figures against their targets: `python bench/figures.py [requests] [--years N]`.

On a PostgreSQL of its own: the running month and the pack of the last one with its PDF and spreadsheet, in a process of
their own whose memory counts; the report of the last year likewise; the two pages that show them; and the same pack
with the ended requests repeated in as many years before, whose cost should not be felt.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg
from sqlalchemy import Column, Date, DateTime, Table, delete, func, select

from bench.command import relais_served
from bench.driver import measure
from bench.scenarios import Relais
from bench.seeding import conninfo, fill, work_on
from bench.staff import Staff
from service import clock, database
from service.database import reading, transaction
from service.models import ClockRecord, JournalEntry, SharedDocument, Ticket, UrgentRightsDetails
from service.models.base import UtcTime
from service.statistics.annual import trend_months
from service.statistics.document import thawed
from service.statistics.paper import pdf_file
from service.statistics.periods import Month, Year
from service.statistics.publishing import figures_over, keep_month, publish_pack
from service.statistics.reporting import publish_report
from service.statistics.workbook import xlsx_file
from tests import postgres

MOST_OF_A_PACK, MOST_OF_A_REPORT, MOST_MEMORY = 5.0, 20.0, 400.0
"""Seconds, with its PDF and its spreadsheet; MiB of the process that makes them."""
MOST_OF_LIVE, MOST_OF_FROZEN = 300.0, 30.0
"""Milliseconds of a page."""

_REQUESTS, _SECONDS = 40, 60
T = TypeVar("T")
_COPIED = (Ticket, UrgentRightsDetails, ClockRecord, JournalEntry)


@dataclass(frozen=True, slots=True)
class Built:
    """Seconds that each took, and the most memory of their process in MiB."""

    running_month: float
    pack: float
    memory: float


def build(url: str) -> Built:
    """Keep the running month, publish the last one and make its files, in this process."""
    work_on(url)
    running = Month.of(clock.now())
    with transaction() as session:
        session.execute(delete(SharedDocument))
    running_month = _seconds(lambda: keep_month(running))
    pack = _seconds(lambda: _published(running.back(1)))
    return Built(running_month, pack, _memory())


def _published(month: Month) -> None:
    _with_files(publish_pack(month))


def _with_files(made: SharedDocument | None) -> None:
    if made is None or made.body is None:
        raise RuntimeError(f"no document: {made and made.problem}")
    document = thawed(made.body)
    pdf_file(document)
    xlsx_file(document)


def report(url: str) -> tuple[float, float]:
    """Seconds that the report of the last year takes, its months' packs being there, and MiB of this process."""
    work_on(url)
    year = Year(Month.of(clock.now()).year - 1)
    for month in trend_months(year):
        figures_over(month, keep_month)
    for month in year.months:
        publish_pack(month)
    taken = _seconds(lambda: _with_files(publish_report(year)))
    return taken, _memory()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def first_months(url: str) -> float:
    """Seconds to compute once the months that a pack looks back at, which are kept from then on."""
    work_on(url)
    last = Month.of(clock.now()).back(1)
    return _seconds(lambda: [keep_month(last.back(back)) for back in range(1, 13)])


def in_a_process(work: Callable[[str], T], url: str) -> T:
    """That work in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(work, url).result()


def pages(url: str, staff: Staff) -> Iterator[tuple[str, float, float, float]]:
    """The words, median and 95th percentile in milliseconds, and the target of each page."""
    last = Month.of(clock.now()).back(1)
    with (
        tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
        relais_served(url, Path(folder)) as server,
    ):
        relais = Relais(server.port, staff, 1)
        for words, path, most in (
            ("« Statistiques », the running month", "/statistiques", MOST_OF_LIVE),
            ("The pack of the last month", f"/dossiers/{last.key}", MOST_OF_FROZEN),
        ):
            taken = measure(server.port, [iter([relais.page(path)] * _REQUESTS)], _REQUESTS - 10, _SECONDS)
            yield words, taken.median, taken.p95, most


def add_years(url: str, years: int) -> int:
    """The requests that have ended, again in each of so many years before; how many requests there are then."""
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        for year in range(1, years + 1):
            for mapped in _COPIED:
                connection.execute(_copy(mapped.__table__, year, years))  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")
    work_on(url)
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def _copy(table: Table, year: int, years: int) -> str:
    """Of those that were seeded and have ended more than a year ago."""
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_shifted(column, year, years) for column in table.columns)
    own = "id" if table.name == "ticket" else "ticket_id"
    ended = (
        "SELECT id FROM ticket WHERE ended_at < now() - interval '12 months' AND submitted_at IS NOT NULL "
        "AND reference NOT LIKE 'X%'"
    )
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name} WHERE {own} IN ({ended})"


def _shifted(column: Column[object], year: int, years: int) -> str:
    if column.name in ("id", "ticket_id"):
        return f"md5({column.name}::text || '{year}')::uuid"
    if column.name == "reference":
        return f"'X{year}' || substr(md5(reference || '{years}'), 1, 12)"
    if column.name in ("repeats_id", "duplicate_of_id"):
        return "NULL"
    shifted = isinstance(column.type, UtcTime | DateTime | Date)
    return f"{column.name} - interval '{year} years'" if shifted else column.name


def say(words: str, built: Built) -> None:
    """One line of results."""
    print(
        f"- {words}: the running month in {built.running_month:.1f} s; the pack with PDF and spreadsheet in "
        f"{built.pack:.1f} s (target: ≤ {MOST_OF_A_PACK:g} s); at most {built.memory:.0f} MiB "
        f"(target: ≤ {MOST_MEMORY:g} MiB)",
        flush=True,
    )


def main() -> int:
    """Seed, measure, say; everything it made is gone afterwards. 1 when the machine lacks PostgreSQL."""
    parser = argparse.ArgumentParser(prog="bench/figures.py", description=__doc__)
    parser.add_argument("requests", type=int, nargs="?", default=100_000, help="seeded (%(default)s)")
    parser.add_argument("--years", type=int, default=5, help="older years, added afterwards (%(default)s)")
    given = parser.parse_args()
    if postgres.binaries() is None:
        print("PostgreSQL's server programs are missing: apt-get install postgresql", file=sys.stderr)
        return 1
    cluster = postgres.start(durable=True)
    try:
        url = cluster.create("relais")
        staff = fill(url, given.requests, _quiet)
        print(f"{given.requests:,} requests", flush=True)
        print(f"- the twelve months before, once: {first_months(url):.1f} s", flush=True)
        say("two years", in_a_process(build, url))
        seconds, memory = in_a_process(report, url)
        print(
            f"- the report of the last year with PDF and spreadsheet in {seconds:.1f} s (target: ≤ "
            f"{MOST_OF_A_REPORT:g} s); at most {memory:.0f} MiB (target: ≤ {MOST_MEMORY:g} MiB)",
            flush=True,
        )
        for words, median, p95, most in pages(url, staff):
            print(
                f"- {words}: {median:.0f} ms, 95th percentile {p95:.0f} ms (target: ≤ {most:g} ms)",
                flush=True,
            )
        say(f"{add_years(url, given.years):,} requests, {given.years} years more", in_a_process(build, url))
    finally:
        database.engine().dispose()
        cluster.stop()
    return 0


def _quiet(_done: int) -> None:
    """Nothing is said of the seeding while it goes on."""


if __name__ == "__main__":
    sys.exit(main())
