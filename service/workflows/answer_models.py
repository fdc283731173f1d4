"""Models of answers: short texts without anybody in them, that one inserts into a message and then edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from service.workflows import merging

LONGEST_TITLE, LONGEST_BODY = 80, 3000
MOST = 60
"""So many of a service, and as many of one's own: a list that is longer helps nobody."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {"reference": "La référence de la demande", "echeance": "La prochaine échéance de la demande"}
)
"""What is merged into an answer, by name; nothing of a person."""

WITHOUT_DEADLINE = "(date à préciser)"


@dataclass(frozen=True, slots=True)
class Wording:
    """The title by which it is found, and the text."""

    title: str
    body: str


def filled(body: str, reference: str, deadline: str) -> str:
    """The answer of that body for a request; without a `deadline` its place says so."""
    return merging.merged(body, {"reference": reference, "echeance": deadline or WITHOUT_DEADLINE})


def inserted(written: str, text: str) -> str:
    """What was being written, then the text, with a line between."""
    return f"{written.rstrip()}\n\n{text}" if written.strip() else text
