"""Habits in a real browser: a reference while it is typed, what is unread, the lists that one keeps."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service import clock, database, sealing
from service.database import transaction
from service.operations import acts, conversation, saved_lists
from tests import serving
from tests.browser.people import Person, faults, faults_in_the_dark
from tests.factories import World, a_submitted_ticket, seeded_world

pytestmark = [pytest.mark.browser]

FIELD = "header [name=q]"


@pytest.fixture
def house(sqlite_template: Path, tmp_path: Path, key_ring: sealing.KeyRing) -> Iterator[tuple[str, World]]:
    """A server on the small world: its address, who is there."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'relais.sqlite3')}"
    engine = database.configure(url)
    with transaction() as session:
        world = seeded_world(session)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = serving.start(listening, url, tmp_path)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", world
        serving.stop(server)
    engine.dispose()


def options(page: Page) -> list[str]:
    """The references that are proposed."""
    return page.locator("header [role=option] strong").all_inner_texts()


def test_from_three_symbols_to_the_request_by_keyboard_alone(
    browser: Browser, house: tuple[str, World]
) -> None:
    address, world = house
    ticket = a_submitted_ticket(world.cdas_agent)
    twin = next(made for made in _more(world) if made[:4] == ticket.reference[:4])
    person = Person(browser, address, "caf_agent")
    page, field = person.page, person.page.locator(FIELD)
    person.tab_to(field)
    page.keyboard.type(ticket.reference[:4])
    page.locator("header [role=option]").first.wait_for()
    assert {ticket.reference, twin} <= set(options(page))
    assert field.get_attribute("role") == "combobox"
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") is None
    assert faults(page) == []
    assert faults_in_the_dark(page) == []

    first, last = options(page)[0], options(page)[-1]
    page.keyboard.press("ArrowDown")
    assert _active(page) == first
    page.keyboard.press("ArrowUp")
    assert _active(page) == last, "round the end"
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == ticket.reference[:4], "what was typed stays"
    assert page.locator("header [role=option]").count() == 0

    page.keyboard.type(ticket.reference[4:9])
    page.locator("header [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/demandes/{ticket.reference}")
    assert person.said == []


def test_a_list_says_what_changed_without_moving_what_is_read(
    browser: Browser, house: tuple[str, World]
) -> None:
    """Asked each minute while the page is looked at; what is announced stands at the foot of the window."""
    address, world = house
    for _ in range(12):
        a_submitted_ticket(world.cdas_agent)
    ticket = a_submitted_ticket(world.cdas_agent)
    person = Person(browser, address, "caf_secretariat")
    page = person.page
    page.clock.install()
    person.go("/demandes?vue=caf")
    told, row = page.locator("main [data-refresh-url]"), page.locator("#file tbody tr").nth(3)
    before = row.bounding_box()
    made = clock.now()
    while clock.now() == made:  # what comes within the second of the page is not told
        page.title()
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    assert told.inner_text() == ""
    page.clock.fast_forward(61_000)
    told.get_by_text("1 demande a changé").wait_for()
    assert row.bounding_box() == before
    seen = told.bounding_box()
    assert seen is not None
    assert seen["y"] + seen["height"] <= page.evaluate("innerHeight"), "in the window without scrolling"
    assert person.look() == []
    told.get_by_role("link", name="Actualiser").click()
    page.wait_for_url(f"{address}/demandes?vue=caf")
    assert page.locator("main [data-refresh-url]").inner_text() == ""


def test_a_click_chooses_and_another_field_keeps_its_form(browser: Browser, house: tuple[str, World]) -> None:
    """Where it is one answer among others, the reference is filled in and nothing is sent."""
    address, world = house
    ticket = a_submitted_ticket(world.cdas_agent)
    person = Person(browser, address, "cdas_head")
    page = person.go("/acces")
    field = page.locator("main [name=reference]")
    field.press_sequentially(ticket.reference[:6])
    page.locator("main [role=option]", has_text=ticket.reference).click()
    assert field.input_value() == ticket.reference
    assert page.locator("main [role=option]").count() == 0
    assert page.url == f"{address}/acces"
    assert person.look() == []


def test_a_name_that_is_typed_leaves_the_browser_with_the_form_only(
    browser: Browser, house: tuple[str, World]
) -> None:
    address, world = house
    ticket = a_submitted_ticket(world.cdas_agent)
    person = Person(browser, address, "caf_agent")
    page, sent = person.page, []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.locator(FIELD).press_sequentially("Exemple-Le Gall")
    page.locator(FIELD).fill(ticket.reference[:6])
    page.locator("header [role=option]").first.wait_for()
    assert [one for one in sent if "Gall" in one] == []
    assert len(sent) == 1


def test_without_scripts_the_field_is_a_plain_one(browser: Browser, house: tuple[str, World]) -> None:
    address, world = house
    ticket = a_submitted_ticket(world.cdas_agent)
    person = Person(browser, address, "caf_agent", java_script_enabled=False)
    field = person.page.locator(FIELD)
    assert field.get_attribute("role") is None
    field.fill(ticket.reference)
    field.press("Enter")
    person.page.wait_for_url(f"{address}/demandes/{ticket.reference}")


def _more(world: World) -> Iterator[str]:
    """Other requests, one after the other, as many as are asked for."""
    while True:
        yield a_submitted_ticket(world.cdas_agent).reference


def _active(page: Page) -> str:
    """The option that the field says is the active one; it is the one that is selected."""
    (shown,) = page.locator("header [role=option][aria-selected=true] strong").all_inner_texts()
    named = page.locator(FIELD).get_attribute("aria-activedescendant")
    assert page.locator(f"[id='{named}'] strong").inner_text() == shown
    return shown


@pytest.mark.parametrize("post", ["cdas_head", "caf_secretariat"])
def test_the_pages_of_habits_are_fit_for_everybody(
    browser: Browser, house: tuple[str, World], post: str
) -> None:
    """RGAA: no fault found by axe in either scheme, no scroll sideways at 320 px, nothing on the console."""
    address, world = house
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    conversation.write_message(world.caf_agent, ticket.reference, f"Voir {other.reference}.", "k1")
    actor = getattr(world, post)
    saved_lists.save(actor, "Toutes les demandes qui attendent longtemps", "vue=cours", for_unit=True)
    saved = saved_lists.save(actor, "Mes RSA", "vue=cours&prestation=rsa", for_unit=False)
    person = Person(browser, address, post, looks_in_the_dark=True)
    for path in ("/", "/demandes?vue=cours", "/nouveautes", "/demandes/listes", f"/demandes/listes/{saved}"):
        person.go(path)
        assert person.look() == []
    person.go("/demandes?vue=cours")
    person.press("Enregistrer cette liste")
    person.page.locator("main [name=name]").fill("Suivi 1234567")
    person.page.locator("main [name=name]").press("Enter")
    person.expect("Ce texte semble contenir un matricule")
    assert [one for one in person.look() if "422" not in one] == []
    person.go(f"/demandes/{ticket.reference}")
    person.page.locator(".message").get_by_role("link", name=other.reference).click()
    person.page.wait_for_url(f"{address}/demandes/{other.reference}")
