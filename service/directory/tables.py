"""Files → plain cells with their line: encoding, CSV and TOML. What the cells mean is said elsewhere."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.directory.findings import Report, Spot

_UNIT_HEADER = re.compile(r"^\s*\[\[\s*units\s*\]\]")
_TOML_PLACE = re.compile(r"at line (\d+)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as text, by column, and the place where it stands."""

    spot: Spot
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def read_csv(
    path: Path, longest: Mapping[str, int], report: Report, may_be_empty: frozenset[str] = frozenset()
) -> list[Cells]:
    """Rows of a CSV file in UTF-8, separated by commas or semicolons.

    `longest` names the expected columns and how many characters each may have; further columns are ignored.
    Reports a file that can not be read, a missing column, a row of another length, an empty or too long cell.
    """
    text = _text(path, report)
    rows: list[Cells] = []
    if text is None:
        return rows
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        if _header_is_right(header, longest, Spot(report, path.name, 1)):
            numbered = ((reader.line_num, row) for row in reader)
            rows.extend(_rows(numbered, header, path.name, report))
    except csv.Error:
        Spot(report, path.name, rows[-1].spot.line if rows else 1).add(
            'À partir d’ici, la mise en forme CSV est abîmée, souvent par un guillemet (") non refermé.',
            "Fermez ou retirez ce guillemet.",
        )
    return [cells for cells in rows if _cells_are_right(cells, longest, may_be_empty)]


def read_units(path: Path, report: Report) -> list[tuple[int | None, dict[str, Any]]]:
    """The `[[units]]` of a TOML file with the line of each; reports a file that can not be read."""
    text = _text(path, report)
    if text is None:
        return []
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        Spot(report, path.name, int(place[1]) if place else None).add(
            "Le fichier n’est pas du TOML lisible.",
            "Vérifiez les guillemets, le signe = et les crochets à cet endroit.",
        )
        return []
    tables = content.pop("units", None)
    if content or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        Spot(report, path.name).add(
            "Le fichier doit contenir des blocs [[units]] et rien d’autre.",
            "Reprenez la forme du fichier fourni avec Relais.",
        )
        return []
    return list(zip(_lines_of_units(text, len(tables)), tables, strict=True))


def _text(path: Path, report: Report) -> str | None:
    try:
        data = path.read_bytes()
    except OSError:
        Spot(report, path.name).add(
            "Le fichier est absent ou ne peut pas être lu.",
            "Ajoutez-le au dossier (celui de Relais sert de modèle) ou donnez le droit de le lire.",
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        Spot(report, path.name, data[: error.start].count(b"\n") + 1).add(
            "Le texte n’est pas encodé en UTF-8.",
            "Enregistrez-le de nouveau en choisissant l’encodage « UTF-8 ».",
        )
        return None
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        Spot(report, path.name, text.count("\n", 0, unprintable.start()) + 1).add(
            "La ligne contient un caractère invisible qui n’est pas du texte.",
            "Retapez la ligne.",
        )
        return None
    return text


def _separator(text: str) -> str:
    """French spreadsheets write semicolons where the world writes commas: the header tells."""
    header = text.split("\n", 1)[0]
    return ";" if ";" in header and "," not in header else ","


def _header_is_right(header: list[str], columns: Mapping[str, int], spot: Spot) -> bool:
    missing = [name for name in columns if header.count(name) != 1]
    if missing:
        spot.add(
            f"Colonnes attendues une fois et une seule : {', '.join(missing)}.",
            f"La première ligne nomme les colonnes : {', '.join(columns)}.",
        )
    return not missing


def _rows(
    numbered: Iterator[tuple[int, list[str]]], header: list[str], file: str, report: Report
) -> Iterator[Cells]:
    for line, row in numbered:
        spot = Spot(report, file, line)
        if len(row) == len(header):
            yield Cells(spot, {name: cell.strip() for name, cell in zip(header, row, strict=True)})
        elif any(cell.strip() for cell in row):
            spot.add(
                f"La ligne a {len(row)} colonnes au lieu de {len(header)}.",
                'Corrigez les séparateurs ; un texte qui en contient un s’écrit entre guillemets (").',
            )


def _cells_are_right(cells: Cells, longest: Mapping[str, int], may_be_empty: frozenset[str]) -> bool:
    if not any(cells.values.values()):
        return False
    empty = [name for name in longest if not cells[name] and name not in may_be_empty]
    if empty:
        cells.spot.add(f"Sans valeur : {', '.join(empty)}.", "Complétez la ligne.")
    too_long = [
        f"{name} ({limit} caractères au plus)" for name, limit in longest.items() if len(cells[name]) > limit
    ]
    if too_long:
        cells.spot.add(f"Trop long : {', '.join(too_long)}.", "Raccourcissez.")
    return not empty and not too_long


def _lines_of_units(text: str, count: int) -> list[int | None]:
    """The lines of the headers; unknown for all when the blocks are written another way."""
    lines: list[int | None] = []
    lines += [number for number, line in enumerate(text.splitlines(), 1) if _UNIT_HEADER.match(line)]
    return lines if len(lines) == count else [None] * count
