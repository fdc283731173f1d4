"""Every column of the database is described: its nature, its purpose, how long it is kept (R-DP-1, R-DP-6)."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary

from service.inventory import page, register
from service.inventory.natures import Kept, Nature, Table, held
from service.models.base import Base

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "personal-data.md"
COLUMNS = {name: tuple(table.columns.keys()) for name, table in Base.metadata.tables.items()}


def test_every_column_of_every_table_has_a_nature_a_purpose_and_a_length() -> None:
    assert register.missing(COLUMNS) == []
    assert all(table.purpose for table in register.TABLES.values())


def test_a_new_column_is_refused_with_where_to_describe_it() -> None:
    (said,) = register.missing({**COLUMNS, "person": (*COLUMNS["person"], "religion")})
    assert said.startswith("person.religion : colonne sans nature ; ajoutez son nom dans service/inventory/")


def test_a_new_table_is_refused_and_a_table_or_column_gone_is_named() -> None:
    kept = {name: columns for name, columns in COLUMNS.items() if name != "remark"}
    said = register.missing({**kept, "photograph": ("id",), "call": COLUMNS["call"][1:]})
    assert [sentence.split(" : ")[0] for sentence in said] == [
        "photograph",
        "remark",
        f"call.{COLUMNS['call'][0]}",
    ]


@pytest.mark.parametrize("nature", ["identity", "contact", "told", "internal"])
def test_what_names_somebody_is_sealed_or_says_why_not(nature: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def owed(table: Table) -> list[str]:
        monkeypatch.setattr(register, "TABLES", {"t": table})
        return register.missing({"t": ("x",)})

    named: dict[str, Any] = {nature: "x"}
    (said,) = owed(held("Essayer.", Kept.TICKET, **named))
    assert said.startswith("t.x : donnée personnelle en clair")
    assert owed(held("Essayer.", Kept.TICKET, {"x": "une raison"}, **named)) == []


def test_a_column_named_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "TABLES", {"t": held("Essayer.", Kept.TICKET, nothing="x", agent="x")})
    assert register.missing({"t": ("x",)}) == ["t.x : nommée deux fois, gardez une seule nature."]


def test_what_is_called_sealed_or_an_index_holds_bytes_and_the_rest_of_a_household_is_known() -> None:
    """A name alone protects nothing: the column really is encrypted bytes."""
    for name, table in Base.metadata.tables.items():
        for column in table.c:
            if register.protected(column.name):
                assert isinstance(column.type, LargeBinary), f"{name}.{column.name}"


def test_the_document_is_up_to_date_and_names_every_column() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == page.page(), "lancez « relais workflow docs »"
    assert all(f"`{column}`" in written for columns in COLUMNS.values() for column in columns)
    assert all(nature.label in written for nature in Nature)
