"""Stacked bars: columns drawn from the ground up, or lying down where the labels are too long to stand below."""

from collections.abc import Sequence

from markupsafe import Markup

from service.statistics import words
from service.statistics.document import Hidden
from service.statistics.drawings import axes, svg
from service.statistics.drawings.axes import LEFT, PLOT
from service.statistics.drawings.series import Plot
from service.statistics.drawings.svg import SERIES, WIDTH

_WIDEST = 72
_SLOT = 24.0


def bars(plot: Plot) -> tuple[Markup, float]:
    """The drawing and its height."""
    labels = axes.folded(plot.labels, (WIDTH - LEFT) / max(len(plot.labels), 1))
    return _lying(plot) if labels is None else _standing(plot, labels)


def _standing(plot: Plot, labels: Sequence[Sequence[str]]) -> tuple[Markup, float]:
    key, above = _legend(plot, LEFT)
    bottom, highest = above + 18 + PLOT, max(plot.sums, default=0)
    scale = PLOT / axes.marks(highest)[-1]
    slot = (WIDTH - LEFT) / max(len(labels), 1)
    width = min(slot * 0.66, _WIDEST)
    parts = [key, axes.level_lines(highest, plot.unit, lambda value: bottom - scale * value)]
    for place, total in enumerate(plot.sums):
        x, ground = LEFT + slot * (place + 0.5) - width / 2, bottom
        for paint, one in zip(SERIES, plot.series, strict=False):
            if value := one.values[place]:
                ground -= scale * value
                box = (x, ground + 0.5, width, max(scale * value - 1, 0.5))
                parts.append(svg.bar(plot.name, paint, box, plot.said(place, one)))
        parts.append(_figure(_at_the_end(plot, place, total), x + width / 2, ground - 5, "middle"))
    return svg.joined([*parts, axes.below(labels, slot, bottom)]), bottom + 38


def _lying(plot: Plot) -> tuple[Markup, float]:
    left = axes.room(plot.labels)
    key, above = _legend(plot, left)
    bottom, highest = above + _SLOT * len(plot.labels), max(plot.sums, default=0)
    scale = (WIDTH - left - 46) / axes.marks(highest)[-1]
    lines = axes.upright_lines(highest, plot.unit, lambda value: left + scale * value, above, bottom)
    parts = [key, lines, axes.before(plot.labels, left, above, _SLOT)]
    for place, total in enumerate(plot.sums):
        x, y = left, above + _SLOT * place + 4
        for paint, one in zip(SERIES, plot.series, strict=False):
            if value := one.values[place]:
                box = (x + 0.5, y, max(scale * value - 1, 0.5), _SLOT - 8)
                parts.append(svg.bar(plot.name, paint, box, plot.said(place, one)))
                x += scale * value
        parts.append(_figure(_at_the_end(plot, place, total), x + 6, y + 12, "start"))
    return svg.joined(parts), bottom + 26


def _legend(plot: Plot, left: float) -> tuple[Markup, float]:
    """One series needs no legend: the title names it."""
    paints = SERIES[: len(plot.series)]
    entries = [
        (svg.swatch(plot.name, paint), one.label) for paint, one in zip(paints, plot.series, strict=True)
    ]
    key, height = svg.legend(entries if len(entries) > 1 else [], WIDTH, left)
    return svg.patterns(plot.name, paints) + key, height


def _figure(said: str, x: float, y: float, anchor: str) -> Markup:
    return svg.text(said, x, y, anchor, svg.INK, class_name="ink")


def _at_the_end(plot: Plot, place: int, total: float) -> str:
    """The figure of a bar; or the sum of counts, where none is hidden or absent."""
    cells = [one.cells[place] for one in plot.series]
    if len(cells) == 1 and isinstance(cells[0], Hidden | int | None):
        return words.cell(cells[0])
    if len(cells) == 1:
        return f"{words.number(round(total))}{plot.unit}"
    return words.number(round(total)) if all(isinstance(cell, int) for cell in cells) else ""
