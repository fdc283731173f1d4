"""What lists and pages of urgent_rights show beside the ticket itself, each in one statement for all rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session, load_only

from service.models import (
    DETAILS,
    Account,
    Call,
    Commune,
    Coverage,
    Details,
    Draft,
    Person,
    Ticket,
    UrgentRightsDetails,
)
from service.permissions import Actor
from service.queries import tickets
from service.queries.calls import readable_calls
from service.queries.keyset import COUNT_LIMIT, Counted
from service.queries.lists import UNDER_WAY, Filters, bare
from service.queries.readers import as_read_by, sort_of

_SHORT = (
    UrgentRightsDetails.benefit,
    UrgentRightsDetails.event,
    UrgentRightsDetails.last_payment_on,
    UrgentRightsDetails.amount_before,
    UrgentRightsDetails.amount_after,
    UrgentRightsDetails.outcome,
    UrgentRightsDetails.rejection_reason,
    UrgentRightsDetails.contested,
    UrgentRightsDetails.reopened,
    UrgentRightsDetails.rejected_by,
)


LATE, TODAY = "late", "today"


def details_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Details]:
    """The details of the listed tickets, one statement a kind that is there; drafts have none."""
    by_kind: dict[str, list[UUID]] = {}
    for ticket in listed:
        by_kind.setdefault(ticket.kind, []).append(ticket.id)
    found: dict[UUID, Details] = {}
    for kind, identifiers in by_kind.items():
        rows = session.scalars(_details(DETAILS[kind]), {"tickets": identifiers})
        found |= {details.ticket_id: details for details in rows}
    return found


@cache
def _details(model: type[Details]) -> Select[Details]:
    query = select(model).where(model.ticket_id.in_(bindparam("tickets", expanding=True)))
    return query.options(load_only(*_SHORT, raiseload=True)) if model is UrgentRightsDetails else query


def forms_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Mapping[str, Any]]:
    """What the listed drafts hold, as typed."""
    drafts = [ticket.id for ticket in listed if ticket.state == "draft"]
    found = session.scalars(select(Draft).where(Draft.ticket_id.in_(drafts))) if drafts else ()
    return {draft.ticket_id: json.loads(draft.form or "{}") for draft in found}


def people_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Person]:
    """The persons of the listed tickets."""
    query = select(Person).where(Person.ticket_id.in_([ticket.id for ticket in listed]))
    return {person.ticket_id: person for person in session.scalars(query)}


def person_of(actor: Actor, ticket_id: UUID) -> Select[Person]:
    """The person of a ticket that the actor may act on: not of one that was opened to be read for a while."""
    return (
        select(Person)
        .join(Ticket, Ticket.id == Person.ticket_id)
        .where(Ticket.id == ticket_id, tickets.visible_to(actor))
    )


def names_of(session: Session, accounts: Iterable[UUID]) -> Mapping[UUID, str]:
    """The names of accounts that a journal mentions."""
    named = sorted(accounts, key=str)
    query = select(Account.id, Account.name).where(Account.id.in_(named))
    return {row.id: row.name for row in session.execute(query)} if named else {}


def of_the_same_file(actor: Actor, matricule: str) -> Select[Ticket]:
    """The open tickets for a Caf file number that the actor may read (workflows.md §1, `submit`)."""
    return tickets.of_matricule(actor, matricule).where(*UNDER_WAY)


def counts(
    session: Session,
    actor: Actor,
    named: Mapping[str, Filters],
    due: Filters,
    now: datetime,
    tonight: datetime,
) -> Mapping[str, Counted]:
    """How many rows several lists have, by name, and of `due` how many are late at `now`, or due before `tonight`.

    In one statement.
    """
    statement = _counting(sort_of(actor), tuple(named.items()), due)
    counted = session.execute(statement, as_read_by(actor, now=now, tonight=tonight))
    return {name: Counted(number) for name, number in counted}


@lru_cache(maxsize=128)  # to put it together takes as long as to count
def _counting(
    reader: Actor, named: tuple[tuple[str, Filters], ...], due: Filters
) -> CompoundSelect[str, int]:
    now: BindParameter[datetime] = bindparam("now")
    tonight: BindParameter[datetime] = bindparam("tonight")
    pressing = bare(reader, due)
    return union_all(
        *(_counted(name, bare(reader, filters)) for name, filters in named),
        _counted(LATE, pressing.where(Ticket.next_deadline_at < now)),
        _counted(TODAY, pressing.where(Ticket.next_deadline_at >= now, Ticket.next_deadline_at < tonight)),
    )


def _counted(name: str, query: Select[UUID]) -> Select[str, int]:
    rows = query.limit(COUNT_LIMIT + 1).subquery()
    return select(literal(name), func.count()).select_from(rows)


def communes(session: Session) -> Sequence[Commune]:
    """Every commune of the Département, by name."""
    return session.scalars(select(Commune).order_by(Commune.name, Commune.insee)).all()


def covered_by(session: Session, cdas_code: str) -> frozenset[str]:
    """The communes (INSEE) that a CDAS covers, wholly or in part."""
    query = select(Coverage.commune_insee).where(Coverage.cdas_code == cdas_code)
    return frozenset(session.scalars(query))


def unanswered_call(actor: Actor, call_id: UUID) -> Select[Call]:
    """The unanswered call of that identifier of which nobody has made a request yet (R-UD-3)."""
    return select(Call).where(
        Call.id == call_id, readable_calls(actor), Call.answered.is_(False), Call.ticket_id.is_(None)
    )
