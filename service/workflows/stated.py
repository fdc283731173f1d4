"""What a request of each social kind must say before it leaves, all at once: person, ground, own answers. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from service.workflows import (
    child_protection_notice,
    co_intervention,
    emergency_statement,
    handover,
    orientation,
    submission,
)
from service.workflows.appointment import SOURCES, with_own_agreement

Given = Mapping[str, Any]
Errors = dict[str, list[str]]
WITHOUT_GROUND = frozenset({"child_protection_notice"})
"""The kinds that say instead whether the family was informed (R-PE-2)."""


def errors_of(kind: str, given: Given, day: date, *, to_caf: bool) -> Errors:
    """The French sentences beside each field that keeps it from leaving; empty when it may."""
    own = _OWN[kind](given, to_caf, day)
    if kind not in WITHOUT_GROUND and "ground" not in own:
        own = submission.ground_errors(_ground(kind, given, day), day) | own
    return submission.person_errors(given, day) | own


def _ground(kind: str, given: Given, day: date) -> Given:
    if kind == "appointment":
        return with_own_agreement(given, day)
    return emergency_statement.ground(given) if kind == "social_emergency" else given


def _appointment(given: Given, _to_caf: bool, day: date) -> Errors:
    source = {} if given.get("source") in SOURCES else {"source": ["Dites d’où vient la demande (R-RV)."]}
    return source | emergency_statement.scope_errors(given, day)


_OWN: Mapping[str, Callable[[Given, bool, date], Errors]] = {
    "co_intervention": co_intervention.statement_errors,
    "handover": handover.statement_errors,
    "social_emergency": lambda given, _, day: emergency_statement.field_errors(
        emergency_statement.pertinent(given), day
    ),
    "appointment": _appointment,
    "orientation": lambda given, _, day: orientation.field_errors(given, day),
    "rights_meeting": lambda *_: {},
    "child_protection_notice": lambda given, _, day: child_protection_notice.field_errors(
        child_protection_notice.pertinent(given), day
    ),
}
