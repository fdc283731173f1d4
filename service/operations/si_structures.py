"""The SIAO's list of shelters (R-SI, art. 4-4): each one, the list as it comes, joint priorities, agreed terms."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import Commune, SiRefresh, SiStructure
from service.operations.si_agreement import expect_keeper, expect_none, today
from service.operations.texts import refuse_nir
from service.permissions import Actor
from service.queries import si as queries
from service.workflows import french, si

_LISTED = (
    "name",
    "shelter",
    "address",
    "commune_insee",
    "contact",
    "email",
    "telephone",
    "places",
    "closed_on",
)


def add(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Enter a structure of the list. Refuses an unknown commune, days that can not be, a NIR."""
    expect_keeper(actor)
    with transaction() as session:
        entered = SiStructure()
        _describe(session, entered, given)
        session.add(entered)
        return entered.id


def change(actor: Actor, structure_id: UUID, given: Mapping[str, Any]) -> None:
    """What the SIAO now says of it, its closing included; refuses as `add` does."""
    expect_keeper(actor)
    with transaction() as session:
        _describe(session, _one(session, structure_id), given)


def refresh(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """The SIAO sent its list: note the day, what is open then, and whether the DDETS was told.

    Refuses a day to come, and one that is not after the last time.
    """
    expect_keeper(actor)
    received_on: date = given["received_on"]
    expect_none(si.past_errors("received_on", received_on, today()))
    with transaction() as session:
        last = session.scalar(queries.last_refresh_on())
        if last is not None and received_on <= last:
            sentence = f"La liste du {french.short_date(last)} est déjà notée : celle-ci vient après."
            raise InvalidInput({"received_on": [sentence]}, rule="R-SI")
        counted = select(func.count(SiStructure.id), func.coalesce(func.sum(SiStructure.places), 0))
        structures, places = session.execute(counted.where(queries.open_on(received_on))).one()
        noted = SiRefresh(
            received_on=received_on,
            ddets_told=given["ddets_told"] == "yes",
            structures=structures,
            places=places,
            noted_by=actor.account_id,
        )
        session.add(noted)
        return noted.id


def prioritise(actor: Actor, structure_id: UUID, given: Mapping[str, Any]) -> None:
    """The joint priority of the three referents and why; without one, it is taken away. Refuses a NIR."""
    expect_keeper(actor)
    refuse_nir(given)
    with transaction() as session:
        found = _one(session, structure_id)
        found.priority = given.get("priority")
        found.priority_reason = given.get("priority_reason") if found.priority else None
        found.priority_on = today() if found.priority else None


def agree(actor: Actor, structure_id: UUID, given: Mapping[str, Any]) -> None:
    """What the structure wishes, and the terms agreed with it, interpreter included. Refuses a NIR, a day to come."""
    expect_keeper(actor)
    refuse_nir(given)
    terms_on: date | None = given.get("terms_on")
    if terms_on is not None:
        expect_none(si.past_errors("terms_on", terms_on, today()))
    with transaction() as session:
        found = _one(session, structure_id)
        for name in ("wish", "terms", "interpreter", "terms_on"):
            setattr(found, name, given.get(name))


def _one(session: Session, structure_id: UUID) -> SiStructure:
    found = session.get(SiStructure, structure_id, with_for_update=True)
    if found is None:
        raise NotVisible
    return found


def _describe(session: Session, structure: SiStructure, given: Mapping[str, Any]) -> None:
    refuse_nir(given)
    opened_on: date = given["opened_on"]
    closed_on: date | None = given.get("closed_on")
    expect_none(si.past_errors("opened_on", opened_on, today(), date(1990, 1, 1)))
    if closed_on is not None and not opened_on <= closed_on <= today() + si.FARTHEST:
        raise InvalidInput({"closed_on": ["La fermeture vient après l’ouverture, dans l’année au plus."]})
    if session.get(Commune, given["commune_insee"]) is None:
        raise InvalidInput({"commune_insee": ["Choisissez dans la liste."]})
    for name in _LISTED:
        setattr(structure, name, given.get(name))
    structure.opened_on = opened_on
    structure.profiles = list(given.get("profiles", ()))
    said = given.get("social_workers")
    structure.social_workers = None if said is None else said == "yes"
    structure.updated_on = today()
