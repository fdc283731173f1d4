"""SVG by hand: elements, the colours of the house with their hatching, a legend. No style, no script: attributes only.

The fill attributes are the light colours, for paper; on screen the classes of relais.css replace them. What is hatched
carries a pattern, so that grey print and eyes that do not see colour tell it apart.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from markupsafe import Markup, escape

INK, SOFT, GRID = "#16202a", "#5d6b77", "#dcdfe0"
FACE = "Atkinson Hyperlegible, sans-serif"
WIDTH = 640
SWATCH = 22
LETTER = 6.3
"""What a letter of 12 units takes, about."""

Symbol: TypeAlias = Callable[[float, float], Markup]
"""A small sample drawn at a place."""


class Paint(NamedTuple):
    """A class for the screen, a colour for paper, and the path of its hatching, if any, with its colour."""

    name: str
    colour: str
    hatch: str = ""
    hatch_name: str = ""
    hatch_colour: str = ""


SERIES = (
    Paint("series-1", "#0b4f5c"),
    Paint("series-2", "#4f9ba6", "M1 0v8", "hatch-card", "#ffffff"),
    Paint("series-3", "#cfe3e5"),
    Paint("series-4", "#8a97a0", "M2 2h3v3h-3z", "hatch-card", "#ffffff"),
)
SIDES = (
    Paint("fill-departement", "#6b3b7a", "M1 0v8", "hatch", "#f3ebf5"),
    Paint("fill-caf", "#0d5c8f"),
    Paint("fill-closed", "#dfe3e4"),
)


def element(name: str, content: str = "", **attributes: object) -> Markup:
    """One element; `class_name` is its class, `font_size` its font-size. Everything that is not markup is escaped."""
    written = Markup("").join(
        Markup(' {}="{}"').format(_name(key), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, content)  # noqa: S704


def joined(parts: Iterable[str]) -> Markup:
    """Several elements."""
    return Markup("").join(parts)


def text(
    content: str, x: float, y: float, anchor: str = "start", colour: str = SOFT, **more: object
) -> Markup:
    """A word or two, at 12 units."""
    return element("text", content, x=x, y=y, text_anchor=anchor, fill=colour, font_size=12, **more)


def pattern_id(drawing: str, paint: Paint) -> str:
    """The name of a hatching within the page: each drawing brings its own."""
    return f"{drawing}-{paint.name}"


def patterns(drawing: str, paints: Iterable[Paint]) -> Markup:
    """The hatchings that a drawing uses."""
    return element("defs", joined(_pattern(drawing, paint) for paint in paints if paint.hatch))


def bar(drawing: str, paint: Paint, box: tuple[float, float, float, float], said: str) -> Markup:
    """A rectangle (x, y, width, height) in a paint, its hatching over it; pointed at, it says its figure."""
    place = dict(zip(("x", "y", "width", "height"), box, strict=True))
    title = element("title", said) if said else ""
    plain = element("rect", title, class_name=paint.name, fill=paint.colour, **place)
    if not paint.hatch:
        return plain
    return plain + element("rect", title, fill=f"url(#{pattern_id(drawing, paint)})", **place)


def swatch(drawing: str, paint: Paint) -> Symbol:
    """The sample of a paint for a legend."""
    return lambda x, y: bar(drawing, paint, (x, y, SWATCH, 13), "")


def legend(entries: Sequence[tuple[Symbol, str]], width: float, left: float) -> tuple[Markup, float]:
    """Samples with their words from `left` on, folded to the width, and the height that they take."""
    parts: list[Markup] = []
    x, y = left, 1.0
    for symbol, words in entries:
        taken = SWATCH + 8 + LETTER * len(words) + 20
        if left < x and x + taken > width:
            x, y = left, y + 20
        parts.append(symbol(x, y))
        parts.append(text(words, x + SWATCH + 8, y + 11, colour=INK, class_name="ink"))
        x += taken
    return joined(parts), y + 25 if entries else 0


def picture(drawing: str, title: str, description: str, height: float, content: str) -> Markup:
    """The whole drawing, named and described for those who do not see it."""
    names = element("title", title, id=f"{drawing}-title") + element(
        "desc", description, id=f"{drawing}-desc"
    )
    return element(
        "svg",
        names + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
        aria_labelledby=f"{drawing}-title {drawing}-desc",
        font_family=FACE,
    )


def _pattern(drawing: str, paint: Paint) -> Markup:
    """The lines alone: a ground of tiles would show its seams on paper."""
    lines = element(
        "path",
        class_name=paint.hatch_name,
        d=paint.hatch,
        stroke=paint.hatch_colour,
        stroke_width=2,
        fill="none",
    )
    return element(
        "pattern",
        lines,
        id=pattern_id(drawing, paint),
        width=8, height=8,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )  # fmt: skip


def _name(key: str) -> str:
    return "class" if key == "class_name" else key.replace("_", "-")


def _value(value: object) -> str:
    return f"{round(value, 2):g}" if isinstance(value, float) else escape(str(value))
