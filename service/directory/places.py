"""The directory once read: who covers what, communes by name or postal code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from service.directory.names import key_of
from service.directory.rows import CommuneRow, CoverageRow, PermanenceRow, QuarterRow, SectorRow, UnitRow

Row = TypeVar("Row")

ARTICLES = ("le ", "la ", "les ", "l ")
"""How a name with an article begins once normalised (`names.key_of`)."""


@dataclass(frozen=True)
class Directory:
    """An accepted folder: every commune (every quarter, for Rennes) has one CDAS and one sector."""

    units: tuple[UnitRow, ...]
    communes: tuple[CommuneRow, ...]
    quarters: tuple[QuarterRow, ...]
    sectors: tuple[SectorRow, ...]
    coverage: tuple[CoverageRow, ...]
    permanences: tuple[PermanenceRow, ...] = ()

    def cdas_of(self, insee: str, quarter: str | None = None) -> list[str]:
        """Codes of the CDAS of the home: one, or all those of Rennes without a quarter; none when unknown."""
        return _each_once(row.cdas for row in self._covering(insee, quarter))

    def sectors_of(self, insee: str, quarter: str | None = None) -> list[str]:
        """Codes of the sectors of the Caf social service (R-CI-3, R-RV), as `cdas_of`."""
        return _each_once(row.sector for row in self._covering(insee, quarter))

    def permanences_of(self, sector: str) -> list[str]:
        """The places where the worker of a sector receives, in the order of the file."""
        return [row.place for row in self.permanences if row.sector == sector]

    def quarter_name(self, code: str) -> str:
        """The name of a quarter; empty when there is none."""
        return next((row.name for row in self.quarters if row.code == code), "")

    def commune(self, insee: str) -> CommuneRow | None:
        """The commune with this INSEE code."""
        return next((row for row in self.communes if row.insee == insee), None)

    def communes_named(self, name: str) -> tuple[CommuneRow, ...]:
        """The communes with this name; the article may be left out (« Rheu »); no former commune is known."""
        return self._by_key.get(key_of(name), ())

    def communes_at(self, postal_code: str) -> tuple[CommuneRow, ...]:
        """The communes that share this postal code."""
        return self._by_postal_code.get(postal_code.strip(), ())

    def _covering(self, insee: str, quarter: str | None) -> tuple[CoverageRow, ...]:
        rows = self._coverage_by_commune.get(insee, ())
        return rows if quarter is None else tuple(row for row in rows if row.quarter == quarter)

    @cached_property
    def _coverage_by_commune(self) -> Mapping[str, tuple[CoverageRow, ...]]:
        return _grouped((row.insee, row) for row in self.coverage)

    @cached_property
    def _by_postal_code(self) -> Mapping[str, tuple[CommuneRow, ...]]:
        return _grouped((code, row) for row in self.communes for code in row.postal_codes)

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[CommuneRow, ...]]:
        return _grouped((key, row) for row in self.communes for key in _keys(row.name))


def _keys(name: str) -> set[str]:
    key = key_of(name)
    return {key} | {key.removeprefix(article) for article in ARTICLES if key.startswith(article)}


def _each_once(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _grouped(pairs: Iterable[tuple[str, Row]]) -> Mapping[str, tuple[Row, ...]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return {key: tuple(rows) for key, rows in groups.items()}
