"""What visitors find on the day of the demonstration: a request in every state, on time, nearly late and late."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from service.demonstration import mails
from service.demonstration.accounts import SHOWN_CDAS
from service.demonstration.agenda import Story, office
from service.demonstration.destiny import Destiny
from service.demonstration.requests import kept_as_draft, written
from service.demonstration.stage import Stage
from service.permissions import Role

_LEFT = (
    (0.6, Destiny(halt="submitted")),
    (3.4, Destiny(halt="submitted")),
    (9.0, Destiny(halt="submitted")),
    (6.0, Destiny(halt="assigned", slow=0.3)),
    (24.0, Destiny(halt="assigned")),
    (7.0, Destiny(halt="in_progress", slow=0.3)),
    (14.2, Destiny(halt="in_progress", slow=0.5)),
    (33.0, Destiny(halt="in_progress")),
    (12.0, Destiny(questions=1, halt="waiting_partner", slow=0.4)),
    (45.0, Destiny(questions=1, halt="waiting_partner")),
    (16.0, Destiny(halt="answered", outcome="payment_scheduled", slow=0.4)),
    (66.0, Destiny(halt="answered", outcome="documents_requested", slow=0.4)),
    (20.0, Destiny(ending="rejected", reason="visible_in_cdap", slow=0.4)),
)
"""How long before the end each was sent, in open hours, and where it is left."""

_DRAFTS = (1.5, 5.0, 9.5, 17.0, 21.0, 30.0, 34.0, 41.0)
_TO_SORT = (0.4, 2.0, 3.5, 7.0, 11.0, 15.5)
_UNREADABLE = (13.0,)
_AUTOMATIC = (1.0, 8.0, 26.0)
"""How long before the end each came, in open hours."""


def stories(stage: Stage) -> Iterator[Story]:
    """What has to be there on the last day, whatever chance has made of the rest."""
    yield from _left(stage)
    for number, hours in enumerate(_DRAFTS):
        yield kept_as_draft(stage, *_one(stage, "draft", hours), SHOWN_CDAS if number % 3 == 0 else None)
    for hours in _TO_SORT:
        yield mails.to_sort(stage, *_one(stage, "to sort", hours))
    for hours in _UNREADABLE:
        yield mails.unreadable(stage, *_one(stage, "unreadable", hours))
    for hours in _AUTOMATIC:
        yield mails.automatic(stage, *_one(stage, "automatic", hours))


def _left(stage: Stage) -> Iterator[Story]:
    """Every second one is of the accounts that are shown; each has its like in another CDAS."""
    author, holder = stage.staff.shown(Role.CDAS_AGENT), stage.staff.shown(Role.CAF_AGENT)
    for number, (hours, destiny) in enumerate(_LEFT):
        yield written(
            stage,
            *_one(stage, "left", hours),
            "service",
            cdas=SHOWN_CDAS,
            destiny=destiny,
            author=author if number % 2 else None,
            holder=None if number % 2 else holder,
        )
        elsewhere = _one(stage, "left elsewhere", hours * 1.05 + 0.4)
        yield written(stage, *elsewhere, "service", cdas=stage.people.some_cdas(), destiny=destiny)


def _one(stage: Stage, what: str, hours: float) -> tuple[Random, datetime]:
    rng = stage.dice(what, hours)
    return rng, office().subtract(stage.until, int(hours * 3600) + rng.randint(0, 300))
