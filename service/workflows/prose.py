"""A small safe text: paragraphs, lists and headings, read from plain lines. No markup passes: what is typed is text.

An empty line separates paragraphs; « # » begins a heading, « - » a line of a list.
"""

from dataclasses import dataclass
from typing import Literal

HINT = (
    "Une ligne vide sépare deux paragraphes ; un tiret et une espace commencent une ligne de liste, "
    "un dièse et une espace un titre."
)

Kind = Literal["heading", "list", "text"]
_MARKS: tuple[tuple[str, Kind], ...] = (("# ", "heading"), ("- ", "list"))


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list or a heading, with its lines."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """The text in blocks, in its order."""
    found: list[tuple[Kind, list[str]]] = []
    apart = True
    for line in (line.strip() for line in text.split("\n")):
        if not line:
            apart = True
            continue
        kind, words = _read(line)
        if apart or kind == "heading" or found[-1][0] != kind:
            found.append((kind, []))
        found[-1][1].append(words)
        apart = False
    return tuple(Block(kind, tuple(lines)) for kind, lines in found)


def _read(line: str) -> tuple[Kind, str]:
    for mark, kind in _MARKS:
        if line.startswith(mark):
            return kind, line.removeprefix(mark).strip()
    return "text", line
