"""Readings of the demonstration that heads look at: one request opened out of scope, and the signs of the last week."""

from datetime import datetime, time, timedelta

from sqlalchemy import select

from service.database import transaction
from service.demonstration.accounts import SHOWN_CDAS
from service.demonstration.agenda import Story
from service.demonstration.stage import Stage
from service.models import Ticket
from service.operations import out_of_scope
from service.operations.unusual_reading import list_week
from service.permissions import Actor, Role
from service.workflows.french import PARIS

_WHY = "Essai de la démonstration : la personne se présente chez nous, son CDAS est fermé ce matin."


def consulted(stage: Stage) -> Story:
    """The day before the last, the head of another CDAS opens a request of the shown one; then the weekly list."""
    yield datetime.combine(stage.today - timedelta(days=1), time(10, 20), PARIS)
    head = next(
        stint.actor
        for stint in stage.staff.stints
        if stint.actor.role is Role.CDAS_HEAD and stint.actor.unit_id != SHOWN_CDAS
    )
    _open(head)
    yield datetime.combine(stage.today, time(5, 10), PARIS)
    with transaction() as session:
        list_week(session, stage.today - timedelta(days=stage.today.weekday() + 7))


def _open(head: Actor) -> None:
    with transaction() as session:
        query = select(Ticket.reference).where(
            Ticket.kind == "urgent_rights",
            Ticket.asking_unit_id == SHOWN_CDAS,
            Ticket.submitted_at.is_not(None),
        )
        reference = session.scalar(query.order_by(Ticket.opened_at.desc(), Ticket.id).limit(1))
        if reference is not None:
            out_of_scope.open_ticket(head, reference, _WHY)
