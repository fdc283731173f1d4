"""What the selects of the acts offer: CDAS, teams, colleagues, communes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from service import clock
from service.models import Membership, Person, Ticket
from service.operations import sectors, staff
from service.permissions import Actor, Role, UnitKind
from service.queries import situations
from service.queries.reference import Reference, UnitCard
from service.routes.pages.views.cdas_choices import Options, open_cdas
from service.routes.pages.views.commune_choices import commune_choices
from service.workflows import french

Choices = Mapping[str, Sequence[Any]]


def choices_for(session: Session, name: str, ticket: Ticket, actor: Actor, known: Reference) -> Choices:
    """The choices of the act `name` on a ticket: whoever does not triage is offered only themselves."""
    if ticket.kind != "urgent_rights":
        return _social_choices(session, ticket, known)
    if name == "complete":
        return {
            "cdas": _cdas(known, ticket.asking_unit_id),
            "communes": commune_choices(situations.communes(session)),
        }
    if name not in ("assign", "reassign"):
        return {}
    if name == "assign" and not triages(ticket, actor, known):
        return {"prestations": _own(actor, known), "colleagues": [(str(actor.account_id), "Moi-même")]}
    units = known.open_units(UnitKind.CAF_PRESTATIONS, french.local_day(clock.now()))
    if name == "reassign":
        units = [unit for unit in units if unit.code == ticket.assigned_unit_id]
    return {"prestations": [(unit.code, unit.name) for unit in units], "colleagues": teams(session, units)}


def choices_of_opening(session: Session, actor: Actor, known: Reference) -> Choices:
    """What the forms of new requests choose from; the reader's own communes first."""
    communes = situations.communes(session)
    return {
        "cdas": _cdas(known),
        "units": _cdas(known),
        "communes": commune_choices(communes, situations.covered_by(session, actor.unit_id)),
        "social_workers": teams(session, _social(known)),
        "colleagues": teams(session, [known.units[actor.unit_id]]),
    }


def _social_choices(session: Session, ticket: Ticket, known: Reference) -> Choices:
    """For the acts of a social request: the people of the receiving unit, the sector's worker first (R-CI-3)."""
    receiving = ticket.assigned_unit_id or ticket.triage_unit_id
    return {
        "cdas": _cdas(known),
        "units": _cdas(known),
        "communes": commune_choices(situations.communes(session)),
        "social_workers": [*_of_the_sector(session, ticket), *teams(session, _social(known))],
        "colleagues": teams(session, [known.units[receiving]]),
    }


def _of_the_sector(session: Session, ticket: Ticket) -> list[tuple[str, list[tuple[str, str]]]]:
    person = session.get(Person, ticket.id)
    found = sectors.candidates(session, person.commune_insee if person else None)
    workers = {
        str(one.worker_id): f"{one.worker_name} – {one.sector_name}"
        for one in found
        if one.worker_id is not None
    }
    return [("Secteur du domicile", list(workers.items()))] if workers else []


def _social(known: Reference) -> list[UnitCard]:
    return known.open_units(UnitKind.CAF_SOCIAL, french.local_day(clock.now()))


def _cdas(known: Reference, kept: str | None = None) -> Options:
    return open_cdas(known, french.local_day(clock.now()), kept)


def teams(session: Session, units: Sequence[UnitCard]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The people of each team who work there today, by name."""
    codes = [unit.code for unit in units]
    working = staff.members(clock.now()).where(Membership.unit_code.in_(codes))
    people = session.scalars(working).all()
    return [
        (unit.name, [(str(one.account_id), one.account.name) for one in people if one.unit_code == unit.code])
        for unit in units
    ]


def triages(ticket: Ticket, actor: Actor, known: Reference) -> bool:
    """Whether the actor triages requests (Setting `urgent_triage_unit`, and the head of the Service Prestations)."""
    if actor.role is Role.CAF_LEAD:
        return True
    return (
        known.units[ticket.triage_unit_id].kind is actor.unit_kind and actor.unit_id == ticket.triage_unit_id
    )


def _own(actor: Actor, known: Reference) -> list[tuple[str, str]]:
    return [(actor.unit_id, known.units[actor.unit_id].name)]
