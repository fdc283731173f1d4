"""The documentation of a workflow, drawn from its table: the rows, and the diagram in Mermaid."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.workflows.machine import PARTY_LABELS, UNDO_WITHIN, Owes, Transition, Workflow

_OWES = {
    Owes.TRIAGE_UNIT: "le service qui trie",
    Owes.ASSIGNED_UNIT: "le service désigné",
    Owes.ASKING_UNIT: "le service demandeur",
    Owes.NEXT_TO_CONFIRM: "le destinataire, puis le demandeur",
}

_UNDOABLE = f"pendant {UNDO_WITHIN.seconds // 60} minutes, par qui l’a fait"


def table(workflow: Workflow) -> str:
    """States and transitions as Markdown tables, in French."""
    lines = [
        f"# {workflow.label} (`{workflow.kind}`, {workflow.prefix}-)",
        "",
        "| état | libellé | qui doit l’étape suivante |",
        "|---|---|---|",
    ]
    for state in workflow.states:
        owed = "fin" if state.final else _OWES[state.owes] if state.owes else "–"
        other = state.towards_cdas[0] if state.towards_cdas else state.label
        label = state.label if other == state.label else f"{state.label} (Caf → CDAS : {other})"
        lines.append(f"| `{state.code}` | {label} | {owed} |")
    lines += [
        "",
        "| transition | de → vers | qui | demande | délais | règle | se défait |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(row) for row in workflow.transitions]
    return "\n".join(lines) + "\n"


def mermaid(workflow: Workflow) -> str:
    """The state diagram as Mermaid text."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{state.label}" as {state.code}' for state in workflow.states]
    lines += [f"    {arrow}" for row in workflow.transitions for arrow in _arrows(row)]
    lines += [f"    {state.code} --> [*]" for state in workflow.states if state.final]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Arc:
    """An arrow between two states by their places in the table; `level`: how far out it runs, from 1.

    Level 0 goes straight down to the next state. Arrows that go back run on the other side, with levels of their own.
    """

    source: int
    target: int
    level: int

    @property
    def back(self) -> bool:
        """Whether it leads to an earlier state."""
        return self.target < self.source


def arcs(workflow: Workflow) -> list[Arc]:
    """The arrows of the drawing, each once, the shortest innermost; two that share a stretch never share a level."""
    place = {state.code: number for number, state in enumerate(workflow.states)}
    found = {
        (place[source], place[landing])
        for row in workflow.transitions
        for source in row.source
        for landing in row.landings(source)
        if landing != source
    }
    drawn: list[Arc] = []
    for source, target in sorted(found, key=lambda pair: (abs(pair[1] - pair[0]), pair)):
        near = target == source + 1
        drawn.append(Arc(source, target, 0 if near else _free_level(drawn, source, target)))
    return drawn


def _free_level(drawn: list[Arc], source: int, target: int) -> int:
    low, high, back = min(source, target), max(source, target), target < source
    taken = {
        arc.level
        for arc in drawn
        if arc.level
        and arc.back is back
        and min(arc.source, arc.target) < high
        and low < max(arc.source, arc.target)
    }
    return next(level for level in range(1, len(drawn) + 2) if level not in taken)


def page(workflow: Workflow) -> str:
    """The page of `docs/` for one kind."""
    return (
        "<!-- Page produite par « relais workflow docs » : ne pas modifier à la main. -->\n\n"
        f"{table(workflow)}\n```mermaid\n{mermaid(workflow)}```\n"
    )


def _row(row: Transition) -> str:
    who = ", ".join(sorted(PARTY_LABELS[party] for party in row.actors))
    asks = ", ".join(f"`{name}`" for name in row.asks) or "–"
    instead = f" ou {row.instead}" if row.instead else ""
    where = f"{', '.join(row.source) or '–'} → {row.target or 'reste'}{instead}"
    undo = (_UNDOABLE + (", vers la Caf" if row.on_an_agenda else "")) if row.undoable else "–"
    return (
        f"| `{row.name}` « {row.label} » | {where} | {who} | {asks} | {_clocks(row)} | {row.rule} | {undo} |"
    )


def _clocks(row: Transition) -> str:
    parts = (
        ("démarre", row.starts),
        ("démarre la première fois", row.starts_once),
        ("arrête", row.stops),
        ("suspend", row.pauses),
        ("reprend", row.resumes),
    )
    return " ; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names) or "–"


def _arrows(row: Transition) -> Iterator[str]:
    for source in row.source or ("[*]",):
        yield f"{source} --> {row.target or source} : {row.label}"
        if row.instead:
            yield f"{source} --> {row.instead} : {row.label}"
