"""The visual language in a real browser: accessible, both schemes, fit for 320 px, its comforts at work."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.gallery import SCENES, served_gallery
from tests.browser.people import faults, faults_in_the_dark
from tests.scale import NIGHTLY

pytestmark = [pytest.mark.browser, pytest.mark.context(viewport={"width": 1360, "height": 900})]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_gallery() as url:
        yield url


LIGHT = pytest.mark.context(color_scheme="light")
DARK = pytest.mark.context(color_scheme="dark")
SCHEMES = [pytest.param("light", marks=LIGHT), *([pytest.param("dark", marks=DARK)] if NIGHTLY else [])]


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1360, 320])
def test_scene_is_accessible_and_keeps_the_policy(
    page: Page, address: str, scene: str, scheme: str, width: int
) -> None:
    """RGAA 4.1: no fault found by axe, no scroll sideways at 320 px, nothing refused by the page's policy.

    By day the dark scheme is asked about its colours, which are all that it changes; at night about everything.
    """
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/{scene}")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
    if scheme == "light":
        assert faults_in_the_dark(page) == []
    assert said == []


def test_larger_text_keeps_everything_in_sight(page: Page, address: str) -> None:
    """Zoom 200 % of a 1280 px screen is a 640 px one; text alone at 200 % keeps to the width too."""
    page.set_viewport_size({"width": 640, "height": 480})
    page.goto(f"{address}/queue")
    page.evaluate("document.documentElement.style.fontSize = '34px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_first_tab_stop_leads_to_the_content(page: Page, address: str) -> None:
    page.goto(f"{address}/ticket")
    page.keyboard.press("Tab")
    assert page.locator(".skip").bounding_box() == pytest.approx(page.locator(".skip:focus").bounding_box())
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_errors_come_first_and_lead_to_their_field(page: Page, address: str) -> None:
    page.goto(f"{address}/refused")
    assert page.evaluate("document.activeElement.dataset.errorSummary") == ""
    page.get_by_role("link", name="Que s’est-il passé ?").click()
    assert page.evaluate("document.activeElement.id") == "champ-event"


def test_verdict_and_its_fragments_follow_what_is_typed(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    page.get_by_label("Matricule Caf").fill("7654321")
    page.locator("[data-verdict]").get_by_text("Reçu : 7654321").wait_for()
    assert page.locator("[data-fragment=suite]").inner_text() == "La suite"


def test_draft_keeps_itself_and_moves_its_version(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    page.get_by_label("En quelques mots").fill("Un mot de plus.")
    page.get_by_text("enregistré à 10 h 13").wait_for()
    assert page.locator("[name=version]").input_value() == "2"


def test_a_draft_that_can_not_be_kept_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    page.context.clear_cookies()
    page.get_by_label("En quelques mots").fill("Un mot de plus.")
    page.get_by_text("votre session a expiré").wait_for()
    assert page.get_by_label("En quelques mots").input_value() == "Un mot de plus."


def test_two_clicks_send_once(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    page.get_by_role("button", name="Envoyer à la Caf").evaluate(
        "(button) => { button.click(); return new Promise((done) =>"
        " setTimeout(() => { button.click(); done(); }, 120)); }"
    )
    page.wait_for_url("**/answers/sent")
    assert page.locator("body").inner_text() == "1"


def test_a_field_for_one_answer_only_hides_otherwise_and_keeps_its_text(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    amount = page.get_by_label("Montant avant")
    assert not amount.is_visible()
    page.get_by_label("Forte diminution").check()
    amount.fill("450,00")
    page.get_by_label("Plus de versement").check()
    page.get_by_label("Forte diminution").check()
    assert amount.input_value() == "450,00"


@pytest.mark.context(java_script_enabled=False, viewport={"width": 320, "height": 700})
def test_without_script_every_field_and_the_menu_are_there(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    assert page.get_by_label("Montant avant").is_visible()
    assert page.get_by_role("link", name="Mes demandes").is_visible()


def test_menu_opens_on_a_narrow_screen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{address}/report")
    link = page.get_by_role("link", name="Mes demandes")
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert link.is_visible()
    assert page.get_by_role("button", name="Menu").get_attribute("aria-expanded") == "true"


def test_plus_opens_and_closes_from_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    opener, link = page.locator(".nav-more summary"), page.get_by_role("link", name="Réunions")
    assert not link.is_visible()
    opener.press("Enter")
    assert link.is_visible()
    page.keyboard.press("Escape")
    assert not link.is_visible()
    assert opener.evaluate("(summary) => summary === document.activeElement")
    opener.press("Enter")
    page.get_by_role("searchbox").focus()
    assert not link.is_visible()


def test_a_field_to_correct_is_never_hidden(page: Page, address: str) -> None:
    page.goto(f"{address}/report")
    amount = page.get_by_label("Montant avant")
    page.evaluate("document.querySelector('#champ-before').closest('.field').classList.add('invalid')")
    page.get_by_label("Forte diminution").check()
    page.get_by_label("Plus de versement").check()
    assert amount.is_visible()


def test_list_moves_and_ticks_from_the_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/queue")
    page.locator(".table-region").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.get_by_label("Choisir UD-9M3T-0B7C").is_checked()
    assert page.get_by_text("1 demande choisie").is_visible()


def test_paper_shows_the_ticket_without_its_controls(page: Page, address: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{address}/ticket")
    assert page.get_by_text("UD-4F7K-92QX").first.is_visible()
    assert not page.get_by_text("Joindre un fichier").is_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


def test_what_goes_on_sideways_shows_it_until_its_end(page: Page, address: str) -> None:
    """A wide table fades into a shade on the right as long as there is more of it, and at its end no more."""

    def shades() -> set[bytes]:
        """The colours of the last three columns of dots, halfway down."""
        region = page.locator(".table-region")
        box = region.bounding_box()
        assert box is not None
        edge = box["x"] + box["width"] - 5
        dots = (
            Image.open(BytesIO(page.screenshot(clip={"x": edge, "y": box["y"] + 8, "width": 3, "height": 4})))
            .convert("RGB")
            .tobytes()
        )
        return {dots[at : at + 3] for at in range(0, len(dots), 3)}

    page.goto(f"{address}/queue")
    plain = {bytes((255, 255, 255))}
    assert shades() == plain, "nothing more to see"
    page.evaluate("document.querySelector('.table-region table').style.width = '3000px'")
    assert shades().isdisjoint(plain)
    page.evaluate("document.querySelector('.table-region').scrollLeft = 3000")
    assert shades() == plain
