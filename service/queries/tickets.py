"""Tickets that somebody may read, and the lists made of them. Every list starts from `visible_to`.

What is archived (R-DP-6) is in none of them: only `readable_to` lets a head in, who has said why, for a while.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from service import clock
from service.models import (
    Account,
    ArchiveOpening,
    Draft,
    KeptOut,
    Membership,
    OutOfScopeOpening,
    Participant,
    Person,
    PersonWord,
    Ticket,
    Unit,
)
from service.permissions import (
    CDAS_ROLES,
    HEAD_ROLES,
    OUT_OF_LISTS,
    REACH,
    Actor,
    Permission,
    Reach,
    Role,
    UnitKind,
    may,
)
from service.queries import memberships
from service.queries.absences import away_on
from service.queries.readers import Asked, as_read_by, sort_of
from service.sealing import ring
from service.workflows import french, names
from service.workflows import reference as references

TODAY = bindparam("today", callable_=lambda: french.local_day(clock.now()), type_=Date)
"""The day on which the statement runs: what was built from it stays true the day after."""
NOW = bindparam("present", callable_=clock.now, type_=ArchiveOpening.ends_at.type)


def spelled(codes: Iterable[str]) -> BindParameter[Any]:
    """Codes for `in_` that stand in the statement itself, so that PostgreSQL's kept plan knows how many rows have them.

    A plan made for any value takes an index of few for what most rows have, and sorts them all for the first fifty.
    """
    return bindparam(None, list(codes), expanding=True, literal_execute=True)


_CODES: Mapping[str, ColumnElement[str]] = {kind: literal_column(f"'{kind}'") for kind in REACH}
"""The same for what never comes from outside: nothing is left to spell when the statement is executed."""


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The rows that the actor may read (R-DP-1), by `permissions.REACH`: who one is, kind by kind. Not archived."""
    return and_(_within(actor, frozenset()), Ticket.archived_at.is_(None))


def beyond(actor: Actor) -> ColumnElement[bool]:
    """What a head may open out of scope: sent, of their own institution; no notice (R-PE-4), nothing kept from them."""
    own = select(Unit.code).where(Unit.institution == actor.institution)
    party = or_(
        Ticket.asking_unit_id.in_(own), Ticket.triage_unit_id.in_(own), Ticket.assigned_unit_id.in_(own)
    )
    return and_(
        Ticket.submitted_at.is_not(None),
        Ticket.archived_at.is_(None),
        Ticket.kind.not_in(OUT_OF_LISTS),
        party,
        ~kept_out_of(actor.account_id),
    )


# Made once: each name of a table weighs as much as all the rest of a condition, and `_within` keeps hundreds of them.
_ANYBODY, _BY_TICKET, _BY_MATRICULE = aliased(KeptOut), aliased(KeptOut), aliased(KeptOut)
_PERSON, _DRAFT = aliased(Person), aliased(Draft)


def kept_out_of(account_id: UUID) -> ColumnElement[bool]:
    """Whether the account has a declared link with the family: by the ticket, or by its matricule, sent or typed.

    Asked of each row only where the account has a link with anybody at all.
    """
    return and_(
        exists().where(_ANYBODY.account_id == account_id),
        or_(
            exists().where(_BY_TICKET.ticket_id == Ticket.id, _BY_TICKET.account_id == account_id),
            *(
                exists().where(
                    named.ticket_id == Ticket.id,
                    _BY_MATRICULE.matricule_index == named.matricule_index,
                    _BY_MATRICULE.account_id == account_id,
                )
                for named in (_PERSON, _DRAFT)
            ),
        ),
    )


def matricule_of(ticket_id: UUID) -> CompoundSelect[bytes | None]:
    """The blind index of the ticket's matricule: that of its person, or while it is a draft that of its form."""
    return union_all(
        *(select(named.matricule_index).where(named.ticket_id == ticket_id) for named in (Person, Draft))
    )


def names_family_of(
    account_id: UUID,
    *,
    ticket_id: InstrumentedAttribute[UUID | None] | None = None,
    matricule_index: InstrumentedAttribute[bytes | None] | InstrumentedAttribute[bytes] | None = None,
) -> ColumnElement[bool]:
    """Whether a call, an accompaniment or a message is of a family that the account is kept from."""
    kept, found = _ANYBODY, []
    if ticket_id is not None:
        its_ticket = select(Ticket.id).where(Ticket.id == ticket_id, kept_out_of(account_id))
        found.append(its_ticket.correlate_except(Ticket).exists())
    if matricule_index is not None:
        found.append(exists().where(kept.account_id == account_id, kept.matricule_index == matricule_index))
    return or_(*found)


def kept_from(ticket_id: UUID, account_id: UUID) -> Select[UUID]:
    """The ticket, where the account is kept out of it: such an account is never given it to follow (invariant 8)."""
    return select(Ticket.id).where(Ticket.id == ticket_id, kept_out_of(account_id))


def accounts_kept_from(ticket_id: UUID) -> Select[UUID]:
    """Every account that is kept out of the ticket (invariant 8)."""
    row, family = KeptOut, matricule_of(ticket_id)
    return select(row.account_id).where(or_(row.ticket_id == ticket_id, row.matricule_index.in_(family)))


def listed_to(actor: Actor) -> ColumnElement[bool]:
    """The same without the kinds that no list, search or count shows (R-PE-4)."""
    return and_(_within(actor, OUT_OF_LISTS), Ticket.archived_at.is_(None))


def archived_for(actor: Actor) -> ColumnElement[bool]:
    """What a head may open in the archives: what they could read before it went there, and is not eliminated."""
    if actor.role not in HEAD_ROLES:
        return false()
    return and_(_within(actor, frozenset()), Ticket.archived_at.is_not(None), Ticket.eliminated_at.is_(None))


def readable_to(actor: Actor) -> ColumnElement[bool]:
    """What the actor may read of one ticket: `visible_to`, and what they have opened for some hours, saying why.

    In the archives, or out of scope. Reading only: acts, lists, searches and counts stay within `visible_to`.
    """
    if not may(actor, Permission.OPEN_OUT_OF_SCOPE):
        return visible_to(actor)
    archived = exists().where(
        ArchiveOpening.ticket_id == Ticket.id,
        ArchiveOpening.account_id == actor.account_id,
        ArchiveOpening.ends_at > NOW,
    )
    out_of_scope = exists().where(
        OutOfScopeOpening.ticket_id == Ticket.id,
        OutOfScopeOpening.account_id == actor.account_id,
        OutOfScopeOpening.unit_id == actor.unit_id,
        OutOfScopeOpening.expires_at > NOW,
    )
    return or_(visible_to(actor), and_(archived, archived_for(actor)), and_(out_of_scope, beyond(actor)))


def acted_upon(actor: Actor) -> ColumnElement[bool]:
    """Of a ticket that is `readable_to` the actor, whether they may act on it: not on what they have opened."""
    return visible_to(actor) if may(actor, Permission.OPEN_OUT_OF_SCOPE) else true()


def in_no_archive(ticket_id: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """Whether a row that names a ticket, or none, names no archived one: what lists beside the tickets show."""
    archived = select(Ticket.id).where(Ticket.archived_at.is_not(None))
    return or_(ticket_id.is_(None), ticket_id.not_in(archived))


def readable(actor: Actor) -> Select[Ticket]:
    """The tickets that lists show to the actor, with the name of the holder; units are reference data."""
    return select(Ticket).options(WITH_HOLDER).where(listed_to(actor))


WITH_HOLDER, WITH_AUTHOR = (joinedload(who).load_only(Account.name) for who in (Ticket.holder, Ticket.author))
"""The name of who holds a ticket, of who wrote it, in the same statement."""


@lru_cache(maxsize=256)  # a third of the work of a short read, and the same for each request of somebody
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
        and_(Ticket.kind.in_(_CODES[kind] for kind in kinds), _CONDITIONS[name](actor, urgent=urgent))
        for (name, urgent), kinds in groups.items()
    ]
    seen, free = or_(*found), ~kept_out_of(actor.account_id)
    return and_(_party(actor), judged(seen), free) if actor.role in CDAS_ROLES else and_(seen, free)


def _party(actor: Actor) -> ColumnElement[bool]:
    """The few rows that name the CDAS, by their indexes, before anything else is asked of them."""
    return or_(
        Ticket.asking_unit_id == actor.unit_id,
        Ticket.triage_unit_id == actor.unit_id,
        Ticket.assigned_unit_id == actor.unit_id,
    )


def judged(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, of which PostgreSQL expects that half the rows meet it.

    What somebody of a CDAS sees names the unit again, and PostgreSQL would take the two for independent: one row of
    the twenty-second part of the twenty-second part, all read and sorted for the first fifty.
    """
    return case((seen, true()), else_=false())


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
    return or_(Ticket.holder_id.is_(None), Ticket.holder_id.in_(away_on(TODAY)))


def follower(unit: str) -> ColumnElement[UUID | None]:
    """Who follows a request among those who work in the unit today: its holder, else its author; NULL for nobody."""
    here = (
        select(Membership.account_id)
        .join(Membership.account)
        .where(Membership.unit_code == unit, *memberships.on(TODAY))
    )
    return case(
        (Ticket.holder_id.in_(here), Ticket.holder_id), (Ticket.author_id.in_(here), Ticket.author_id)
    )


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


def is_stored_so(reference: str) -> bool:
    """Whether the text is a reference as tickets have them; no database is asked about any other."""
    return references.parse(reference) == reference


def named(reference: str) -> ColumnElement[bool]:
    """The row of a reference as it is stored; none for any other text."""
    return Ticket.reference == reference if is_stored_so(reference) else false()


def by_reference(actor: Actor, reference: str) -> Select[Ticket]:
    """The one ticket of that reference, if the actor may read it."""
    return readable(actor).where(named(reference))


def begun(actor: Actor, text: str) -> Select[Ticket]:
    """The tickets whose reference begins as it is typed, by reference; those that a list shows to the actor.

    From the first to the last such reference: all have one length and one form, so that every collation of a database
    puts them in the same order, and the index of references finds them. Who may read each is asked of it alone.
    """
    one, ends = aliased(Ticket), references.begun(text)
    found = one.reference.between(*ends) if ends else false()
    listed = select(Ticket.id).where(Ticket.id == one.id, listed_to(actor)).correlate(one).exists()
    return select(one).where(found, listed).order_by(one.reference)


def named_to(actor: Actor, among: Sequence[str]) -> Select[str]:
    """Those of the references, as they are stored, that the actor may read."""
    return select(Ticket.reference).where(visible_to(actor), Ticket.reference.in_(among))


def only(actor: Actor, reference: str) -> Select[Ticket]:
    """The bare ticket of that reference, to act on, if the actor may read it."""
    return select(Ticket).where(visible_to(actor), named(reference))


def to_read(actor: Actor, reference: str) -> Select[Ticket]:
    """The same to read only: what the actor has opened, out of scope or in the archives, is there too."""
    return select(Ticket).where(readable_to(actor), named(reference))


def of_matricule(actor: Actor, matricule: str) -> Select[Ticket]:
    """Tickets for a Caf file number, newest first."""
    return _of_index(actor, ring().blind_index("matricule", matricule))


def first_of_matricule(actor: Actor, matricule: str, most: int) -> Asked[Ticket]:
    """The newest of them, so many at most."""
    index = ring().blind_index("matricule", matricule)
    return Asked(_first_of_index(sort_of(actor), most), as_read_by(actor, index=index))


@cache
def _first_of_index(reader: Actor, most: int) -> Select[Ticket]:
    return _of_index(reader, bindparam("index")).limit(most)


def _of_index(actor: Actor, index: bytes | BindParameter[Any]) -> Select[Ticket]:
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
