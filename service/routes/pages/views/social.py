"""What a social request says, line by line, from the forms that asked it: one label, for the form and for the page."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from marshmallow import fields

from service.models import Details
from service.queries.reference import Reference
from service.schemas.kinds import ACTS, STATEMENTS, told_names
from service.workflows import french

Line = tuple[str, str]

_COMPUTED: Mapping[str, str] = {
    "advised_explanation": "Ce que dit la convention",
    "scope_explanation": "Champ du service social de la Caf, le jour de l’envoi",
}
_SUBJECTS: Mapping[str, str] = {
    "co_intervention": "need",
    "handover": "relay_case",
    "social_emergency": "motives",
    "appointment": "scope_event",
    "orientation": "reason",
    "rights_meeting": "asked_by",
}
"""The answer that says best what a request is about, by kind."""

_SAID_ELSEWHERE = frozenset(
    {
        "told_on",
        "agreed_on",
        "reason_not_told",
        "scope_in",
        "advised_service",
        "advice_followed",
        "phone_protected",
    }
)
HIDDEN_PHONE = "protégé, affiché sur demande motivée"


def lines(kind: str, details: Details | None, known: Reference, names: Mapping[UUID, str]) -> list[Line]:
    """Every answer that the ticket keeps, in the order of its forms; what was not asked is not shown."""
    if details is None:
        return []
    asked = _fields(kind)
    found = []
    for name in told_names(kind):
        value = HIDDEN_PHONE if name == "phone" and phone_is_hidden(details) else getattr(details, name, None)
        if value in (None, "", []) or name in _SAID_ELSEWHERE:
            continue
        if name == "send_to" and not getattr(details, "against_route_reason", None):
            continue
        label = _COMPUTED.get(name) or (_label(name, asked[name]) if name in asked else None)
        if label:
            found.append((label, _words(value, asked.get(name), known, names)))
    return found


def phone_is_hidden(details: Details | None) -> bool:
    """Whether the request has a telephone that nobody sees without asking (R-DP-8)."""
    return bool(getattr(details, "phone_protected", False) and getattr(details, "phone_sealed", None))


def subject(kind: str, details: Details | None) -> str:
    """What a request is about, for one line of a list; nothing of one that is in codes only (R-US-1, R-PE-3)."""
    name = _SUBJECTS.get(kind)
    value = getattr(details, name, None) if name else None
    if name is None or value in (None, "", [], "none") or getattr(details, "coded_only", False):
        return ""
    choices = dict(_fields(kind)[name].metadata.get("choices", ()))
    words = ", ".join(
        str(choices.get(code, code)) for code in (value if isinstance(value, list) else [value])
    )
    return french.capital(words)


def _label(name: str, field: fields.Field[Any]) -> str:
    """`read_as`: what the form calls « your service » has another name for whoever reads it."""
    label: str = field.metadata.get("read_as") or field.metadata.get("label", name)
    return label.replace(" ?", "\N{NO-BREAK SPACE}?")


def _fields(kind: str) -> Mapping[str, fields.Field[Any]]:
    found: dict[str, fields.Field[Any]] = {}
    for schema in (*ACTS[kind].values(), STATEMENTS[kind]):
        found |= schema().fields
    return found


def _words(value: Any, field: fields.Field[Any] | None, known: Reference, names: Mapping[UUID, str]) -> str:
    choices = dict(field.metadata.get("choices", ())) if field is not None else {}
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return french.short_date(value)
    if isinstance(value, time):
        return french.clock_time(value)
    if isinstance(value, UUID):
        return names.get(value, "une personne du service")
    if isinstance(value, list):
        return ", ".join(str(choices.get(code, code)) for code in value)
    unit = known.units.get(str(value))
    return unit.name if unit is not None else str(choices.get(value, value))
