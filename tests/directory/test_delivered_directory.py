"""The folder that comes with the service: complete, plausible, visibly illustrative."""

from collections import Counter
from fractions import Fraction

import pytest

from service.directory.places import Directory
from service.directory.reading import DATA, load
from service.directory.rows import RENNES
from service.permissions import Institution, UnitKind

LEAST, MOST = Fraction(3, 4), Fraction(5, 4)
"""Bounds of a sector's population, in means of all sectors (`data/SOURCE.md`)."""


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load()


def test_it_has_the_332_communes_of_the_source(directory: Directory) -> None:
    assert len(directory.communes) == len({row.insee for row in directory.communes}) == 332
    assert sum(row.population for row in directory.communes) == 1_120_666


def test_r_ci_3_every_commune_outside_rennes_has_one_cdas_and_one_sector(directory: Directory) -> None:
    """R-CI-3, R-RV: the home says which CDAS and which worker's sector, without a choice to make."""
    for commune in directory.communes:
        if commune.insee != RENNES:
            assert len(directory.cdas_of(commune.insee)) == 1, commune.name
            assert len(directory.sectors_of(commune.insee)) == 1, commune.name


def test_r_ci_3_every_quarter_of_rennes_has_one_cdas_and_one_sector(directory: Directory) -> None:
    assert len(directory.quarters) == 12
    for quarter in directory.quarters:
        assert len(directory.cdas_of(RENNES, quarter.code)) == 1, quarter.name
        assert len(directory.sectors_of(RENNES, quarter.code)) == 1, quarter.name
    assert len(directory.cdas_of(RENNES)) > 1
    assert len(directory.sectors_of(RENNES)) > 1


def test_no_place_is_covered_twice(directory: Directory) -> None:
    places = [(row.insee, row.quarter) for row in directory.coverage]
    assert len(places) == len(set(places)) == 331 + 12


def test_annexe_2_there_are_22_cdas_and_23_sectors(directory: Directory) -> None:
    cdas = {unit.code for unit in directory.units if unit.kind is UnitKind.CDAS}
    sectors = {sector.code for sector in directory.sectors}
    assert len(cdas) == 22
    assert sectors == {f"secteur-{number:02d}" for number in range(1, 24)}
    assert {row.cdas for row in directory.coverage} == cdas
    assert {row.sector for row in directory.coverage} == sectors


def test_sectors_are_balanced_by_population(directory: Directory) -> None:
    """No source gives the population by quarter: each counts for a twelfth of Rennes."""
    people = {commune.insee: Fraction(commune.population) for commune in directory.communes}
    people[RENNES] /= len(directory.quarters)
    sectors = {sector.code: Fraction(0) for sector in directory.sectors}
    for row in directory.coverage:
        sectors[row.sector] += people[row.insee]
    mean = sum(sectors.values()) / len(sectors)
    assert {code for code, total in sectors.items() if not LEAST * mean <= total <= MOST * mean} == set()


def test_it_has_the_units_that_the_rules_name(directory: Directory) -> None:
    """ "Who is who" of the rules: one unit each of the Caf's three services, steering on both sides."""
    kinds = Counter((unit.kind, unit.institution) for unit in directory.units)
    assert kinds[UnitKind.CAF_SECRETARIAT, Institution.CAF] == 1
    assert kinds[UnitKind.CAF_PRESTATIONS, Institution.CAF] == 1
    assert kinds[UnitKind.CAF_SOCIAL, Institution.CAF] == 1
    assert kinds[UnitKind.STEERING, Institution.CAF] >= 1
    assert kinds[UnitKind.STEERING, Institution.DEPARTEMENT] >= 1
    assert kinds[UnitKind.ADMINISTRATION, Institution.DEPARTEMENT] == 1


def test_nothing_in_it_can_be_taken_for_a_real_contact(directory: Directory) -> None:
    for unit in directory.units:
        assert unit.illustrative, unit.code
        assert (unit.email or "").endswith(".example"), unit.code
        assert (unit.telephone or "").startswith("02 61 91 "), unit.code
        assert "rue de l’Exemple" in (unit.address or ""), unit.code
    header = (DATA / "units.toml").read_text(encoding="utf-8").split("[[units]]")[0]
    assert "ILLUSTRATIVE" in header


def test_an_unknown_place_is_covered_by_nobody(directory: Directory) -> None:
    assert directory.cdas_of("44036") == []
    assert directory.sectors_of(RENNES, "pas-un-quartier") == []
    assert directory.commune("44036") is None
    assert directory.communes_named("Nantes") == ()
    assert directory.communes_at("44000") == ()
