"""Folder → `Directory`, or a refusal that lists everything to mend. Reads files, writes nothing."""

import re
from collections.abc import Iterable
from pathlib import Path

from service.directory import units
from service.directory.coverage import FILE as COVERAGE_FILE
from service.directory.coverage import PERMANENCES_FILE, check_coverage, check_permanences
from service.directory.findings import Report
from service.directory.places import Directory
from service.directory.rows import CommuneRow, CoverageRow, PermanenceRow, QuarterRow, SectorRow, UnitRow
from service.directory.tables import Cells, read_csv, read_units

DATA = Path(__file__).parent / "data"
"""The folder that comes with the service: real communes, illustrative units and coverage."""

SECTORS_OF_THE_CONVENTION = 23
"""Annexe 2: 23 social workers of the Caf, each on a geographic sector."""

_COMMUNE_COLUMNS = {"code_insee": 5, "nom": 120, "codes_postaux": 120, "nom_epci": 160, "population": 7}
_COVERAGE_COLUMNS = {"code_insee": 5, "commune": 120, "quarter": 80, "cdas": 40, "sector": 20}
_QUARTER_COLUMNS = {"code": 80, "name": 120}
_SECTOR_COLUMNS = {"code": 20, "name": 120}
_PERMANENCE_COLUMNS = {"sector": 20, "place": 200}
"""The columns that are read, and how many characters the database keeps."""

_INSEE = re.compile(r"35[0-9]{3}")
_POSTAL_CODE = re.compile(r"[0-9]{5}")
_NUMBER = re.compile(r"[0-9]+")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(folder: Path = DATA, sectors_expected: int = SECTORS_OF_THE_CONVENTION) -> Directory:
    """Read and check a folder of five files, and a sixth where there is one (see `data/SOURCE.md`).

    Refuses with `DirectoryRefused`: first what is wrong inside files, then what does not fit between them.
    """
    report = Report()
    quarters = _coded_names(folder / "rennes_quarters.csv", _QUARTER_COLUMNS, report)
    sectors = _coded_names(folder / "sectors.csv", _SECTOR_COLUMNS, report)
    directory = Directory(
        units=_units(folder / units.FILE, report),
        communes=_communes(folder / "communes_35.csv", report),
        quarters=tuple(QuarterRow(cells["code"], cells["name"], cells.spot.line) for cells in quarters),
        sectors=tuple(SectorRow(cells["code"], cells["name"], cells.spot.line) for cells in sectors),
        coverage=_coverage(folder / COVERAGE_FILE, report),
        permanences=_permanences(folder / PERMANENCES_FILE, report),
    )
    report.refuse_if_any()
    check_coverage(directory, sectors_expected, report)
    check_permanences(directory, report)
    report.refuse_if_any()
    return directory


def _units(path: Path, report: Report) -> tuple[UnitRow, ...]:
    given = (units.unit_of(line, table, report) for line, table in read_units(path, report))
    rows = [row for row in given if row is not None]
    units.check_units_together(rows, report)
    return tuple(rows)


def _communes(path: Path, report: Report) -> tuple[CommuneRow, ...]:
    given = read_csv(path, _COMMUNE_COLUMNS, report)
    _report_twice(given, "code_insee")
    return tuple(row for cells in given if (row := _commune(cells)) is not None)


def _commune(cells: Cells) -> CommuneRow | None:
    postal_codes = tuple(cells["codes_postaux"].split())
    right = _insee_is_right(cells)
    if not all(_POSTAL_CODE.fullmatch(code) for code in postal_codes):
        cells.spot.add(
            f"« {cells['codes_postaux']} » ne donne pas que des codes postaux.",
            "Un code postal a cinq chiffres ; séparez-en plusieurs par un espace.",
        )
        right = False
    if not _NUMBER.fullmatch(cells["population"]):
        cells.spot.add(
            f"La population « {cells['population']} » n’est pas un nombre entier.",
            "Écrivez-la en chiffres, sans espace ni virgule.",
        )
        right = False
    if not right:
        return None
    return CommuneRow(
        insee=cells["code_insee"],
        name=cells["nom"],
        postal_codes=postal_codes,
        epci=cells["nom_epci"],
        population=int(cells["population"]),
        line=cells.spot.line,
    )


def _coverage(path: Path, report: Report) -> tuple[CoverageRow, ...]:
    given = read_csv(path, _COVERAGE_COLUMNS, report, may_be_empty=frozenset({"quarter"}))
    return tuple(
        CoverageRow(
            insee=cells["code_insee"],
            commune=cells["commune"],
            quarter=cells["quarter"],
            cdas=cells["cdas"],
            sector=cells["sector"],
            line=cells.spot.line,
        )
        for cells in given
        if _insee_is_right(cells)
    )


def _permanences(path: Path, report: Report) -> tuple[PermanenceRow, ...]:
    """The one file that may be absent: a folder that does not say the places is whole without it."""
    if not path.exists():
        return ()
    given = read_csv(path, _PERMANENCE_COLUMNS, report)
    return tuple(PermanenceRow(cells["sector"], cells["place"], cells.spot.line) for cells in given)


def _insee_is_right(cells: Cells) -> bool:
    if _INSEE.fullmatch(cells["code_insee"]):
        return True
    cells.spot.add(
        f"« {cells['code_insee']} » n’est pas un code INSEE d’Ille-et-Vilaine.",
        "Un tel code a cinq chiffres et commence par 35 ; ce n’est pas le code postal.",
    )
    return False


def _coded_names(path: Path, columns: dict[str, int], report: Report) -> list[Cells]:
    """The sectors and the quarters have the same form: a code, a name."""
    given = read_csv(path, columns, report)
    for cells in given:
        if not _CODE.fullmatch(cells["code"]):
            cells.spot.add(
                f"Le code « {cells['code']} » n’est pas admis.",
                "Utilisez des minuscules sans accent, des chiffres et des tirets.",
            )
    _report_twice(given, "code")
    return given


def _report_twice(given: Iterable[Cells], column: str) -> None:
    first: dict[str, Cells] = {}
    for cells in given:
        earlier = first.setdefault(cells[column], cells)
        if earlier is not cells:
            cells.spot.add(
                f"Le code « {cells[column]} » est déjà à la ligne {earlier.spot.line}.",
                "Gardez une seule des deux lignes.",
            )
