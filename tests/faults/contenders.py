"""Twenty people in eight processes who all do the same act on the same request at the same instant, again and again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from service.errors import Refusal
from service.operations.acts import perform
from service.permissions import Actor
from service.start import open_house
from tests import settings
from tests.jobs.crew import PROCESSES

CONTENDERS, PROCESSES_OF_THEM = 20, 8
_WITHIN = 300.0


@dataclass(frozen=True)
class Contest:
    """An act that one of the rivals may do on a version of a request."""

    reference: str
    version: int
    act: str
    given: Mapping[str, Any]


@dataclass
class Scores:
    """Who won what: the contests by number, each with how many won it; and what the others were told."""

    won: Counter[int] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)


def fight(url: str, contests: Sequence[Contest], rivals: Mapping[str, Sequence[Actor]]) -> Scores:
    """Hold all contests; `rivals`: for each act its twenty people."""
    gate, results = PROCESSES.Barrier(CONTENDERS), PROCESSES.Queue()
    processes = [
        PROCESSES.Process(
            target=_of_one_process, args=(url, contests, rivals, numbers, gate, results), daemon=True
        )
        for numbers in (range(first, CONTENDERS, PROCESSES_OF_THEM) for first in range(PROCESSES_OF_THEM))
    ]
    for process in processes:
        process.start()
    scores = Scores()
    for _ in range(CONTENDERS):
        won, told = results.get(timeout=_WITHIN + len(contests))
        scores.won.update(won)
        scores.told.update(told)
    for process in processes:
        process.join()
    return scores


def _of_one_process(
    url: str,
    contests: Sequence[Contest],
    rivals: Mapping[str, Sequence[Actor]],
    numbers: Sequence[int],
    gate: Any,
    results: Any,
) -> None:
    open_house(settings.config(url, LOG_LEVEL="CRITICAL"))
    people = [
        Thread(
            target=_of_one_person,
            args=(contests, {act: of[number] for act, of in rivals.items()}, gate, results),
        )
        for number in numbers
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()


def _of_one_person(contests: Sequence[Contest], me: Mapping[str, Actor], gate: Any, results: Any) -> None:
    won, told = [], Counter[str]()
    for number, contest in enumerate(contests):
        gate.wait(_WITHIN)
        try:
            perform(me[contest.act], contest.reference, contest.act, contest.given, version=contest.version)
            won.append(number)
        except Refusal as refused:
            told[refused.code] += 1
        except Exception as error:
            told[f"{type(error).__name__}: {error}"[:200]] += 1
    results.put((won, told))
