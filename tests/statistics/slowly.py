"""A second calculator: each cell of each table counts all requests again, in plain loops.

Of the product it takes the declared rows and columns, the types of cells and the facts; no method and no helper.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

from service.statistics.document import Cell, Duration, Share
from service.statistics.facts import Event, Facts, TicketFacts, Timing
from service.statistics.figures import MEASURES

PARIS = ZoneInfo("Europe/Paris")
ENDED = {
    "urgent_rights": {"closed", "rejected", "cancelled"},
    "co_intervention": {"ended", "declined", "cancelled"},
    "handover": {"completed", "declined", "cancelled"},
    "social_emergency": {"closed", "redirected", "cancelled"},
    "appointment": {"closed", "redirected", "cancelled"},
    "orientation": {"judged"},
    "rights_meeting": {"closed", "cancelled"},
}
WEEK = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]

Line = tuple[str, str]
"""A row and a column."""


class Seen:
    """One request as it stands at the cut-off."""

    def __init__(self, ticket: TicketFacts, facts: Facts) -> None:
        self.t, self.kind, self.codes = ticket, ticket.kind, ticket.codes
        self.past: list[Event] = [e for e in ticket.events if e.happened_at < facts.period.end]
        self.within: list[Event] = [e for e in self.past if e.happened_at >= facts.period.start]
        self.names = [event.name for event in self.past]
        self.state = self.past[-1].target if self.past else "draft"
        self.owes = self.past[-1].owes if self.past else None
        self.is_sent = facts.period.start <= ticket.submitted_at < facts.period.end
        self.is_open = bool(self.past) and self.state != "draft" and self.state not in ENDED[self.kind]
        self.first_day = facts.period.start.astimezone(PARIS).date()
        self.last_day = facts.period.end.astimezone(PARIS).date() - timedelta(days=1)
        self.way = {
            (False, True): "to_caf",
            (True, False): "to_cdas",
            (True, True): "inside",
            (False, False): "inside",
        }[ticket.from_caf, ticket.to_caf]
        self.age = self._age(facts) if self.is_open else ""
        self.owed = self._owed(facts) if self.is_sent else []

    def _age(self, facts: Facts) -> str:
        """Business days after the day of sending, up to the last day of the period."""
        if self.kind == "rights_meeting" and self.state == "held":
            return "to_be_checked"
        hours = facts.hours_of(self.owes or self.t.asking or "")
        day, days = self.t.submitted_at.astimezone(PARIS).date(), 0
        for one in self.past:
            if one.name == "fall_due":
                day = one.happened_at.astimezone(PARIS).date()
        last = facts.period.end.astimezone(PARIS).date() - timedelta(days=1)
        while day < last:
            day += timedelta(days=1)
            midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
            days += hours.between(midnight, midnight + timedelta(days=1)) > 0
        if days <= 2:
            return "0-2"
        if days <= 5:
            return "3-5"
        return "6-10" if days <= 10 else "11+"

    def _owed(self, facts: Facts) -> list[tuple[str, int]]:
        """Side or `closed`, seconds: for each pair of events that follow each other while a clock runs."""
        found = []
        for place, one in enumerate(self.past):
            last = place + 1 == len(self.past)
            end = facts.period.end if last else self.past[place + 1].happened_at
            middle = one.happened_at + (end - one.happened_at) / 2
            runs = [
                run
                for run in self.t.timings
                if run.started_at < middle and (run.stopped_at is None or middle < run.stopped_at)
            ]
            if runs and one.owes is not None:
                elapsed = round((end - one.happened_at).total_seconds())
                open_time = facts.hours_of(one.owes).between(one.happened_at, end)
                found.append((facts.units[one.owes].side, open_time))
                found.append(("closed", elapsed - open_time))
        return found

    def last(self, *names: str) -> Event | None:
        found = None
        for event in self.past:
            if event.name in names:
                found = event
        return found

    def last_code(self, name: str, code: str) -> str | None:
        event = self.last(name)
        return said(event, code) if event else None


def said(event: Event, code: str) -> str | None:
    """What an act said under that name, as text."""
    return str(event.codes[code]) if event.codes.get(code) is not None else None


def figures(facts: Facts) -> Mapping[str, Mapping[str, Mapping[str, Cell]]]:
    """Every cell of every measure."""
    seen = [Seen(ticket, facts) for ticket in facts.tickets]
    found: dict[str, dict[str, dict[str, Cell]]] = {}
    for name, measure in MEASURES.items():
        where = COUNTED.get(name) or SHARED.get(name, nowhere)
        places = [place for one in seen for place in where(one)]
        found[name] = {
            row: {column.key: cell(name, row, column.key, places, seen, facts) for column in measure.columns}
            for row in measure.rows(facts)
        }
    return found


def nowhere(s: Seen) -> list[Any]:
    return []


def cell(name: str, row: str, column: str, places: list[Any], seen: list[Seen], facts: Facts) -> Cell:
    if name in COUNTED:
        return len([1 for r, c in places if r == row and column in (c, "n")])
    if name in SHARED:
        return Share(
            len([1 for r, yes in places if r == row and yes]), len([1 for r, _ in places if r == row])
        )
    return OWN[name](row, column, seen, facts)


# ---------------------------------------------------------------- counts: the rows and columns of one request
def kind(s: Seen) -> list[Line]:
    return [(s.kind, s.way)] if s.is_sent else []


def unit(s: Seen) -> list[Line]:
    if not s.is_sent or s.t.cdas is None:
        return []
    return [(s.t.cdas, "urgent" if s.kind == "urgent_rights" else "social")]


def ud(s: Seen) -> bool:
    return s.is_sent and s.kind == "urgent_rights"


def channel(s: Seen) -> list[Line]:
    return [(s.t.channel, "")] if ud(s) else []


def benefit(s: Seen) -> list[Line]:
    if not ud(s):
        return []
    asked, event = s.codes.get("benefit"), s.codes.get("event")
    line = asked or "not_said"
    for group, members in (
        ("housing", ("apl", "als", "alf")),
        ("af_cf", ("af", "cf")),
        ("other", ("ars", "other")),
    ):
        if asked in members:
            line = group
    if event is None:
        return [(line, "not_said")]
    if event == "interruption" and asked != "aah" and asked != "rsa":
        return [(line, "three_months")]
    return [(line, event)]


def decided(s: Seen) -> bool:
    return ud(s) and any(name in ("assign", "take", "reject", "answer") for name in s.names)


def refused_for(s: Seen) -> str | None:
    return s.last_code("reject", "reason") if s.kind == "urgent_rights" and s.state == "rejected" else None


def unjustified(s: Seen) -> bool:
    return refused_for(s) == "visible_in_cdap" and not s.codes.get("cdap_no_access")


def refused(s: Seen) -> list[tuple[str, bool]]:
    if not decided(s):
        return []
    return [("visible_in_cdap", unjustified(s)), ("not_urgent", refused_for(s) == "not_urgent")]


def refused_by_unit(s: Seen) -> list[Line]:
    if not decided(s) or s.t.cdas is None:
        return []
    return [(s.t.cdas, "unjustified" if unjustified(s) else "others")]


def judged(s: Seen, row: str) -> list[tuple[str, bool]]:
    if not s.is_sent or s.kind != "orientation" or s.last("judge") is None:
        return []
    return [(row, s.last_code("judge", "judgement") == "unjustified")]


def elsewhere(s: Seen) -> list[Line]:
    if not s.is_sent:
        return []
    if refused_for(s) == "wrong_orientation":
        return [("wrong_orientation", "")]
    if s.kind in ("appointment", "social_emergency") and s.state == "redirected":
        return [(s.kind + "_redirected", "")]
    last = s.past[-1]
    together = s.kind in ("co_intervention", "handover") and s.state == "declined"
    if together and (last.name, said(last, "decline_reason")) == ("decline", "out_of_scope"):
        return [(s.kind + "_out_of_scope", "")]
    return []


def outcome(s: Seen) -> list[Line]:
    return [(s.last_code("answer", "outcome") or "other", "")] if ud(s) and s.last("answer") else []


def beside_the_line(s: Seen) -> list[Line]:
    if ud(s) and s.codes.get("line_was_open") and s.t.channel != "phone":
        return [(s.codes.get("line_open_reason") or "not_said", "")]
    return []


def requalified(s: Seen) -> list[tuple[str, bool]]:
    decision = s.last("answer", "reject")
    if not ud(s) or decision is None:
        return []
    return [
        (what, said(decision, "kept_" + what) != s.codes[what])
        for what in ("benefit", "event")
        if s.codes.get(what) and said(decision, "kept_" + what)
    ]


def second_reading(s: Seen) -> list[Line]:
    if not ud(s) or "contest" not in s.names:
        return []
    ended = "pending"
    for name in reversed(s.names[s.names.index("contest") + 1 :]):
        if name in ("reject", "answer", "cancel"):
            ended = {"reject": "upheld", "answer": "reversed", "cancel": "withdrawn"}[name]
    if ended == "pending" and "take" in s.names[s.names.index("contest") :]:
        ended = "reversed"
    return [(ended, "")]


def age(s: Seen) -> list[Line]:
    return [(s.kind, s.age)] if s.is_open else []


def state(s: Seen) -> list[Line]:
    return [(f"{s.kind}.{s.state}", s.age)] if s.is_open else []


def asked_of_the_caf(s: Seen) -> list[Line]:
    social = ("co_intervention", "handover", "appointment", "social_emergency")
    return [(s.kind, "")] if s.is_sent and s.kind in social and s.t.to_caf else []


def event(s: Seen) -> list[Line]:
    if s.is_sent and s.kind in ("co_intervention", "handover", "appointment") and s.t.to_caf:
        return [(s.codes.get("scope_event") or "not_said", "")]
    return []


def motive(s: Seen) -> list[Line]:
    if not s.is_sent or s.kind != "social_emergency":
        return []
    return [(one, s.way) for one in s.codes["motives"] or ()]


def declined(s: Seen) -> list[Line]:
    if s.is_sent and s.kind in ("co_intervention", "handover") and s.state == "declined":
        last = s.past[-1]
        code = said(last, "opinion" if last.name == "record_opinion" else "decline_reason")
        return [(code or "not_said", s.kind)]
    return []


def ci_outcome(s: Seen) -> list[Line]:
    ends = [e for e in s.within if e.name == "end"] if s.kind == "co_intervention" else []
    return [(said(e, "outcome") or "other", "") for e in ends]


def needless(s: Seen) -> list[Line]:
    if not s.is_sent or s.kind != "orientation" or not s.codes["reason"].startswith("instruction_"):
        return []
    sender = {"to_caf": "cdas_same", "to_cdas": "caf_worker"}.get(s.way, "nothing")
    return [(s.way, "")] if s.codes.get("accompanied_by") == sender else []


def untreated(s: Seen) -> list[tuple[str, bool]]:
    if not s.is_sent or s.kind != "social_emergency" or s.way != "to_caf":
        return []
    return [("sent", bool(s.codes.get("unaccompanied_sent")))]


def source(s: Seen) -> list[Line]:
    return [(s.codes.get("source") or "not_said", "")] if s.is_sent and s.kind == "appointment" else []


def offered(s: Seen) -> list[tuple[str, bool]]:
    if not s.is_sent or s.kind != "appointment":
        return []
    runs = sorted((run for run in s.t.timings if run.name == "offer"), key=lambda run: run.started_at)
    first = runs[0]
    offers = [e.happened_at for e in s.past if e.name in ("offer", "schedule")]
    if first.stopped_at is None or first.stopped_at not in offers:
        return []
    return [("offered", bool(first.within))]


def appointment_outcome(s: Seen) -> list[Line]:
    closings = [e for e in s.within if e.name == "close"] if s.kind == "appointment" else []
    return [(said(e, "outcome") or "", "") for e in closings if said(e, "outcome")]


def rights_held(s: Seen) -> list[Line]:
    if s.kind != "rights_meeting" or not s.codes.get("held_on"):
        return []
    day: date = s.codes["held_on"]
    return [(s.codes["target_group"], s.codes["code"])] if s.first_day <= day <= s.last_day else []


COUNTED: Mapping[str, Callable[[Seen], list[Line]]] = {
    "0.kind": kind,
    "0.unit": unit,
    "I-1.channel": channel,
    "I-2.benefit": benefit,
    "I-3.unit": refused_by_unit,
    "I-4.elsewhere": elsewhere,
    "I-7.age": age,
    "I-7.state": state,
    "I-8.outcome": outcome,
    "I-10.beside": beside_the_line,
    "I-14.second": second_reading,
    "II-1.kind": asked_of_the_caf,
    "II-1.event": event,
    "II-1.motive": motive,
    "II-2.declined": declined,
    "II-2.outcome": ci_outcome,
    "II-3.needless": needless,
    "II-5.source": source,
    "II-5.outcome": appointment_outcome,
    "RD-1.held": rights_held,
}
SHARED: Mapping[str, Callable[[Seen], list[tuple[str, bool]]]] = {
    "I-3.refused": refused,
    "I-4.direction": lambda s: judged(s, s.way),
    "I-4.reason": lambda s: judged(s, s.codes.get("reason", "")),
    "I-14.ground": requalified,
    "II-4.untreated": untreated,
    "II-5.offered": offered,
}


# ---------------------------------------------------------------- figures of their own
def rank(values: list[int], hundredths: int) -> int | None:
    """The smallest value that at least so many in a hundred do not exceed."""
    for value in sorted(values):
        if 100 * sum(other <= value for other in values) >= hundredths * len(values):
            return value
    return None


def lasting(values: list[int], hundredths: int) -> Duration | None:
    found = rank(values, hundredths)
    return None if found is None else Duration(found)


def clock(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    runs: list[Timing] = [
        run
        for s in seen
        if s.is_sent
        for run in s.t.timings
        if f"{s.kind}.{run.name}" == row and run.started_at < facts.period.end
    ]
    stopped = [run for run in runs if run.stopped_at is not None and run.stopped_at < facts.period.end]
    match column:
        case "stopped":
            return len(stopped)
        case "running":
            return len([run for run in runs if run not in stopped])
        case "within":
            aimed = [run for run in stopped if run.within is not None]
            return Share(len([run for run in aimed if run.within]), len(aimed))
        case "median" | "ninetieth":
            return lasting([run.business or 0 for run in stopped], 50 if column == "median" else 90)
        case "elapsed":
            return lasting([run.elapsed or 0 for run in stopped], 50)
    return lasting([run.waited or 0 for run in stopped], 50)


def beside(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    if row == "cdap_reported":
        return facts.reported.get(row)
    if row == "missed_calls":
        return len([call for call in facts.calls if not call.answered])
    return len([mail for mail in facts.mails if f"mail_{mail.nature}" == row])


def payment(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    days = []
    for s in seen:
        if not ud(s) or s.last_code("answer", "outcome") != "payment_scheduled":
            continue
        written = s.last_code("answer", "outcome_on")
        if written is not None:
            paid = date(*(int(part) for part in written.split("-")))
            sent: date = s.t.submitted_at.astimezone(PARIS).date()
            days.append(0 if paid < sent else (paid - sent).days)
    return len(days) if column == "n" else rank(days, 50)


def repeated(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    reopened = again = closed = 0
    for s in seen:
        if s.kind == "urgent_rights":
            again += s.is_sent and s.codes.get("repeats_id") is not None
            for one in s.within:
                reopened += one.name == "reopen"
                closed += one.name in ("acknowledge", "auto_close")
    number = {"reopened": reopened, "new": again, "all": reopened + again}[row]
    return number if column == "n" else Share(number, closed)


def calls(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    answered = [call for call in facts.calls if call.answered]
    solved = [call for call in answered if call.solved]
    late = [call for call in facts.calls if call.recorded_at > call.started_at + timedelta(days=1)]
    if row == "minutes":
        return rank([call.minutes for call in answered], 50) if column == "n" else None
    part, whole = {
        "calls": (facts.calls, None),
        "answered": (answered, facts.calls),
        "solved": (solved, answered),
        "late": (late, facts.calls),
    }[row]
    if column == "n":
        return len(part)
    return None if whole is None else Share(len(part), len(whole))


def hours(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    number = 0
    for call in facts.calls:
        local = call.started_at.astimezone(PARIS)
        at_this_hour = local.hour == int(row) if row != "else" else not 8 <= local.hour <= 17
        number += at_this_hour and WEEK[local.weekday()] == column
    return number


def usefulness(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    marks = [
        int(one.codes["usefulness"])
        for s in seen
        if s.kind == "urgent_rights"
        for one in s.within
        if one.name == "acknowledge" and one.codes.get("usefulness")
    ]
    if row == "answers":
        return len(marks)
    if row not in ("mean", "spread"):
        return len([mark for mark in marks if str(mark) == row])
    if not marks:
        return None
    with localcontext() as exact:
        exact.prec = 40
        mean = Decimal(sum(marks)) / len(marks)
        variance = Decimal(len(marks) * sum(mark * mark for mark in marks) - sum(marks) ** 2)
        value = mean if row == "mean" else variance.sqrt() / len(marks)
        return value.quantize(Decimal("0.1"), ROUND_HALF_EVEN)


def side(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    return Duration(sum(seconds for s in seen for whose, seconds in s.owed if whose == row))


def by_kind(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    sides = {
        "caf": ("caf_secretariat", "caf_prestations", "caf_social"),
        "departement": ("cdas",),
        "closed": ("closed",),
    }[column]
    return Duration(sum(n for s in seen if s.kind == row for whose, n in s.owed if whose in sides))


def together(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    number = 0
    for s in seen:
        if not s.is_sent or s.kind not in ("co_intervention", "handover") or f"{s.kind}.{s.way}" != row:
            continue
        once = "validated" if s.kind == "co_intervention" else "accepted"
        match column:
            case "asked":
                number += 1
            case "validated":
                number += once in [e.target for e in s.past]
            case "declined":
                number += s.state == "declined"
            case "under_way":
                number += s.is_open
            case "ended":
                number += s.state in ("ended", "completed")
    return number


def kept(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    number = 0
    for s in seen:
        for one in s.within if s.kind == "appointment" else ():
            number += one.name == "hold" and row == "held"
            number += one.name == "no_show" and f"absent_{said(one, 'absence')}" == row
    return number


def reached(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    asked = [s for s in seen if s.is_sent and s.kind == "appointment"]
    open_time, elapsed = [], []
    for s in asked:
        first: Any = s.codes.get("first_reached_at")
        if first is None or first >= facts.period.end:
            continue
        owing = next(one.owes for one in s.past if one.target == "submitted")
        open_time.append(facts.hours_of(owing or "").between(s.t.submitted_at, first))
        elapsed.append(round((first - s.t.submitted_at).total_seconds()))
    match column:
        case "share":
            return Share(len(elapsed), len(asked))
        case "elapsed":
            return lasting(elapsed, 50)
    return lasting(open_time, 50 if column == "median" else 90)


def three_months_after(day: date) -> date:
    month, year = (day.month + 3, day.year) if day.month < 10 else (day.month - 9, day.year + 1)
    last = next(number for number in (31, 30, 29, 28) if _is_a_day(year, month, number))
    return date(year, month, min(day.day, last))


def _is_a_day(year: int, month: int, number: int) -> bool:
    try:
        date(year, month, number)
    except ValueError:
        return False
    return True


def rights_opened(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    number = {"held": 0, "checked": 0, "fruitful": 0, "rights": 0, "overdue": 0}
    for s in seen:
        held: Any = s.codes.get("held_on") if s.kind == "rights_meeting" else None
        if held is None or held > s.last_day:
            continue
        checked: Any = s.codes.get("checked_on")
        is_checked = checked is not None and checked <= s.last_day
        if s.first_day <= three_months_after(held) <= s.last_day:
            number["held"] += 1
            if is_checked:
                number["checked"] += 1
                number["fruitful"] += bool(s.codes.get("rights_opened"))
                number["rights"] += len(s.codes.get("rights_opened") or [])
        late = [run for run in s.t.timings if run.name == "rights_check" and run.target_at is not None]
        number["overdue"] += not is_checked and any(run.target_at < facts.period.end for run in late)
    if column == "n":
        return number[row]
    return Share(number[row], number["held"]) if row in ("checked", "fruitful") else None


def notices(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    return facts.notices


def actions(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    number = 0
    for action in facts.actions:
        if action.kind == row:
            number += action.participants if column == "participants" else 1
    return number


def communication(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
    if row == "remarks":
        return facts.remarks
    number = 0
    first, after = (at.astimezone(PARIS).date() for at in (facts.period.start, facts.period.end))
    for s in seen:
        if s.kind != "handover":
            continue
        if row != "meetings":
            number += s.is_sent and s.codes.get("communication") == row
            continue
        day = first
        while day < after:  # which meeting was fixed for that day, when the day was over
            fixed = None
            for one in s.past:
                known = one.happened_at.astimezone(PARIS).date() <= day
                if known and one.name in ("decline", "cancel"):
                    fixed = None
                elif one.name == "plan_meeting" and (known or one.codes.get("meeting_on") == day.isoformat()):
                    fixed = one.codes.get("meeting_on")  # noted later, it says what had been fixed
            number += fixed == day.isoformat()
            day += timedelta(days=1)
    return number


def place_of(owes: str | None, facts: Facts, by: str) -> str:
    if owes is None:
        return "nobody"
    if by == "unit":
        return owes
    return "departement" if facts.units[owes].side == "cdas" else "caf"


def stock(by: str) -> Callable[[str, str, list[Seen], Facts], Cell]:
    def one_cell(row: str, column: str, seen: list[Seen], facts: Facts) -> Cell:
        return sum(_flow(row, column, s, facts, by) for s in seen)

    return one_cell


def _flow(row: str, column: str, s: Seen, facts: Facts, by: str) -> int:
    """How often one request counts in one flow of one place."""
    start, end = facts.period.start, facts.period.end
    number = 0
    standing: str | None = None
    at_start: str | None = None
    for one in s.t.events:
        was = standing
        live = one.target != "draft" and one.target not in ENDED[s.kind]
        standing = place_of(one.owes, facts, by) if live else None
        if one.happened_at < start:
            at_start = standing
            continue
        if one.happened_at >= end:
            standing = was
            break
        back = {"reopen": "reopened", "contest": "contested"}.get(one.name, "opened")
        at_once = one.source in (None, "draft") and one.target in ENDED[s.kind]
        if at_once and one.happened_at == s.t.submitted_at:
            number += column in ("opened", "ended") and place_of(one.unit, facts, by) == row
        number += was is None and standing == row and column == back
        number += was == row and standing is None and column == "ended"
        if was is not None and standing is not None and was != standing:
            number += (standing == row and column == "came") + (was == row and column == "left")
    if column == "start":
        return at_start == row
    if column == "end":
        if s.t.events and s.t.events[-1].happened_at < end:
            is_live = s.t.state != "draft" and s.t.state not in ENDED[s.kind]
            standing = place_of(s.t.owes, facts, by) if is_live else None
        return standing == row
    return number


OWN: Mapping[str, Callable[[str, str, list[Seen], Facts], Cell]] = {
    "0.notices": notices,
    "I-1.beside": beside,
    "I-5.clock": clock,
    "I-8.payment": payment,
    "I-9.repeated": repeated,
    "I-10.calls": calls,
    "I-10.hours": hours,
    "I-11.usefulness": usefulness,
    "I-13.side": side,
    "I-13.kind": by_kind,
    "I-15.institution": stock("institution"),
    "I-15.unit": stock("unit"),
    "I-15.flows": stock("unit"),
    "II-2.together": together,
    "II-5.reached": reached,
    "II-5.kept": kept,
    "II-6.communication": communication,
    "RD-2.opened": rights_opened,
    "I-12.actions": actions,
    "II-7.actions": actions,
}
