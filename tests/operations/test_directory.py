"""`relais directory import` and the data every database begins with: repeated at will, what people changed stays."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.database import reading, transaction
from service.directory.findings import DirectoryRefused
from service.directory.reading import DATA
from service.models import Calendar, Commune, ConventionVersion, Coverage, Revision, Sector, Unit
from service.operations.directory import Imported, import_directory
from service.operations.seed import sow
from service.permissions import Role
from service.queries.reference import reference
from service.workflows import calendars
from service.workflows.settings import SETTINGS, Values
from tests.factories import REDON, an_account, today
from tests.settings import environment

RELAIS = Path(sys.executable).with_name("relais")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the folder that comes with the service, to change."""
    return Path(shutil.copytree(DATA, tmp_path / "directory"))


def change(folder: Path, file: str, before: str, after: str) -> None:
    """Replace a text that stands there."""
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")


def without_unit(folder: Path, code: str) -> None:
    """Take a unit's block out of units.toml."""
    text = (folder / "units.toml").read_text(encoding="utf-8")
    head, *blocks = re.split(r"(?m)^(?=\[\[units\]\])", text)
    kept = [block for block in blocks if f'code = "{code}"' not in block]
    assert len(kept) == len(blocks) - 1
    (folder / "units.toml").write_text("".join([head, *kept]), encoding="utf-8")


def imported(folder: Path | None = None) -> Imported:
    """Import on a database that has its first data."""
    sow()
    return import_directory(folder) if folder else import_directory()


def revision(session: Session) -> int:
    return session.scalars(select(Revision.number)).one()


# ---------------------------------------------------------------- the first data
def test_r_cal_2_a_new_database_has_the_hours_of_the_line_and_of_the_services(db: str) -> None:
    imported()
    with reading() as session:
        known = reference(session)
    assert known.hours_of_calendar("line").weekly_on(today()) == calendars.LINE_WEEKLY_HOURS
    assert known.hours_of("cdas-redon").weekly_on(today()) == calendars.SERVICE_WEEKLY_HOURS
    toussaint = datetime(2026, 10, 21, 8, 30, tzinfo=UTC)
    assert "vacances" in known.hours_of_calendar("line").reason_closed(toussaint)
    assert known.hours_of("cdas-redon").is_open(toussaint)


def test_r_clk_7_the_first_version_of_the_convention_holds_its_own_targets(db: str) -> None:
    """What a later release takes as default does not move the figures of a version that has its own values."""
    sow()
    with reading() as session:
        (version,) = session.scalars(select(ConventionVersion))
    assert (version.number, version.label) == (1, "Convention du 2 décembre 2024")
    assert set(version.values) == {setting.key for setting in SETTINGS if setting.versioned}
    assert Values(version.values).target("triage") == Values().target("triage")
    assert version.effective_at == datetime(2024, 12, 1, 23, tzinfo=UTC)


def test_first_data_given_twice_keep_what_people_changed(db: str) -> None:
    sow()
    with transaction() as session:
        session.get_one(Calendar, "line").weekly = [[0, "10:00", "11:00"]]
        session.get_one(Revision, 1).number = 7
    sow()
    with reading() as session:
        assert session.get_one(Calendar, "line").weekly == [[0, "10:00", "11:00"]]
        assert revision(session) == 7
        assert session.scalar(select(func.count()).select_from(ConventionVersion)) == 1


# ---------------------------------------------------------------- import
def test_the_delivered_folder_is_kept_whole(db: str) -> None:
    done = imported()
    assert (done.units, done.communes, done.sectors, done.coverage) == (30, 332, 23, 331 + 12)
    with reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Unit, Commune, Sector, Coverage)
        ]
        covering = session.scalars(select(Coverage).where(Coverage.commune_insee == REDON)).one()
        assert revision(session) == 2
    assert counts == [30, 332, 23, 343]
    assert (covering.cdas_code, covering.sector_code) == ("cdas-redon", "secteur-16")


def test_the_same_folder_again_changes_nothing(db: str) -> None:
    imported()
    with reading() as session:
        before = {row.id: (row.cdas_code, row.sector_code) for row in session.scalars(select(Coverage))}
    again = imported()
    assert (again.changed, again.kept) == (0, ())
    with reading() as session:
        assert {
            row.id: (row.cdas_code, row.sector_code) for row in session.scalars(select(Coverage))
        } == before
        assert revision(session) == 2


def test_what_people_chose_stays_and_what_the_folder_says_changes(db: str, folder: Path) -> None:
    """The calendar of a unit and the worker of a sector are chosen in Relais; names come from the folder."""
    imported()
    with transaction() as session:
        session.add(
            Calendar(
                code="redon",
                name="Redon",
                weekly=[[1, "09:00", "12:00"]],
                follows_public_holidays=True,
                follows_school_holidays=False,
            )
        )
        session.flush()
        session.get_one(Unit, "cdas-redon").calendar_code = "redon"
        worker = an_account(session, "caf-social", Role.CAF_TS, email="ts@test.example").account_id
        session.get_one(Sector, "secteur-16").worker_id = worker
    change(folder, "units.toml", 'name = "CDAS Pays de Redon"', 'name = "CDAS de Redon"')
    change(folder, "sectors.csv", "Redon, Guipry-Messac et Val d’Anast", "Redon et Val d’Anast")
    assert imported(folder).changed == 2
    with reading() as session:
        unit, sector = session.get_one(Unit, "cdas-redon"), session.get_one(Sector, "secteur-16")
        assert (unit.name, unit.calendar_code) == ("CDAS de Redon", "redon")
        assert (sector.name, sector.worker_id) == ("Secteur Redon et Val d’Anast", worker)
        assert reference(session).units["cdas-redon"].name == "CDAS de Redon"


def test_r_ci_3_a_commune_that_changes_cdas_and_sector_has_one_of_each(db: str, folder: Path) -> None:
    imported()
    change(
        folder, "coverage.csv", "35236,Redon,,cdas-redon,secteur-16", "35236,Redon,,cdas-guichen,secteur-17"
    )
    assert imported(folder).changed == 1
    with reading() as session:
        covering = session.scalars(select(Coverage).where(Coverage.commune_insee == REDON)).one()
    assert (covering.cdas_code, covering.sector_code) == ("cdas-guichen", "secteur-17")


def test_a_quarter_that_is_no_longer_named_is_no_longer_covered(db: str, folder: Path) -> None:
    imported()
    change(folder, "rennes_quarters.csv", "blosne,", "blosne-et-italie,")
    change(folder, "coverage.csv", ",blosne,", ",blosne-et-italie,")
    assert imported(folder).changed == 2
    with reading() as session:
        quarters = set(session.scalars(select(Coverage.quarter)))
    assert "blosne-et-italie" in quarters
    assert "blosne" not in quarters


def test_two_units_exchange_their_mailboxes(db: str, folder: Path) -> None:
    imported()
    change(folder, "units.toml", "cdas-redon@cdas.example", "elsewhere@cdas.example")
    change(folder, "units.toml", "cdas-vitre@cdas.example", "cdas-redon@cdas.example")
    change(folder, "units.toml", "elsewhere@cdas.example", "cdas-vitre@cdas.example")
    assert imported(folder).changed == 2
    with reading() as session:
        assert session.get_one(Unit, "cdas-redon").email == "cdas-vitre@cdas.example"
        assert session.get_one(Unit, "cdas-vitre").email == "cdas-redon@cdas.example"


def test_a_unit_that_the_folder_forgets_is_kept_and_named(db: str, folder: Path) -> None:
    """Tickets, accounts and journals name it."""
    imported()
    without_unit(folder, "audit-caf")
    done = imported(folder)
    assert (done.changed, done.kept) == (0, ("Audit et protection des données – Caf",))


# ---------------------------------------------------------------- refusals
def test_a_folder_with_findings_changes_nothing(db: str, folder: Path) -> None:
    imported()
    change(folder, "units.toml", 'name = "CDAS Pays de Redon"', 'name = "CDAS de Redon"')
    change(folder, "coverage.csv", "35236,Redon,,cdas-redon,", "35236,Redon,,cdas-inconnu,")
    with pytest.raises(DirectoryRefused) as refused:
        imported(folder)
    assert "cdas-inconnu" in str(refused.value)
    with reading() as session:
        assert session.get_one(Unit, "cdas-redon").name == "CDAS Pays de Redon"
        assert revision(session) == 2


def test_a_unit_never_becomes_another_kind_of_unit(db: str, folder: Path) -> None:
    """Its accounts hold roles of its kind, its tickets are those of its institution."""
    imported()
    change(
        folder,
        "units.toml",
        'kind = "steering"\ninstitution = "departement"',
        'kind = "administration"\ninstitution = "departement"',
    )
    with pytest.raises(DirectoryRefused) as refused:
        imported(folder)
    assert [finding.file for finding in refused.value.findings] == ["units.toml", "units.toml"]
    assert "ne change pas de nature" in str(refused.value)


def test_a_mailbox_of_a_forgotten_unit_is_not_given_to_another(db: str, folder: Path) -> None:
    """A mail would be read by the wrong service."""
    imported()
    with reading() as session:
        mailbox = session.get_one(Unit, "caf-social").email
    assert mailbox
    without_unit(folder, "caf-social")
    change(folder, "units.toml", "cdas-redon@cdas.example", mailbox)
    with pytest.raises(DirectoryRefused) as refused:
        imported(folder)
    assert "Service social Caf" in str(refused.value)


# ---------------------------------------------------------------- commands
def relais(url: str, *words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([RELAIS, *words], env=environment(url), capture_output=True, text=True, check=False)


def test_the_commands_prepare_a_database_and_name_every_finding(tmp_path: Path, folder: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    assert relais(url, "db", "upgrade").stdout == "La base est à jour.\n"
    done = relais(url, "directory", "import")
    assert done.stdout == (
        "30 services, 332 communes, 23 secteurs, 343 lignes de couverture : 728 changements.\n"
    ), done.stderr
    assert "aucun changement." in relais(url, "directory", "import", folder).stdout
    change(folder, "coverage.csv", "35236,Redon,,cdas-redon,", "35236,Redon,,cdas-inconnu,")
    refused = relais(url, "directory", "import", folder)
    assert refused.returncode == 1
    assert re.search(r"coverage.csv, ligne \d+ : « cdas-inconnu »", refused.stderr)
    assert "rien n’a été enregistré" in refused.stderr
    assert "Traceback" not in refused.stderr
