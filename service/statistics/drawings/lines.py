"""Lines through time: the first one solid, the others dashed, broken where there is no figure; a dashed target."""

from collections.abc import Sequence

from markupsafe import Markup

from service.statistics.drawings import axes, svg
from service.statistics.drawings.axes import LEFT, PLOT
from service.statistics.drawings.series import Plot
from service.statistics.drawings.svg import LETTER, SERIES, SWATCH, WIDTH, Symbol

_TARGET = "#8a5a00"


def lines(plot: Plot) -> tuple[Markup, float]:
    """The drawing and its height."""
    key, above = _legend(plot)
    bottom, target = above + 14 + PLOT, plot.chart.target
    values = [value for one in plot.series for value in one.values if value is not None]
    highest = max([*values, target or 0])
    scale = PLOT / axes.marks(highest)[-1]
    slot = (WIDTH - LEFT) / max(len(plot.labels), 1)
    parts = [key, axes.level_lines(highest, plot.unit, lambda value: bottom - scale * value)]
    if target is not None:
        parts.append(_target(LEFT, WIDTH, bottom - scale * target))
    for rank, one in reversed(list(enumerate(plot.series))):
        points = [
            None if value is None else (LEFT + slot * (place + 0.5), bottom - scale * value)
            for place, value in enumerate(one.values)
        ]
        parts.append(_curve(rank, points))
        parts += [
            _point(rank, *point, plot.said(place, one))
            for place, point in enumerate(points)
            if point is not None
        ]
    labels = axes.folded(plot.labels, slot) or [
        [axes.cut(label, int(slot / LETTER))] for label in plot.labels
    ]
    return svg.joined([*parts, axes.below(labels, slot, bottom)]), bottom + 38


def _legend(plot: Plot) -> tuple[Markup, float]:
    entries = [(_sample(rank), one.label) for rank, one in enumerate(plot.series)]
    if plot.chart.target is not None:
        entries.append((lambda x, y: _target(x, x + SWATCH, y + 6.5), plot.chart.target_label))
    return svg.legend(entries if len(entries) > 1 else [], WIDTH, LEFT)


def _sample(rank: int) -> Symbol:
    return lambda x, y: (
        _curve(rank, [(x, y + 6.5), (x + SWATCH, y + 6.5)]) + _point(rank, x + SWATCH / 2, y + 6.5, "")
    )


def _target(left: float, right: float, y: float) -> Markup:
    return svg.element(
        "line", class_name="chart-target", x1=left, x2=right, y1=y, y2=y, stroke=_TARGET, stroke_width=2,
        stroke_dasharray="2 4",
    )  # fmt: skip


def _curve(rank: int, points: Sequence[tuple[float, float] | None]) -> Markup:
    path, pen = "", "M"
    for point in points:
        if point is not None:
            path += f"{pen}{point[0]:.1f} {point[1]:.1f}"
        pen = "M" if point is None else "L"
    paint = SERIES[rank]
    return svg.element(
        "path", class_name=f"{paint.name} curve", d=path, fill="none", stroke=paint.colour, stroke_width=2.5,
        stroke_dasharray="6 4" if rank else None,
    )  # fmt: skip


def _point(rank: int, x: float, y: float, said: str) -> Markup:
    """Round for the first line, square for the others."""
    paint = SERIES[rank]
    content = svg.element("title", said) if said else ""
    if rank == 0:
        return svg.element("circle", content, class_name=paint.name, cx=x, cy=y, r=4, fill=paint.colour)
    return svg.element(
        "rect", content, class_name=paint.name, x=x - 3.5, y=y - 3.5, width=7, height=7, fill=paint.colour
    )
