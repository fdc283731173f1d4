"""Keys of the keyboard in a real browser: they lead somewhere, never act, leave fields alone, and can be cut."""

import pytest
from playwright.sync_api import expect

from service.operations.acts import perform
from tests.browser.conftest import Enter
from tests.factories import World, a_submitted_ticket

pytestmark = [pytest.mark.browser]


def test_the_layer_lists_what_works_here_and_gives_the_focus_back(enter: Enter, world: World) -> None:
    person = enter("caf_secretariat")
    page, layer = person.page, person.page.locator("#raccourcis")
    page.locator(".brand").focus()
    page.keyboard.press("?")
    expect(layer.get_by_text("File d’attente")).to_be_visible()
    expect(layer.get_by_text("Dans une liste")).to_be_hidden()
    expect(layer.get_by_text("Écrire un message")).to_be_hidden()
    assert page.evaluate("document.getElementById('raccourcis').contains(document.activeElement)")
    assert person.look() == []
    page.keyboard.press("Escape")
    expect(layer).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.brand')")

    a_submitted_ticket(world.cdas_agent)
    person.go("/demandes").keyboard.press("?")
    expect(layer.get_by_text("Ligne suivante")).to_be_visible()


def test_g_then_a_letter_opens_an_entry_of_the_menu(enter: Enter) -> None:
    person = enter("cdas_agent")
    person.page.keyboard.press("g")
    person.page.keyboard.press("d")
    person.page.wait_for_url("**/demandes")
    person.page.keyboard.press("g")
    person.page.keyboard.press("S")
    person.page.wait_for_url("**/signaler")


def test_a_list_is_walked_without_entering_it_first(enter: Enter, world: World) -> None:
    """From the page's own start: the first line, the second, back; ticked; opened by Enter."""
    references = {a_submitted_ticket(world.cdas_agent).reference for _ in range(2)}
    person = enter("caf_secretariat")
    page = person.go("/demandes")
    lines = page.locator("table[data-keys] tbody tr")
    for key, line in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        assert lines.nth(line).evaluate("(row) => row.contains(document.activeElement)"), key
    page.keyboard.press("x")
    assert lines.nth(0).locator("input[type=checkbox]").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/demandes/*-*-*")
    assert page.url.rsplit("/", 1)[1] in references


def test_on_a_request_keys_reach_what_one_writes_and_send_nothing(enter: Enter, world: World) -> None:
    reference = a_submitted_ticket(world.cdas_agent).reference
    page = enter("caf_secretariat").go(f"/demandes/{reference}")
    page.keyboard.press("e")
    page.wait_for_url("**/actions/assign")
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.name") == "unit_id"
    perform(world.caf_agent, reference, "take", {})
    person = enter("caf_agent")
    page = person.go(f"/demandes/{reference}")
    for key, reached in (("r", "champ-message"), ("t", "echeance"), ("i", "historique"), ("n", "champ-note")):
        page.locator(".brand").focus()
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == reached, key
    page.keyboard.press("u")
    assert page.locator("#champ-note").input_value() == "u"
    page.locator(".brand").focus()
    page.keyboard.press("/")
    page.keyboard.type("gd?")
    assert page.locator(".search input[type=search]").input_value() == "gd?"
    assert page.url.endswith(reference)


def test_whoever_cuts_them_keeps_the_help_page_only(enter: Enter) -> None:
    """WCAG 2.1.4: a choice of « Mon compte », which the next page keeps to."""
    person = enter("cdas_agent")
    person.go("/compte")
    person.press("Couper les raccourcis")
    person.expect("Les raccourcis clavier sont coupés.")
    page = person.go("/demandes")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("s")
    assert page.locator("#raccourcis").count() == 0
    assert page.url.endswith("/demandes")
    person.go("/aide/raccourcis")
    person.expect("Vous les avez coupés", "Ligne suivante")
    assert person.look() == []


def test_keys_lead_nowhere_while_a_question_waits(enter: Enter, world: World) -> None:
    """« Êtes-vous toujours là ? » lies over the page: no key leaves what is under it."""
    page = enter("cdas_agent").page
    page.evaluate("document.querySelector('dialog[data-session]').showModal()")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.keyboard.press("?")
    expect(page.locator("#raccourcis")).to_be_hidden()
    expect(page.locator("dialog[data-session]")).to_be_visible()
    page.evaluate("document.querySelector('dialog[data-session]').close()")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/signaler")


def test_a_modifier_keeps_the_browser_s_own_keys(enter: Enter) -> None:
    person = enter("cdas_agent")
    person.page.keyboard.press("Control+/")
    assert person.page.evaluate("document.activeElement === document.body")
