"""A file of people as spreadsheets write it: encodings, separators, and what is wrong, by line."""

import pytest

from service.workflows.people_file import LARGEST_FILE, MOST_LINES, Unreadable, decoded, read

HEAD = "Nom;Prénom;Adresse électronique;Service;Rôle;Désigné;Adjoint"
ROW = "Exemple-Hélary;Noëlle;noelle@test.example;cdas-redon;cdas_agent;oui;non"
FILE = f"{HEAD}\r\n{ROW}\r\n"


@pytest.mark.parametrize(
    "content",
    [FILE.encode(), b"\xef\xbb\xbf" + FILE.encode(), FILE.encode("cp1252")],
    ids=["utf8", "mark", "1252"],
)
def test_three_encodings_say_the_same(content: bytes) -> None:
    (line,) = read(decoded(content))
    assert (line.number, line.name, line.mistakes) == (2, "Noëlle Exemple-Hélary", ())
    assert line.ticks == {"named": True, "deputy": False}


def test_commas_quotes_blank_lines_and_other_headings() -> None:
    row = '"a@test.example","Exemple, épouse Le Gall",Zoé,CDAS de Redon,cdas_agent,'
    text = f"EMAIL,nom,prenom,unité,role,\n\n{row}\n,,,,,\n"
    (line,) = read(text)
    assert line.number == 3
    assert line.values["last_name"] == "Exemple, épouse Le Gall"
    assert (line.ticks, line.mistakes) == ({"named": False, "deputy": False}, ())


def test_piles_of_marks_and_control_characters_are_cut() -> None:
    """Normalising a pile takes the square of its height, and a zero byte is refused by PostgreSQL."""
    pile = "\u0300" * 60_000 + "\u0316" * 60_000
    (line,) = read(FILE.replace("Noëlle", f"Zo\0e{pile}"))
    assert line.values["first_name"].startswith("Zo")
    assert len(line.values["first_name"]) < 20
    assert "\0" not in line.values["first_name"]


def test_a_formula_is_text() -> None:
    (line,) = read(FILE.replace("Exemple-Hélary", "=HYPERLINK(A1)"))
    assert line.values["last_name"] == "=HYPERLINK(A1)"


def test_mistakes_name_their_line() -> None:
    lines = read(
        f"{HEAD}\n{ROW}\n{ROW}\n{ROW.replace('noelle', 'b').replace('oui', 'peut-être')}\n{ROW};;x\n"
    )
    assert [line.number for line in lines if line.mistakes] == [3, 4, 5]
    assert "déjà à la ligne 2" in lines[1].mistakes[0]
    assert "oui ou non" in lines[2].mistakes[0]
    assert "séparateur" in lines[3].mistakes[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vide"),
        (HEAD.encode(), "aucune personne"),
        (b"nom;service\nx;y\n", "Il manque"),
        (f"{HEAD};Nom\n{ROW}\n".encode(), "deux fois"),
        (f'{HEAD}\n"{ROW}\n'.encode(), "guillemet"),
        (b"PK\x03\x04\0\0", "pas du texte"),
        (b"x" * (LARGEST_FILE + 1), "trop grand"),
        ((HEAD + f"\n{ROW}" * (MOST_LINES + 1)).encode(), "lignes"),
    ],
)
def test_a_file_that_can_not_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(decoded(content))
