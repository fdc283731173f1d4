"""A webhook and what it was told, as their rows say it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.models import WebhookDelivery, WebhookEndpoint
from service.operations.webhooks import NO_SECRET, NOT_SENT, SWITCHED_OFF
from service.routes.pages.views import moments
from service.spreadsheet import Line
from service.workflows import french
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import EVENTS

_ANSWERS: Mapping[str, str] = {
    "not_listed": "La machine n’est plus dans la liste.",
    "private_address": "Le nom mène à une adresse intérieure qui n’est pas dans la liste.",
    "unknown_host": "Le nom de la machine ne mène nulle part.",
    "unreachable": "La machine ne répond pas à cette adresse.",
    "timeout": "La machine n’a pas répondu à temps.",
    "no_answer": "La conversation s’est interrompue.",
    "tls": "Le certificat de la machine n’est pas valable.",
    SWITCHED_OFF: "L’adresse a été arrêtée avant.",
    NO_SECRET: "Son secret ne s’ouvre pas : retirez l’adresse et enregistrez-la de nouveau.",
    NOT_SENT: "Rien n’est parti : le journal du service dit pourquoi.",
}


def endpoint(row: WebhookEndpoint, now: datetime) -> dict[str, Any]:
    """A registered address: whether it is told, since when it fails."""
    if row.switched_off_at is not None:
        state = ("none", "arrêtée", f"depuis {moments.near(row.switched_off_at, now)}")
    elif row.failing_since is not None:
        state = ("late", "en échec", f"depuis {moments.near(row.failing_since, now)}")
    else:
        state = ("fine", "en marche", "")
    return {
        "id": row.id,
        "label": row.label,
        "url": row.url,
        "off": row.switched_off_at is not None,
        "state": state,
        "events": french.counted(len(row.events), "événement"),
        "names": ", ".join(_words(name) for name in row.events),
    }


def delivery(row: WebhookDelivery, label: str, now: datetime) -> dict[str, Any]:
    """What an address was told, when, and what it answered."""
    if row.delivered_at is not None:
        state = ("fine", "reçu", moments.near(row.delivered_at, now))
    elif row.next_try_at is None:
        state = ("late", "mis de côté", moments.near(row.failed_at, now) if row.failed_at else "")
    elif row.attempts:
        tries = french.counted(row.attempts, "essai")
        state = ("soon", "en attente", f"{tries}, le prochain {moments.near(row.next_try_at, now)}")
    else:
        state = ("soon", "en attente", "")
    return {
        "id": row.id,
        "to": label,
        "message_id": row.message_id,
        "reference": row.reference,
        "words": _words(row.event),
        "name": row.event,
        "when": moments.near(row.created_at, now),
        "iso": moments.iso(row.created_at),
        "state": state,
        "answer": _answer(row.answer),
    }


EXPORT_HEAD = ("Demande", "Événement", "Identifiant", "Logiciel", "Écrit le", "État", "Essais", "Réponse")


def export_row(row: WebhookDelivery, label: str, now: datetime) -> Line:
    """A delivery in the file, in the words of the screen."""
    shown = delivery(row, label, now)
    return (
        row.reference,
        row.event,
        row.message_id,
        label,
        moments.in_file(row.created_at),
        shown["state"][1],
        row.attempts,
        shown["answer"],
    )


def _words(name: str) -> str:
    kind, _, act = name.partition(".")
    workflow = WORKFLOWS.get(kind)
    return f"{workflow.label} – {EVENTS[kind][act]}" if workflow and act in EVENTS.get(kind, {}) else name


def _answer(code: str | None) -> str:
    if not code:
        return ""
    if code.startswith("3"):
        return f"Réponse {code} : un renvoi ailleurs n’est pas suivi."
    return _ANSWERS.get(code, f"Réponse {code}.")
