"""The whole inventory, and what is missing from it: what a new table or column still has to say."""

from collections.abc import Iterator, Mapping

from service.inventory.access import ACCESS
from service.inventory.convention import CONVENTION
from service.inventory.house import HOUSE
from service.inventory.natures import Table
from service.inventory.requests import REQUESTS

PARTS: Mapping[str, Mapping[str, Table]] = {
    "Les demandes et les personnes": REQUESTS,
    "Les droits d’accès et la conservation": ACCESS,
    "Les professionnels, les traces, la marche du service": HOUSE,
    "La vie de la convention": CONVENTION,
}
TABLES: Mapping[str, Table] = {name: table for part in PARTS.values() for name, table in part.items()}
Columns = Mapping[str, tuple[str, ...]]
"""The names of the columns of each table."""


def missing(columns: Columns) -> list[str]:
    """What the inventory still owes, a sentence each; nothing when every column is described once."""
    return [
        *(
            f"{name} : nouvelle table ; écrivez dans service/inventory/ à quoi elle sert, combien de temps, "
            "et la nature de chaque colonne."
            for name in sorted(columns.keys() - TABLES.keys())
        ),
        *(
            f"{name} : cette table n’existe plus, retirez-la."
            for name in sorted(TABLES.keys() - columns.keys())
        ),
        *(
            sentence
            for name in sorted(columns.keys() & TABLES.keys())
            for sentence in _of_table(name, columns[name], TABLES[name])
        ),
    ]


def protected(column: str) -> bool:
    """Whether the column can not be read from the database alone: sealed, or a blind index."""
    return column.endswith(("_sealed", "_index"))


def reason_in_clear(table: Table, column: str) -> str:
    """Why the column stands unsealed; empty when nothing says so."""
    nature = table.nature_of(column)
    return table.in_clear.get(column) or (nature.in_clear if nature else "")


def _of_table(name: str, columns: tuple[str, ...], table: Table) -> Iterator[str]:
    listed = [column for names in table.columns.values() for column in names]
    for column in columns:
        if column not in listed:
            yield (
                f"{name}.{column} : colonne sans nature ; ajoutez son nom dans service/inventory/, à la ligne de sa "
                "table, sous ce dont elle parle (nothing, identity, contact, situation, told…)."
            )
        elif not protected(column) and not reason_in_clear(table, column):
            yield (
                f"{name}.{column} : donnée personnelle en clair ; scellez-la (Sealed), ou dites pourquoi non "
                f"(in_clear={{{column!r}: …}})."
            )
    for column in sorted(set(listed) - set(columns)):
        yield f"{name}.{column} : cette colonne n’existe plus, retirez-la."
    for column in sorted({column for column in listed if listed.count(column) > 1}):
        yield f"{name}.{column} : nommée deux fois, gardez une seule nature."
