"""Whom the Caf social service accompanies (R-EL), with the arithmetic told in French. It never blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from service.workflows import french
from service.workflows.urgency import EARLIEST_PAYMENT, add_months

TO_THE_CDAS = (
    "Le CDAS est compétent ; vous pouvez tout de même envoyer en disant pourquoi, le secrétariat décide."
)


class LifeEvent(StrEnum):
    """The events of the Caf social service's offer (annexe 2), and any other one."""

    SEPARATION = "separation"
    PARENT_DEATH = "parent_death"
    CHILD_DEATH = "child_death"
    ARRIVAL = "arrival"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the forms and the lists show."""
        return LIFE_EVENTS[self]


LIFE_EVENTS: Mapping[LifeEvent, str] = {
    LifeEvent.SEPARATION: "séparation, en projet ou déclarée",
    LifeEvent.PARENT_DEATH: "décès d’un des parents",
    LifeEvent.CHILD_DEATH: "décès d’un enfant, in utero compris",
    LifeEvent.ARRIVAL: "arrivée d’un enfant dans une famille monoparentale, grossesse isolée comprise",
    LifeEvent.OTHER: "autre événement, ou aucun",
}
_MONTHS: Mapping[LifeEvent, int] = {
    LifeEvent.SEPARATION: 24,
    LifeEvent.PARENT_DEATH: 24,
    LifeEvent.CHILD_DEATH: 24,
    LifeEvent.ARRIVAL: 12,
}
_DATED: Mapping[LifeEvent, str] = {
    LifeEvent.SEPARATION: "Séparation du {day}",
    LifeEvent.PARENT_DEATH: "Décès d’un parent le {day}",
    LifeEvent.CHILD_DEATH: "Décès d’un enfant le {day}",
    LifeEvent.ARRIVAL: "Enfant arrivé le {day}",
}
_PLANNED: Mapping[LifeEvent, str] = {
    LifeEvent.SEPARATION: "Séparation en projet : aucune date n’est nécessaire.",
    LifeEvent.ARRIVAL: "Grossesse isolée : elle compte comme une arrivée, avant même la naissance.",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether the situation is in scope, until when, and why in French; `missing` names what is not known yet."""

    inside: bool
    explanation: str
    until: date | None = None
    missing: tuple[str, ...] = ()


def check(
    event: str,
    on: date,
    *,
    event_on: date | None = None,
    planned: bool = False,
    dependent_child: bool = False,
    allocataire: bool = False,
    closed_by_the_caf: bool = False,
) -> Scope:
    """R-EL on the Paris day `on`: families, allocataires, with a dependent child, living one of the events.

    The last day of the delay is in scope. `closed_by_the_caf`: the Caf has closed an accompaniment for this event
    (R-OR-2). Raises ValueError for an unknown event.
    """
    life_event = LifeEvent(event)
    if life_event is LifeEvent.OTHER:
        return _outside("Cet événement n’est pas de ceux que le service social de la Caf accompagne.")
    if not allocataire:
        return _outside("Le service social de la Caf accompagne les allocataires de la Caf.")
    if not dependent_child and life_event not in (LifeEvent.CHILD_DEATH, LifeEvent.ARRIVAL):
        return _outside(
            "Le service social de la Caf accompagne les familles avec au moins un enfant à charge."
        )
    if closed_by_the_caf:
        return _outside(
            "La Caf a clos l’accompagnement ouvert pour cet événement : le CDAS évalue la demande."
        )
    if planned and life_event in _PLANNED:
        return Scope(inside=True, explanation=_PLANNED[life_event])
    if event_on is None:
        return Scope(inside=False, explanation="Il manque la date de l’événement.", missing=("event_on",))
    return _dated(life_event, event_on, on)


def input_errors(given: Mapping[str, Any], on: date) -> dict[str, str]:
    """What can not be: a date to come or before 1990, a date and a project at once. By name of field."""
    event_on, event = given.get("event_on"), given.get("life_event")
    planned = bool(given.get("event_planned"))
    if event_on is None:
        return {}
    if event_on > on:
        sentence = "Cette date est dans le futur."
        if event in (LifeEvent.SEPARATION, LifeEvent.ARRIVAL):
            sentence += " Pour une séparation en projet ou une grossesse, cochez « en projet » sans date."
        return {"event_on": sentence}
    if event_on < EARLIEST_PAYMENT:
        return {"event_on": "Cette date est avant 1990 : vérifiez l’année."}
    if planned:
        return {"event_on": "« En projet » ne va pas avec une date passée : gardez l’un des deux."}
    return {}


def check_given(given: Mapping[str, Any], on: date, *, closed_by_the_caf: bool = False) -> Scope | None:
    """`check` on the fields of a form; None when no event was given."""
    if not given.get("life_event"):
        return None
    return check(
        given["life_event"],
        on,
        event_on=given.get("event_on"),
        planned=bool(given.get("event_planned")),
        dependent_child=bool(given.get("dependent_child")),
        allocataire=bool(given.get("allocataire")),
        closed_by_the_caf=closed_by_the_caf,
    )


def _dated(event: LifeEvent, event_on: date, on: date) -> Scope:
    months = _MONTHS[event]
    until = add_months(event_on, months)
    told = _DATED[event].format(day=french.short_date(event_on))
    delay = "l’enfant aura un an" if event is LifeEvent.ARRIVAL else "deux ans atteints"
    if on <= until:
        return Scope(
            inside=True,
            explanation=f"{told} : {delay} le {french.short_date(until)}, le service social de la Caf est compétent.",
            until=until,
        )
    past = french.counted((on - until) // timedelta(days=1), "jour", "jours")
    return _outside(f"{told} : {delay} le {french.short_date(until)}, dépassé de {past}.", until)


def _outside(why: str, until: date | None = None) -> Scope:
    return Scope(inside=False, explanation=f"{why} {TO_THE_CDAS}", until=until)
