"""How the form of each kind is laid out: a few parts, short answers side by side, what does not apply hidden.

The fields come from the schemas; here is only their place. A field without a place is shown at the end of the
statement, so that nothing that is asked can be missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.schemas.circuits import TO_CAF
from service.workflows.handover import ONLY_TO

Shown = dict[str, Any]
Row = tuple[str, ...]
Laid = list[tuple[str, list[list[Shown]], str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A legend and its rows; a row of several names stands side by side where there is room.

    `rule`: the rules for which it is asked.
    """

    legend: str
    rows: tuple[Row, ...]
    rule: str


def _rows(*rows: str) -> tuple[Row, ...]:
    """« first second » is a row of two."""
    return tuple(tuple(row.split()) for row in rows)


_PERSON = Part("La personne", _rows("last_name first_name", "commune birth_date", "matricule"), "R-DP-7")
_FRAME = Part("Le cadre de l’échange", _rows("ground", "ground_on", "reason_not_told"), "R-DP-2")
_SCOPE = Part(
    "Ce que vit la famille",
    _rows("scope_event", "scope_event_on", "has_children is_allocataire", "out_of_scope_reason"),
    "R-EL, R-OR-2",
)

_BETWEEN: Mapping[str, tuple[Part, ...]] = {
    "co_intervention": (
        Part(
            "La demande", _rows("receiving_unit", "regime", "need", "need_detail"), "R-CI-1, R-CI-2, R-CI-3"
        ),
        Part(
            "L’avis de votre service",
            _rows("asking_opinion_on", "asking_participants", "asking_opinion", "cdas_professional"),
            "R-CI-4",
        ),
        _SCOPE,
        _FRAME,
    ),
    "handover": (
        Part("L’accord de la personne", _rows("ground", "ground_on", "agreement_collected_by"), "R-PR-1"),
        Part(
            "Le relais",
            _rows("receiving_unit", "regime", "relay_case", "relay_case_detail", "known_to_receiver"),
            "R-PR-2, R-PR-5, R-PR-6",
        ),
        Part(
            "La communication avec l’autre service",
            _rows(
                "communication communicated_on", "communicated_by communicated_to", "communication_content"
            ),
            "R-PR-3",
        ),
        _SCOPE,
    ),
    "social_emergency": (
        Part(
            "L’urgence",
            _rows(
                "motives",
                "vulnerabilities",
                "vulnerability_detail",
                "danger",
                "danger_reason",
                "description",
                "phone",
                "phone_protected",
            ),
            "R-US-1, R-US-2, R-DP-8",
        ),
        Part(
            "L’accompagnement",
            _rows(
                "who_accompanies",
                "referent_worker",
                "referent_cdas",
                "referent_unit",
                "referent_name referent_known_on",
                "referent_source",
                "scope_event",
                "scope_event_on",
                "has_children is_allocataire",
            ),
            "R-US-3, R-EL",
        ),
        Part("Ce qui a déjà été fait", _rows("answer_given", "answered_on"), "R-US-4"),
        Part(
            "À qui l’envoyer",
            _rows("send_to receiving_cdas", "against_route_reason", "against_route_detail"),
            "R-US-3, R-US-4, R-US-5",
        ),
        Part(
            "Le cadre de l’échange",
            _rows("ground", "ground_on", "reason_not_told", "not_told_code"),
            "R-DP-2, R-PE-2",
        ),
    ),
    "appointment": (
        Part("La demande", _rows("source", "phone", "phone_protected", "description"), "R-RV, R-DP-8"),
        _SCOPE,
        Part("L’accompagnement", _rows("who_accompanies", "referent_name"), "R-OR-2"),
        _FRAME,
    ),
    "orientation": (
        Part(
            "La demande de la personne",
            _rows("reason", "accompanied_by", "accompanied_by_name"),
            "R-OR-1, R-OR-4",
        ),
        Part(
            "Ce que vit la famille",
            _rows("scope_event", "scope_event_on", "has_children is_allocataire"),
            "R-EL",
        ),
        Part(
            "Le service destinataire",
            _rows("to_service", "receiving_unit", "reason_not_followed"),
            "R-OR-1, R-OR-5",
        ),
        _FRAME,
    ),
    "rights_meeting": (
        Part(
            "Le rendez-vous",
            _rows("asked_by", "to_service", "phone", "phone_protected", "wish"),
            "R-RD, R-DP-8",
        ),
        _FRAME,
    ),
    "child_protection_notice": (
        Part(
            "L’information du CDAS",
            _rows(
                "receiving_unit",
                "known_to_cdas",
                "means",
                "informed_name informed_function",
                "informed_on",
            ),
            "R-PE-1, R-PE-3, R-PE-4",
        ),
        Part("La famille", _rows("family_informed", "family_informed_on", "reason_not_informed"), "R-PE-2"),
        Part("Le procureur, en cas d’urgence", _rows("art40_on art40_reference"), "R-PE-1"),
    ),
}

_WHEN: Mapping[str, str] = {"vulnerability_detail": "vulnerabilities=other"}
_WHEN_FROM_CDAS: Mapping[str, str] = {"receiving_cdas": "send_to=other_cdas"}
"""What hides a field on this page, where its schema asks it always."""


_NEVER_ACCEPTED: Mapping[str, frozenset[str]] = {"handover": frozenset({"reason_not_told"})}
"""What could only be answered in vain: a relay never leaves without the person's agreement (R-PR-1)."""


def laid_out(kind: str, fields: Iterable[Shown], direction: str) -> Laid:
    """The fields by part and row, as that direction asks them; a part without any field is left out."""
    to_caf = direction == TO_CAF
    void = _NEVER_ACCEPTED.get(kind, frozenset())
    waiting = {
        field["name"]: field | _adapted(kind, field, to_caf=to_caf)
        for field in fields
        if field["name"] not in void
    }
    parts = (_PERSON, *_BETWEEN.get(kind, (_FRAME,)))
    laid = [(part.legend, _taken(part.rows, waiting), part.rule) for part in parts]
    if waiting:
        laid.append(("Autres réponses", [[field] for field in waiting.values()], ""))
    return [one for one in laid if one[1]]


def in_order(laid: Laid) -> list[Shown]:
    """Every field as it is met on the page: the order of the errors at its head."""
    return [field for _, rows, _ in laid for row in rows for field in row]


def _taken(rows: Sequence[Row], waiting: dict[str, Shown]) -> list[list[Shown]]:
    taken = [[waiting.pop(name) for name in row if name in waiting] for row in rows]
    return [row for row in taken if row]


def _adapted(kind: str, field: Shown, *, to_caf: bool) -> Shown:
    """What this page says otherwise than the schema, which is the same for both directions."""
    name = field["name"]
    if when := _WHEN.get(name) or (_WHEN_FROM_CDAS.get(name) if to_caf else None):
        return {"shown_when": when}
    if kind == "handover" and name == "relay_case":
        return {"choices": [one for one in field["choices"] if ONLY_TO.get(one[0], to_caf) is to_caf]}
    if kind == "handover" and name == "ground":
        agreed = [one for one in field["choices"] if one[0] == "agreed"]
        return {"label": "La personne est-elle d’accord avec ce relais ?", "choices": agreed}
    return {}
