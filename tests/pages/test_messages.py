"""« Messages à qualifier » through the browser's door: lists, one message beside its form, downloads (R-UD-2)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from service import clock
from service.database import reading
from service.models import AccessEntry, IncomingMail, Ticket
from service.operations import qualification
from service.operations.intake import intake
from service.permissions import HOLDERS, Permission, Role
from service.workflows.qualification import Nature
from tests.factories import World, a_submitted_ticket
from tests.letters import NIR, PARIS, PDF, REDON, STRANGER, a_mail, passed_on
from tests.pages.conftest import Visitor
from tests.pages.html import beside, buttons_of, fields_of, plain, soup, summary_of, text_of

LogIn = Callable[..., Visitor]

LIST = "/messages"
NOW = datetime(2026, 10, 26, 11, tzinfo=PARIS)
SEALED_MAIL = (Path(__file__).parents[1] / "corpus" / "pgp-chiffre.eml").read_bytes()
HALF_A_FORM = (
    "Bonjour,\n\nLe RSA de M. EXEMPLE-LENTEUR Yvon n'est plus versé depuis septembre 2026. "
    "Il habite Bain-de-Bretagne.\nMatricule : 7654321\n"
)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.driven(lambda: NOW):
        yield


def taken_in(raw: bytes, received_at: datetime | None = None) -> UUID:
    mail_id = intake(raw, received_at).mail_id
    assert mail_id is not None
    return mail_id


def fate_of(mail_id: UUID) -> tuple[str, str | None]:
    with reading() as session:
        mail = session.get_one(IncomingMail, mail_id)
        return mail.fate, mail.nature


def at(mail_id: UUID) -> str:
    return f"{LIST}/{mail_id}"


# ---------------------------------------------------------------- the list
def test_an_empty_list_says_what_will_appear(logged_in: LogIn) -> None:
    secretary = logged_in("caf_secretariat")
    for view, words in {
        "waiting": "Tout est qualifié",
        "aside": "gardé à part",
        "left": "Rien à reprendre",
    }.items():
        assert words in text_of(secretary.get(f"{LIST}?vue={view}"))


def test_the_list_says_age_sender_subject_and_why(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    taken_in(a_mail("Une question.", subject="Question sur un dossier"), NOW - timedelta(hours=1))
    taken_in(a_mail("x", sender=STRANGER, subject=ticket.reference), NOW - timedelta(days=3))
    page = logged_in("caf_secretariat").get(LIST)
    rows = [plain(row.get_text(" ")) for row in soup(page).select("tbody tr")]
    assert "2 messages à qualifier" in text_of(page)
    assert f"{STRANGER} cite une demande, expéditeur non reconnu pour elle" in rows[0]
    assert (
        "Question sur un dossier courriel CDAS Pays de Redon cdas-redon@cdas.example sans les mots « URGENCE DEFINIE »"
        in rows[1]
    )
    assert "Aujourd’hui à 10 h 00 depuis 1 h 00 ouvrée" in rows[1]


def test_the_list_goes_on_where_it_stopped(logged_in: LogIn) -> None:
    for number in range(53):
        taken_in(a_mail("Question.", subject=f"Question {number}"), NOW - timedelta(minutes=100 - number))
    secretary = logged_in("caf_secretariat")
    first = soup(secretary.get(LIST))
    further = first.select_one("a[rel=next]")
    assert further is not None
    second = soup(secretary.get(str(further["href"])))
    titles = [plain(link.get_text()) for page in (first, second) for link in page.select("tbody th a")]
    assert titles == [f"Question {number}" for number in range(53)]
    assert "51 à 53 sur 53" in second.get_text(" ")


@pytest.mark.parametrize(
    "place", ["apres=x", "apres=20261026T000000Z.x&rang=-1", "vue=autre", "vue=aside&apres="]
)
def test_a_place_that_does_not_exist_is_the_beginning(logged_in: LogIn, place: str) -> None:
    assert logged_in("caf_lead").get(f"{LIST}?{place}").status_code == 200


# ---------------------------------------------------------------- one message beside its form
def test_the_message_stands_beside_the_form_that_it_has_half_filled(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent, matricule="7654321")
    mail_id = taken_in(a_mail(HALF_A_FORM, subject="RSA", files={"décision.pdf": PDF}))
    secretary = logged_in("caf_secretariat")
    page = secretary.get(at(mail_id))
    given = fields_of(page, "form.card")
    assert given == {
        "asking_unit": "cdas-redon",
        "matricule": "7654321",
        "last_name": "EXEMPLE-LENTEUR",
        "first_name": "Yvon",
        "commune": "35012",
        "benefit": "rsa",
        "event": "interruption",
        "last_payment_on": "2026-08-31",
        "reference": "",
    }
    said = text_of(page)
    assert "Le message ne donne que le mois" in said
    assert "Proposée d’après le texte" in said
    assert "il habite bain-de-bretagne." in said.lower()
    assert f"Déjà en cours pour ce matricule {ticket.reference}" in said
    link = soup(page).select_one("p.files a")
    assert link is not None
    file = secretary.get(str(link["href"]))
    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_a_request_that_it_cites_is_proposed(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    mail_id = taken_in(a_mail("La pièce demandée.", sender=STRANGER, subject=ticket.reference))
    given = fields_of(logged_in("caf_secretariat").get(at(mail_id)), "form.card")
    assert (given["nature"], given["reference"]) == ("attached", ticket.reference)


def test_the_request_that_it_joins_is_proposed_while_its_reference_is_typed(logged_in: LogIn) -> None:
    page = soup(logged_in("caf_secretariat").get(at(taken_in(a_mail("Bonjour.")))))
    assert page.select_one("input[name=reference][data-references]") is not None
    assert page.select_one("script[data-url='/recherche/references']") is not None


def test_saying_that_it_is_urgent_opens_the_request_and_the_next_message(logged_in: LogIn) -> None:
    first = taken_in(a_mail(HALF_A_FORM, subject="RSA"), NOW - timedelta(hours=2))
    second = taken_in(a_mail("Une question."), NOW - timedelta(hours=1))
    secretary = logged_in("caf_secretariat")
    assert secretary.get(f"{LIST}/suivant").location == at(first)
    typed = {
        **fields_of(secretary.get(at(first)), "form.card"),
        "nature": "urgent_rights",
        "first_name": "Yvonne",
    }
    answer = secretary.post(at(first), typed)
    assert (answer.status_code, answer.location) == (303, at(second))
    with reading() as session:
        ticket = session.scalars(select(Ticket)).one()
    assert ticket.submitted_at == NOW - timedelta(hours=2)
    following = secretary.get(at(second))
    assert f"La demande {ticket.reference} est ouverte." in text_of(following)
    assert soup(following).select_one(f".flash a[href='/demandes/{ticket.reference}']"), "one click away"
    shown = text_of(secretary.get(f"/demandes/{ticket.reference}"))
    assert "EXEMPLE-LENTEUR Yvonne" in shown
    assert "n'est plus versé depuis septembre 2026" in shown


def test_a_message_that_asks_for_another_circuit_leads_to_it(logged_in: LogIn) -> None:
    mail_id = taken_in(a_mail("Madame souhaite un rendez-vous.", subject="Rendez-vous"))
    secretary = logged_in("caf_secretariat")
    secretary.post(at(mail_id), {"nature": "other_service"})
    assert soup(secretary.get(LIST)).select_one(".flash a[href='/que-se-passe-t-il']")


def test_the_last_one_leads_back_to_the_empty_list_and_can_be_taken_back(logged_in: LogIn) -> None:
    mail_id = taken_in(a_mail("Promotion !", sender=STRANGER))
    secretary = logged_in("caf_secretariat")
    answer = secretary.post(at(mail_id), {"nature": "unwanted"})
    assert answer.location == LIST
    page = secretary.get(LIST)
    assert "Message qualifié : indésirable." in text_of(page)
    undo = soup(page).select_one(".flash form")
    assert undo is not None
    assert fate_of(mail_id) == ("qualified", "unwanted")
    assert "Aucune demande n’en est née." in text_of(secretary.get(at(mail_id)))
    assert secretary.post(str(undo["action"])).location == at(mail_id)
    assert fate_of(mail_id) == ("to_qualify", None)


def test_passing_over_goes_on_to_the_following_one(logged_in: LogIn) -> None:
    first, second = (taken_in(a_mail("Question."), NOW - timedelta(hours=hours)) for hours in (2, 1))
    lead = logged_in("caf_lead")
    assert f"apres={first}" in lead.get(at(first)).text
    assert lead.get(f"{LIST}/suivant?apres={first}").location == at(second)
    assert lead.get(f"{LIST}/suivant?apres={second}").location == LIST
    assert lead.get(f"{LIST}/suivant?apres=x").location == at(first)


def test_joined_by_hand(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    mail_id = taken_in(a_mail("La pièce.", sender=STRANGER))
    secretary = logged_in("caf_secretariat")
    refused = secretary.post(at(mail_id), {"nature": "attached", "reference": "UD-0000-0000"})
    assert refused.status_code == 422
    assert "Aucune demande n’a cette référence" in beside(refused, "reference")
    assert fields_of(refused, "form.card")["reference"] == "UD-0000-0000"
    secretary.post(at(mail_id), {"nature": "attached", "reference": ticket.reference})
    assert fate_of(mail_id) == ("qualified", "attached")
    assert "La pièce." in text_of(secretary.get(f"/demandes/{ticket.reference}"))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "nature"),
        ({"nature": "autre"}, "nature"),
        ({"nature": "urgent_rights", "matricule": "12"}, "matricule"),
        ({"nature": "urgent_rights", "last_name": NIR}, "last_name"),
        ({"nature": "urgent_rights", "last_payment_on": "2027-01-01"}, "last_payment_on"),
    ],
)
def test_what_can_not_be_taken_is_said_and_kept_on_the_form(
    logged_in: LogIn, typed: dict[str, str], field: str
) -> None:
    mail_id = taken_in(a_mail("Une question."))
    answer = logged_in("caf_secretariat").post(at(mail_id), {**typed, "first_name": "Maël"})
    assert answer.status_code == 422
    assert summary_of(answer)
    assert beside(answer, field)
    assert fields_of(answer, "form.card")["first_name"] == "Maël"
    assert fate_of(mail_id) == ("to_qualify", None)


def test_a_message_qualified_meanwhile_is_a_conflict_that_names_who(logged_in: LogIn, world: World) -> None:
    """404, 403, 409 before 422."""
    mail_id = taken_in(a_mail("Une question."))
    qualification.qualify(world.caf_lead, mail_id, Nature.ORDINARY, {})
    secretary = logged_in("caf_secretariat")
    for typed in ({"nature": "unwanted"}, {"nature": "autre"}):
        answer = secretary.post(at(mail_id), typed)
        assert answer.status_code == 409
        assert f"déjà qualifié, par {world.caf_lead.name}" in text_of(answer)
    assert secretary.post(at(uuid4()), {"nature": "autre"}).status_code == 404


def test_a_masked_number_is_said_to_have_been(logged_in: LogIn) -> None:
    """R-DP-7."""
    page = logged_in("caf_secretariat").get(at(taken_in(a_mail(f"Mon numéro : {NIR}."))))
    assert "1 numéro de sécurité sociale a été masqué avant d’être gardé." in text_of(page)
    assert NIR not in page.text


def test_what_the_message_holds_is_text(logged_in: LogIn) -> None:
    raw = a_mail("<script>alert(1)</script> {{ 7*7 }}", subject="<b>gras</b>", sender="x@y.example")
    for url in (LIST, at(taken_in(raw))):
        page = logged_in("caf_secretariat").get(url)
        assert "<b>gras" not in page.text
        assert "<script>alert" not in page.text


# ---------------------------------------------------------------- kept aside, and what stands beside a request
def test_r_dp_7_a_message_kept_whole_is_the_secretariat_s_alone(logged_in: LogIn) -> None:
    mail_id = taken_in(SEALED_MAIL)
    secretary, lead = logged_in("caf_secretariat"), logged_in("caf_lead", address="127.0.0.2")
    page = secretary.get(f"{LIST}?vue=aside")
    assert "message chiffré ou scellé" in text_of(page)
    detail = secretary.get(at(mail_id))
    assert "Télécharger le message entier" in text_of(detail)
    assert "text" in fields_of(detail, "form.card")
    original = secretary.get(f"{at(mail_id)}/original")
    assert (original.data, original.mimetype) == (SEALED_MAIL, "application/octet-stream")
    assert original.headers["Content-Disposition"] == "attachment; filename=message.eml"
    assert "sandbox" in original.headers["Content-Security-Policy"]
    assert "Gardés à part" not in text_of(lead.get(f"{LIST}?vue=aside"))
    assert lead.get(at(mail_id)).status_code == 404
    assert lead.get(f"{at(mail_id)}/original").status_code == 403
    secretary.post(
        at(mail_id), {"nature": "urgent_rights", "asking_unit": "cdas-redon", "text": "RSA coupé."}
    )
    assert secretary.get(f"{at(mail_id)}/original").status_code == 404


def test_r_dp_3_the_word_of_a_colleague_is_shown_here_and_goes_once_seen(logged_in: LogIn) -> None:
    mail_id = taken_in(passed_on("Encore eux.", "URGENCE DEFINIE, plus de RSA.", author=REDON))
    secretary = logged_in("caf_secretariat")
    assert "mot d’un collègue de la Caf" in text_of(secretary.get(f"{LIST}?vue=left"))
    page = secretary.get(at(mail_id))
    assert "Ce que la demande ne montre pas Encore eux." in text_of(page)
    assert buttons_of(page) == ["C’est vu, effacer"]
    assert secretary.post(f"{at(mail_id)}/vu").status_code == 303
    assert "Encore eux" not in secretary.get(at(mail_id)).text
    assert "Rien à reprendre" in text_of(secretary.get(f"{LIST}?vue=left"))


def test_what_a_request_lacks_is_said_on_its_page(logged_in: LogIn) -> None:
    intake(a_mail("URGENCE DEFINIE, plus rien.", sender=STRANGER))
    with reading() as session:
        reference = session.scalars(select(Ticket.reference)).one()
    assert "À compléter" in text_of(logged_in("caf_secretariat").get(f"/demandes/{reference}"))


# ---------------------------------------------------------------- who may
@pytest.mark.parametrize("role", sorted(set(Role) - HOLDERS[Permission.QUALIFY_MESSAGES]))
def test_r_dp_1_nobody_else_opens_these_pages(logged_in: LogIn, role: Role) -> None:
    mail_id = taken_in(a_mail("Une question."))
    somebody = logged_in(role.value)
    for url in (
        LIST,
        f"{LIST}/suivant",
        at(mail_id),
        f"{at(mail_id)}/original",
        f"{at(mail_id)}/fichiers/{mail_id}",
    ):
        assert somebody.get(url).status_code == 403
    for url in (at(mail_id), f"{at(mail_id)}/reprendre", f"{at(mail_id)}/vu"):
        assert somebody.post(url, {"nature": "unwanted"}).status_code == 403
    assert fate_of(mail_id) == ("to_qualify", None)


def test_a_stranger_is_sent_to_log_in(visitor: Visitor) -> None:
    assert visitor.get(LIST).status_code in (302, 303, 401)


def test_r_dp_4_every_opening_is_logged_before_it_is_shown(logged_in: LogIn) -> None:
    mail_id = taken_in(a_mail("Une question."))
    secretary = logged_in("caf_secretariat")
    secretary.get(at(mail_id))
    secretary.post(at(mail_id), {})
    with reading() as session:
        opened = select(func.count()).where(
            AccessEntry.ticket_id == mail_id, AccessEntry.act == "open_message"
        )
        assert session.scalar(opened) == 2
