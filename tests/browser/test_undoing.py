"""Habits around acts in a real browser: many at once and their undoing, a form that keeps itself, the page on paper."""

import io
import re

import pytest
from playwright.sync_api import Dialog
from pypdf import PdfReader

from service.database import reading
from service.models import Ticket
from service.operations import acts
from service.operations.files import MAX_BYTES
from tests.browser.conftest import Enter
from tests.factories import World, a_submitted_ticket, today
from tests.pages.html import plain

pytestmark = [pytest.mark.browser]


def states() -> set[str]:
    """Where the requests stand."""
    with reading() as session:
        return {ticket.state for ticket in session.query(Ticket)}


def test_all_are_chosen_assigned_and_put_back_from_the_keyboard(enter: Enter, world: World) -> None:
    """ui.md: many in two keystrokes, and the whole batch undone in one click."""
    for _ in range(3):
        a_submitted_ticket(world.cdas_agent)
    person = enter("caf_secretariat", viewport={"width": 1280, "height": 900})
    page = person.go("/demandes")
    for key in ("c", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("3 demandes choisies").wait_for()
    assert person.look() == []
    for key in ("a", "Enter"):
        page.keyboard.press(key)
    person.expect("3 demandes affectées au ")
    assert person.look() == []
    assert states() == {"assigned"}
    person.press("Défaire « Affecter » pour les 3 demandes")
    person.expect("3 demandes remises comme avant.")
    assert person.look() == []
    assert states() == {"submitted"}


def test_what_one_request_s_act_did_is_undone_on_a_narrow_screen(enter: Enter, world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    given = {"unit_id": "caf-prestations", "holder_id": world.caf_agent.account_id}
    acts.perform(world.caf_lead, reference, "assign", given)
    person = enter("caf_agent", viewport={"width": 320, "height": 700})
    person.go(f"/demandes/{reference}")
    person.press("Prendre en charge")
    person.expect("Vous pouvez le défaire pendant 2 minutes")
    assert person.look() == []
    person.press("Défaire « Prendre en charge »")
    person.expect(f"Défait aussitôt : {reference}.")
    assert person.look() == []


def test_a_message_half_written_is_not_lost_to_a_note(enter: Enter, world: World) -> None:
    """Nothing typed is lost unseen: the form that would take another's text with it asks first."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    person = enter("cdas_agent")
    page, asked, answers = person.go(f"/demandes/{reference}"), [], [False, True]

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        (dialog.accept if answers[len(asked) - 1] else dialog.dismiss)()

    page.on("dialog", answer)
    page.locator("#champ-message").fill("La pièce est partie hier.")
    page.locator("#noter summary").click()
    page.locator("#champ-note").fill("Vu avec la famille.")
    person.press("Ajouter la note")
    page.wait_for_function("document.activeElement.id === 'champ-message'")
    assert page.locator("#champ-message").input_value() == "La pièce est partie hier."
    person.press("Ajouter la note")
    person.expect("Note enregistrée.")
    assert len(asked) == 2
    assert "« Votre message » n’est pas envoyé" in plain(asked[0])
    page.locator("#champ-message").fill("La pièce est partie hier.")
    person.press("Envoyer")
    person.expect("Message envoyé.")
    assert len(asked) == 2, "what is sent itself is not asked about"


def test_a_file_too_large_is_said_before_it_takes_the_message_with_it(enter: Enter, world: World) -> None:
    """Nothing typed is lost: the server refuses such a body whole, so it does not leave."""
    reference = a_submitted_ticket(world.cdas_agent).reference
    person = enter("cdas_agent")
    page = person.go(f"/demandes/{reference}")
    page.locator("#champ-message").fill("La pièce est jointe.")
    page.locator("details:has(#champ-file) > summary").click()
    file = page.locator("#champ-file")
    for size, said in ((MAX_BYTES + 1, "Ce fichier dépasse 10 Mo."), (1000, "")):
        file.set_input_files(
            {"name": "bail.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + bytes(size)}
        )
        assert file.evaluate("one => one.validationMessage").startswith(said)
        assert file.evaluate("one => one.validity.valid") is (said == "")
        if said:
            person.press("Envoyer")
            page.wait_for_function("document.activeElement.id === 'champ-file'")
            assert page.locator("#champ-message").input_value() == "La pièce est jointe."
    person.press("Envoyer")
    person.expect("Ce fichier n’est ni un PDF")


def test_the_longest_verdict_leaves_room_to_write_on_a_telephone(enter: Enter) -> None:
    """ui.md: the verdict stays in sight while one types; WCAG 2.4.11: it does not take the form's place."""
    person = enter("cdas_agent", viewport={"width": 320, "height": 640})
    page = person.go("/signaler")
    assert person.look() == [], "nor does the place of a verdict that is still to come"
    page.locator("[name=benefit]").select_option("apl")
    page.locator("[name=event][value=interruption]").check()
    page.locator("[name=last_payment_on]").fill(today().isoformat())
    person.expect("Pas encore une urgence définie", "Contacter la Caf par les voies ordinaires")
    page.locator("[name=description]").focus()
    shown = page.locator("[data-verdict]").bounding_box()
    assert shown is not None
    assert 0 <= shown["y"] < 640, "in sight"
    assert shown["height"] <= 0.3 * 640
    assert person.look() == []


def test_the_form_of_a_circuit_keeps_itself_and_comes_back(enter: Enter) -> None:
    """« Nouvelle demande »: said when it was kept and under which reference; reloaded, the page has it again."""
    person = enter("cdas_agent")
    page = person.go("/nouvelle/co_intervention")
    field = page.locator("[name=need_detail]")
    field.fill("Un budget à reprendre.")
    said = page.get_by_text(re.compile(r"enregistré à \d+\sh\s\d\d, sous la référence CI-")).inner_text()
    reference = said[-12:]
    assert page.url.endswith(f"/nouvelle/co_intervention/{reference}")
    assert person.look() == []
    page.reload()
    assert field.input_value() == "Un budget à reprendre."
    assert page.locator("[name=reference]").input_value() == reference
    field.fill("Un budget à reprendre, une séparation à traverser.")
    page.get_by_text(re.compile(r"enregistré à \d")).wait_for()
    person.go("/demandes?vue=brouillons")
    page.get_by_role("link", name="Reprendre").click()
    assert field.input_value() == "Un budget à reprendre, une séparation à traverser."


def test_a_request_on_paper_has_its_words_and_none_of_its_controls(enter: Enter, world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, reference, "take", {})
    acts.perform(world.caf_agent, reference, "ask", {"question": "Depuis quand ?"})
    page = enter("caf_agent").go(f"/demandes/{reference}")
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    words = plain(" ".join(sheet.extract_text() for sheet in sheets))
    for said in (reference, "Depuis quand ?", "1234567", "Historique", "couvert par le secret professionnel"):
        assert said in words
    for control in (
        "Envoyer",
        "Imprimer (PDF",
        "Joindre un fichier",
        "Aller au contenu",
        "Menu",
        "Expliquer ce",
    ):
        assert control not in words
