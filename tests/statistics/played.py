"""Stories in few words become the facts that figures are computed from: a month by hand, walks by chance.

Who owes the next step is written here as `next_step_unit` of the convention's tables says, clocks and their targets
as R-CLK-1 and R-CLK-3 do. Hours of every unit: Monday to Friday, 08:30–12:15 and 13:15–17:00.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from service.statistics.facts import (
    ActionFacts,
    CallFacts,
    Event,
    Facts,
    MailFacts,
    TicketFacts,
    Timing,
    UnitFacts,
)
from service.statistics.periods import Period
from service.workflows import calendars, deadlines
from service.workflows.clocks import ClockRun, Step, replay
from service.workflows.deadlines import Target
from service.workflows.french import PARIS
from service.workflows.registry import WORKFLOWS

HOURS = calendars.service_hours()
_NAMES = UUID("8d3c7a52-0000-4000-8000-000000000000")

UNITS: Mapping[str, UnitFacts] = {
    code: UnitFacts(code, code.title(), side)
    for code, side in (
        ("redon", "cdas"),
        ("vitre", "cdas"),
        ("fougeres", "cdas"),
        ("secretariat", "caf_secretariat"),
        ("prestations", "caf_prestations"),
        ("social", "caf_social"),
    )
}
TARGETS: Mapping[str, Target] = {
    "triage": Target(4, "hours"),
    "take": Target(1, "days"),
    "answer": Target(2, "days"),
    "forwarding": Target(2, "days"),
    "first_exchange": Target(10, "days"),
    "call_back": Target(2, "days"),
    "offer": Target(7, "days"),
    "emergency_take": Target(4, "hours"),
    "feedback": Target(10, "days"),
    "meeting": Target(7, "days"),
    "rights_check": Target(10, "days"),
}


class Done(NamedTuple):
    """One act of a story. `to`: the unit that `assign` names; `lands`: the state, where the table leaves a choice.

    `code` is the first of what figures keep of the act, `more` the others, by name.
    """

    name: str
    at: datetime
    unit: str | None
    code: str | None = None
    recorded_at: datetime | None = None
    to: str | None = None
    lands: str | None = None
    more: Mapping[str, str] = {}


@dataclass
class Story:
    """A request: who asks, who receives it, what is coded, what was done."""

    name: str
    kind: str
    channel: str
    asking: str | None
    receiver: str
    codes: dict[str, Any] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)


def is_cdas(unit: str | None, units: Mapping[str, UnitFacts] = UNITS) -> bool:
    """Whether a unit is a CDAS."""
    return unit is not None and units[unit].side == "cdas"


def owing(story: Story, state: str, assigned: str | None, confirmed: int) -> str | None:
    """`next_step_unit`, kind by kind."""
    first = story.receiver if is_cdas(story.receiver) else "secretariat"
    together = {"submitted": first, "forwarded": story.receiver, "validated": story.receiver}
    giver_or_receiver = story.asking if confirmed else story.receiver
    return {
        "urgent_rights": {
            "submitted": "secretariat",
            "assigned": assigned or "prestations",
            "in_progress": assigned or "prestations",
            "waiting_partner": story.asking,
            "answered": story.asking,
        },
        "co_intervention": together,
        "handover": {**together, "accepted": giver_or_receiver},
        "social_emergency": dict.fromkeys(("submitted", "in_progress", "handled"), story.receiver),
        "appointment": {
            "submitted": "secretariat",
            "offered": "secretariat",
            "scheduled": "social",
            "held": "social",
        },
        "orientation": {"sent": story.receiver, "received": story.receiver},
        "rights_meeting": dict.fromkeys(("requested", "scheduled", "follow_up"), story.receiver),
    }[story.kind].get(state)


def facts_of(story: Story, units: Mapping[str, UnitFacts] = UNITS) -> TicketFacts:
    """The request as figures read it, its journal and its clocks rebuilt from the story."""
    workflow = WORKFLOWS[story.kind]
    events: list[Event] = []
    steps: list[Step] = []
    state: str | None = None
    assigned, confirmed, begun = None, 0, set[str]()
    for done in story.done:
        row = workflow.transition(done.name)
        source, state = (state if row.source else None), done.lands or row.lands_in(state)
        assigned = done.to or assigned
        if done.name == "take" and story.kind == "urgent_rights":
            assigned = "prestations"
        confirmed += done.name == "confirm"
        if done.name in ("return_silent", "contest"):
            assigned = None
        owes = owing(story, state, assigned, confirmed)
        starts = (*row.starts, *(name for name in row.starts_once if name not in begun))
        begun |= set(starts)
        events.append(
            Event(
                done.name,
                source,
                state,
                done.at,
                done.recorded_at or done.at,
                done.unit,
                owes,
                codes_of(story, done, row.figures),
            )
        )
        steps.append(Step(done.at, row.history, owes, starts, row.stops, row.pauses, row.resumes))
    sent = next(one.happened_at for one in events if one.target != "draft")
    cdas = [unit for unit in (story.asking, story.receiver) if is_cdas(unit, units)]
    return TicketFacts(
        id=identity(story.name),
        reference=story.name,
        kind=story.kind,
        channel=story.channel,
        asking=story.asking,
        cdas=cdas[0] if cdas else None,
        from_caf=story.asking is not None and not is_cdas(story.asking, units),
        to_caf=not is_cdas(story.receiver, units),
        submitted_at=sent,
        state=events[-1].target,
        owes=events[-1].owes,
        codes=details_of(story),
        events=tuple(events),
        timings=tuple(_timings(steps)),
    )


def codes_of(story: Story, done: Done, kept: Sequence[str]) -> Mapping[str, str]:
    """What the journal keeps of an act. A decision keeps the ground as declared, unless it says another (R-UD-8)."""
    codes = {**({kept[0]: done.code} if kept and done.code else {}), **done.more}
    if story.kind == "urgent_rights" and done.name in ("answer", "reject"):
        declared = {f"kept_{name}": story.codes.get(name) for name in ("benefit", "event")}
        return {name: code for name, code in {**declared, **codes}.items() if code is not None}
    return codes


def details_of(story: Story) -> Mapping[str, Any]:
    """The coded details: as told, and the days and the instant that acts wrote there."""
    codes = dict(story.codes)
    for done in story.done:
        if done.name == "log_call" and done.code == "reached":
            codes.setdefault("first_reached_at", done.at)
        if story.kind == "rights_meeting" and done.name in ("hold", "check"):
            day = "held_on" if done.name == "hold" else "checked_on"
            codes[day] = date.fromisoformat(done.more.get(day) or f"{done.at.astimezone(PARIS):%Y-%m-%d}")
    return codes


def identity(name: str) -> UUID:
    """The same for the same name."""
    return uuid5(_NAMES, name)


def _timings(steps: Sequence[Step]) -> Iterable[Timing]:
    for run in sorted(replay(steps), key=lambda run: (run.started_at, run.name)):
        if run.stopped_at is None:
            yield Timing(run.name, run.started_at, None, None, None, None, None, _target_at(run))
            continue
        target = TARGETS.get(run.name)
        yield Timing(
            run.name,
            run.started_at,
            run.stopped_at,
            deadlines.business_seconds(run, lambda _: HOURS),
            deadlines.elapsed_seconds(run),
            sum(deadlines.waited_seconds(run, lambda _: HOURS).values()),
            None if target is None else deadlines.within_target(run, target, lambda _: HOURS),
            _target_at(run),
        )


def _target_at(run: ClockRun) -> datetime | None:
    target = TARGETS.get(run.name)
    return None if target is None or run.paused else deadlines.target_at(run, target, lambda _: HOURS)


def month_of(
    period: Period,
    stories: Iterable[Story],
    calls: Iterable[CallFacts] = (),
    mails: Iterable[MailFacts] = (),
    reported: Mapping[str, int] | None = None,
    units: Mapping[str, UnitFacts] = UNITS,
    notices: int = 0,
    actions: Iterable[ActionFacts] = (),
    remarks: int = 0,
) -> Facts:
    """The facts of a period: what had been sent before its end and had not ended before its start."""
    told = [facts_of(story, units) for story in stories]
    return Facts(
        period=period,
        tickets=tuple(
            sorted((one for one in told if _concerns(one, period)), key=lambda one: one.submitted_at)
        ),
        calls=tuple(one for one in calls if period.start <= one.started_at < period.end),
        mails=tuple(one for one in mails if period.start <= one.received_at < period.end),
        reported=dict(reported or {}),
        units=units,
        hours_of=lambda _: HOURS,
        notices=notices,
        actions=tuple(actions),
        remarks=remarks,
    )


def _concerns(ticket: TicketFacts, period: Period) -> bool:
    last = ticket.events[-1]
    ended = last.target in WORKFLOWS[ticket.kind].final_states and last.happened_at < period.start
    return ticket.submitted_at < period.end and not ended


# ---------------------------------------------------------------- the text of a month
def read(text: str, year: int) -> Mapping[str, Any]:
    """What `month_of` takes, from a month's text; ValueError where a line can not be understood."""
    held: dict[str, Any] = {"stories": [], "calls": [], "mails": [], "actions": [], "reported": {}}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            if line[0].isspace():
                held["stories"][-1].done.append(_done(words, year))
            else:
                _head(words, held, year)
        except (ValueError, IndexError) as wrong:
            raise ValueError(f"line {number} « {line} »: {wrong}") from wrong
    return held


def _head(words: list[str], held: dict[str, Any], year: int) -> None:
    match words[0]:
        case "call":
            held["calls"].append(_call(words[1:], year))
        case "mail":
            held["mails"].append(MailFacts(_at(words[1], words[2], year), words[3]))
        case "reported":
            held["reported"][words[1]] = int(words[2])
        case "action":
            held["actions"].append(ActionFacts(words[1], int(words[2])))
        case "notices" | "remarks":
            held[words[0]] = int(words[1])
        case name:
            kind, channel, way, *codes = words[1:]
            asking, receiver = way.split(">")
            given = dict(code.split("=") for code in codes)
            story = Story(name, kind, channel, None if asking == "?" else asking, receiver)
            story.codes = {key: _code(key, value) for key, value in given.items()}
            held["stories"].append(story)


def _code(key: str, value: str) -> Any:
    if key.endswith("_on"):
        return date.fromisoformat(value)
    if key in ("motives", "rights_opened"):
        return value.split(",")
    if key == "repeats_id":
        return identity(value)
    return {"yes": True, "no": False}.get(value, value)


def _done(words: list[str], year: int) -> Done:
    day, hour, name, unit, *more = words
    found: dict[str, Any] = {"recorded_at": None, "code": None, "to": None, "lands": None, "more": {}}
    while more:
        word = more.pop(0)
        if word == "noted":
            found["recorded_at"] = _at(more.pop(0), more.pop(0), year)
        elif word == "to":
            found["to"] = more.pop(0)
        elif word == "->":
            found["lands"] = more.pop(0)
        elif "=" in word:
            found["more"] |= dict([word.split("=")])
        else:
            found["code"] = word
    return Done(name, _at(day, hour, year), None if unit == "relais" else unit, **found)


def _call(words: list[str], year: int) -> CallFacts:
    day, hour, unit, minutes, *more = words
    at = _at(day, hour, year)
    noted = _at(more[more.index("noted") + 1], more[more.index("noted") + 2], year) if "noted" in more else at
    return CallFacts(unit, at, noted + timedelta(0), int(minutes), "answered" in more, "solved" in more)


def _at(day: str, hour: str, year: int) -> datetime:
    number, month = day.split("/")
    hours, minutes = hour.split(":")
    local = datetime(year, int(month), int(number), int(hours), int(minutes), tzinfo=PARIS)
    return local.astimezone(UTC)
