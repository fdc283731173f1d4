"""The form « Noter un appel » (R-UD-3): day and time in Paris, apart; « non communiqué » is an answer."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from service.schemas.calls import Minutes
from service.schemas.fields import Choice, Day, Input, Matricule, Text, load
from service.workflows import french
from service.workflows.french import PARIS
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import OUTCOMES

_IF_ANSWERED = "Attendue seulement si quelqu’un a répondu."
_WHEN = "Dites quand l’appel a commencé."
_TIME = re.compile(r"([0-9]{1,2})\s*[:hH]\s*([0-5][0-9])?(?::[0-9]{2})?")
_YEARS = range(2000, 2101)
_DATED = ("payment_scheduled", "under_review")
_DETAILED = ("documents_requested", "other_body")


class ClockTime(fields.Field[time]):
    """A time of day as a browser sends it (14:05), or as one writes it (14 h 05, 14h)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time:
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[1]) > 23:
            raise ValidationError("Cette heure n’existe pas : écrivez-la comme 14:05.")
        return time(int(found[1]), int(found[2] or 0))


class CallForm(Input):
    """Labels, hints and limits of each field, for the page and for what it sends."""

    answered = Choice(
        ["yes", "no"],
        required=True,
        metadata={
            "label": "La Caf a-t-elle répondu ?",
            "widget": "choices",
            "choices": [("yes", "Oui, quelqu’un a répondu"), ("no", "Non, pas de réponse")],
        },
    )
    cdas = Text(
        required=True, maximum=40, metadata={"label": "CDAS qui a appelé", "widget": "select", "from": "cdas"}
    )
    day = Day(required=True, metadata={"label": "Jour de l’appel"})
    time = ClockTime(
        required=True,
        error_messages={"required": _WHEN, "null": _WHEN},
        metadata={"label": "Heure de début", "widget": "time"},
    )
    minutes = Minutes(metadata={"label": "Durée", "inputmode": "numeric"})
    matricule = Matricule(
        allow_none=True,
        metadata={
            "label": "Matricule Caf",
            "hint": "7 chiffres. Jamais le numéro de sécurité sociale.",
            "inputmode": "numeric",
        },
    )
    matricule_unknown = fields.Boolean(
        allow_none=True, metadata={"label": "Matricule non communiqué", "widget": "checkbox"}
    )
    benefit = Choice(
        Benefit,
        allow_none=True,
        metadata={"label": "Prestation", "hint": _IF_ANSWERED, "widget": "select", "from": "benefits"},
    )
    event = Choice(
        Event,
        allow_none=True,
        metadata={
            "label": "Que s’est-il passé ?",
            "hint": _IF_ANSWERED,
            "widget": "choices",
            "choices": [(event.value, event.label) for event in Event],
        },
    )
    outcome = Choice(
        OUTCOMES,
        allow_none=True,
        metadata={
            "label": "Issue donnée pendant l’appel",
            "hint": "Sans issue, la Caf garde la demande en cours.",
            "widget": "select",
            "choices": [(code, french.capital(label)) for code, label in OUTCOMES.items()],
            "shown_when": "answered=yes",
            "optional": True,
        },
    )
    outcome_on = Day(
        allow_none=True,
        metadata={
            "label": "À quelle date ?",
            "hint": "Date du paiement, ou jusqu’à quand le dossier est en vérification.",
            "shown_when": f"outcome={'|'.join(_DATED)}",
        },
    )
    outcome_detail = Text(
        maximum=500,
        allow_none=True,
        metadata={
            "label": "Lesquelles, ou lequel ?",
            "hint": "Les pièces demandées, ou l’organisme attendu.",
            "shown_when": f"outcome={'|'.join(_DETAILED)}",
        },
    )
    remark = Text(
        maximum=2000,
        allow_none=True,
        metadata={
            "label": "En quelques mots",
            "hint": "Ce qui a été dit, utile à la suite.",
            "widget": "textarea",
        },
    )

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _expect_complete(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        def blank(name: str) -> bool:
            return not (original.get(name) or "").strip()

        errors = {}
        if blank("matricule") and not data.get("matricule_unknown"):
            errors["matricule"] = "Donnez le matricule, ou cochez « Matricule non communiqué »."
        if "matricule" in data and data.get("matricule_unknown"):
            errors["matricule"] = "Donnez le matricule ou cochez « Matricule non communiqué », pas les deux."
        if data.get("answered") == "yes" and blank("benefit"):
            errors["benefit"] = "Choisissez la prestation."
        if data.get("answered") == "yes" and blank("event"):
            errors["event"] = "Dites ce qui s’est passé."
        if "day" in data and data["day"].year not in _YEARS:
            errors["day"] = "Vérifiez l’année."
        if errors:
            raise ValidationError({name: [sentence] for name, sentence in errors.items()})


def from_form(typed: Mapping[str, Any], own_cdas: str | None) -> dict[str, Any]:
    """The plain values of `record_call`; `own_cdas` when the author's unit is the CDAS, else the form asks.

    What the page hides after another answer is left out. Refuses (InvalidInput) what can not be read or is missing.
    """
    given = load(CallForm(unknown="exclude", exclude=("cdas",) if own_cdas else ()), typed)
    given.pop("matricule_unknown", None)
    given["answered"] = given["answered"] == "yes"
    given["started_at"] = datetime.combine(given.pop("day"), given.pop("time"), PARIS).astimezone(UTC)
    if own_cdas:
        given["cdas"] = own_cdas
    if not given["answered"]:
        given.pop("outcome", None)
    if given.get("outcome") not in _DATED:
        given.pop("outcome_on", None)
    if given.get("outcome") not in _DETAILED:
        given.pop("outcome_detail", None)
    return given
