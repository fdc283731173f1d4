"""The pictures of docs/guide.md: the main journeys, played in Chromium on invented data, on a fixed day.

`python -m tests.browser.guide FOLDER` plays them and writes one WebP per picture; `make guide` writes docs/guide/.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from service import clock, logs, sealing
from service.app import create_app
from service.demonstration import PASSWORD, load
from service.jobs.turn import enrol, turn
from service.operations.scheduled_jobs import note_beat
from tests import settings
from tests.browser.gallery import CHROMIUM_ARGUMENTS
from tests.browser.people import Person

DAY, SINCE, TICKETS = date(2026, 11, 17), date(2026, 9, 21), 60
MORNING = datetime(2026, 11, 18, 9, 10, tzinfo=ZoneInfo("Europe/Paris"))
"""The morning after the last day of the demonstration, a Wednesday: the line is open."""
BETWEEN_JOURNEYS = timedelta(minutes=25)

LARGEST = 14_000
"""Octets of a picture: a chapter holds three, and is a page of 100 kB at most (R-33)."""
WIDTH, HEIGHT = 960, 460
"""As large as it is read in a chapter, or nearly: wider, its letters would be too small there."""
ABOVE = 40
"""What a browser leaves above an element that it scrolls to."""
_COLOURS = (96, 64, 48, 32, 24, 16)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: the pictures are what is looked at."""


class Day:
    """The hour of the day that the pictures show; it passes between journeys only."""

    def __init__(self) -> None:
        self.at = MORNING

    def __call__(self) -> datetime:
        return self.at

    def passes(self) -> None:
        """Some minutes later; the scheduler has had its turn."""
        self.at += BETWEEN_JOURNEYS
        enrol()
        turn()
        note_beat("planificateur", self.at)


@contextmanager
def served(folder: Path, day: Day) -> Iterator[str]:
    """The address of the demonstration as it stands on that day, while the block runs."""
    url = f"sqlite:///{folder / 'relais.sqlite3'}"
    config = settings.config(url)
    sealing.configure(sealing.KeyRing(config.encryption_keys, config.blind_index_key))
    logs.configure(demonstration=True, level="WARNING")
    load(folder / "relais.sqlite3", DAY, tickets=TICKETS, since=SINCE)
    with clock.driven(day):
        server = make_server("127.0.0.1", 0, create_app(config), threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


class Visit(Person):
    """One person of the demonstration in front of a browser; `picture` keeps what they see."""

    def __init__(self, browser: Browser, address: str, folder: Path, who: str) -> None:
        self.folder = folder
        super().__init__(
            browser,
            address,
            f"{who}@demo.example",
            password=PASSWORD,
            viewport={"width": WIDTH, "height": HEIGHT + ABOVE},
            reduced_motion="reduce",
        )

    def press(self, label: str) -> None:
        """As `Person` does, until what it leads to is there."""
        super().press(label)
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        """Fill text fields and choose in lists, by name."""
        for name, value in values.items():
            place = self.page.locator(f"main [name={name}]").first
            if place.evaluate("(one) => one.matches('select')"):
                place.select_option(value)
            else:
                place.fill(value)

    def check(self, **values: str) -> None:
        """Choose among the answers of a question, by name."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}][value={value}]").check()

    def picture(self, name: str, at: str = "main", high: int = HEIGHT) -> None:
        """Keep what is seen, so high, from the element that `at` selects downwards; "" keeps the screen."""
        self.page.evaluate("document.activeElement.blur()")
        if at:
            self.page.locator(at).first.evaluate("(one) => one.scrollIntoView({ block: 'start' })")
        top = int(self.page.locator(at or "body").first.evaluate("(one) => one.getBoundingClientRect().top"))
        seen = Image.open(BytesIO(self.page.screenshot(animations="disabled"))).convert("RGB")
        (self.folder / f"{name}.webp").write_bytes(_small(seen.crop((0, top, WIDTH, top + high)), name))


def _small(seen: Image.Image, name: str) -> bytes:
    """WebP without loss, in as many colours as its size allows; ValueError where it is too large in any."""
    often: list[Any] = sorted(seen.getcolors(seen.width * seen.height), reverse=True)
    for colours in _COLOURS:
        # The colours that cover most are those of the style; the shades at the edge of letters go to the nearest.
        palette = Image.new("P", (1, 1))
        palette.putpalette([part for _, colour in often[:colours] for part in colour])
        kept = BytesIO()
        few = seen.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
        few.save(kept, "WEBP", lossless=True, quality=100, method=6)
        if kept.tell() <= LARGEST:
            return kept.getvalue()
    raise ValueError(f"{name}: {kept.tell()} octets in {colours} colours")


# ---------------------------------------------------------------- the journeys
class Journeys:
    """Each takes the request on from where the one before has left it."""

    def __init__(self, browser: Browser, address: str, folder: Path, day: Day) -> None:
        self.browser, self.address, self.folder, self.day = browser, address, folder, day
        self.reference = ""

    def of(self, who: str) -> Visit:
        """That person, just logged in: the session of an earlier journey has been locked meanwhile."""
        return Visit(self.browser, self.address, self.folder, who)

    def social(self) -> None:
        """A social worker of the Caf treats an emergency, and opens an accompaniment after an appointment."""
        worker = self.of("social")
        worker.picture("social-accueil")
        worker.press("Ouvrir la plus pressée")
        worker.press("Prendre en charge")
        worker.expect("Prise en charge : US-")
        worker.press("Noter le traitement")
        worker.check(treatments="received")
        worker.fill(
            handled_on=f"{self.day.at:%Y-%m-%d}",
            detail="Un échéancier est accordé ; pas de coupure avant le 15.",
        )
        worker.picture("social-traitement")
        worker.press("Noter le traitement")
        worker.expect("Urgence traitée")
        worker.go("/demandes")
        worker.page.locator("main tr", has_text="Rendez-vous honoré").get_by_role("link").first.click()
        worker.press("Clore")
        worker.check(outcome="accompaniment_opened")
        worker.fill(matricule="3513082", term_on="2027-05-18")
        worker.picture("social-accompagnement")
        worker.press("Clore")
        worker.expect("Clôturée")
        worker.go("/accompagnements")
        worker.expect("18 mai 2027")

    def steering(self) -> None:
        """The steering reads the pack of the month, writes around the figures of the year, announces a change."""
        steering = self.of("pilotage")
        steering.go("/dossiers")
        steering.press("Réunion technique – octobre 2026")
        steering.picture("pilotage-dossier")
        steering.go("/reunions")
        steering.press("Comité de suivi – 2026")
        steering.fill(
            works="La ligne directe : une réponse dans la matinée.", axes="Un atelier CDAP par trimestre."
        )
        steering.press("Enregistrer nos commentaires")
        steering.expect("Un atelier CDAP par trimestre.")
        steering.picture("pilotage-comite", at="main section:has(textarea[name=works])")

    def audit(self) -> None:
        """The audit watches the openings out of scope, and takes the seals away."""
        auditor = self.of("audit")
        auditor.go("/ouvertures")
        auditor.picture("audit-ouvertures")
        auditor.go("/acces")
        auditor.fill(reference=self.reference)
        auditor.page.locator("main form", has=auditor.page.locator("[name=reference]")).get_by_role(
            "button"
        ).click()
        auditor.expect(self.reference)
        auditor.picture("audit-acces", at="main .table-region")
        auditor.go("/sceaux")
        auditor.expect("Télécharger les sceaux")

    def shelters(self) -> None:
        """The local referent notes an action, and sees where the list stands."""
        referent = self.of("siao")
        referent.go("/siao/structures")
        referent.picture("siao-structures")
        referent.go("/siao/actions/noter")
        referent.page.locator("main [name=structure_id]").select_option(
            label="Gîte Exemple de la Seiche – Janzé"
        )
        referent.check(team="joint")
        referent.fill(held_on=f"{self.day.at:%Y-%m-%d}", kind="recurring", people_met="6", right_rsa="2")
        referent.picture("siao-action", at="main label[for=champ-kind]")
        referent.press("Noter l’action")
        referent.expect("Gîte Exemple de la Seiche")

    def report(self) -> None:
        """A CDAS reports an interrupted RSA."""
        cdas = self.of("professionnel")
        cdas.picture("cdas-accueil", high=400)
        cdas.go("/signaler")
        cdas.check(line_open_reason="documents", event="interruption", cdap="today", ground="told")
        cdas.fill(
            matricule="1234567",
            last_name="Démo-Martin",
            first_name="Camille",
            commune="35236",
            benefit="rsa",
            last_payment_on="2026-10-05",
            cdap_missing="Suspension sans motif affiché.",
            description="Plus de versement depuis le 5 octobre, loyer impayé.",
        )
        cdas.expect("C’est une urgence définie")
        cdas.page.locator("main details.why summary").nth(2).click()
        cdas.picture("cdas-signaler", at="main form fieldset:nth-of-type(2)", high=400)
        cdas.press("Envoyer à la Caf")
        cdas.expect("envoyée à la Caf.")
        self.reference = cdas.page.locator("h1 .reference").inner_text()

    def triage(self) -> None:
        """The secretariat finds it in its queue, and assigns it."""
        desk = self.of("secretariat")
        desk.go("/demandes")
        desk.picture("secretariat-file")
        desk.page.keyboard.press("?")
        desk.picture("raccourcis", at="")
        desk.page.keyboard.press("Escape")
        desk.go(f"/demandes/{self.reference}/actions/assign")
        desk.picture("secretariat-affecter")
        desk.press("Affecter")
        desk.expect("Affectée :")

    def question(self) -> None:
        """The Caf takes it and asks; the CDAS sees that it is its turn."""
        agent = self.of("gestionnaire")
        agent.go(f"/demandes/{self.reference}")
        agent.press("Prendre en charge")
        agent.press("Demander un complément")
        agent.fill(question="Pouvez-vous confirmer la date de fin du contrat d’apprentissage ?")
        agent.press("Demander un complément")
        agent.expect("C’est au CDAS : répondre à la question")
        cdas = self.of("professionnel")
        cdas.go(f"/demandes/{self.reference}")
        cdas.fill(text="Le contrat finit le 31 août.")
        cdas.picture("cdas-demande", high=400)
        cdas.press("Répondre à la demande")
        cdas.expect("Vous avez répondu :")

    def answer(self) -> None:
        """The Caf answers, from a model; each delay explains itself."""
        lead = self.of("prestations")
        lead.go("/modeles-de-reponse/nouveau")
        lead.fill(
            title="Le paiement part ce soir",
            body="Bonjour,\n\nLe droit est rétabli pour la demande {{ reference }} ; le paiement part ce soir.",
        )
        lead.check(whose="unit")
        lead.picture("modeles-de-reponse")
        lead.press("Enregistrer")
        lead.expect("Le modèle est enregistré.")
        agent = self.of("gestionnaire")
        agent.go(f"/demandes/{self.reference}/actions/answer")
        agent.check(outcome="restored")
        agent.press("Partir d’un modèle de réponse")
        agent.fill(answer_model="Le paiement part ce soir")
        agent.press("Insérer")
        agent.expect("Texte inséré")
        agent.picture("gestionnaire-repondre")
        agent.press("Apporter la réponse")
        agent.expect("Vous avez apporté la réponse :")
        agent.press("Expliquer ces délais")
        agent.picture("expliquer-delais", high=370)

    def meeting(self) -> None:
        """A head prepares the monthly meeting."""
        head = self.of("responsable")
        head.go("/reunions")
        head.picture("responsable-reunions")
        head.press("Réunion technique – novembre 2026")
        head.expect("Ordre du jour")
        head.picture("responsable-reunion")

    def health(self) -> None:
        """An administrator looks whether everything runs."""
        admin = self.of("administration")
        admin.go("/sante")
        admin.picture("administration-sante")

    def help(self) -> None:
        """The help of the product itself."""
        cdas = self.of("professionnel")
        cdas.go("/aide/circuits")
        cdas.picture("aide-circuits", at="#urgent_rights")


def take(folder: Path) -> None:
    """Play every journey and write its pictures into the folder, in place of those that stand there."""
    executable = shutil.which("chromium")
    if executable is None:
        raise SystemExit("Chromium is missing: see tests/provision.sh.")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.webp"):
        old.unlink()
    day = Day()
    with TemporaryDirectory() as work, served(Path(work), day) as address, sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=executable, args=CHROMIUM_ARGUMENTS, env={**os.environ, "LANGUAGE": "fr"}
        )
        played = Journeys(browser, address, folder, day)
        for journey in (
            played.social,
            played.report,
            played.triage,
            played.question,
            played.answer,
            played.meeting,
            played.steering,
            played.audit,
            played.shelters,
            played.health,
            played.help,
        ):
            day.passes()
            journey()
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
