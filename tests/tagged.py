"""What a PDF/UA-1 checker would say of a file, as far as its catalogue and the tree of its tags tell (R-26)."""

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pypdf import PdfReader


def faults(content: bytes) -> list[str]:
    """What is missing; [] for a tagged file in French, with its title, its headings in order, and named parts."""
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    title = reader.metadata.title if reader.metadata else None
    nodes = list(_walk(root.get("/StructTreeRoot", {}).get("/K")))
    said = root["/Metadata"].get_data() if "/Metadata" in root else b""
    levels = [int(node["/S"][2:]) for node in nodes if node["/S"][:2] == "/H" and node["/S"][2:].isdigit()]
    held = {
        "not marked as tagged": bool(root.get("/MarkInfo", {}).get("/Marked")),
        "not in French": root.get("/Lang") == "fr-FR",
        "does not say PDF/UA-1": b"<pdfuaid:part>1</pdfuaid:part>" in said,
        "without a title": bool(title) and bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
        "pages that are tabbed out of order": all(page.get("/Tabs") == "/S" for page in reader.pages),
        "no heading, or not of the first level": levels[:1] == [1],
        "a level of heading is skipped": all(b - a <= 1 for a, b in pairwise(levels)),
        "a picture without words": all(node.get("/Alt") for node in nodes if node["/S"] == "/Figure"),
        "a heading of a table that says not of what": all(
            "/Scope" in str(node.get("/A")) for node in nodes if node["/S"] == "/TH"
        ),
        "a table without headings": all(
            any(one["/S"] == "/TH" for one in _walk(node.get("/K")))
            for node in nodes
            if node["/S"] == "/Table"
        ),
    }
    return [fault for fault, fine in held.items() if not fine]


def _walk(node: Any) -> Iterator[Any]:
    """The elements of the tree, in the order in which they are read."""
    node = getattr(node, "get_object", lambda: node)()
    if isinstance(node, list):
        for one in node:
            yield from _walk(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        yield from _walk(node.get("/K"))
