"""The files one with another: every commune covered once, by a CDAS and a sector that exist."""

from collections.abc import Collection, Iterable

from service.directory.findings import Report, Spot
from service.directory.names import key_of
from service.directory.places import Directory
from service.directory.rows import RENNES, CoverageRow
from service.permissions import UnitKind

FILE = "coverage.csv"
PERMANENCES_FILE = "permanences.csv"


def check_coverage(directory: Directory, sectors_expected: int, report: Report) -> None:
    """Reports every row of the coverage that does not fit the other files, and what no row covers."""
    cdas = [unit.code for unit in directory.units if unit.kind is UnitKind.CDAS]
    sectors = [sector.code for sector in directory.sectors]
    for row in directory.coverage:
        spot = Spot(report, FILE, row.line)
        _check_commune(row, directory, spot)
        _check_quarter(row, directory, spot)
        _check_known(row.cdas, cdas, "n’est le code d’aucun CDAS de units.toml", spot)
        _check_known(row.sector, sectors, "n’est le code d’aucun secteur de sectors.csv", spot)
    _check_once(directory.coverage, report)
    whole = Spot(report, FILE)
    _check_nothing_left_out(directory, whole)
    _check_no_idle(cdas, (row.cdas for row in directory.coverage), "Le CDAS", whole)
    _check_no_idle(sectors, (row.sector for row in directory.coverage), "Le secteur", whole)
    if len(sectors) != sectors_expected:
        Spot(report, "sectors.csv").add(
            f"Le fichier compte {len(sectors)} secteurs au lieu de {sectors_expected}.",
            "Ajoutez ou retirez des secteurs : il y en a un par travailleur social de la Caf.",
        )


def check_permanences(directory: Directory, report: Report) -> None:
    """Reports every place of permanence that is given to a sector that does not exist."""
    sectors = [sector.code for sector in directory.sectors]
    for row in directory.permanences:
        spot = Spot(report, PERMANENCES_FILE, row.line)
        _check_known(row.sector, sectors, "n’est le code d’aucun secteur de sectors.csv", spot)


def _check_commune(row: CoverageRow, directory: Directory, spot: Spot) -> None:
    commune = directory.commune(row.insee)
    if commune is None:
        spot.add(
            f"Le code INSEE « {row.insee} » n’est pas dans communes_35.csv.",
            "Corrigez le code, ou ajoutez la commune à communes_35.csv.",
        )
    elif key_of(commune.name) != key_of(row.commune):
        spot.add(
            f"Le code {row.insee} est celui de {commune.name}, pas de {row.commune}.",
            "Corrigez le code ou le nom.",
        )


def _check_quarter(row: CoverageRow, directory: Directory, spot: Spot) -> None:
    if row.insee != RENNES:
        if row.quarter:
            spot.add(
                f"{row.commune} a un quartier (« {row.quarter} ») : seule Rennes est découpée.",
                "Videz la colonne quarter.",
            )
    elif not row.quarter:
        spot.add("Rennes est donnée sans quartier.", "Donnez une ligne par quartier de Rennes.")
    else:
        quarters = [quarter.code for quarter in directory.quarters]
        _check_known(row.quarter, quarters, "n’est le code d’aucun quartier de rennes_quarters.csv", spot)


def _check_known(code: str, known: Collection[str], what: str, spot: Spot) -> None:
    if code not in known:
        spot.add(f"« {code} » {what}.", "Corrigez ce code, ou ajoutez-le à ce fichier.")


def _check_once(coverage: Iterable[CoverageRow], report: Report) -> None:
    first: dict[tuple[str, str], CoverageRow] = {}
    for row in coverage:
        earlier = first.setdefault((row.insee, row.quarter), row)
        if earlier is not row:
            place = f"{row.commune}, quartier « {row.quarter} »," if row.quarter else row.commune
            Spot(report, FILE, row.line).add(
                f"{place} est déjà à la ligne {earlier.line}.",
                "Gardez une seule des deux lignes : un seul CDAS et un seul secteur.",
            )


def _check_nothing_left_out(directory: Directory, spot: Spot) -> None:
    covered = {row.insee for row in directory.coverage}
    quarters = {row.quarter for row in directory.coverage if row.insee == RENNES}
    missing = [
        f"la commune {place.name} ({place.insee})"
        for place in directory.communes
        if place.insee not in covered
    ]
    if RENNES in covered:
        missing += [
            f"le quartier {place.name} ({place.code}) de Rennes"
            for place in directory.quarters
            if place.code not in quarters
        ]
    for place in missing:
        spot.add(f"Il manque {place}.", "Ajoutez une ligne avec son CDAS et son secteur.")


def _check_no_idle(codes: Iterable[str], used: Iterable[str], what: str, spot: Spot) -> None:
    """A CDAS or a sector that covers nothing is nearly always a mistyped code elsewhere."""
    working = set(used)
    for code in codes:
        if code not in working:
            spot.add(f"{what} « {code} » ne couvre aucune commune.", "Donnez-lui une commune, ou retirez-le.")
