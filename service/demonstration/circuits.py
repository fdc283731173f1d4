"""The social requests of the demonstration: how many, of which kinds, and those that visitors find in every state."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from service.demonstration import together
from service.demonstration.accounts import SHOWN_CDAS
from service.demonstration.agenda import Story, office
from service.demonstration.demand import arrivals
from service.demonstration.pointed import Appointment, Emergency, Notice, Orientation
from service.demonstration.rights import RightsMeeting
from service.demonstration.situations import Situation
from service.demonstration.stage import Stage
from service.demonstration.together import CoIntervention, Handover
from service.operations.creation import create_ticket
from service.permissions import Role
from service.workflows import french

_SHARE = 0.12
"""Social requests for one urgent request."""

_KINDS: dict[tuple[type[Situation], bool], int] = {
    (CoIntervention, True): 16,
    (CoIntervention, False): 10,
    (Handover, True): 8,
    (Handover, False): 10,
    (Emergency, True): 12,
    (Emergency, False): 7,
    (Appointment, True): 10,
    (Appointment, False): 6,
    (Orientation, True): 9,
    (Orientation, False): 8,
    (RightsMeeting, True): 11,
    (RightsMeeting, False): 8,
    (Notice, False): 2,
}
"""How often each comes; True: from a CDAS to the Caf."""

_LEFT: tuple[tuple[float, type[Situation], bool, str], ...] = (
    (5.0, CoIntervention, True, "submitted"),
    (12.0, CoIntervention, False, "forwarded"),
    (30.0, CoIntervention, True, "validated"),
    (52.0, CoIntervention, True, "active"),
    (2.0, Handover, False, "submitted"),
    (15.0, Handover, True, "forwarded"),
    (46.0, Handover, True, "accepted"),
    (1.5, Emergency, True, "submitted"),
    (6.0, Emergency, False, "in_progress"),
    (14.0, Emergency, True, "handled"),
    (2.5, Appointment, False, "submitted"),
    (10.0, Appointment, True, "offered"),
    (13.0, Appointment, True, "scheduled"),
    (60.0, Appointment, True, "held"),
    (4.0, Orientation, False, "sent"),
    (20.0, Orientation, True, "received"),
    (3.0, RightsMeeting, True, "requested"),
    (15.0, RightsMeeting, False, "scheduled"),
    (70.0, RightsMeeting, True, "held"),
    (540.0, RightsMeeting, True, "follow_up"),
    (7.0, Notice, False, "sent"),
    (18.0, Notice, False, "received"),
)
"""How long before the end each was sent, in open hours, by whom to whom, and where it is left."""

_DRAFTS = ((4.0, "co_intervention"), (18.0, "handover"))


def stories(stage: Stage, tickets: int) -> Iterator[Story]:
    """About one social request for eight urgent ones, those that are left in each state, and the concertations."""
    number = max(0, round(tickets * _SHARE) - len(_LEFT))
    for arrival in arrivals(stage.dice("circuits"), stage.first_day, stage.today, number):
        if arrival.at <= stage.until:
            yield _some(stage, stage.dice("circuit", arrival.number), arrival.at)
    for hours, kind, to_caf, state in _LEFT:
        rng, at = _before_the_end(stage, f"{kind.kind} {state}", hours)
        if french.local_day(at) >= stage.first_day:
            yield _left(stage, kind, to_caf, state, rng, at)
    for hours, name in _DRAFTS:
        yield _draft(stage, name, *_before_the_end(stage, f"draft {name}", hours))
    yield together.planned(stage)


def _some(stage: Stage, rng: Random, at: datetime) -> Story:
    yield at
    kind, to_caf = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
    person = stage.people.somebody(stage.people.some_cdas())
    yield from kind(stage, rng, to_caf=to_caf, person=person).story()


def _left(stage: Stage, kind: type[Situation], to_caf: bool, state: str, rng: Random, at: datetime) -> Story:
    yield at
    person = stage.people.somebody(SHOWN_CDAS)
    yield from kind(stage, rng, to_caf=to_caf, person=person, halt=state).story()


def _draft(stage: Stage, kind: str, rng: Random, at: datetime) -> Story:
    """Begun and not sent: the person only."""
    yield at
    person = stage.people.somebody(SHOWN_CDAS)
    form = {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "commune": person.commune,
    }
    key = f"{rng.getrandbits(96):024x}"
    create_ticket(stage.staff.shown(Role.CDAS_AGENT), kind, {}, key, submit=False, form=form)


def _before_the_end(stage: Stage, what: str, hours: float) -> tuple[Random, datetime]:
    rng = stage.dice("social", what)
    return rng, office().subtract(stage.until, int(hours * 3600) + rng.randint(0, 300))
