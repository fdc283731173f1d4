"""A mail that was not delivered, as its row says it: to whom, why in words, since when."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.models import OutboxMail
from service.permissions import Actor, Role
from service.queries.outbox import FailedRow
from service.queries.reference import UnitCard
from service.routes.pages.views import moments
from service.routes.pages.views.narrowing import Filter
from service.spreadsheet import Line

_CODE = re.compile(r"\b[245](?:\.\d{1,3}\.\d{1,3}|\d\d)\b")
_LAST: Mapping[str, str] = {
    "unreachable": "Depuis trois jours, le serveur d’envoi ne prend plus aucun courriel.",
    "expired": "Pendant trois jours, le service de courriel du destinataire a remis à plus tard.",
}
_FIRST: Mapping[str, str] = {"address": "Cette adresse ne s’écrit pas ainsi."}
_OF_STATUS: Mapping[str, str] = {
    "5.1.": "Cette adresse n’existe pas, ou plus.",
    "5.2.1": "Cette boîte est fermée.",
    "5.2.2": "Cette boîte est pleine.",
    "5.7.": "Le service de courriel du destinataire refuse les courriels de Relais.",
}
_OTHERWISE = "Le service de courriel du destinataire l’a refusé pour de bon."


def why(failure: str) -> str:
    """The reason in words; the code stays beside it for who keeps the mail servers."""
    words = failure.split()
    if words and words[-1] in _LAST:
        return _LAST[words[-1]]
    if words and words[0] in _FIRST:
        return _FIRST[words[0]]
    return next((said for start, said in _OF_STATUS.items() if f" {start}" in f" {failure}"), _OTHERWISE)


def filters(actor: Actor, units: Mapping[str, UnitCard]) -> list[Filter]:
    """By unit, for the administration; others see those of theirs alone."""
    if actor.role is not Role.ADMIN:
        return []
    return [Filter("service", "Service", [(unit.code, unit.name) for unit in _by_name(units)])]


def _by_name(units: Mapping[str, UnitCard]) -> Sequence[UnitCard]:
    return sorted(units.values(), key=lambda unit: unit.name)


EXPORT_HEAD = ("Demande", "Événement", "Service", "Adresse", "Pourquoi", "Code", "Depuis le")


def export_row(found: FailedRow, units: Mapping[str, UnitCard]) -> Line:
    """A mail in the file, without its text."""
    mail = found.mail
    return (
        found.reference or "",
        event(mail),
        units[mail.unit_id].name if mail.unit_id else "",
        mail.recipient,
        why(mail.failure or ""),
        code(mail),
        moments.in_file(mail.failed_at),
    )


def event(mail: OutboxMail) -> str:
    """What the mail told, in the words of its subject."""
    return mail.subject.rpartition(" – ")[2]


def code(mail: OutboxMail) -> str:
    """The codes of the mail servers, for who keeps them."""
    return " ".join(_CODE.findall(mail.failure or ""))


def row(found: FailedRow, unit: str | None, now: datetime, typed: str, errors: list[str]) -> dict[str, Any]:
    """One row for the template. `typed` and `errors`: an address that was refused."""
    mail: OutboxMail = found.mail
    failed_at = mail.failed_at or now
    return {
        "id": mail.id,
        "reference": found.reference,
        "opens": found.opens,
        "event": event(mail),
        "recipient": mail.recipient,
        "unit": unit,
        "why": why(mail.failure or ""),
        "code": code(mail),
        "when": moments.near(failed_at, now),
        "iso": moments.iso(failed_at),
        "field": {
            "name": "recipient",
            "id": f"adresse-{mail.id}",
            "value": typed or mail.recipient,
            "errors": errors,
        },
    }
