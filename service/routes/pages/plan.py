"""« Plan du site »: every page that the reader may open, under the entry of the menu that leads to it (RGAA 12.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import current_app, g, render_template, url_for

from service.permissions import Actor, Permission, may
from service.routes.guard import permission_of, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.entering import SHOWCASE
from service.routes.pages.navigation import entries

BELOW: Mapping[str, Mapping[str, str]] = {
    "pages.tickets": {"pages.saved_lists": "Mes listes"},
    "pages.call": {"pages.calls": "Appels notés"},
    "pages.answer_models": {"pages.new_answer_model": "Écrire un modèle de réponse"},
    "pages.accompaniments": {"pages.open_accompaniment": "Ouvrir un accompagnement"},
    "pages.documents_page": {"pages.methods": "Comment sont calculés les chiffres"},
    "pages.directory": {"pages.absences": "Absences"},
    "pages.si_register": {
        "pages.si_sign": "Noter une convention",
        "pages.si_name_contact": "Noter un contact",
        "pages.si_structures": "Structures",
        "pages.si_add_structure": "Ajouter une structure",
        "pages.si_refresh": "Mettre la liste à jour",
        "pages.si_actions": "Actions",
        "pages.si_note_action": "Noter une action menée avec le SIAO",
        "pages.si_note_meeting": "Noter une réunion",
        "pages.si_this_year": "Bilan de l’année",
    },
    "pages.convention_life": {
        "pages.awareness_actions": "Actions de sensibilisation",
        "pages.new_action": "Noter une action de sensibilisation",
        "pages.local_meetings": "Rencontres locales",
        "pages.new_local_meeting": "Noter une rencontre locale",
        "pages.announcements": "Informations",
        "pages.new_announcement": "Publier une information",
        "pages.announcement_kinds": "Qui annonce quoi à qui",
        "pages.asip_contacts": "Acteurs de l’ASIP",
        "pages.cdap_practice": "Bonnes pratiques pour CDAP",
        "pages.edit_cdap_practice": "Modifier les bonnes pratiques",
        "pages.cnaf_requests": "Demandes à la Cnaf",
    },
    "pages.settings": {"pages.new_version": "Préparer une nouvelle version de la convention"},
    "pages.access": {
        "pages.unusual_reads": "Lectures inhabituelles",
        "pages.out_of_scope_openings": "Ouvertures hors périmètre",
        "pages.named_lists": "Listes avec des noms",
    },
    "pages.accounts": {"pages.invite": "Inviter quelqu’un", "pages.import_accounts": "Importer des comptes"},
    "pages.webhooks": {"pages.webhook": "Prévenir un logiciel"},
}
"""By the entry of the menu that leads to them, the pages that name nothing in their address."""
ACCOUNT = {
    "pages.account": "Mon compte",
    "pages.password": "Changer de mot de passe",
    "pages.own_second_factor": "Second facteur",
    "pages.new_key": "Ajouter une clé d’accès",
    "pages.notices": "Mes courriels",
    "pages.calendar_feed": "Mon agenda",
    "pages.token": "Créer un jeton",
    "pages.shortcuts": "Raccourcis clavier",
    "pages.rights": "Qui peut faire quoi",
}
EVERYBODYS = {
    "pages.help": "Aide",
    "pages.rules": "Les règles",
    "pages.circuits": "Les circuits",
    "pages.line_state": "État de la ligne directe",
    "pages.legal_notice": "Mentions légales",
    "pages.data_protection": "Protection des données",
    "pages.families_notice": "Information des familles",
    "pages.accessibility": "Accessibilité",
    "pages.ecodesign": "Écoconception",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the reader may open."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the menu, or none where the reader may only open some of those `below` it."""

    page: Place | None
    below: list[Place]


@pages.get("/plan")
@requires(Permission.PUBLIC)
def site_map() -> str:
    """Every page; a stranger finds the way in and what everybody may read."""
    actor: Actor | None = g.actor
    account = _places(ACCOUNT, actor) if actor else [Place("Se connecter", url_for("pages.login"))]
    menu = list(_menu(actor)) if actor else []
    return render_template(
        "about/plan.html", menu=menu, account=account, everybodys=_places(EVERYBODYS, actor)
    )


def _menu(actor: Actor) -> Iterator[Part]:
    demonstration = current_app.extensions[SHOWCASE] is not None
    shown = {entry.endpoint: entry.label(actor) for entry in entries(actor, demonstration=demonstration)}
    for endpoint in dict.fromkeys([*shown, *BELOW]):
        below = _places(BELOW.get(endpoint, {}), actor)
        page = Place(shown[endpoint], url_for(endpoint)) if endpoint in shown else None
        if page or below:
            yield Part(page, below)


def _places(named: Mapping[str, str], actor: Actor | None) -> list[Place]:
    return [Place(label, url_for(page)) for page, label in named.items() if may(actor, permission_of(page))]
