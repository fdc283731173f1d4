"""What lists and pages of urgent_rights show beside the ticket itself, each in one statement for all rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union_all
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
from service.queries.lists import COUNT_LIMIT, UNDER_WAY, Filters, Position, queue
from service.workflows.registry import WORKFLOWS

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


FINAL_STATES = tuple(sorted({state for workflow in WORKFLOWS.values() for state in workflow.final_states}))
"""Of any kind: no code is final in one kind and live in another (`lists.LIVE_STATES`)."""

LATE, TODAY = "late", "today"


def details_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Details]:
    """The details of the listed tickets, one statement a kind that is there; drafts have none."""
    by_kind: dict[str, list[UUID]] = {}
    for ticket in listed:
        by_kind.setdefault(ticket.kind, []).append(ticket.id)
    found: dict[UUID, Details] = {}
    for kind, identifiers in by_kind.items():
        model = DETAILS[kind]
        query = select(model).where(model.ticket_id.in_(identifiers))
        if model is UrgentRightsDetails:
            query = query.options(load_only(*_SHORT, raiseload=True))
        found |= {details.ticket_id: details for details in session.scalars(query)}
    return found


def forms_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Mapping[str, Any]]:
    """What the listed drafts hold, as typed."""
    drafts = [ticket.id for ticket in listed if ticket.state == "draft"]
    found = session.scalars(select(Draft).where(Draft.ticket_id.in_(drafts))) if drafts else ()
    return {draft.ticket_id: json.loads(draft.form or "{}") for draft in found}


def people_of(session: Session, listed: Sequence[Ticket]) -> Mapping[UUID, Person]:
    """The persons of the listed tickets."""
    query = select(Person).where(Person.ticket_id.in_([ticket.id for ticket in listed]))
    return {person.ticket_id: person for person in session.scalars(query)}


def names_of(session: Session, accounts: Iterable[UUID]) -> Mapping[UUID, str]:
    """The names of accounts that a journal mentions."""
    named = sorted(accounts, key=str)
    query = select(Account.id, Account.name).where(Account.id.in_(named))
    return {row.id: row.name for row in session.execute(query)} if named else {}


def finished(actor: Actor, filters: Filters, after: Position | None = None) -> Select[Ticket]:
    """Ended tickets that the actor may read, the last ended first; `after.deadline` is the end of the last row."""
    bare = Filters(
        kind=filters.kind,
        states=FINAL_STATES,
        channel=filters.channel,
        benefit=filters.benefit,
        asking_unit=filters.asking_unit,
    )
    query = queue(actor, bare).where(Ticket.ended_at.is_not(None))
    query = query.order_by(None).order_by(Ticket.ended_at.desc(), Ticket.id.desc())
    if after is None or after.deadline is None:
        return query
    same_instant = (Ticket.ended_at == after.deadline) & (Ticket.id < after.id)
    return query.where((Ticket.ended_at < after.deadline) | same_instant)


def of_the_same_file(actor: Actor, matricule: str) -> Select[Ticket]:
    """The open tickets for a Caf file number that the actor may read (workflows.md §1, `submit`)."""
    return tickets.of_matricule(actor, matricule).where(*UNDER_WAY)


def counted(name: str, query: Select[Any]) -> Select[str, int]:
    """How many rows a list has, under that name, up to one beyond `COUNT_LIMIT`: for `counts`."""
    rows = query.with_only_columns(Ticket.id).order_by(None).limit(COUNT_LIMIT + 1).subquery()
    return select(literal(name), func.count()).select_from(rows)


def due(query: Select[Any], now: datetime, tonight: datetime) -> Sequence[Select[str, int]]:
    """How many rows of a list are late at `now`, and how many more are due before `tonight`: for `counts`."""
    return [
        counted(LATE, query.where(Ticket.next_deadline_at < now)),
        counted(TODAY, query.where(Ticket.next_deadline_at >= now, Ticket.next_deadline_at < tonight)),
    ]


def counts(session: Session, each: Sequence[Select[str, int]]) -> Mapping[str, int]:
    """The numbers of several lists by name, in one statement."""
    return {row[0]: row[1] for row in session.execute(union_all(*each))}


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
