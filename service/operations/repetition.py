"""Réitération: the link to the request that came before, kept when it happens (R-IND-I-9, R-DP-6)."""

from datetime import datetime, time, timedelta

from sqlalchemy import bindparam, select

from service.models import Person, Ticket, UrgentRightsDetails
from service.operations.transitions import Act
from service.workflows.french import PARIS, local_day

_BEFORE = (
    select(Ticket.id)
    .join(Person, Person.ticket_id == Ticket.id)
    .join(UrgentRightsDetails, UrgentRightsDetails.ticket_id == Ticket.id)
    .where(
        Person.matricule_index == bindparam("index"),
        UrgentRightsDetails.benefit == bindparam("benefit"),
        Ticket.id != bindparam("ticket"),
        Ticket.state == "closed",
        Ticket.ended_at <= bindparam("sent"),
        Ticket.ended_at >= bindparam("earliest"),
    )
    .order_by(Ticket.ended_at.desc(), Ticket.id)
    .limit(1)
)


def keep_repetition(act: Act, details: UrgentRightsDetails, person: Person) -> None:
    """Link the request to the last one of the same person for the same benefit, closed so many days before.

    So many: the Setting `reopen_days`, in days of the calendar. Nobody is told: the two may belong to units that do
    not read each other.
    """
    sent = act.ticket.submitted_at
    if person.matricule_index is None or details.benefit is None or sent is None:
        return
    values = act.reference.values_of(act.ticket.convention_version)
    first_day = local_day(sent) - timedelta(days=values.number("reopen_days"))
    details.repeats_id = act.session.scalar(
        _BEFORE,
        {
            "index": person.matricule_index,
            "benefit": details.benefit,
            "ticket": act.ticket.id,
            "sent": sent,
            "earliest": datetime.combine(first_day, time(), PARIS),
        },
    )
