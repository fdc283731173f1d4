"""A key of the browser in a real browser: added with password and code, then in place of the code (P-12)."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from service import database, sealing
from service.database import transaction
from tests import serving
from tests.browser.people import Person
from tests.factories import PASSWORD, seeded_world
from tests.second_step import code_of

pytestmark = [pytest.mark.browser]

AGENT = "caf-agent@test.example"
PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(sqlite_template: Path, tmp_path: Path, key_ring: sealing.KeyRing) -> Iterator[str]:
    """A server under a name: browsers make no keys for a number."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'relais.sqlite3')}"
    engine = database.configure(url)
    with transaction() as session:
        seeded_world(session)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = f"http://localhost:{listening.getsockname()[1]}"
        server = serving.start(listening, url, tmp_path, PUBLIC_URL=found)
        yield found
        serving.stop(server)
    engine.dispose()


def test_from_adding_a_key_to_entering_with_it(browser: Browser, address: str) -> None:
    person = Person(browser, address, "caf_agent")
    page = person.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": PLATFORM})

    person.go("/compte/second-facteur")
    wrong = person.look()
    person.press("Ajouter une clé d’accès")
    page.wait_for_url("**/compte/second-facteur/cles")
    wrong += person.look()
    page.locator("[name=label]").fill("Ordinateur du bureau")
    page.locator("[name=current_password]").fill("pas celui-là")
    page.locator("[name=code]").fill(code_of(AGENT))
    person.press("Ajouter la clé")
    person.expect("Ce n’est pas votre mot de passe actuel.")
    assert page.locator("[name=label]").input_value() == "Ordinateur du bureau"
    wrong += [fault for fault in person.look() if "status of 422" not in fault]
    page.locator("[name=current_password]").fill(PASSWORD)
    page.locator("[name=code]").fill(code_of(AGENT))
    person.press("Ajouter la clé")
    person.expect("Clé d’accès ajoutée.", "Ordinateur du bureau")
    wrong += person.look()

    page.get_by_text("Essai Caf Agent").first.click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.locator("#champ-email").fill(AGENT)
    page.locator("#champ-password").fill(PASSWORD)
    page.locator("#champ-password").press("Enter")
    page.get_by_role("button", name="Entrer avec une clé d’accès").wait_for()
    wrong += person.look()
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    page.wait_for_url(f"{address}/")

    person.go("/compte/second-facteur")
    assert page.get_by_role("row", name="Ordinateur du bureau").get_by_text("le ").count() == 2, (
        "added and used"
    )
    person.press("Retirer")
    person.expect("Clé d’accès retirée.")
    assert page.get_by_text("Ordinateur du bureau").count() == 0
    person.close()
    assert [fault for fault in wrong if "Clear-Site-Data" not in fault] == []


def test_without_scripts_the_page_says_that_the_code_is_enough(browser: Browser, address: str) -> None:
    person = Person(browser, address, "caf_agent", java_script_enabled=False)
    person.go("/compte/second-facteur/cles")
    person.expect("un navigateur récent qui autorise les scripts")
    assert not person.page.get_by_role("button", name="Ajouter la clé").is_visible()
    person.close()
