"""Many programs that write at once, and try again until each write is acknowledged, whatever dies meanwhile.

A chain is what one program does in one round: a request, its take, a message, four notes, each told apart by its
number. After a round the books say what must be in the database, once and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from threading import Event, Lock
from typing import Any

from sqlalchemy import select

from service.database import reading
from service.models import InternalNote, Message, OutboxMail, Ticket
from service.permissions import Actor
from tests.faults.bodies import a_body
from tests.faults.client import Answer, Died, Line, Program, ask
from tests.faults.evidence import SENT, Rows, entries_of

NOTES = 4
WRITES = 3 + NOTES
"""Of one chain."""

ADDED = Counter(SENT) + Counter(
    {"journal_entry": 1, "outbox_mail": 2, "message": 1, "internal_note": NOTES, "idempotency_key": 1 + NOTES}
)
"""The rows of one chain, and no other."""

_TRIES = 2000
_A_MOMENT = 0.01

Send = Callable[[Program, int], Answer]


class Pulse:
    """Counts acknowledgements, and strikes once when so many have come: at that instant others are on their way."""

    def __init__(self) -> None:
        self.acknowledged = self.died = self.unavailable = 0
        self._lock, self._at, self._strike = Lock(), 0, _nothing

    def set(self, after: int, strike: Callable[[], None]) -> None:
        self._at, self._strike = self.acknowledged + after, strike

    def count(self, status: int) -> None:
        with self._lock:
            self.acknowledged += status in (200, 201)
            self.unavailable += status == 503
            strikes = self.acknowledged == self._at and status != 503
        if strikes:
            self._strike()

    def lose(self) -> None:
        with self._lock:
            self.died += 1


@dataclass
class Chain:
    """What one program wrote in one round, and the names that it was given for it."""

    name: str
    reference: str = ""
    made: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        return [f"Note {self.name}-{number}" for number in range(NOTES)]

    @property
    def message(self) -> str:
        return f"Message {self.name}"


@dataclass(frozen=True)
class Storm:
    """The programs of a worker of the CDAS and of one of the Caf, on one server."""

    cdas: Program
    caf: Program
    taker: Actor
    pulse: Pulse = field(default_factory=Pulse)

    def blow(self, chains: list[Chain], die_in: int = -1, die_at: int = 0) -> bool:
        """Let all chains run at once; the `die_in`-th write of the first one kills its server at that step.

        Tells whether it did.
        """
        died = Event()
        with ThreadPoolExecutor(len(chains)) as threads:
            runs = [
                threads.submit(self._run, chain, die_in if number == 0 else -1, die_at, died)
                for number, chain in enumerate(chains)
            ]
            for run in runs:
                run.result()
        return died.is_set()

    def _run(self, chain: Chain, die_in: int, die_at: int, died: Event) -> None:
        with closing(Line(self.cdas.address)) as line:
            for number, (program, send) in enumerate(self._writes(chain)):
                if number == die_in and self._dies(program, send, die_at):
                    died.set()
                kept = replace(program, ask=line)
                answer = self._insist(kept, send)
                if number == 0:
                    chain.reference = answer.json["reference"]
                elif number > 1:
                    chain.made.append(answer.json["id"])

    def _writes(self, chain: Chain) -> Iterator[tuple[Program, Send]]:
        body = a_body()
        yield self.cdas, lambda by, die_at: by.create(body, chain.name, die_at=die_at)
        ref = chain.reference
        yield self.caf, lambda by, die_at: by.act(ref, "take", 2, {}, die_at=die_at)
        yield self.cdas, _writing("messages", ref, chain.message)
        for note in chain.notes:
            yield self.cdas, _writing("notes", ref, note)

    def _dies(self, program: Program, send: Send, die_at: int) -> bool:
        """On a connection of its own, so that what breaks is the process and not an old connection."""
        try:
            send(replace(program, ask=ask), die_at)
        except Died:
            self.pulse.lose()
            return True
        return False

    def _insist(self, program: Program, send: Send) -> Answer:
        """As a program should: the same again until it is answered; a stale version tells that it was done."""
        for _ in range(_TRIES):
            try:
                answer = send(program, 0)
            except Died:
                self.pulse.lose()
                continue
            if answer.status == 503:
                self.pulse.count(503)
                Event().wait(_A_MOMENT)
                continue
            assert answer.status in (200, 201, 412), answer.text
            if answer.status != 412:
                self.pulse.count(answer.status)
            return answer
        raise AssertionError("never answered")

    # ------------------------------------------------------------ what must be there
    def expect_whole(self, chains: list[Chain], added: dict[str, int]) -> None:
        """Every write once, under the name that was given; and no row that nobody wrote."""
        assert added == {name: number * len(chains) for name, number in ADDED.items()}
        for chain in chains:
            self._expect_whole(chain)

    def _expect_whole(self, chain: Chain) -> None:
        entries = entries_of(chain.reference)
        assert [entry.transition for entry in entries] == ["open", "submit", "take"], chain
        with reading() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.reference == chain.reference)).one()
            texts: list[Any] = [
                session.scalars(select(kind).where(kind.ticket_id == ticket.id).order_by(kind.id)).all()
                for kind in (Message, InternalNote)
            ]
            mails = session.scalars(select(OutboxMail.event).where(OutboxMail.ticket_id == ticket.id)).all()
        taken = (ticket.state, ticket.holder_id, ticket.version)
        assert taken == ("in_progress", self.taker.account_id, 3), chain
        found = {str(row.id): row.body for rows in texts for row in rows}
        assert found == dict(zip(chain.made, [chain.message, *chain.notes], strict=True)), chain
        assert sorted(mails) == ["message", "submit", "take"], chain


def _writing(where: str, reference: str, text: str) -> Send:
    key = text.replace(" ", "-")
    return lambda by, die_at: by.write(where, reference, text, key, die_at=die_at)


def counted(rows: Rows) -> Rows:
    """Without the tables that the scheduler moves by itself."""
    return Counter({name: rows[name] for name in rows if name not in _OF_THE_SCHEDULER})


_OF_THE_SCHEDULER = frozenset({"scheduled_job", "job_run", "scheduler_beat", "journal_seal", "sealed_head"})


def _nothing() -> None:
    """Nobody is struck."""
