"""PDF files: the one place that knows how they are made. Tagged (PDF/UA-1), and the same bytes for the same input."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

HOUSE = Path(__file__).resolve().parent
TEMPLATES = HOUSE / "paper"
FONTS = HOUSE / "static" / "fonts"
_NO_LATIN = re.compile(r"[^\n -~\u00a0-\u017f\u2010-\u2030\u20ac]")
_NO_GLYPH = "could not be displayed"


class CannotBePrinted(ValueError):
    """A text holds a sign that none of our faces can draw: a pictogram, or a script that they do not have."""


def render(template: str, data: Mapping[str, Any], day: date) -> bytes:
    """The PDF of a `.typ` template of `service/paper/`, which reads `data` as JSON; dated `day`.

    Nothing of `data` is read as markup. No face of this machine is used, and nothing is fetched. Refuses
    (CannotBePrinted) what could not be read aloud or seen by everybody.
    """
    try:
        made = typst.compile(
            TEMPLATES / template,
            root=TEMPLATES,
            format="pdf",
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[FONTS]),
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as refused:
        if _NO_GLYPH in refused.message:
            raise CannotBePrinted from None  # the message quotes the text
        raise
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


def render_drawable(template: str, data: Mapping[str, Any], day: date) -> bytes:
    """As `render`; a sign that can not be drawn becomes « ? », where nobody can be asked for another."""
    try:
        return render(template, data, day)
    except CannotBePrinted:
        return render(template, _drawable(data), day)


def _drawable(value: Any) -> Any:
    """The same texts with « ? » for every sign outside the Latin script and its punctuation."""
    if isinstance(value, str):
        return _NO_LATIN.sub("?", value)
    if isinstance(value, Mapping):
        return {name: _drawable(one) for name, one in value.items()}
    return [_drawable(one) for one in value]
