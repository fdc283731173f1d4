"""« Importer des comptes »: what the file would do is shown first; nothing is done before somebody says so."""

import io
from collections.abc import Callable

from bs4 import BeautifulSoup
from sqlalchemy import func, select

from service.database import reading
from service.models import Account
from tests.factories import World
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
HEAD = "nom;prénom;adresse électronique;service;rôle\n"
RIGHT = "Exemple-Hélary;<b>Noëlle</b>;noelle@test.example;cdas-redon;cdas_agent\n"
WRONG = "Exemple;Noé;noe@test.example;cdas-redon;chef\n"


def look(browser: Visitor, text: str) -> BeautifulSoup:
    answer = browser.post("/comptes/importer", {"file": (io.BytesIO(text.encode("cp1252")), "gens.csv")})
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def text_in(page: BeautifulSoup) -> str:
    area = page.find("textarea")
    assert area is not None
    return area.get_text().removeprefix("\n")


def count() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Account.id))) or 0


def test_a_wrong_line_stops_all_until_the_right_ones_are_asked_for(world: World, logged_in: LogIn) -> None:
    admin, before = logged_in("admin"), count()
    page = look(admin, HEAD + RIGHT + WRONG)
    assert "Ligne 3" in page.get_text()
    assert "« chef » n’est pas un rôle" in page.get_text()
    assert page.find("b", string="Noëlle") is None
    refused = admin.post("/comptes/importer/confirmer", {"text": text_in(page)})
    assert (refused.status_code, count()) == (422, before)
    done = admin.post("/comptes/importer/confirmer", {"text": text_in(page), "right": "1"})
    assert (done.status_code, count()) == (200, before + 1)
    assert "/invitation/" in done.text
    again = look(admin, HEAD + RIGHT)
    assert "1 adresse a déjà un compte" in again.get_text()


def test_a_file_that_is_none_says_why(world: World, logged_in: LogIn) -> None:
    head = logged_in("cdas_head")
    assert "vide" in head.post("/comptes/importer", {}).text
    binary = head.post("/comptes/importer", {"file": (io.BytesIO(b"PK\0"), "x.xlsx")})
    assert (binary.status_code, "format CSV" in binary.text) == (422, True)
    assert logged_in("cdas_agent").get("/comptes/importer").status_code == 403
    assert (
        logged_in("cdas_agent").post("/comptes/importer/confirmer", {"text": HEAD + RIGHT}).status_code == 403
    )
