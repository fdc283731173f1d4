"""Refuse what must hold nothing of a person, because both institutions and their steering read it (R-GO-1, R-DP-1)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.errors import InvalidInput
from service.models import Person
from service.workflows import impersonal


def refuse_numbers(given: Mapping[str, Any]) -> None:
    """Refuse (InvalidInput) the texts that hold a social-security number or a matricule, by name."""
    found = {name: impersonal.faults(value) for name, value in given.items() if isinstance(value, str)}
    wrong = {name: sentences for name, sentences in found.items() if sentences}
    if wrong:
        raise InvalidInput(wrong, rule="R-GO-1")


def refuse_names(session: Session, ticket_id: Any, field: str, text: str) -> None:
    """Refuse (InvalidInput) a text that names the person of the ticket."""
    person = session.get(Person, ticket_id)
    known = [name for name in (person.last_name, person.first_name) if name] if person else []
    if impersonal.holds_a_name(text, known):
        raise InvalidInput({field: [impersonal.NAME_SENTENCE]}, rule="R-GO-1")
