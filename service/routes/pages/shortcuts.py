"""The keys of the keyboard: one table writes the layer over each page, the help page and what the script reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.operations import preferences
from service.permissions import Permission
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One row. No key does an act of the trade: it leads to what one then reads, fills in or presses.

    `keys`: pressed one after the other. `does`: how the script carries it out – `go` to the page `endpoint`, `reach`
    the element that the selector `target` finds, `up` and `down` the rows of a list, `tick` the row where one is,
    `show` the layer; "" where the browser does it alone. A row without its target on the page is not shown over it.
    """

    keys: str
    label: str
    does: str
    target: str = ""
    endpoint: str = ""


_LIST = "table[data-keys]"
_ASKED = "form[action*='/actions/'] :is(textarea, select, input:not([type=hidden]), .primary)"
"""What an act asks, on the page of the request or on one of its own."""
EVERYWHERE, GO_TO, IN_A_LIST, ON_A_REQUEST = "Partout", "Aller à", "Dans une liste", "Sur une demande"

TABLE: Mapping[str, Sequence[Shortcut]] = {
    EVERYWHERE: (
        Shortcut("?", "Montrer ces raccourcis", "show"),
        Shortcut(
            "/", "Chercher une référence, un matricule ou un nom", "reach", ".search input[type=search]"
        ),
        Shortcut("u", "Remonter d’un niveau", "reach", ".crumbs li:nth-last-child(2) a"),
        Shortcut("s", "Ouvrir la suivante à traiter", "reach", "a[href*='/demandes/suivante']"),
    ),
    IN_A_LIST: (
        Shortcut("j", "Ligne suivante", "down", _LIST),
        Shortcut("k", "Ligne précédente", "up", _LIST),
        Shortcut("x", "Choisir la ligne, ou ne plus la choisir", "tick", f"{_LIST} input[type=checkbox]"),
        Shortcut("c", "Tout choisir, ou ne plus rien choisir", "reach", "[data-tick-all]"),
        Shortcut("a", "Ce qui se fait des lignes choisies", "reach", ".selected:not([hidden]) button"),
        Shortcut("Entrée", "Ouvrir la ligne", "", _LIST),
    ),
    ON_A_REQUEST: (
        Shortcut("e", "L’étape attendue, puis sa première réponse", "reach", f"{_ASKED}, .owes .primary"),
        Shortcut("r", "Écrire un message", "reach", "#champ-message"),
        Shortcut("n", "Écrire une note interne", "reach", "#champ-note"),
        Shortcut("f", "Ajouter un fichier", "reach", "#champ-file"),
        Shortcut("t", "Les délais", "reach", "#echeance"),
        Shortcut("i", "L’historique", "reach", "#historique"),
    ),
    GO_TO: (
        Shortcut("g o", "Mon compte", "go", endpoint="pages.account"),
        Shortcut("g h", "Aide", "go", endpoint="pages.help"),
    ),
}
"""Every shortcut by where it works; the entries of the menu join « Aller à », each with its own letter."""


@pages.get("/aide/raccourcis")
@requires(Permission.LOGGED_IN)
def shortcuts() -> str:
    """Every shortcut of the reader, whether they keep them on or not."""
    return render_template("help/shortcuts.html")


@pages.post("/compte/raccourcis")
@requires(Permission.LOGGED_IN)
def keep_shortcuts() -> ResponseReturnValue:
    """Keep them on or off."""
    on = request.form.get("on") == "1"
    preferences.keep_shortcuts(present_actor(), on=on)
    confirm(
        "Les raccourcis clavier sont en service." if on else "Les raccourcis clavier sont coupés.",
        "La touche ? les montre sur chaque page." if on else "La page d’aide les décrit toujours.",
    )
    return redirect(url_for("pages.account"), 303)


class Row(NamedTuple):
    """A shortcut as the template writes it, its page by address."""

    keys: tuple[str, ...]
    label: str
    does: str
    target: str
    to: str


def shown(menu: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, tuple[Row, ...]], ...]:
    """The table for somebody with this menu, place by place; the same for all who have it, so that it is kept."""
    led = [Row(("g", entry["key"]), entry["label"], "go", "", entry["url"]) for entry in menu if entry["key"]]
    return tuple(
        (place, (*(led if place == GO_TO else ()), *(_row(one) for one in rows if _stands(one))))
        for place, rows in TABLE.items()
    )


def _stands(one: Shortcut) -> bool:
    return not one.endpoint or one.endpoint in current_app.view_functions


def _row(one: Shortcut) -> Row:
    to = url_for(one.endpoint) if one.endpoint else ""
    return Row(tuple(one.keys.split(" ")), one.label, one.does, one.target, to)
