"""A file of people to invite, as spreadsheets write it: read line by line, each mistake named in French.

Nothing in it is computed: what begins like a formula is text.
"""

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from service.workflows.plain_text import plain

LARGEST_FILE = 256 * 1024
MOST_LINES = 500

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "last_name": ("nom",),
    "first_name": ("prenom",),
    "email": ("adresse electronique", "adresse", "courriel", "email", "mail"),
    "unit": ("service", "unite"),
    "role": ("role",),
    "named": ("designe accueil ou concertations", "designe"),
    "deputy": ("adjoint ou suppleant", "adjoint", "suppleant"),
}
"""What a column holds, by the headings it may have, without accents nor capitals."""

LABELS: Mapping[str, str] = {
    "last_name": "nom",
    "first_name": "prénom",
    "email": "adresse électronique",
    "unit": "service",
    "role": "rôle",
    "named": "désigné",
    "deputy": "adjoint",
}
"""The headings as people are told to write them."""
OPTIONAL = frozenset({"named", "deputy"})
_YES = frozenset({"oui", "o", "x", "1"})
_NO = frozenset({"", "non", "n", "0"})


class Unreadable(Exception):
    """The file as a whole can not be read; the text says why, in French."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number as a spreadsheet shows it, what it says, what is wrong with it."""

    number: int
    values: Mapping[str, str]
    mistakes: tuple[str, ...] = ()
    ticks: Mapping[str, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """First name and name."""
        return " ".join(filter(None, (self.values.get("first_name", ""), self.values.get("last_name", ""))))

    def wrong(self, *sentences: str) -> "Line":
        """The same with more mistakes."""
        return replace(self, mistakes=(*self.mistakes, *sentences))


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, with its mark or without, else in Windows-1252. Raises Unreadable."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"Ce fichier est trop grand : {LARGEST_FILE // 1024} Kio au plus.")
    if b"\0" in content:
        raise Unreadable("Ce fichier n’est pas du texte : enregistrez le tableau au format CSV.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(text: str) -> list[Line]:
    """The lines under the headings, empty ones left out. Raises Unreadable."""
    rows = _rows(plain(text))
    if not rows:
        raise Unreadable("Ce fichier est vide.")
    columns = _columns(rows[0][1])
    found = [_line(number, cells, columns) for number, cells in rows[1:]]
    if not found:
        raise Unreadable("Ce fichier n’a que ses titres de colonnes : aucune personne n’y est.")
    if len(found) > MOST_LINES:
        raise Unreadable(f"Ce fichier a {len(found)} lignes : {MOST_LINES} au plus à la fois.")
    return _without_repeats(found)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that hold something, with the number of the line where each ends."""
    first = text.lstrip().split("\n", 1)[0]
    separator = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        kept = [(reader.line_num, [_plain(cell) for cell in cells]) for cells in reader]
    except csv.Error:
        sentence = (
            f"La ligne {reader.line_num} a un guillemet qui ne se ferme pas, ou une cellule trop longue."
        )
        raise Unreadable(sentence) from None
    return [(number, cells) for number, cells in kept if any(cells)]


def _plain(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each column stands. Raises Unreadable for one that lacks, or stands twice."""
    bare = [_bare(heading) for heading in headings]
    found: dict[str, int] = {}
    for name, known in COLUMNS.items():
        places = [place for place, heading in enumerate(bare) if heading in known]
        if len(places) > 1:
            raise Unreadable(f"La colonne « {LABELS[name]} » est deux fois dans la première ligne.")
        if places:
            found[name] = places[0]
    lacking = [LABELS[name] for name in COLUMNS if name not in found and name not in OPTIONAL]
    if lacking:
        raise Unreadable(
            f"La première ligne doit nommer les colonnes. Il manque : {', '.join(lacking)}. "
            f"Attendu : {' ; '.join(LABELS.values())}."
        )
    return found


def _line(number: int, cells: list[str], columns: Mapping[str, int]) -> Line:
    values = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
    given = {name: values.pop(name, "") for name in OPTIONAL}
    unclear = [name for name, cell in given.items() if cell.casefold() not in _YES | _NO]
    ticks = {name: cell.casefold() in _YES for name, cell in given.items()}
    sentences = [f"« {LABELS[name]} » : écrivez oui ou non." for name in sorted(unclear)]
    if len(cells) > max(columns.values()) + 1 and any(cells[max(columns.values()) + 1 :]):
        sentences.append("Cette ligne a plus de cellules que de titres : un séparateur est en trop.")
    return Line(number, values, tuple(sentences), ticks)


def _without_repeats(lines: list[Line]) -> list[Line]:
    """An address that comes back is a mistake of the later line."""
    first: dict[str, int] = {}
    kept = []
    for line in lines:
        address = line.values["email"].casefold()
        if address and address in first:
            line = line.wrong(f"Cette adresse est déjà à la ligne {first[address]}.")
        first.setdefault(address, line.number)
        kept.append(line)
    return kept
