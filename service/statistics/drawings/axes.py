"""What stands beside a drawing: round marks with their lines, and labels that fit."""

import textwrap
from collections.abc import Callable, Sequence

from markupsafe import Markup

from service.statistics import words
from service.statistics.drawings import svg
from service.statistics.drawings.svg import LETTER, WIDTH
from service.workflows.french import MONTHS

LEFT = 48.0
PLOT = 200.0
_MONTHS_CUT = (
    "janv.",
    "févr.",
    "mars",
    "avr.",
    "mai",
    "juin",
    "juil.",
    "août",
    "sept.",
    "oct.",
    "nov.",
    "déc.",
)
_SHORT = dict(zip(MONTHS, _MONTHS_CUT, strict=True))
_STEPS = (1, 2, 5, 10, 20, 25, 50)
_MOST_STEPS = 5
_LONGEST_LABEL = 38


def marks(highest: float) -> list[int]:
    """Round marks from 0 to the first one that is not below: six at most, two at least."""
    scale = 1
    while highest > _MOST_STEPS * _STEPS[-1] * scale:
        scale *= 100
    step = next(step * scale for step in _STEPS if highest <= _MOST_STEPS * step * scale)
    return [step * place for place in range(max(-int(-highest // step), 1) + 1)]


def level_lines(highest: float, unit: str, y: Callable[[float], float]) -> Markup:
    """Each mark's line across, with its figure at the left."""
    return svg.joined(
        _line(LEFT, WIDTH, y(mark), y(mark))
        + svg.text(words.number(mark) + unit, LEFT - 7, y(mark) + 4, "end")
        for mark in marks(highest)
    )


def upright_lines(
    highest: float, unit: str, x: Callable[[float], float], top: float, bottom: float
) -> Markup:
    """Each mark's line upright, with its figure below."""
    return svg.joined(
        _line(x(mark), x(mark), top, bottom)
        + svg.text(words.number(mark) + unit, x(mark), bottom + 17, "middle")
        for mark in marks(highest)
    )


def below(lines: Sequence[Sequence[str]], slot: float, bottom: float) -> Markup:
    """The labels under what they name."""
    return svg.joined(
        svg.text(line, LEFT + slot * (place + 0.5), bottom + 18 + 15 * down, "middle")
        for place, label in enumerate(lines)
        for down, line in enumerate(label)
    )


def room(labels: Sequence[str]) -> float:
    """What labels take that stand before bars that lie down: 38 letters at most."""
    return LETTER * min(max((len(label) for label in labels), default=0), _LONGEST_LABEL) + 12


def before(labels: Sequence[str], left: float, top: float, slot: float) -> Markup:
    """The labels before bars that lie down, whose ground is at `left`."""
    return svg.joined(
        svg.text(
            cut(label, _LONGEST_LABEL),
            left - 8,
            top + slot * (place + 0.5) + 4,
            "end",
            svg.INK,
            class_name="ink",
        )
        for place, label in enumerate(labels)
    )


def folded(labels: Sequence[str], width: float) -> list[list[str]] | None:
    """Each label on one or two lines of that width, months shortened; None where one does not fit."""
    most = max(int(width / LETTER), 1)
    lines = _months(labels) or [textwrap.wrap(label, most) for label in labels]
    fits = all(len(label) <= 2 and all(len(line) <= most for line in label) for label in lines)
    return lines if fits else None


def cut(label: str, most: int) -> str:
    """The label, cut where it is longer."""
    return label if len(label) <= most else label[: most - 1].rstrip(" ,") + "…"


def _line(x1: float, x2: float, y1: float, y2: float) -> Markup:
    return svg.element("line", class_name="chart-grid", x1=x1, x2=x2, y1=y1, y2=y2, stroke=svg.GRID)


def _months(labels: Sequence[str]) -> list[list[str]]:
    """« oct. », and the year below the first one and below each January; nothing where they are not months."""
    split = [label.split() for label in labels]
    if not all(len(parts) == 2 and parts[0] in _SHORT for parts in split):
        return []
    return [
        [_SHORT[month], year] if place == 0 or month == MONTHS[0] else [_SHORT[month]]
        for place, (month, year) in enumerate(split)
    ]
