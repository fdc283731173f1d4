"""The rows of the directory's files, typed. `line`, where a row stands in its file, is not compared."""

from dataclasses import dataclass, field

from service.permissions import Institution, UnitKind

RENNES = "35238"
"""INSEE code of the one commune that is covered by quarter."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit « service » of an institution. `illustrative`: invented, waits for the real one."""

    code: str
    name: str
    kind: UnitKind
    institution: Institution
    email: str | None
    telephone: str | None
    address: str | None
    illustrative: bool
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A commune of Ille-et-Vilaine; population in inhabitants."""

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    epci: str
    population: int
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """A quarter « quartier » of Rennes."""

    code: str
    name: str
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SectorRow:
    """A sector « secteur » of the Caf social service."""

    code: str
    name: str
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PermanenceRow:
    """A place « permanence » where the worker of a sector receives, and when."""

    sector: str
    place: str
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """Which CDAS and sector cover a commune, or a quarter of Rennes. `quarter` is empty outside Rennes."""

    insee: str
    commune: str
    quarter: str
    cdas: str
    sector: str
    line: int | None = field(default=None, compare=False)
