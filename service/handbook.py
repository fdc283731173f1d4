"""The guide and the rules, as docs/ keeps them in Markdown: the pages of help show the same text as the repository."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from service.workflows import french

DOCS = Path(__file__).resolve().parents[1] / "docs"
PICTURES = DOCS / "guide"
RULE = re.compile(r"(?<![A-Z-])R-(?:IND-I{1,2}-\d+|[A-Z]{2,3}(?:-\d+)?)(?![A-Z0-9])")

Address = Callable[[str], str]
"""From what a document links to, to the address of a page; "" where no page shows it."""

_READER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, and what it says, in one paragraph."""

    id: str
    says: Markup


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a document under a heading of the second level; `slug` stands in addresses."""

    slug: str
    title: str
    text: str


@cache
def html(text: str, address: Address) -> Markup:
    """Markdown as HTML, its links led by `address`; a link that leads nowhere keeps its words. No HTML passes.

    The lines of a list that begin with a rule's id can be reached by it.
    """
    tokens = _READER.parse(text)
    for item, inline in _items(tokens):
        if found := _id(inline):
            item.attrSet("id", found)
    for token in tokens:
        token.children = list(_led(_unbroken(token.children or ()), address)) or None
    return Markup(_READER.renderer.render(tokens, _READER.options, {}))  # noqa: S704 (from our own files)


@cache
def pictures() -> frozenset[str]:
    """The names of the pictures of the guide."""
    return frozenset(found.name for found in PICTURES.glob("*.webp"))


@cache
def chapters(name: str) -> tuple[Chapter, ...]:
    """The chapters of a document of docs/; what precedes the first is without title and slug."""
    first, *parts = _HEADING.split((DOCS / name).read_text(encoding="utf-8"))
    titles = parts[::2]
    return (
        Chapter("", "", first.split("\n", 1)[1].strip()),
        *(
            Chapter(_slug(title), title, text.strip())
            for title, text in zip(titles, parts[1::2], strict=True)
        ),
    )


@cache
def rules() -> dict[str, Rule]:
    """Every rule by id, in the order of docs/rules.md."""
    tokens = _READER.parse((DOCS / "rules.md").read_text(encoding="utf-8"))
    return {found: Rule(found, _rest(inline)) for _, inline in _items(tokens) if (found := _id(inline))}


def named(text: str | None) -> list[Rule]:
    """The rules that a text names, each once, in its order; an id that nothing explains is left out."""
    return [rules()[one] for one in dict.fromkeys(RULE.findall(text or "")) if one in rules()]


def _items(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    """Each item of a list with its first line of text."""
    for place, token in enumerate(tokens):
        if token.type == "list_item_open":
            yield token, tokens[place + 2]


def _id(inline: Token) -> str:
    """The rule's id that a line begins with, in bold; "" for another line."""
    words = inline.children or []
    if len(words) < 3 or words[1].type != "strong_open":
        return ""
    return words[2].content if RULE.fullmatch(words[2].content) else ""


def _rest(inline: Token) -> Markup:
    """What follows the id in bold."""
    rest = Token("inline", "", 0, children=list(_unbroken((inline.children or [])[4:])))
    said = _READER.renderer.render([rest], _READER.options, {})
    return Markup(said.strip())  # noqa: S704 (from our own files)


def _unbroken(tokens: Sequence[Token]) -> Iterator[Token]:
    """No line begins with « : » nor ends with an opening quotation mark."""
    for token in tokens:
        if token.type == "text":
            token.content = french.unbroken(token.content)
        yield token


def _led(tokens: Iterable[Token], address: Address) -> Iterator[Token]:
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = address(str(token.attrGet("href")))
            token.attrSet("href", target)
            dropped = not target
        elif token.type == "image":
            token.attrSet("src", address(str(token.attrGet("src"))))
            token.attrSet("loading", "lazy")
        if not (dropped and token.type in {"link_open", "link_close"}):
            yield token
        dropped = dropped and token.type != "link_close"


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFD", title.lower().replace("’", " ")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
