"""Habits of the accounts that are shown: what they have read by the evening before, and the lists that they keep."""

from datetime import datetime, time, timedelta

from service.database import transaction
from service.demonstration.agenda import Story
from service.demonstration.stage import Stage
from service.models import Ticket
from service.operations import saved_lists
from service.operations.consultation import consult
from service.permissions import HOLDERS, Actor, Permission, Role
from service.queries import lists
from service.workflows.french import PARIS

_READ = 40
"""So many requests each: fewer than what stops somebody's readings in an hour."""
_SATURDAY = 5
_KEPT: tuple[tuple[Role, str, str, bool], ...] = (
    (Role.CAF_SECRETARIAT, "Arrivées par courriel", "vue=caf&canal=email", True),
    (Role.CAF_SECRETARIAT, "RSA en attente d’un CDAS", "vue=cdas&prestation=rsa", False),
    (Role.CDAS_AGENT, "RSA en cours", "vue=cours&prestation=rsa", False),
    (Role.CDAS_HEAD, "Réponses de la Caf à lire", "vue=cdas&etat=answered", True),
)


def kept(stage: Stage) -> Story:
    """On the last working day before today, who is shown reads what is most pressing, and keeps their lists."""
    day = stage.today - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    yield datetime.combine(day, time(16, 50), PARIS)
    for role in sorted(HOLDERS[Permission.READ_TICKETS]):
        _read(stage.staff.shown(role))
    for role, name, address, for_unit in _KEPT:
        saved_lists.save(stage.staff.shown(role), name, address, for_unit=for_unit)


def _read(actor: Actor) -> None:
    under_way = lists.queue(actor, lists.Filters(states=lists.LIVE_STATES))
    with transaction() as session:
        for reference in session.scalars(under_way.with_only_columns(Ticket.reference).limit(_READ)).all():
            consult(actor, reference)
