"""A folder that an administrator gives: accepted as a whole or refused with a list of sentences."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from service.directory.findings import DirectoryRefused, Finding
from service.directory.reading import DATA, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "lieux"))


def edit(path: Path, change: Callable[[str], str]) -> None:
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the test changes nothing"
    path.write_text(after, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    edit(path, lambda text: text.replace(old, new, 1))


def line_of(path: Path, beginning: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(beginning))


def findings(folder: Path) -> tuple[Finding, ...]:
    with pytest.raises(DirectoryRefused) as refused:
        load(folder)
    return refused.value.findings


def the_finding(folder: Path) -> Finding:
    found = findings(folder)
    assert len(found) == 1, [str(finding) for finding in found]
    return found[0]


def test_a_whole_copy_is_accepted_and_equal(folder: Path) -> None:
    assert load(folder) == load()


def test_semicolons_a_byte_order_mark_and_further_columns_are_accepted(folder: Path) -> None:
    path = folder / "sectors.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    text = "".join(f"{code};{name};remarque\r\n" for code, name in rows)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n;;\r\n")
    assert load(folder) == load()


# --- coverage, file against file ---


def test_an_unknown_cdas_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "coverage.csv"
    line = line_of(path, "35236,")
    replace(path, "35236,Redon,,cdas-redon", "35236,Redon,,cdas-redom")
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("coverage.csv", line)
    assert str(finding) == (
        f"coverage.csv, ligne {line} : « cdas-redom » n’est le code d’aucun CDAS de units.toml. "
        "Corrigez ce code, ou ajoutez-le à ce fichier."
    )


def test_a_unit_of_another_kind_can_not_cover(folder: Path) -> None:
    replace(folder / "coverage.csv", "35236,Redon,,cdas-redon", "35236,Redon,,caf-social")
    assert "« caf-social » n’est le code d’aucun CDAS" in the_finding(folder).what


def test_a_missing_commune_is_refused(folder: Path) -> None:
    edit(
        folder / "coverage.csv",
        lambda text: "".join(row for row in text.splitlines(True) if ",Acigné," not in row),
    )
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("coverage.csv", None)
    assert finding.what == "Il manque la commune Acigné (35001)."


def test_rennes_left_out_is_said_once_not_by_quarter(folder: Path) -> None:
    edit(
        folder / "coverage.csv",
        lambda text: "".join(row for row in text.splitlines(True) if ",Rennes," not in row),
    )
    missing = [finding.what for finding in findings(folder) if finding.what.startswith("Il manque")]
    assert missing == ["Il manque la commune Rennes (35238)."]


def test_a_commune_covered_twice_is_refused(folder: Path) -> None:
    path = folder / "coverage.csv"
    edit(path, lambda text: text + "35001,Acigné,,cdas-redon,secteur-16\n")
    finding = the_finding(folder)
    assert finding.line == len(path.read_text(encoding="utf-8").splitlines())
    assert finding.what == "Acigné est déjà à la ligne 2."


def test_a_quarter_covered_twice_is_refused(folder: Path) -> None:
    edit(folder / "coverage.csv", lambda text: text + "35238,Rennes,blosne,cdas-redon,secteur-16\n")
    assert the_finding(folder).what.startswith("Rennes, quartier « blosne », est déjà à la ligne ")


def test_a_commune_that_is_not_listed_is_refused(folder: Path) -> None:
    edit(folder / "coverage.csv", lambda text: text + "35999,Exempleville,,cdas-redon,secteur-16\n")
    assert the_finding(folder).what == "Le code INSEE « 35999 » n’est pas dans communes_35.csv."


def test_a_code_that_belongs_to_another_name_is_refused(folder: Path) -> None:
    replace(folder / "coverage.csv", "35236,Redon", "35236,Renac")
    assert the_finding(folder).what == "Le code 35236 est celui de Redon, pas de Renac."


def test_a_quarter_outside_rennes_is_refused(folder: Path) -> None:
    replace(folder / "coverage.csv", "35236,Redon,,", "35236,Redon,blosne,")
    assert the_finding(folder).what == "Redon a un quartier (« blosne ») : seule Rennes est découpée."


def test_an_unknown_quarter_is_refused(folder: Path) -> None:
    replace(folder / "coverage.csv", "35238,Rennes,blosne,", "35238,Rennes,blosn,")
    assert [finding.what for finding in findings(folder)] == [
        "« blosn » n’est le code d’aucun quartier de rennes_quarters.csv.",
        "Il manque le quartier Le Blosne (blosne) de Rennes.",
    ]


def test_rennes_without_a_quarter_is_refused(folder: Path) -> None:
    edit(folder / "coverage.csv", lambda text: text + "35238,Rennes,,cdas-redon,secteur-16\n")
    assert the_finding(folder).what == "Rennes est donnée sans quartier."


def test_an_unknown_sector_is_refused(folder: Path) -> None:
    replace(folder / "coverage.csv", "cdas-redon,secteur-16", "cdas-redon,secteur-99")
    assert the_finding(folder).what == "« secteur-99 » n’est le code d’aucun secteur de sectors.csv."


def test_another_number_of_sectors_is_refused_unless_asked_for(folder: Path) -> None:
    edit(folder / "sectors.csv", lambda text: text + "secteur-24,Secteur ajouté\n")
    replace(folder / "coverage.csv", "cdas-redon,secteur-16", "cdas-redon,secteur-24")
    finding = the_finding(folder)
    assert (finding.file, finding.what) == ("sectors.csv", "Le fichier compte 24 secteurs au lieu de 23.")
    assert len(load(folder, sectors_expected=24).sectors) == 24


def test_a_sector_or_a_cdas_that_covers_nothing_is_refused(folder: Path) -> None:
    edit(
        folder / "coverage.csv",
        lambda text: text.replace("secteur-22", "secteur-23").replace("cdas-dinard", "cdas-redon"),
    )
    assert [finding.what for finding in findings(folder)] == [
        "Le CDAS « cdas-dinard » ne couvre aucune commune.",
        "Le secteur « secteur-22 » ne couvre aucune commune.",
    ]


# --- units ---


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "cdas"\n', "", "Il manque : kind."),
        ('kind = "cdas"', 'kind = "csad"', "« csad » n’est pas une valeur de kind."),
        (
            'institution = "departement"',
            'institution = "ville"',
            "« ville » n’est pas une valeur de institution.",
        ),
        (
            'institution = "departement"',
            'institution = "caf"',
            "Un service de type « cdas » ne peut pas appartenir à « caf ».",
        ),
        (
            'email = "cdas-redon@cdas.example"\n',
            "",
            "Ce service doit avoir une boîte générique (convention, II.3).",
        ),
        (
            "cdas-redon@cdas.example",
            "cdas-redon(at)cdas",
            "« cdas-redon(at)cdas » n’est pas une adresse de messagerie.",
        ),
        (
            "cdas-redon@cdas.example",
            "CDAS-Vitre@cdas.example",
            "La boîte « CDAS-Vitre@cdas.example » est déjà celle de CDAS Pays de Vitré.",
        ),
        ('name = "CDAS Pays de Redon"', 'name = " "', "Il manque : name."),
        ('name = "CDAS Pays de Redon"', "name = 12", "Valeur mal écrite : name."),
        ('name = "CDAS Pays de Redon"', f'name = "{"x" * 121}"', "name est trop long."),
        ("illustrative = true", 'illustrative = "oui"', "Valeur mal écrite : illustrative."),
        ("telephone = ", "phone = ", "Clé inconnue : phone."),
        ('code = "cdas-redon"', 'code = "CDAS Redon"', "Le code « CDAS Redon » n’est pas admis."),
        (
            'code = "cdas-redon"',
            'code = "cdas-vitre"',
            "Le code « cdas-vitre » est déjà celui de CDAS Pays de Vitré.",
        ),
    ],
)
def test_a_wrong_unit_is_refused_with_the_line_of_its_block(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    path = folder / "units.toml"
    line = line_of(path, 'code = "cdas-redon"') - 1

    def change(text: str) -> str:
        start = text.index('code = "cdas-redon"')
        return text[:start] + text[start:].replace(old, new, 1)

    edit(path, change)
    finding = the_finding(folder)
    assert (finding.file, finding.line, finding.what) == ("units.toml", line, sentence)


def test_broken_toml_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "units.toml"
    line = line_of(path, 'name = "CDAS Pays de Redon"')
    replace(path, 'name = "CDAS Pays de Redon"', 'name = "CDAS Pays de Redon')
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("units.toml", line)


@pytest.mark.parametrize("text", ["", "units = 3\n", "units = [1]\n", "autre = 1\nunits = []\n"])
def test_toml_of_another_form_is_refused(folder: Path, text: str) -> None:
    (folder / "units.toml").write_text(text, encoding="utf-8")
    assert the_finding(folder).what == "Le fichier doit contenir des blocs [[units]] et rien d’autre."


# --- each CSV file for itself ---


@pytest.mark.parametrize("code", ["3500", "35 001", "44001", "35AAA", "٣٥٠٠١"])
@pytest.mark.parametrize("file", ["communes_35.csv", "coverage.csv"])
def test_a_bad_insee_code_is_refused(folder: Path, file: str, code: str) -> None:
    replace(folder / file, "35001,Acigné", f"{code},Acigné")
    finding = findings(folder)[0]
    assert (finding.file, finding.line) == (file, 2)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("35001,Acigné,35690", "35001,Acigné,3569", "« 3569 » ne donne pas que des codes postaux."),
        (
            "Rennes Métropole,6874",
            "Rennes Métropole,6 874",
            "La population « 6 874 » n’est pas un nombre entier.",
        ),
        ("35001,Acigné", "35001,", "Sans valeur : nom."),
        ("35001,Acigné", f"35001,{'x' * 121}", "Trop long : nom (120 caractères au plus)."),
        ("35001,Acigné", "35001,Acigné,de trop", "La ligne a 7 colonnes au lieu de 6."),
        (
            "35001,Acigné",
            "35001,Aci\x00gné",
            "La ligne contient un caractère invisible qui n’est pas du texte.",
        ),
    ],
)
def test_a_wrong_row_of_the_communes_is_refused(folder: Path, old: str, new: str, sentence: str) -> None:
    replace(folder / "communes_35.csv", old, new)
    finding = the_finding(folder)
    assert (finding.file, finding.line, finding.what) == ("communes_35.csv", 2, sentence)


def test_a_commune_listed_twice_is_refused(folder: Path) -> None:
    edit(folder / "communes_35.csv", lambda text: text + text.splitlines()[1] + "\n")
    finding = the_finding(folder)
    assert (finding.line, finding.what) == (334, "Le code « 35001 » est déjà à la ligne 2.")


@pytest.mark.parametrize("file", ["sectors.csv", "rennes_quarters.csv"])
def test_a_code_that_is_not_admitted_is_refused(folder: Path, file: str) -> None:
    edit(folder / file, lambda text: text + "Été 1,Exemple\n")
    assert the_finding(folder).what == "Le code « Été 1 » n’est pas admis."


def test_a_missing_column_is_refused(folder: Path) -> None:
    replace(folder / "coverage.csv", "cdas,sector", "centre,sector")
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("coverage.csv", 1)
    assert finding.what == "Colonnes attendues une fois et une seule : cdas."


def test_an_unclosed_quotation_mark_is_refused_near_its_line(folder: Path) -> None:
    replace(folder / "coverage.csv", "35002,Amanlis", '35002,"Amanlis')
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("coverage.csv", 2)
    assert "guillemet" in finding.what


def test_another_encoding_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "sectors.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("’", "'").encode("cp1252"))
    finding = the_finding(folder)
    assert (finding.file, finding.line) == ("sectors.csv", line_of(DATA / "sectors.csv", "secteur-07"))
    assert finding.what == "Le texte n’est pas encodé en UTF-8."


@pytest.mark.parametrize(
    "file", ["units.toml", "communes_35.csv", "coverage.csv", "sectors.csv", "rennes_quarters.csv"]
)
def test_a_missing_or_an_empty_file_is_refused(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"")
    assert the_finding(folder).file == file
    (folder / file).unlink()
    finding = the_finding(folder)
    assert (finding.file, finding.what) == (file, "Le fichier est absent ou ne peut pas être lu.")


def test_everything_wrong_is_said_at_once(folder: Path) -> None:
    replace(folder / "communes_35.csv", "Rennes Métropole,6874", "Rennes Métropole,beaucoup")
    replace(folder / "units.toml", 'kind = "cdas"', 'kind = "csad"')
    replace(folder / "sectors.csv", "secteur-01", "Secteur 01")
    with pytest.raises(DirectoryRefused) as refused:
        load(folder)
    assert {finding.file for finding in refused.value.findings} == {
        "communes_35.csv",
        "units.toml",
        "sectors.csv",
    }
    assert refused.value.detail == "L’annuaire des lieux n’est pas accepté : 3 anomalies."
    for finding in refused.value.findings:
        assert str(finding) in str(refused.value)
