"""A model of answer in a real browser: inserted at once with scripts, by a click that loses nothing without."""

import pytest

from service.operations import answer_models
from service.workflows.answer_models import Wording
from tests.browser.conftest import Enter
from tests.factories import World, a_submitted_ticket

pytestmark = [pytest.mark.browser]

BODY = "Bonjour,\n\nNous revenons vers vous pour {{ reference }}."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_model_is_inserted_then_edited_and_sent(enter: Enter, world: World, scripts: bool) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    answer_models.write(world.caf_secretariat, Wording("Nous revenons vers vous", BODY), for_unit=True)
    desk = enter("caf_secretariat", java_script_enabled=scripts)
    desk.go("/modeles-de-reponse")
    wrong = desk.look()
    page = desk.go(f"/demandes/{reference}")
    message = page.locator("#champ-message")
    message.fill("Chère collègue,")
    form = page.locator("form", has=message)
    form.locator("summary").last.click()
    form.get_by_label("Modèle").select_option("Nous revenons vers vous")
    wrong += desk.look()
    form.get_by_role("button", name="Insérer").click()
    if scripts:
        desk.expect("Texte inséré")
        assert page.evaluate("document.activeElement.id") == "champ-message"
    expected = f"Chère collègue,\n\nBonjour,\n\nNous revenons vers vous pour {reference}."
    assert page.locator("#champ-message").input_value() == expected
    page.locator("#champ-message").fill(f"{expected} Bien à vous.")
    desk.press("Envoyer")
    desk.expect("Message envoyé.", "Bien à vous.")
    assert wrong == []


def test_the_page_of_a_model_is_accessible_and_fits_a_narrow_screen(enter: Enter, world: World) -> None:
    model_id = answer_models.write(world.caf_secretariat, Wording("Nous revenons", BODY), for_unit=True)
    desk = enter("caf_secretariat")
    wrong: list[str] = []
    for path in ("nouveau", str(model_id)):
        desk.go(f"/modeles-de-reponse/{path}")
        wrong += desk.look()
    assert wrong == []
