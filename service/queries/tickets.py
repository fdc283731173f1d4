"""Tickets that somebody may read, and the lists made of them. Every list starts from `visible_to`."""

from sqlalchemy import ColumnElement, Select, and_, false, select
from sqlalchemy.orm import joinedload

from service.models import Account, Person, PersonWord, Ticket
from service.permissions import CDAS_ROLES, URGENT_RIGHTS_CAF_ROLES, Actor
from service.sealing import ring
from service.workflows import names
from service.workflows import reference as references


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rows that the actor may read (R-DP-1): own CDAS, or what was sent to the Caf's channel."""
    if actor.role in CDAS_ROLES:
        return Ticket.asking_unit_id == actor.unit_id
    if actor.role in URGENT_RIGHTS_CAF_ROLES:
        return and_(Ticket.kind == "urgent_rights", Ticket.submitted_at.is_not(None))
    return false()


def readable(actor: Actor) -> Select[Ticket]:
    """The tickets that the actor may read, with the names of holder and author; units are reference data."""
    return (
        select(Ticket)
        .where(visible_to(actor))
        .options(
            joinedload(Ticket.holder).load_only(Account.name),
            joinedload(Ticket.author).load_only(Account.name),
        )
    )


def named(reference: str) -> ColumnElement[bool]:
    """The row of a reference as it is stored; none for any other text, which no database is asked about."""
    return Ticket.reference == reference if references.parse(reference) == reference else false()


def by_reference(actor: Actor, reference: str) -> Select[Ticket]:
    """The one ticket of that reference, if the actor may read it."""
    return readable(actor).where(named(reference))


def only(actor: Actor, reference: str) -> Select[Ticket]:
    """The bare ticket of that reference, to act on, if the actor may read it."""
    return select(Ticket).where(visible_to(actor), named(reference))


def of_matricule(actor: Actor, matricule: str) -> Select[Ticket]:
    """Tickets for a Caf file number, newest first."""
    index = ring().blind_index("matricule", matricule)
    return (
        readable(actor)
        .join(Person, Person.ticket_id == Ticket.id)
        .where(Person.matricule_index == index)
        .order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    )


def of_name(actor: Actor, text: str) -> Select[Ticket]:
    """Tickets whose person's name holds every whole word of the text, newest first."""
    query = readable(actor)
    for word in names.words(text):
        index = ring().blind_index("name", word)
        query = query.where(Ticket.id.in_(select(PersonWord.ticket_id).where(PersonWord.word_index == index)))
    return query.order_by(Ticket.opened_at.desc(), Ticket.id.desc())
