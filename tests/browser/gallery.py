"""The visual language on its own: every macro with invented data, under the real content security policy.

`python -m tests.browser.gallery FOLDER [SCENE…]` writes one picture per scene, width and colour scheme.
"""

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from types import SimpleNamespace
from typing import Any, Literal

import jinja2
from flask import Blueprint, Flask, Response, flash, render_template, request
from flask_wtf.csrf import CSRFProtect
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from service import handbook
from service.queries.keyset import Counted
from service.routes import templating
from service.routes.pages import shortcuts
from service.statistics.shown import shown
from tests.statistics.sample import PACK

ROOT = Path(__file__).resolve().parents[2]
PLACE = Path(__file__).parent / "scenes"
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=fr-FR"]
ERRORS = tuple(f"error-{code}" for code in (400, 403, 404, 409, 413, 429, 500))
SCENES = ("report", "queue", "ticket", "meeting", "components", "refused", "login", *ERRORS)
VIEWS: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (
    ("wide", 1360, "light"),
    ("narrow", 320, "light"),
    ("dark", 1360, "dark"),
)
MENUS = {
    "caf": ["Accueil", "File du secrétariat", "À qualifier", "Annuaire", "Réunions", "Statistiques"],
    "cdas": ["Accueil", "Signaler", "Mes demandes", "Annuaire", "Réunions", "Statistiques"],
}
CURRENT = {
    "report": "Signaler",
    "queue": "File du secrétariat",
    "ticket": "Mes demandes",
    "meeting": "Réunions",
}

Data = dict[str, Any]


def _frame(scene: str) -> Data:
    """What every signed-in page gives to base.html."""
    caf = scene in ("queue", "meeting")
    is_open = scene in ("ticket", "components")
    return {
        "current_actor": SimpleNamespace(name="Mme Démo-Ladislas" if caf else "M. Démo-Anatole"),
        "actor_unit": "Secrétariat Caf" if caf else "CDAS Pays de Redon",
        "navigation": [
            {
                "label": label,
                "url": "/?page",
                "current": label == CURRENT.get(scene),
                "count": None,
                "more": label == "Réunions",
                "key": "",
            }
            | ({"count": Counted(3)} if label == "À qualifier" else {})
            for label in MENUS["caf" if caf else "cdas"]
        ],
        "line_open": is_open,
        "line_sentence": "jusqu’à 12 h 00"
        if is_open
        else "jusqu’au lundi 2 novembre à 9 h 00 (vacances scolaires). Ce formulaire est le bon canal.",
        "line_number": "02 99 00 00 00",
        "demonstration": scene == "components",
        "account_url": "/?compte",
        "logout_url": "/?sortie",
        "help_url": "/?aide",
        "accessibility_url": "/?accessibilite",
        "accessibility_mention": "non conforme",
        "rights_url": "/?droits",
        "shortcuts": shortcuts.shown(()),
        "shortcuts_on": True,
        "shortcuts_url": "/?raccourcis",
    }


def _show(scene: str) -> str:
    if scene in ERRORS:
        typed = (
            [("Votre réponse", "Le contrat d’apprentissage finit le 31 août.")]
            if scene == "error-409"
            else []
        )
        return render_template(f"errors/{scene[-3:]}.html", incident="7F3K-2M9Q", typed=typed)
    if scene == "components":
        sent = {
            "title": "Demande UD-4F7K-92QX envoyée à la Caf.",
            "follows": "Le secrétariat la trie avant 15 h 12.",
            "undo_url": "/?annuler",
            "undo_label": "Défaire « Prendre »",
        }
        flash(sent, "success")  # type: ignore[arg-type]
        flash("Le calendrier scolaire connu s’arrête le 31 août 2028.", "warning")
        flash("Le fichier n’a pas été lu.", "error")
    sample = json.loads((PLACE / "sample.json").read_text())
    refused = SimpleNamespace(
        fields=sample.pop("refused"), errors=["La ligne est ouverte : appelez d’abord."]
    )
    sample["document"] = shown(PACK)
    sample["around"], sample["parts"] = sample["document"].sections, ""
    frame = {} if scene == "login" else _frame(scene)
    return render_template(f"{scene}.html", **sample, **frame, refused=refused)


def _answers(app: Flask) -> None:
    """What the script of the pages asks a server, answered plainly."""
    arrivals: list[str] = []

    @app.post("/answers/verdict")
    def verdict() -> Data:
        html = f"<p>Reçu : {int(request.form['matricule'])}</p>"
        return {"html": html, "fragments": {"suite": "<p>La suite</p>"}}

    @app.post("/answers/autosave")
    def autosave() -> Data:
        return {"saved_at_words": "10 h 13", "version": int(request.form["version"]) + 1}

    @app.post("/answers/sent")
    def sent() -> str:
        arrivals.append(request.form["text"])
        sleep(0.3)  # long enough for a second click to arrive
        return str(len(arrivals))


def create_gallery() -> Flask:
    """A small application with the project's templates and static files, and nothing of its data."""
    app = Flask("gallery", static_folder=str(ROOT / "service/static"))
    app.secret_key = "gallery"
    app.jinja_environment = templating.Templates
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.globals["rules_named"] = handbook.named
    app.jinja_loader = jinja2.FileSystemLoader([ROOT / "templates", PLACE])
    CSRFProtect(app)
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/search", "search", lambda: "", methods=["POST"])
    pages.add_url_rule("/rules", "rules", lambda: "")
    app.register_blueprint(pages)
    app.add_url_rule("/<any(" + ", ".join(f"'{scene}'" for scene in SCENES) + "):scene>", view_func=_show)
    _answers(app)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@contextmanager
def served_gallery() -> Iterator[str]:
    """The gallery's address while the block runs."""
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def take_pictures(folder: Path, scenes: tuple[str, ...]) -> None:
    """Every scene wide, at 320 px and in the dark scheme."""
    folder.mkdir(parents=True, exist_ok=True)
    with served_gallery() as address, sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGUMENTS)
        for name, width, scheme in VIEWS:
            page = browser.new_page(
                viewport={"width": width, "height": 900}, color_scheme=scheme, locale="fr-FR"
            )
            for scene in scenes:
                page.goto(f"{address}/{scene}")
                page.screenshot(path=folder / f"{scene}-{name}.png", full_page=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]), tuple(sys.argv[2:]) or SCENES)
