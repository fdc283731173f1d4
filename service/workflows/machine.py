"""The state machine as data: one row per transition, checked when imported. It answers, it does not act.

The buttons, the API's actions, the permission check, the documentation and the diagram all come from these rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from service.errors import GuardRefused, Refusal
from service.permissions import Actor, UnitKind

UNDO = "undo"
UNDO_WITHIN = timedelta(minutes=2)
"""So long what was just done may be undone, and so long nobody outside is told of it (ours): time to read the
confirmation and to see that it was the wrong row or person, and no mail that is late to anybody who works."""


class Party(StrEnum):
    """Who a transition's row names; a person may be several of them at once."""

    REQUESTER = "requester"
    TRIAGE = "triage"
    AGENT = "agent"
    SECRETARIAT = "secretariat"
    CDAS = "cdas"
    RECEIVER = "receiver"
    HEAD = "head"
    SYSTEM = "system"


PARTY_LABELS: Mapping[Party, str] = {
    Party.REQUESTER: "le service demandeur",
    Party.TRIAGE: "le tri de la Caf",
    Party.AGENT: "le Service Prestations",
    Party.SECRETARIAT: "le secrétariat de la Caf",
    Party.CDAS: "un CDAS",
    Party.RECEIVER: "le service destinataire",
    Party.HEAD: "le responsable du service destinataire",
    Party.SYSTEM: "Relais",
}


class Owes(StrEnum):
    """Which unit owes the next step in a state."""

    TRIAGE_UNIT = "triage_unit"
    ASSIGNED_UNIT = "assigned_unit"
    ASKING_UNIT = "asking_unit"
    NEXT_TO_CONFIRM = "next_to_confirm"


@dataclass(frozen=True, slots=True)
class State:
    """A state, its French label, who owes the next step, and whether it is an end.

    `duty` finishes the sentence « C’est à vous : … » in the infinitive; empty where nobody owes anything.
    `towards_cdas`: label and duty where the Caf asks a CDAS, if they are others.
    """

    code: str
    label: str
    owes: Owes | None = None
    final: bool = False
    duty: str = ""
    towards_cdas: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the machine may know of a ticket: no content, only where it stands and who is a party to it.

    `limits` holds the instants before or after which a guard says no, in the words of the guard that reads them;
    `facts` the codes of the kind's own details that guards compare with.
    """

    kind: str
    state: str
    asking_unit_id: str | None
    assigned_unit_id: str | None
    triage_unit_kind: UnitKind
    now: datetime
    holder_id: UUID | None = None
    refused_by: UUID | None = None
    contested: bool = False
    limits: Mapping[str, datetime] = field(default_factory=dict)
    triage_unit_id: str | None = None
    asking_unit_kind: UnitKind | None = None
    author_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def receiving_unit_id(self) -> str | None:
        """The unit that examines the request: the assigned one, before that the one that received it first."""
        return self.assigned_unit_id or self.triage_unit_id

    @property
    def to_caf(self) -> bool:
        """Whether a CDAS asks the Caf; False: the Caf asks a CDAS."""
        return self.asking_unit_kind is UnitKind.CDAS


Guard = Callable[[Standing, Actor | None], Refusal | None]
Requirement = Callable[[Standing, Actor | None, Mapping[str, Any]], Refusal | None]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    `label` stands on the button, `history` in the journal, `follows` says what comes next; `done` is what who did it is
    told, where the journal names them by their institution.
    `source` empty: the ticket is created. `target` None: the state stays. `guards` decide whether the act is
    offered; `requires` judge what was given, only when it is done. `starts` … `resumes` name clocks (R-CLK-1, -2).
    `instead`: the other state where the effect may make it land (an opinion that declines). `starts_once`: clocks
    that start the first time only.
    `asks`: the names of what its form asks; `tells`: whose unit hears of it by mail; `leaves_final`: it may begin where
    others end; `from_its_own_page`: it is done elsewhere than on the page of the request.
    `says`: the text asked for that becomes a message both sides read; `notes`: the codes that the journal keeps;
    `figures`: those of them that figures go on reading once the payload is erased (R-DP-6).
    `undoable`: who has just done it may undo it, within `UNDO_WITHIN`; it changes no more than the state, the unit and
    the person, so that these are all that comes back. `on_an_agenda`: towards a CDAS it writes on the agenda of a
    concertation as well, which has its own way back; there it is not undone.
    `on_many`: the list offers it for all that are ticked, one act each: nothing is asked, or what is the same for all.
    """

    name: str
    label: str
    source: tuple[str, ...]
    target: str | None
    actors: frozenset[Party]
    rule: str
    history: str
    instead: str | None = None
    follows: str = ""
    done: str = ""
    asks: tuple[str, ...] = ()
    says: str = ""
    notes: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    requires: tuple[Requirement, ...] = ()
    starts: tuple[str, ...] = ()
    starts_once: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    tells: tuple[Owes, ...] = ()
    figures: tuple[str, ...] = ()
    leaves_final: bool = False
    from_its_own_page: bool = False
    undoable: bool = False
    on_an_agenda: bool = False
    on_many: bool = False

    def may_be_undone(self, *, to_caf: bool) -> bool:
        """Whether who does it may undo it, on a request of that direction."""
        return self.undoable and (to_caf or not self.on_an_agenda)

    def lands_in(self, state: str | None) -> str:
        """The state after this transition, from `state`."""
        if self.target is not None:
            return self.target
        if state is None:
            raise ValueError(f"{self.name} creates a ticket without a state")
        return state

    def landings(self, state: str | None) -> tuple[str, ...]:
        """Every state where this transition may lead from `state`, the usual one first."""
        usual = self.lands_in(state)
        return (usual,) if self.instead is None else (usual, self.instead)


@dataclass(frozen=True)
class Workflow:
    """The table of one kind of ticket.

    `sends`: the row by which a request leaves its author. `receiver_answers`: the states in which the receiving
    unit answers for the situation (`responsible_unit`); in the others it is the asking unit.
    """

    kind: str
    prefix: str
    label: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    clocks: Mapping[str, str]
    sends: str = "submit"
    receiver_answers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise ValueError(f"workflow {self.kind}: " + "; ".join(problems))

    def state(self, code: str, *, to_caf: bool = True) -> State:
        """The state of that code, in the words of the request's direction; KeyError when the workflow has none."""
        state = self._by_code[code]
        if to_caf or state.towards_cdas is None:
            return state
        label, duty = state.towards_cdas
        return replace(state, label=label, duty=duty)

    def transition(self, name: str) -> Transition:
        """The row of that name; KeyError when the workflow has none."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Whether the table has a row of that name."""
        return name in self._by_name

    @cached_property
    def final_states(self) -> frozenset[str]:
        """The states that end a ticket."""
        return frozenset(state.code for state in self.states if state.final)

    @cached_property
    def open_states(self) -> frozenset[str]:
        """The states in which somebody owes something."""
        return frozenset(state.code for state in self.states if state.owes is not None)

    @cached_property
    def live_states(self) -> frozenset[str]:
        """The states of a request that was sent and has not ended."""
        return frozenset(state.code for state in self.states if not state.final and state.code != "draft")

    @property
    def has_drafts(self) -> bool:
        """Whether a request of this kind may wait with its author before it leaves."""
        return any(state.code == "draft" for state in self.states)

    def acts_of_people(self) -> tuple[Transition, ...]:
        """The rows that somebody does on a ticket that exists: each has its form and its address."""
        of_the_table = (row for row in self.transitions if row.source and row.actors != {Party.SYSTEM})
        return (*of_the_table, *filter(None, (self.undo,)))

    @cached_property
    def undo(self) -> Transition | None:
        """How the last act is undone, drawn from the rows that may be; None where none may.

        It is no step of the circuit and stands in no diagram and on no button: it leads back to where that act began.
        """
        rows = [row for row in self.transitions if row.undoable]
        landings = {landing for row in rows for source in row.source for landing in row.landings(source)}
        if not rows:
            return None
        return Transition(
            name=UNDO,
            label="Défaire ce qui vient d’être fait",
            source=tuple(state.code for state in self.states if state.code in landings),
            target=None,
            actors=frozenset(party for row in rows for party in row.actors),
            rule=", ".join(dict.fromkeys(row.rule for row in rows)),
            history="Défait aussitôt",
            follows="La demande est comme avant, ses délais aussi ; aucun courriel n’est parti.",
        )

    @cached_property
    def _by_code(self) -> Mapping[str, State]:
        return {state.code: state for state in self.states}

    @cached_property
    def _by_name(self) -> Mapping[str, Transition]:
        return {row.name: row for row in (*self.transitions, *filter(None, (self.undo,)))}


def refuse(detail: str, rule: str, advice: str = "") -> GuardRefused:
    """A guard's answer, in one line."""
    return GuardRefused(detail, rule=rule, advice=advice)


Running = tuple[str, frozenset[str], frozenset[str]]


def clock_positions(workflow: Workflow) -> frozenset[Running]:
    """Every (state, running clocks, paused clocks) that some sequence of allowed transitions reaches.

    Raises ValueError where a sequence would start a clock that already runs.
    """
    seen: set[Running] = set()
    nothing: frozenset[str] = frozenset()
    waiting = [
        after
        for row in workflow.transitions
        if not row.source
        for after in _after(row, None, nothing, nothing)
    ]
    while waiting:
        position = waiting.pop()
        if position in seen:
            continue
        seen.add(position)
        state, running, paused = position
        for row in workflow.transitions:
            if state in row.source:
                waiting += _after(row, state, running, paused)
    return frozenset(seen)


def _after(
    row: Transition, state: str | None, running: frozenset[str], paused: frozenset[str]
) -> Iterator[Running]:
    """What may follow; a clock that starts once is taken to run, the case in which more can go wrong."""
    left = running - set(row.stops)
    twice = left & set(row.starts)
    if twice:
        raise ValueError(f"{row.name} from {state} starts {sorted(twice)} twice")
    now_running = left | set(row.starts) | set(row.starts_once)
    now_paused = (paused | (now_running & set(row.pauses))) - set(row.resumes) - set(row.stops)
    for landing in row.landings(state):
        yield landing, now_running, now_paused


def _problems(workflow: Workflow) -> Iterator[str]:
    codes = [state.code for state in workflow.states]
    names = [row.name for row in workflow.transitions]
    yield from (f"{name} stands twice" for name in {*codes, *names} if (codes + names).count(name) > 1)
    named = {s for row in workflow.transitions for s in (*row.source, row.target, row.instead) if s}
    unknown = named - set(codes)
    if unknown:
        yield f"unknown states {sorted(unknown)}"
        return
    for row in workflow.transitions:
        if not row.actors:
            yield f"{row.name} names no actor"
        if not row.leaves_final and set(row.source) & workflow.final_states:
            yield f"{row.name} leaves a final state"
        if row.undoable and (row.says or row.figures or not row.source or row.actors == {Party.SYSTEM}):
            yield f"{row.name} leaves more behind than can be undone"
        if row.on_many and row.on_an_agenda:
            yield f"{row.name} is done on many, which are undone together, and may stand on an agenda"
    first = {
        state
        for row in workflow.transitions
        if not row.source
        for state in (row.target, row.instead)
        if state
    }
    unreached = set(codes) - _spread(first, workflow)
    if unreached:
        yield f"unreachable states {sorted(unreached)}"
    endless = {code for code in codes if not _spread({code}, workflow) & workflow.final_states}
    if endless:
        yield f"states without an end {sorted(endless)}"
    yield from _clock_problems(workflow)


def _clock_problems(workflow: Workflow) -> Iterator[str]:
    for code, running, _ in clock_positions(workflow):
        state = workflow.state(code)
        if running and state.final:
            yield f"{sorted(running)} run in final state {code}"
        if running and state.owes is None:
            yield f"{sorted(running)} run in {code} and nobody owes the next step"
        if unknown := running - set(workflow.clocks):
            yield f"unknown clocks {sorted(unknown)}"


def _spread(start: Iterable[str], workflow: Workflow) -> set[str]:
    seen, waiting = set[str](), list(start)
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            for row in workflow.transitions:
                if state in row.source:
                    waiting += row.landings(state)
    return seen
