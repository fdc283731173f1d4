"""The register « Accompagnements » (R-AC): its closed lists and the arithmetic of its dates. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date

from service.workflows.scope import ScopeEvent
from service.workflows.urgency import add_months

EVENTS: Mapping[str, str] = {
    **{event.value: event.label for event in ScopeEvent if event is not ScopeEvent.NONE},
    "other": "Autre, hors du périmètre de l’annexe 2",
}

CLOSING_REASONS: Mapping[str, str] = {
    "objectives_met": "objectifs atteints",
    "relay": "relais vers un autre service",
    "person_wish": "souhait de la personne",
}

LOGGED: Mapping[str, str] = {
    "follow_open": "a ouvert un accompagnement",
    "follow_renew": "a renouvelé un accompagnement",
    "follow_confide": "a confié un accompagnement",
    "follow_close": "a clos un accompagnement",
}
"""What the access log keeps of each act on the register, and how it says it."""

EARLIEST = date(1990, 1, 1)
LONGEST_TERM_MONTHS = 24


def opening_errors(
    opened_on: date, event_on: date | None, term_on: date, today: date
) -> dict[str, list[str]]:
    """The sentences beside the dates of an opening that can not be taken."""
    found: dict[str, list[str]] = {}
    for name, sentence in _opening(opened_on, event_on, today):
        found.setdefault(name, []).append(sentence)
    return {**found, **term_errors(term_on, opened_on)}


def term_errors(term_on: date, after: date) -> dict[str, list[str]]:
    """The sentence beside a term that is not after `after`, or too far from it."""
    if term_on <= after:
        return {"term_on": ["Le terme vient après l’ouverture, ou après le terme précédent."]}
    if term_on > add_months(after, LONGEST_TERM_MONTHS):
        return {"term_on": ["Le terme est à plus de deux ans : vérifiez l’année."]}
    return {}


def closing_errors(
    opened_on: date, closing_talk_on: date | None, closed_on: date, today: date
) -> dict[str, list[str]]:
    """The sentences beside the dates of a closing: neither before the opening nor in the future."""
    found: dict[str, list[str]] = {}
    for name, day in {"closed_on": closed_on, "closing_talk_on": closing_talk_on}.items():
        if day is not None and not opened_on <= day <= today:
            found[name] = ["Cette date est entre l’ouverture et aujourd’hui."]
    return found


def _opening(opened_on: date, event_on: date | None, today: date) -> Iterator[tuple[str, str]]:
    if opened_on > today:
        yield "opened_on", "L’ouverture ne peut pas être dans le futur."
    if opened_on < EARLIEST:
        yield "opened_on", "L’ouverture ne peut pas dater d’avant 1990 : vérifiez l’année."
    if event_on is not None and event_on < EARLIEST:
        yield "event_on", "L’événement ne peut pas dater d’avant 1990 : vérifiez l’année."
