"""The menu: an entry for each page that stands and that the actor's role may open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, request

from service.permissions import CDAS_ROLES, SOCIAL_ROLES, Actor, Permission, Role, may
from service.queries.keyset import Counted
from service.routes.addresses import fixed
from service.workflows import french


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu.

    `everyday` is who finds it in the bar itself; for everybody else it stands under « Plus ». `key`: the letter that
    leads there after « g ».
    """

    endpoint: str
    permission: Permission
    label: Callable[[Actor], str]
    everyday: frozenset[Role] = frozenset()
    only_in_demonstration: bool = False
    key: str = ""


def _always(label: str) -> Callable[[Actor], str]:
    return lambda _: label


def _tickets(actor: Actor) -> str:
    return "Mes demandes" if actor.role in CDAS_ROLES else "File d’attente"


IN_THE_BAR = 5
"""So many entries stand side by side at 1280 px, beside the search and the account."""
_EVERYBODY = frozenset(Role)
_CAF = _EVERYBODY - CDAS_ROLES
_KEEPERS = frozenset({Role.ADMIN})
_READERS = frozenset({Role.STEERING, Role.AUDITOR})
"""Those who look at the service as a whole, and read no request."""
_SI = frozenset({Role.SI_REFERENT})
_STEERS = frozenset({Role.STEERING})

ENTRIES = (
    Entry("pages.home", Permission.LOGGED_IN, _always("Accueil"), _EVERYBODY, key="a"),
    Entry("pages.report", Permission.OPEN_URGENT_RIGHTS, _always("Signaler"), CDAS_ROLES, key="s"),
    Entry("pages.start", Permission.OPEN_TICKETS, _always("Que se passe-t-il ?"), CDAS_ROLES, key="q"),
    Entry("pages.tickets", Permission.READ_TICKETS, _tickets, _EVERYBODY, key="d"),
    Entry(
        "pages.news",
        Permission.READ_TICKETS,
        _always("Du nouveau"),
        frozenset({Role.CAF_AGENT}) | SOCIAL_ROLES,
        key="l",
    ),
    Entry("pages.concertations_page", Permission.READ_CONCERTATIONS, _always("Concertations"), key="c"),
    Entry("pages.call", Permission.RECORD_CALL, _always("Noter un appel"), _CAF, key="n"),
    Entry("pages.messages", Permission.QUALIFY_MESSAGES, _always("À qualifier"), _CAF, key="m"),
    Entry("pages.letters", Permission.PRINT_LETTERS, _always("Courriers"), key="e"),
    Entry("pages.answer_models", Permission.USE_ANSWER_MODELS, _always("Modèles de réponse"), key="p"),
    Entry("pages.accompaniments", Permission.READ_ACCOMPANIMENTS, _always("Accompagnements")),
    Entry("pages.statistics", Permission.READ_FIGURES, _always("Statistiques"), _READERS, key="t"),
    Entry("pages.documents_page", Permission.READ_FIGURES, _always("Dossiers et bilans"), _STEERS, key="b"),
    Entry("pages.meetings", Permission.READ_MEETINGS, _always("Réunions"), _STEERS, key="r"),
    Entry("pages.directory", Permission.READ_DIRECTORY, _always("Annuaire"), key="u"),
    Entry("pages.si_register", Permission.READ_SI_REGISTER, _always("Convention SIAO"), _SI),
    Entry(
        "pages.convention_life",
        Permission.READ_CONVENTION_LIFE,
        _always("Vie de la convention"),
        _STEERS,
        key="v",
    ),
    Entry("pages.calendars_page", Permission.READ_CALENDARS, _always("Calendriers"), _KEEPERS),
    Entry("pages.settings", Permission.READ_SETTINGS, _always("Réglages"), _KEEPERS, key="g"),
    Entry("pages.failed_mails", Permission.READ_FAILED_MAILS, _always("Courriels non remis")),
    Entry("pages.health", Permission.READ_HEALTH, _always("Santé"), _KEEPERS | {Role.AUDITOR}),
    Entry("pages.seals", Permission.READ_SEALS, _always("Sceaux du journal"), frozenset({Role.AUDITOR})),
    Entry("pages.webhooks", Permission.MANAGE_WEBHOOKS, _always("Webhooks")),
    Entry("pages.retention", Permission.READ_RETENTION, _always("Conservation")),
    Entry("pages.remarks", Permission.WRITE_REMARKS, _always("Dire ce qui marche ou non")),
    Entry("pages.subject_requests", Permission.ANSWER_SUBJECTS, _always("Droits des personnes")),
    Entry("pages.access", Permission.READ_ACCESS_JOURNAL, _always("Accès"), frozenset({Role.AUDITOR})),
    Entry("pages.accounts", Permission.MANAGE_ACCOUNTS, _always("Comptes")),
    Entry(
        "pages.outbox",
        Permission.READ_OUTBOX_OF_DEMONSTRATION,
        _always("Boîte d’envoi"),
        only_in_demonstration=True,
    ),
)


def entries(actor: Actor, *, demonstration: bool) -> list[Entry]:
    """The lines of the actor's menu."""
    return [
        entry
        for entry in ENTRIES
        if entry.endpoint in current_app.view_functions
        and may(actor, entry.permission)
        and (demonstration or not entry.only_in_demonstration)
    ]


def navigation(actor: Actor, counts: Mapping[str, Counted], *, demonstration: bool) -> list[dict[str, Any]]:
    """The actor's menu for the template; `counts` by endpoint. Few entries need no « Plus »."""
    shown = [_shown(entry, actor, counts) for entry in entries(actor, demonstration=demonstration)]
    if len(shown) <= IN_THE_BAR:
        return [item | {"more": False} for item in shown]
    return shown


def _shown(entry: Entry, actor: Actor, counts: Mapping[str, Counted]) -> dict[str, Any]:
    url = fixed(entry.endpoint)
    return {
        "label": french.unbroken(entry.label(actor)),
        "url": url,
        "current": request.path == url or (url != "/" and request.path.startswith(f"{url}/")),
        "count": counts.get(entry.endpoint),
        "more": actor.role not in entry.everyday,
        "key": entry.key,
    }
