"""The person of a ticket: sealed, and findable by matricule and by whole words of the name."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.errors import InvalidInput
from service.models import Commune, Person, PersonWord, Ticket
from service.operations import family_links
from service.sealing import ring
from service.workflows import names


def keep_person(session: Session, ticket_id: UUID, given: Mapping[str, Any], *, known: bool = True) -> Person:
    """Keep what is given of the person of a stored ticket; what is absent stays as it was. Indexes follow.

    `known`: whether the ticket may have its person already; one that is being sent has none.
    Refuses (InvalidInput) a commune that is not in the directory, and a matricule that keeps out the last one who could
    act (R-DP-1).
    """
    if given.get("commune") and session.get(Commune, given["commune"]) is None:
        raise InvalidInput({"commune": ["Choisissez la commune dans la liste."]})
    person = session.get(Person, ticket_id) if known else None
    if person is None:
        person = Person(ticket_id=ticket_id)
        session.add(person)
    else:
        session.execute(delete(PersonWord).where(PersonWord.ticket_id == ticket_id))
    before = person.matricule_index
    if given.get("matricule"):
        person.matricule = given["matricule"]
        person.matricule_index = family_links.index_of(given["matricule"])
    for name in ("last_name", "first_name"):
        if given.get(name):
            setattr(person, name, given[name])
    if given.get("birth_date"):
        person.birth_date = given["birth_date"].isoformat()
    if given.get("commune"):
        person.commune_insee = given["commune"]
    _index_name(session, person)
    if known and person.matricule_index is not None and person.matricule_index != before:
        ticket = session.get_one(Ticket, ticket_id)
        family_links.follow_matricule(session, ticket, before, person.matricule_index)
    return person


def _index_name(session: Session, person: Person) -> None:
    found = names.words(f"{person.last_name or ''} {person.first_name or ''}")
    session.add_all(
        PersonWord(ticket_id=person.ticket_id, word_index=ring().blind_index("name", word)) for word in found
    )
