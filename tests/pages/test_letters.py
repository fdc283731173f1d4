"""« Courriers »: a model is changed, a letter is filled, previewed, printed and logged (R-RV, R-PR-3)."""

import io
from collections.abc import Callable
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from service.database import reading, transaction
from service.models import AccessEntry, LetterModel, LetterPrinted
from service.pdf import CannotBePrinted, render
from service.permissions import HOLDERS, Permission, Role
from tests import tagged
from tests.factories import World, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.html import beside, fields_of, summary_of, text_of

LogIn = Callable[..., Visitor]
NIR = "2 85 07 35 238 123 " + f"{97 - 2850735238123 % 97:02d}"


def read_back(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_roles_of_the_letters() -> None:
    """R-DP-1: neither the benefits teams nor those who steer or administer."""
    social = {Role.CDAS_AGENT, Role.CDAS_HEAD, Role.CAF_SECRETARIAT, Role.CAF_TS, Role.CAF_HEAD}
    assert HOLDERS[Permission.PRINT_LETTERS] == social
    assert HOLDERS[Permission.EDIT_LETTERS] == social - {Role.CDAS_AGENT, Role.CAF_TS}


def test_a_pdf_is_tagged_the_same_twice_and_reads_no_markup() -> None:
    letter = {
        "title": "Essai",
        "author": "Service d’exemple",
        "sender": ["Service d’exemple", "02 00 00 00 01"],
        "recipient": ["Éloïse Exemple-Łódź", '#panic("x")'],
        "date": "Le 1er octobre 2026",
        "subject": "*Pas gras*",
        "blocks": [{"kind": "text", "lines": ["$x$"]}, {"kind": "list", "lines": ["a"]}],
    }
    made = render("letter.typ", letter, date(2026, 10, 1))
    assert made == render("letter.typ", dict(reversed(letter.items())), date(2026, 10, 1))
    assert made.startswith(b"%PDF-")
    assert tagged.faults(made) == []
    for words in ("Éloïse Exemple-Łódź", '#panic("x")', "Objet : *Pas gras*", "$x$"):
        assert words in read_back(made)
    with pytest.raises(CannotBePrinted):
        render("letter.typ", {**letter, "subject": "\U0001f600"}, date(2026, 10, 1))


def test_a_model_is_changed_then_a_letter_is_made_from_a_request(world: World, logged_in: LogIn) -> None:
    reference = a_submitted_ticket(world.cdas_agent, description="Le frigo est vide.").reference
    head, agent = logged_in("cdas_head"), logged_in("cdas_agent")

    # the model: refused with its sentences, then kept as version 1
    assert agent.post("/courriers/relais", {"title": "x"}).status_code == 403
    assert (
        head.post("/courriers/offre", {"title": "t", "subject": "s", "body": "b", "seen": "0"}).status_code
        == 403
    )
    page = head.get("/courriers/relais")
    assert "un exemple (notre choix)" in text_of(page)
    kept = dict(fields_of(page, "form.card"))
    for body, sentence in (("{{ age }}", "« age » n’existe pas"), (NIR, "sécurité sociale")):
        answer = head.post("/courriers/relais", {**kept, "body": body})
        assert answer.status_code == 422
        assert sentence in beside(answer, "body")
    changed = {**kept, "body": kept["body"].replace("Bonjour,", "Chers collègues,")}
    assert head.post("/courriers/relais", changed).status_code == 303
    late = head.post("/courriers/relais", {**changed, "body": "Autre texte"})
    assert (late.status_code, "a changé depuis" in summary_of(late)) == (409, True)
    assert "n° 1 En usage" in text_of(head.get("/courriers/relais"))
    assert "Bonjour," in fields_of(head.get("/courriers/relais?version=0"), "form.card")["body"]

    # the letter: begun from the request, previewed, printed
    begun = agent.get(f"/courriers/relais/composer?demande={reference}")
    typed = dict(fields_of(begun, "form.card"))
    assert (typed["prenom"], typed["nom"], typed["reference"]) == ("Éloïse", "Exemple-Le Gall", reference)
    assert "frigo" not in begun.text
    missing = agent.post("/courriers/relais/composer", typed)
    assert (missing.status_code, beside(missing, "resume")) == (422, "Erreur : Cette réponse manque.")
    typed |= {"accord": "2026-10-01", "debut": "2026-01-05", "resume": "Un suivi engagé.", "attentes": NIR}
    assert "sécurité sociale" in beside(agent.post("/courriers/relais/composer", typed), "attentes")
    typed["attentes"] = "Être rappelée."
    shown = agent.post("/courriers/relais/composer", typed)
    assert "Chers collègues, Nous accompagnons Éloïse Exemple-Le Gall depuis le 5 janvier 2026." in text_of(
        shown
    )
    made = agent.post("/courriers/relais/pdf", typed)
    assert made.mimetype == "application/pdf"
    assert made.headers["Content-Disposition"] == "attachment; filename=courrier-relais.pdf"
    assert "Avec son accord, donné le 1er octobre 2026, nous vous proposons" in read_back(made.data)
    assert agent.post("/courriers/relais/pdf", {**typed, "seen": "0"}).status_code == 409

    # the trace, without the person; the reference only for who may read the request
    with reading() as session:
        (row,) = session.scalars(select(LetterPrinted))
        assert (row.model_code, row.model_version, row.author_id) == (
            "relais",
            1,
            world.cdas_agent.account_id,
        )
        assert row.ticket_id is not None
        trace = select(AccessEntry.act).where(AccessEntry.ticket_id == row.ticket_id)
        assert "letter" in session.scalars(trace).all()
    assert reference in text_of(agent.get("/courriers"))
    assert reference not in text_of(logged_in("caf_ts").get("/courriers"))
    for change in ("DELETE FROM letter_printed", "UPDATE letter_model SET body = ''"):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(text(change))


def test_r_dp_1_a_request_that_one_may_not_read_is_as_one_that_does_not_exist(
    world: World, logged_in: LogIn
) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    other = logged_in("cdas_agent_elsewhere")
    absent = "UD-0000-0000" if reference != "UD-0000-0000" else "UD-4F7K-92QX"
    answers = [
        other.get(f"/courriers/relais/composer?demande={one}") for one in (reference, absent, "n’importe")
    ]
    assert {answer.status_code for answer in answers} == {404}
    typed = {**fields_of(other.get("/courriers/relais/composer"), "form.card"), "demande": reference}
    typed |= {"prenom": "Essai", "nom": "Exemple", "reference": "x", "destinataire": "y", "resume": "r"}
    typed |= {"accord": "2026-10-01", "debut": "2026-01-05", "attentes": "a"}
    for way in ("composer", "pdf"):
        assert other.post(f"/courriers/relais/{way}", typed).status_code == 404
    with reading() as session:
        assert session.scalars(select(LetterPrinted)).all() == []
        assert session.scalars(select(LetterModel)).all() == []
    assert other.get("/courriers/offre/composer").status_code == 404  # the offer leaves from the Caf
    assert other.get("/courriers/inconnu").status_code == 404
