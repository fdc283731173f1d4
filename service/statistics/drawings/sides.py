"""Time by side: a whole bar for each row, shared between the CDAS (hatched), the Caf (plain) and closed time (grey)."""

from collections.abc import Sequence

from markupsafe import Markup

from service.statistics import words
from service.statistics.drawings import axes, svg
from service.statistics.drawings.series import Plot
from service.statistics.drawings.svg import SIDES, WIDTH

_SLOT, _THICK = 34.0, 22.0
_MOST_CLOSED = 0.2


def sides(plot: Plot) -> tuple[Markup, float]:
    """The drawing and its height. Closed time that would crowd the rest is drawn narrower, with a cut."""
    entries = [
        (svg.swatch(plot.name, paint), one.label) for paint, one in zip(SIDES, plot.series, strict=True)
    ]
    left = axes.room(plot.labels)
    key, above = svg.legend(entries, WIDTH, left)
    parts = [svg.patterns(plot.name, SIDES), key, axes.before(plot.labels, left, above, _SLOT)]
    squeezed = False
    for place in range(len(plot.labels)):
        shares, cut = parted([one.values[place] or 0 for one in plot.series])
        squeezed = squeezed or cut
        y = above + _SLOT * place + (_SLOT - _THICK) / 2
        parts.append(_bar(plot, place, shares, (left, y), cut))
    bottom = above + _SLOT * len(plot.labels)
    if squeezed:
        parts.append(svg.text("Le temps fermé est resserré dans le dessin.", left, bottom + 14))
    return svg.joined(parts), bottom + (22 if squeezed else 4)


def parted(values: Sequence[float]) -> tuple[list[float], bool]:
    """Each side's part of the bar, closed time last and at most a fifth; whether it had to be narrowed."""
    opened, closed = sum(values[:-1]), values[-1]
    if not opened + closed:
        return [0.0] * len(values), False
    cut = opened > 0 and closed > _MOST_CLOSED * (opened + closed)
    share = _MOST_CLOSED if cut else closed / (opened + closed)
    return [*((1 - share) * value / opened if opened else 0.0 for value in values[:-1]), share], cut


def _bar(plot: Plot, place: int, shares: Sequence[float], spot: tuple[float, float], cut: bool) -> Markup:
    x, y = spot
    if not any(shares):
        return svg.text(words.cell(plot.series[0].cells[place]), x, y + 15)
    parts, whole = [], WIDTH - x
    for paint, one, share in zip(SIDES, plot.series, shares, strict=True):
        if share:
            box = (x, y, max(share * whole - 1.5, 0.5), _THICK)
            parts.append(svg.bar(plot.name, paint, box, plot.said(place, one)))
        x += share * whole
    if cut:
        parts.append(_cut(WIDTH - _MOST_CLOSED * whole / 2, y))
    return svg.joined(parts)


def _cut(x: float, y: float) -> Markup:
    path = f"M{x - 5:g} {y + _THICK:g}L{x + 1:g} {y:g}M{x - 1:g} {y + _THICK:g}L{x + 5:g} {y:g}"
    return svg.element("path", class_name="cut", d=path, stroke="#ffffff", stroke_width=2, fill="none")
