"""« Droits des personnes » and the pages open to everybody, as a browser sees them (R-DP-9)."""

import io
import json
from collections.abc import Callable

import pypdf
import pytest

from service.permissions import HOLDERS, Permission, Role
from service.workflows.setting_table import TO_FILL
from tests import tagged
from tests.factories import World, a_submitted_ticket, today
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
ASKED = {
    "last_name": "Exemple-Le Gall",
    "first_name": "Éloïse",
    "birth_date": "1990-01-02",
    "matricule": "1234567",
    "received_on": today().isoformat(),
    "written_reference": "courrier 418",
}


def test_a_head_notes_a_request_reads_what_was_found_gives_it_and_says_so(
    logged_in: LogIn, world: World
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    head = logged_in("cdas_head")
    noted = head.post("/droits-des-personnes", ASKED)
    assert noted.status_code == 303
    address = noted.headers["Location"]
    assert "Gall" not in address
    found = head.get(address).text
    assert ticket.reference in found
    assert "Réponse attendue le" in found
    paper = head.post(f"{address}/extrait", {"form": "pdf"})
    assert tagged.faults(paper.data) == []
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper.data)).pages)
    for said in (
        "Ce que Relais garde de vous",
        ticket.reference,
        world.cdas_head.name,
        "secret professionnel",
    ):
        assert said in text
    file = json.loads(head.post(f"{address}/extrait", {"form": "json"}).text)
    assert "le frigo est vide" in json.dumps(file, ensure_ascii=False)
    assert "1er" in str(file) or "version du 26 novembre 2026" in str(file)
    assert head.post(f"{address}/repondu").status_code == 303
    assert "Répondu le" in head.get("/droits-des-personnes").text


def test_what_was_corrected_is_said_on_the_request(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    head = logged_in("cdas_head")
    address = head.post("/droits-des-personnes", ASKED).headers["Location"]
    form = f"{address}/rectifier/{ticket.reference}"
    assert "Sur quelle pièce" in head.get(form).text
    refused = head.post(form, {"field": "first_name", "reason": "carte vue"})
    assert refused.status_code == 422
    assert "Écrivez la valeur exacte." in refused.text
    assert "carte vue" in refused.text
    assert (
        head.post(form, {"field": "first_name", "first_name": "Louise", "reason": "carte vue"}).status_code
        == 303
    )
    page = head.get(f"/demandes/{ticket.reference}").text
    assert "rectifié le" in page
    assert "Louise" in page


def test_what_was_typed_stays_where_it_is_refused(logged_in: LogIn) -> None:
    answer = logged_in("caf_head").post("/droits-des-personnes", {**ASKED, "birth_date": ""})
    assert answer.status_code == 422
    assert "courrier 418" in answer.text


def test_heads_only(logged_in: LogIn) -> None:
    assert HOLDERS[Permission.ANSWER_SUBJECTS] == {Role.CDAS_HEAD, Role.CAF_LEAD, Role.CAF_HEAD}
    assert logged_in("cdas_agent").get("/droits-des-personnes").status_code == 403


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/mentions-legales", ("Mentions légales", "Hébergement", TO_FILL)),
        (
            "/protection-des-donnees",
            ("Un brouillon est gardé pendant", "30 jours", "Responsable de CDAS", "Cnil"),
        ),
        (
            "/protection-des-donnees/information-des-familles",
            ("Version du 26 novembre 2026", "tenus au secret"),
        ),
        ("/accessibilite", ("non conforme", "axe-core 4.14.1", "Défenseur des droits")),
        (
            "/ecoconception",
            ("100 ko au plus, en 12", "moins de 3 secondes", "aucun score", "/protection-des-donnees"),
        ),
    ],
)
def test_the_public_pages_are_open_and_at_the_foot_of_every_page(
    visitor: Visitor, path: str, words: tuple[str, ...]
) -> None:
    page = visitor.get(path)
    assert page.status_code == 200
    assert all(said in page.text for said in words)
    for linked in ("/mentions-legales", "/protection-des-donnees", "/accessibilite"):
        assert f'href="{linked}"' in visitor.get("/connexion").text
