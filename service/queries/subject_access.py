"""What is held about a person in the requests that an institution takes part in (R-DP-9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import Session

from service.models import Accompaniment, Person, PersonWord, Rectification, SubjectRequest, Ticket, Unit
from service.permissions import OUT_OF_LISTS, Actor, Institution, Permission, may
from service.queries.tickets import kept_out_of
from service.sealing import ring
from service.workflows import names


class Link(StrEnum):
    """How a ticket is tied to who asks: surely theirs, of that name without a birth date, or of the same Caf file."""

    OWN = "own"
    SAME_NAME = "same_name"
    SAME_FILE = "same_file"


@dataclass(frozen=True, slots=True)
class Holding:
    """A ticket, the person that it names, and how it is tied to who asks."""

    ticket: Ticket
    person: Person
    link: Link


def requests_of(actor: Actor) -> Select[SubjectRequest]:
    """The requests that the actor's unit answers, those that wait first; none for who may not."""
    answers = SubjectRequest.unit_code == actor.unit_id if may(actor, Permission.ANSWER_SUBJECTS) else false()
    query = select(SubjectRequest).where(answers)
    return query.order_by(
        SubjectRequest.answered_at.is_not(None), SubjectRequest.received_on.desc(), SubjectRequest.id
    )


def party(institution: Institution) -> ColumnElement[bool]:
    """The sent tickets in which a unit of the institution takes part, without those of R-PE (R-DP-9)."""
    units = select(Unit.code).where(Unit.institution == institution)
    return (
        Ticket.submitted_at.is_not(None)
        & Ticket.kind.not_in(sorted(OUT_OF_LISTS))
        & or_(
            Ticket.asking_unit_id.in_(units),
            Ticket.triage_unit_id.in_(units),
            Ticket.assigned_unit_id.in_(units),
        )
    )


def holdings(session: Session, actor: Actor, asked: SubjectRequest) -> list[Holding]:
    """The tickets of the person, and those of the same Caf file, the newest first; found by blind indexes.

    Somebody of the same name with another birth date and another file is nobody's business here; nor is, for a head
    who has a link with the family, anything of it.
    """
    files = _files(session, actor, asked)
    rows = session.execute(
        select(Ticket, Person)
        .join(Person, Person.ticket_id == Ticket.id)
        .where(
            party(Institution(asked.institution)),
            ~kept_out_of(actor.account_id),
            or_(_named(asked), Person.matricule_index.in_(sorted(files))),
        )
        .order_by(Ticket.submitted_at.desc(), Ticket.id)
    )
    linked = [(ticket, person, _link(asked, person, files)) for ticket, person in rows]
    return [Holding(ticket, person, link) for ticket, person, link in linked if link is not None]


def rectifications(session: Session, ticket_ids: Sequence[UUID]) -> Sequence[Rectification]:
    """The corrections of these tickets, in their order."""
    query = select(Rectification).where(Rectification.ticket_id.in_(ticket_ids))
    return session.scalars(query.order_by(Rectification.ticket_id, Rectification.number)).all()


def last_number(session: Session, ticket_id: UUID) -> int:
    """How many corrections the ticket has."""
    found = select(func.max(Rectification.number)).where(Rectification.ticket_id == ticket_id)
    return session.scalar(found) or 0


def full_name(row: Person | SubjectRequest | Accompaniment) -> str:
    """Last name and first name together."""
    return " ".join(filter(None, (row.last_name, row.first_name)))


def same_name(one: str, other: str) -> bool:
    """The same words, whatever their order, their case and their accents."""
    return set(names.words(one)) == set(names.words(other))


def _named(asked: SubjectRequest) -> ColumnElement[bool]:
    """Every word of the name, in one's own order."""
    indexes = [ring().blind_index("name", word) for word in names.words(full_name(asked))]
    bearing = (
        select(PersonWord.ticket_id)
        .where(PersonWord.word_index.in_(indexes))
        .group_by(PersonWord.ticket_id)
        .having(func.count() == len(indexes))
    )
    return Ticket.id.in_(bearing)


def _files(session: Session, actor: Actor, asked: SubjectRequest) -> set[bytes]:
    """The Caf file number that was given, and those of the tickets that are surely the person's."""
    known = session.scalars(
        select(Person)
        .join(Ticket, Ticket.id == Person.ticket_id)
        .where(
            party(Institution(asked.institution)),
            ~kept_out_of(actor.account_id),
            _named(asked),
            Person.matricule_index.is_not(None),
        )
    )
    given = {ring().blind_index("matricule", asked.matricule)} if asked.matricule else set()
    sure = (person for person in known if _link(asked, person, given) is Link.OWN)
    return given | {person.matricule_index for person in sure if person.matricule_index is not None}


def _link(asked: SubjectRequest, person: Person, files: set[bytes]) -> Link | None:
    """Theirs: the same words, and the same birth date or, where the ticket has none, the same file."""
    same_file = person.matricule_index in files
    if same_name(full_name(asked), full_name(person)):
        if person.birth_date == asked.birth_date or (same_file and not person.birth_date):
            return Link.OWN
        if not person.birth_date:
            return Link.SAME_NAME
    return Link.SAME_FILE if same_file else None
