"""A mail that was not delivered, as its row says it: to whom, why in words, since when."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.models import OutboxMail
from service.queries.outbox import FailedRow
from service.routes.pages.views import moments

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


def row(found: FailedRow, unit: str | None, now: datetime, typed: str, errors: list[str]) -> dict[str, Any]:
    """One row for the template. `typed` and `errors`: an address that was refused."""
    mail: OutboxMail = found.mail
    failed_at = mail.failed_at or now
    return {
        "id": mail.id,
        "reference": found.reference,
        "opens": found.opens,
        "event": mail.subject.rpartition(" – ")[2],
        "recipient": mail.recipient,
        "unit": unit,
        "why": why(mail.failure or ""),
        "code": " ".join(_CODE.findall(mail.failure or "")),
        "when": moments.near(failed_at, now),
        "iso": moments.iso(failed_at),
        "field": {
            "name": "recipient",
            "id": f"adresse-{mail.id}",
            "value": typed or mail.recipient,
            "errors": errors,
        },
    }
