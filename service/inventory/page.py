"""docs/personal-data.md: the inventory as the data protection officers read it, written by `relais workflow docs`."""

from collections.abc import Iterable, Iterator

from service.inventory.natures import Kept, Nature, Table
from service.inventory.register import PARTS, protected, reason_in_clear

NAME = "personal-data.md"


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join(
        [*_head(), *(line for title, part in PARTS.items() for line in _part(title, part.items()))]
    )


def _head() -> Iterator[str]:
    yield "<!-- Page produite par « relais workflow docs » : ne pas modifier à la main. -->"
    yield ""
    yield "# Les données que Relais garde"
    yield ""
    yield "Chaque colonne de la base : de quoi elle parle, à quoi elle sert, combien de temps elle reste. Une colonne"
    yield "« scellée » est chiffrée par une clé qui n’est pas dans la base ; un index aveugle permet de retrouver une"
    yield "valeur sans la contenir. Relais n’a pas de colonne pour la santé, la religion, l’origine, les opinions ni"
    yield "les condamnations, et refuse le numéro de sécurité sociale (R-DP-7)."
    yield ""
    yield "## De quoi parle une colonne"
    yield ""
    yield "| nature | ce qu’elle couvre | en clair |"
    yield "|---|---|---|"
    for nature in Nature:
        yield f"| {nature.label} | {nature.covers} | {nature.in_clear or 'non : scellé'} |"
    yield ""
    yield "## Combien de temps"
    yield ""
    for kept in Kept:
        yield f"- `{kept.name.lower()}` : {kept.value}."
    yield ""


def _part(title: str, tables: Iterable[tuple[str, Table]]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    for name, table in tables:
        yield f"### `{name}`"
        yield ""
        yield f"{table.purpose} Durée : `{table.kept.name.lower()}`."
        yield ""
        for nature, columns in table.columns.items():
            yield f"- {nature.label} : {', '.join(_column(table, column) for column in columns)}"
        yield ""


def _column(table: Table, column: str) -> str:
    if protected(column):
        return f"`{column}` ({'scellée' if column.endswith('_sealed') else 'index aveugle'})"
    if column in table.in_clear:
        return f"`{column}` (en clair : {reason_in_clear(table, column)})"
    return f"`{column}`"
