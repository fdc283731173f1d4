"""Tickets that somebody may read, and the lists made of them. Every list starts from `visible_to`.

What is archived (R-DP-6) is in none of them: only `readable_to` lets a head in, who has said why, for a while.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from service import clock
from service.models import Account, ArchiveOpening, Participant, Person, PersonWord, Ticket, Unit
from service.permissions import CDAS_ROLES, HEAD_ROLES, OUT_OF_LISTS, REACH, Actor, Reach, Role, UnitKind
from service.queries.absences import away_on
from service.sealing import ring
from service.workflows import names
from service.workflows import reference as references

PARIS = ZoneInfo("Europe/Paris")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rows that the actor may read (R-DP-1), by `permissions.REACH`: who one is, kind by kind. Not archived."""
    return and_(_within(actor, frozenset()), Ticket.archived_at.is_(None))


def listed_to(actor: Actor) -> ColumnElement[bool]:
    """The same without the kinds that no list, search or count shows (R-PE-4)."""
    return and_(_within(actor, OUT_OF_LISTS), Ticket.archived_at.is_(None))


def archived_for(actor: Actor) -> ColumnElement[bool]:
    """What a head may open in the archives: what they could read before it went there, and is not eliminated."""
    if actor.role not in HEAD_ROLES:
        return false()
    return and_(_within(actor, frozenset()), Ticket.archived_at.is_not(None), Ticket.eliminated_at.is_(None))


def readable_to(actor: Actor) -> ColumnElement[bool]:
    """`visible_to`, and what the actor has opened in the archives, until the opening ends. To read, never to act."""
    opened = exists().where(
        ArchiveOpening.ticket_id == Ticket.id,
        ArchiveOpening.account_id == actor.account_id,
        ArchiveOpening.ends_at > clock.now(),
    )
    return or_(visible_to(actor), and_(archived_for(actor), opened))


def in_no_archive(ticket_id: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """Whether a row that names a ticket, or none, names no archived one: what lists beside the tickets show."""
    archived = select(Ticket.id).where(Ticket.archived_at.is_not(None))
    return or_(ticket_id.is_(None), ticket_id.not_in(archived))


def readable(actor: Actor) -> Select[Ticket]:
    """The tickets that lists show to the actor, with the names of holder and author; units are reference data."""
    return with_names().where(listed_to(actor))


def with_names() -> Select[Ticket]:
    """Tickets with the names of holder and author, not yet narrowed to what somebody may read."""
    return select(Ticket).options(
        joinedload(Ticket.holder).load_only(Account.name),
        joinedload(Ticket.author).load_only(Account.name),
    )


def _within(actor: Actor, left_out: frozenset[str]) -> ColumnElement[bool]:
    """Kinds of one and the same reach share one condition, so that an index still finds the rows."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for kind, reaches in REACH.items():
        reach = reaches.get(actor.role)
        if reach is not None and kind not in left_out:
            groups.setdefault((_sees(actor, kind, reach), kind == "urgent_rights"), []).append(kind)
    if not groups:
        return false()
    found = [
        and_(Ticket.kind.in_(kinds), _CONDITIONS[name](actor, urgent=urgent))
        for (name, urgent), kinds in groups.items()
    ]
    seen = or_(*found) if len(found) > 1 else found[0]
    return and_(_party(actor), seen) if actor.role in CDAS_ROLES else seen


def _party(actor: Actor) -> ColumnElement[bool]:
    """The few rows that name the CDAS, by their indexes, before anything else is asked of them."""
    return or_(
        Ticket.asking_unit_id == actor.unit_id,
        Ticket.triage_unit_id == actor.unit_id,
        Ticket.assigned_unit_id == actor.unit_id,
    )


def _sees(actor: Actor, kind: str, reach: Reach) -> str:
    eyes = actor.deputy if kind in OUT_OF_LISTS else actor.named or actor.deputy
    if reach is Reach.OWN and eyes:
        return Reach.UNIT.value
    return reach.value


def _own(actor: Actor, *, urgent: bool) -> ColumnElement[bool]:
    """Author, holder, named participant; what reached one's unit and nobody holds may be taken by anybody there."""
    named = exists().where(Participant.ticket_id == Ticket.id, Participant.account_id == actor.account_id)
    mine = or_(Ticket.author_id == actor.account_id, Ticket.holder_id == actor.account_id, named)
    if actor.role is not Role.CAF_TS:
        return and_(mine, _unit(actor, urgent=urgent))
    free = and_(Ticket.kind == "social_emergency", Ticket.assigned_unit_id == actor.unit_id, _unheld())
    return or_(mine, free)


def _unheld() -> ColumnElement[bool]:
    """R-US-3: the service organises the treatment even when the worker is away."""
    day = clock.now().astimezone(PARIS).date()
    return or_(Ticket.holder_id.is_(None), Ticket.holder_id.in_(away_on(day)))


def _unit(actor: Actor, *, urgent: bool) -> ColumnElement[bool]:
    """What one's unit asked for, or received once it was sent."""
    asked = Ticket.asking_unit_id == actor.unit_id
    if urgent:
        return asked
    received = or_(Ticket.triage_unit_id == actor.unit_id, Ticket.assigned_unit_id == actor.unit_id)
    return or_(asked, and_(Ticket.submitted_at.is_not(None), received), _own_draft(actor))


def _service(actor: Actor, *, urgent: bool) -> ColumnElement[bool]:
    """All that was sent: to the channel of urgent rights; to or from the Caf social service."""
    if urgent:
        return Ticket.submitted_at.is_not(None)
    units = select(Unit.code).where(Unit.kind.in_((UnitKind.CAF_SECRETARIAT, UnitKind.CAF_SOCIAL)))
    party = or_(
        Ticket.asking_unit_id.in_(units), Ticket.triage_unit_id.in_(units), Ticket.assigned_unit_id.in_(units)
    )
    return or_(
        and_(Ticket.submitted_at.is_not(None), party),
        _own_draft(actor),
        Ticket.asking_unit_id == actor.unit_id,
    )


def _own_draft(actor: Actor) -> ColumnElement[bool]:
    """A draft written on behalf of another unit stays with who writes it."""
    return and_(Ticket.submitted_at.is_(None), Ticket.author_id == actor.account_id)


_CONDITIONS = {Reach.OWN.value: _own, Reach.UNIT.value: _unit, Reach.SERVICE.value: _service}


def named(reference: str) -> ColumnElement[bool]:
    """The row of a reference as it is stored; none for any other text, which no database is asked about."""
    return Ticket.reference == reference if references.parse(reference) == reference else false()


def by_reference(actor: Actor, reference: str) -> Select[Ticket]:
    """The one ticket of that reference, if the actor may read it."""
    return readable(actor).where(named(reference))


def only(actor: Actor, reference: str) -> Select[Ticket]:
    """The bare ticket of that reference, to act on, if the actor may read it."""
    return select(Ticket).where(visible_to(actor), named(reference))


def to_read(actor: Actor, reference: str) -> Select[Ticket]:
    """The same to read only: what the actor has opened in the archives is there too."""
    return select(Ticket).where(readable_to(actor), named(reference))


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
