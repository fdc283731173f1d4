"""HTML to plain text, in one pass over its tags.

Not with a library's parser: those on hand need 14 s for 50 kB of « <a <a <a », and a stranger chooses what we
read. Attributes say nothing that is needed here, so a tag is only its name.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise

_TOKEN = re.compile(r"<!--|</?[a-zA-Z][^<>]*>|<[!?][^<>]*>|[^<]+|<")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:]*)")
_HUGE_NUMBER = re.compile(r"&#[0-9a-fA-FxX]{9,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_UNSHOWN = frozenset({"script", "style", "head", "title", "noscript", "template", "svg", "select", "object"})
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2"
        " h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul",
    )
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol"})
_LABEL_LENGTH = 60


def to_text(html: str) -> str:
    """The visible text: a line per block, « label : value » for a row of two cells, « > » if quoted."""
    page = _Page()
    for token in _visible_tokens(html):
        if token.startswith("<") and (tag := _TAG_NAME.match(token)):
            page.tag(tag[1].lower(), closing=token[1] == "/")
        elif not (token.startswith(("<!", "<?")) and token.endswith(">")):
            page.words(_SPACES.sub(" ", unescape(_HUGE_NUMBER.sub("\ufffd", token))))
    return page.finished()


def _visible_tokens(html: str) -> Iterator[str]:
    """Tags and text, without comments and without what stands inside script, style and the like."""
    position, unclosed = 0, set[str]()
    while token := _TOKEN.match(html, position):
        position = token.end()
        name = "--" if token[0] == "<!--" else _unshown(token[0])
        if not name:
            yield token[0]
        elif name not in unclosed:
            closing = html.find("-->", position) if name == "--" else _closing(html, name, position)
            if closing < 0:
                unclosed.add(name)  # looked for once: looking again at each one would be quadratic
            position = max(closing, position)


def _unshown(token: str) -> str:
    tag = _TAG_NAME.match(token)
    name = tag[1].lower() if tag else ""
    return name if name in _UNSHOWN and token[1] != "/" and not token.endswith("/>") else ""


def _closing(html: str, name: str, position: int) -> int:
    match = re.compile(f"</{name}", re.IGNORECASE).search(html, position)
    return match.start() if match else -1


class _Page:
    """The text being written: the line, the row of the innermost table, the depth of quotation."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._rows: list[list[int]] = []
        self._quoted = 0

    def words(self, text: str) -> None:
        self._line.append(text)

    def tag(self, name: str, *, closing: bool) -> None:
        if name == "br":
            self._end_line()
        elif name in ("td", "th"):
            self._cell(closing)
        elif name in _BLOCKS:
            self._block(name, closing)

    def finished(self) -> str:
        self._end_line()
        return "\n".join(self._lines)

    def _block(self, name: str, closing: bool) -> None:
        self._end_line()
        if name == "tr":
            self._row(closing)
        if name == "blockquote":
            self._quoted = max(self._quoted + (-1 if closing else 1), 0)
        if name in _SPACED and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._mark().rstrip())
        if name == "li" and not closing:
            self._line.append("- ")

    def _row(self, closing: bool) -> None:
        if not closing:
            self._rows = [*self._rows[-20:], [len(self._lines)]]
        elif self._rows:
            self._join_cells(self._rows.pop())

    def _cell(self, closing: bool) -> None:
        self._end_line()
        if closing and self._rows:
            self._rows[-1].append(len(self._lines))

    def _join_cells(self, ends: list[int]) -> None:
        """Two cells, the first of one line, become « label : value »; anything else is layout."""
        if len(ends) != 3:
            return
        first, second = (
            [line for line in self._lines[start:end] if line.strip("> ")] for start, end in pairwise(ends)
        )
        label = first[0].strip().rstrip(":").rstrip() if len(first) == 1 else ""
        if label and len(label) <= _LABEL_LENGTH:
            value = second[0].removeprefix(self._mark()) if second else ""
            self._lines[ends[0] :] = [f"{label} : {value}".rstrip(), *second[1:]]

    def _end_line(self) -> None:
        text = _SPACES.sub(" ", "".join(self._line)).strip(" ")
        self._line = []
        if text:
            self._lines.append(self._mark() + text)

    def _mark(self) -> str:
        return "> " if self._quoted else ""
