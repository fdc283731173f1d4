"""An hour of mixed work at a steady rate: `python bench/endurance.py [--minutes 60] [--rate 100] [--tickets 100000]`.

On a PostgreSQL of its own, with the servers of `bench/run.py`. Each connection asks at its own moments, whether the
answer before was quick or not; an answer other than the expected one ends the run. Said each minute: how many were
answered, how late, and the memory of the server processes.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import memory
from bench.command import relais_served
from bench.driver import Call, Connection, Unexpected
from bench.scenarios import LABELS, Relais, Scenario
from bench.seeding import fill
from service import database
from tests import postgres

CONNECTIONS = 8
MIXED: Mapping[Scenario, int] = {
    Scenario.QUEUE: 20,
    Scenario.TICKET: 20,
    Scenario.SEARCH: 6,
    Scenario.CREATE: 2,
    Scenario.TAKE: 2,
}
"""How many of fifty requests are of each kind."""
MOST_GROWTH = 1.05
"""What memory may become from the fifth minute, or half of a shorter run, to the end."""
_SETTLED = 300.0
_RATE_KEPT = 0.99


@dataclass
class Run:
    """What has happened so far; shared by the connections."""

    durations: dict[Scenario, list[float]] = field(default_factory=lambda: defaultdict(list))
    problem: Exception | None = None
    latest: float = 0.0
    memories: list[tuple[float, float]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many requests were answered as expected."""
        return sum(map(len, self.durations.values()))


def endure(port: int, workers: Sequence[int], relais: Relais, *, seconds: float, rate: float) -> Run:
    """Ask `rate` times a second for so long, over all connections; stops at the first answer that is not expected."""
    run, begin, lock = Run(), time.perf_counter() + 0.5, threading.Lock()

    def work(number: int) -> None:
        connection, calls = Connection(port), _mixed(relais, number, lock)
        every = CONNECTIONS / rate
        due = begin + number / rate
        try:
            while due < begin + seconds and run.problem is None:
                time.sleep(max(0.0, due - time.perf_counter()))
                scenario, call = next(calls)
                start = time.perf_counter()
                connection.answered(call)
                run.durations[scenario].append(time.perf_counter() - start)
                run.latest = max(run.latest, start - due)
                due += every
                if time.perf_counter() > begin + seconds:
                    return
        except (OSError, Unexpected) as problem:
            run.problem = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        run.memories.append((time.perf_counter() - begin, memory.of(workers).share))
        _say(run)
        until = time.perf_counter() + min(60.0, seconds / 4)
        while time.perf_counter() < until and any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
    run.memories.append((time.perf_counter() - begin, memory.of(workers).share))
    return run


def _mixed(relais: Relais, connection: int, lock: threading.Lock) -> Iterator[tuple[Scenario, Call]]:
    """The requests of one connection, each kind spread over the fifty."""
    of = {scenario: relais.calls(scenario, connection) for scenario in MIXED}
    places = sorted(
        (place / number, scenario) for scenario, number in MIXED.items() for place in range(number)
    )
    while True:
        for _, scenario in places:
            with lock:  # what may be taken is taken once, whoever asks
                call = next(of[scenario], None)
            if call is None:
                raise Unexpected("there is nothing left to take: seed more requests")
            yield scenario, call


def told(run: Run, *, seconds: float, rate: float) -> tuple[str, bool]:
    """The run in Markdown, and whether it kept its promises: no error, the rate, flat memory."""
    settled = min(_SETTLED, seconds / 2)
    began = next(share for at, share in run.memories if at >= settled or at == run.memories[-1][0])
    ended = run.memories[-1][1]
    kept = run.answered >= _RATE_KEPT * rate * seconds
    flat = ended <= began * MOST_GROWTH
    lines = [
        f"{seconds / 60:g} minutes at {rate:g} mixed requests a second: {run.answered:,} answered, "
        f"{run.answered / seconds:.1f} a second; the latest began {run.latest:.1f} s after its moment; "
        f"{'no error' if run.problem is None else f'stopped by {run.problem}'}; memory of the server processes "
        f"{began:.0f} MiB once settled, {ended:.0f} MiB at the end.",
        "",
        "| What | Answered | Median | 95th percentile | Longest |",
        "|---|--:|--:|--:|--:|",
    ]
    for scenario, durations in run.durations.items():
        most = quantiles(durations, n=20)[-1] if len(durations) > 1 else durations[0]
        times = " | ".join(f"{1000 * value:.0f} ms" for value in (median(durations), most, max(durations)))
        lines.append(f"| {LABELS[scenario]} | {len(durations):,} | {times} |")
    return "\n".join(lines), run.problem is None and kept and flat


def _say(run: Run) -> None:
    at, share = run.memories[-1]
    print(
        f"{at / 60:5.1f} min  {run.answered:7,} answered  {share:4.0f} MiB  latest {run.latest:.1f} s",
        file=sys.stderr,
        flush=True,
    )


def main() -> int:
    """1 when a request failed, the rate was not kept or memory grew, or when the machine lacks PostgreSQL."""
    parser = argparse.ArgumentParser(prog="bench/endurance.py", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="how long (%(default)s)")
    parser.add_argument("--rate", type=float, default=100, help="requests a second (%(default)s)")
    parser.add_argument("--tickets", type=int, default=100_000, help="requests in the database (%(default)s)")
    given = parser.parse_args()
    if postgres.binaries() is None:
        print("PostgreSQL's server programs are missing: apt-get install postgresql", file=sys.stderr)
        return 1
    cluster = postgres.start(durable=True)
    try:
        url = cluster.create("relais")
        staff = fill(url, given.tickets, lambda _done: None)
        with (
            tempfile.TemporaryDirectory(prefix="relais-bench-") as folder,
            relais_served(url, Path(folder)) as at,
        ):
            relais = Relais(at.port, staff, CONNECTIONS)
            run = endure(at.port, at.workers, relais, seconds=given.minutes * 60, rate=given.rate)
        words, kept = told(run, seconds=given.minutes * 60, rate=given.rate)
        print(words)
        return 0 if kept else 1
    finally:
        database.engine().dispose()
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
