"""Requests at random, each a walk through the real table of its kind, and the rest of what figures read."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from service.statistics.facts import ActionFacts, CallFacts, Facts, MailFacts
from service.statistics.periods import Month, Period, Year
from service.workflows import calendars
from service.workflows.appointment import ABSENCES, REFUSED_OFFER, SOURCES
from service.workflows.appointment import OUTCOMES as APPOINTMENT_OUTCOMES
from service.workflows.awareness import ACTION_KINDS
from service.workflows.business_time import OpenHours, Slot
from service.workflows.circuits import DECLINE_REASONS
from service.workflows.co_intervention import OPINIONS
from service.workflows.co_intervention import OUTCOMES as CO_INTERVENTION_OUTCOMES
from service.workflows.french import PARIS
from service.workflows.orientation import JUDGEMENTS
from service.workflows.orientation_rules import Reason
from service.workflows.qualification import Nature
from service.workflows.registry import WORKFLOWS
from service.workflows.rights_meeting import CAF_RIGHTS, TARGET_GROUPS
from service.workflows.rights_meeting import CODES as MEETING_CODES
from service.workflows.routing import Referent
from service.workflows.scope import ScopeEvent
from service.workflows.social_emergency import MOTIVES
from service.workflows.urgency import Benefit, Event
from service.workflows.urgent_rights import LINE_OPEN_REASONS, OUTCOMES, REJECTION_REASONS
from tests.statistics.played import UNITS, Done, Story, identity, month_of

KINDS = (
    "urgent_rights",
    "co_intervention",
    "handover",
    "social_emergency",
    "appointment",
    "orientation",
    "rights_meeting",
)
PERIODS: tuple[Period, ...] = (
    Month(2026, 10),
    Month(2026, 9),  # the day after is an open one
    Month(2026, 3),
    Month(2026, 12),
    Year(2026),
)
CDAS, CAF = ("redon", "vitre", "fougeres"), ("secretariat", "prestations", "social")
LIKELY: Mapping[str, float] = {
    "cancel": 0.1,
    "decline": 0.2,
    "reject": 0.5,
    "assign": 0.4,
    "complete": 0.3,
    "reassign": 0.2,
    "review": 0.3,
    "return_silent": 0.2,
    "acknowledge": 3.0,
    "check": 0.5,
}
"""How readily an act is chosen among those that are possible: requests are to come to their end."""
CODES: Mapping[tuple[str, str], tuple[str | None, ...]] = {
    ("urgent_rights", "answer"): tuple(OUTCOMES),
    ("urgent_rights", "reject"): tuple(REJECTION_REASONS),
    ("urgent_rights", "acknowledge"): (None, "1", "2", "3", "4", "5"),
    ("co_intervention", "record_opinion"): (None, *OPINIONS),
    ("co_intervention", "decline"): tuple(DECLINE_REASONS),
    ("co_intervention", "end"): tuple(CO_INTERVENTION_OUTCOMES),
    ("handover", "decline"): tuple(DECLINE_REASONS),
    ("appointment", "log_call"): (None, "reached", "no_answer"),
    ("appointment", "refuse_offer"): tuple(REFUSED_OFFER),
    ("appointment", "no_show"): tuple(ABSENCES),
    ("appointment", "close"): tuple(APPOINTMENT_OUTCOMES),
    ("orientation", "judge"): tuple(JUDGEMENTS),
}


@lru_cache(maxsize=1)
def hours() -> Mapping[str, OpenHours]:
    """Every unit has its own."""
    usual = calendars.service_hours()
    short = tuple(Slot(day, time(9), time(12)) for day in (0, 1, 3, 5))
    return dict.fromkeys(UNITS, usual) | {"vitre": calendars.open_hours(short)}


def some_facts(random: Random, requests: int = 9) -> Facts:
    """A period with so many requests around it."""
    period = random.choice(PERIODS)
    stories = [story(random, f"T{number}", period) for number in range(requests)]
    facts = month_of(
        period,
        stories,
        [_call(random, period) for _ in range(random.randint(0, 8))],
        [
            MailFacts(_instant(random, period), random.choice(list(Nature)))
            for _ in range(random.randint(0, 4))
        ],
        random.choice(({}, {"cdap_reported": random.randint(0, 9)})),
        actions=[
            ActionFacts(random.choice(list(ACTION_KINDS)), random.randint(1, 40))
            for _ in range(random.randint(0, 5))
        ],
        remarks=random.randint(0, 4),
    )
    return replace(facts, hours_of=lambda unit: hours()[unit])


def story(random: Random, name: str, period: Period) -> Story:
    """A request that begins around the period and walks through the table of its kind."""
    kind = random.choice((*KINDS, "urgent_rights", "urgent_rights"))
    asking, receiver = _parties(random, kind)
    told = Story(name, kind, random.choice(("cdap_form", "email", "service")), asking, receiver)
    told.codes = _codes(random, kind, period)
    at, state = _instant(random, period, before=45), None
    leaving = random.choice((0.0, 0.02, 0.2))
    while len(told.done) < 25:
        rows = [row for row in WORKFLOWS[kind].transitions if _allowed(row, state, told)]
        sent = state not in (None, "draft")
        if not rows or (sent and random.random() < leaving):
            break
        row = random.choices(rows, [LIKELY.get(row.name, 1.0) for row in rows])[0]
        if row.name == "record_call":
            told.channel = "phone"
        lands = _landing(random, row, state, told)
        code = random.choice(CODES.get((kind, row.name), (None,)))
        more = _said_by(random, kind, row.name, at, period)
        to = random.choice(CAF) if row.name == "assign" else None
        unit = random.choice((asking, receiver, None))
        told.done.append(Done(row.name, at, unit, code, at, to, lands, more))
        state = lands
        at = _later(random, at, period)
    return told


def _allowed(row: Any, state: str | None, told: Story) -> bool:
    """What the table allows and the guards do not stop; a draft that is cancelled was never sent."""
    if state is None:
        return not row.source
    if state not in row.source or (state == "draft" and row.name == "cancel"):
        return False
    names = [done.name for done in told.done]
    if told.asking is None and row.name not in ("submit", "reject", "complete", "cancel"):
        return False
    return not (row.name == "contest" and "contest" in names)


def _landing(random: Random, row: Any, state: str | None, told: Story) -> str:
    if row.name == "confirm":
        return "completed" if any(done.name == "confirm" for done in told.done) else "accepted"
    return str(random.choice(row.landings(state)))


def _parties(random: Random, kind: str) -> tuple[str | None, str]:
    match kind:
        case "urgent_rights":
            return random.choice((*CDAS, *CDAS, None)), "prestations"
        case "co_intervention" | "handover":
            return random.choice((("redon", "social"), ("vitre", "social"), ("social", "vitre")))
        case "appointment":
            return random.choice((*CDAS, *CAF)), "social"
        case "rights_meeting":
            return random.choice((*CDAS, *CAF)), random.choice(("prestations", "social"))
    asking = random.choice((*CDAS, *CAF))
    return asking, random.choice([unit for unit in UNITS if unit != asking])


def _codes(random: Random, kind: str, period: Period) -> dict[str, Any]:
    events = ("interruption", "strong_decrease", None)
    benefits = (*(one.value for one in Benefit), "rsa", "aah", None)
    benefit, event = random.choice(benefits), random.choice(events)
    scope_event = random.choice((None, *(one.value for one in ScopeEvent)))
    codes: dict[str, dict[str, Any]] = {
        "urgent_rights": {
            "benefit": benefit,
            "event": event,
            "cdap_no_access": random.random() < 0.3,
            "line_was_open": random.choice((True, False, None)),
            "line_open_reason": random.choice((None, *LINE_OPEN_REASONS)),
            "repeats_id": random.choice((None, None, identity("before"))),
        },
        "co_intervention": {"scope_event": scope_event},
        "handover": {
            "scope_event": scope_event,
            "communication": random.choice(("written", "oral")),
        },
        "social_emergency": {
            "motives": random.sample(list(MOTIVES), random.randint(1, 3)),
            "unaccompanied_sent": random.random() < 0.5,
        },
        "appointment": {"source": random.choice((None, *SOURCES)), "scope_event": scope_event},
        "orientation": {
            "reason": random.choice(list(Reason)).value,
            "accompanied_by": random.choice(list(Referent)).value,
        },
        "rights_meeting": {
            "code": random.choice(list(MEETING_CODES)),
            "target_group": random.choice(list(TARGET_GROUPS)),
            "rights_opened": random.choice((None, random.sample(list(CAF_RIGHTS), random.randint(1, 4)))),
        },
    }
    return codes[kind]


def _said_by(random: Random, kind: str, name: str, at: datetime, period: Period) -> dict[str, str]:
    """What figures keep of an act besides its first code; each act says its own."""
    match kind, name:
        case "urgent_rights", "answer":
            return _ground(random) | {"outcome_on": str(_near(random, period))}
        case "urgent_rights", "reject":
            return _ground(random)
        case "handover", "plan_meeting":
            return {"meeting_on": str(_near(random, period))}
        case "rights_meeting", "hold" | "check":
            day = at.astimezone(PARIS).date() - timedelta(days=random.choice((0, 0, 1, 4, 40, 92)))
            return {"held_on" if name == "hold" else "checked_on": str(day)}
    return {}


def _ground(random: Random) -> dict[str, str]:
    """Mostly as declared."""
    kept = {
        "kept_benefit": random.choice(list(Benefit)).value,
        "kept_event": random.choice(list(Event)).value,
    }
    return {name: code for name, code in kept.items() if random.random() < 0.4}


def _near(random: Random, period: Period) -> date:
    """At an edge of the period, or near it."""
    first, after = period.start.astimezone(PARIS).date(), period.end.astimezone(PARIS).date()
    edges = (first, after, after - timedelta(days=1))
    return random.choice((*edges, *(first + timedelta(days=days) for days in (-9, 1, 5, 20))))


def _call(random: Random, period: Period) -> CallFacts:
    at, answered = _instant(random, period), random.random() < 0.6
    late = timedelta(minutes=random.choice((0, 5, 24 * 60, 24 * 60 + 1, 30000)))
    minutes = random.randint(1, 40) if answered else 0
    solved = answered and random.random() < 0.5
    return CallFacts(random.choice((*CDAS, None)), at, at + late, minutes, answered, solved)


def _instant(random: Random, period: Period, before: int = 0) -> datetime:
    first = period.start - timedelta(days=before)
    seconds = int((period.end - first).total_seconds()) - 60
    return first + timedelta(minutes=random.randint(0, seconds // 60))


def _later(random: Random, at: datetime, period: Period) -> datetime:
    """Mostly some hours or days; sometimes at once, or at the very edge of the period."""
    edges = [edge for edge in (period.start, period.end) if edge > at]
    if edges and random.random() < 0.06:
        return random.choice(edges).astimezone(UTC)
    longest = random.choice((0, 60, 300, 1500, 1500, 12000))
    return at + timedelta(minutes=random.randint(0, longest))
