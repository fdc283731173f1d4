"""What a linked ticket takes over of the one it is made from: the person, the ground of the exchange, the scope."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.models import Person
from service.models.details import Grounded
from service.models.scoped import Scoped
from service.operations.transitions import Act


def person_of(act: Act) -> Mapping[str, Any]:
    """The person as the ticket names them, as plain values of a statement."""
    person = act.session.get(Person, act.ticket.id)
    if person is None:
        return {}
    return {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": date.fromisoformat(person.birth_date) if person.birth_date else None,
        "commune": person.commune_insee,
    }


def ground_of(details: Grounded) -> Mapping[str, Any]:
    """R-DP-2, as it was recorded at the first sending."""
    names = ("told_on", "agreed_on", "reason_not_told")
    return {name: getattr(details, name) for name in names}


def scope_of(details: Scoped) -> Mapping[str, Any]:
    """R-EL, as it was declared."""
    names = ("scope_event", "scope_event_on", "has_children", "is_allocataire")
    return {name: getattr(details, name) for name in names}
