"""Good practices for CDAP and what is asked of the Cnaf, as the screen says them (R-GO-8)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from service.models import CdapPractice, CnafRequest, CnafStep
from service.permissions import UnitKind
from service.queries.cdap_practice import Needs
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.convention_life import CnafForm, FollowForm, PracticeForm
from service.statistics import words
from service.statistics.masking import masked_counts
from service.workflows import french
from service.workflows.cnaf import FOLLOWING, STATUSES, TOPICS
from service.workflows.urgency import add_months

Shown = dict[str, Any]
Mistakes = Mapping[str, Sequence[str]]
_LEVELS = {"to_write": ("soon", "pencil"), "sent": ("going", "arrow"), "answered": ("fine", "check")}
NEEDS_MONTHS = 12


def versions(rows: Iterable[tuple[CdapPractice, str]], present: int, now: datetime) -> list[Shown]:
    """The history of the page, the text it came with last."""
    shown = [
        {
            "number": row.version,
            "when": moments.near(row.changed_at, now),
            "iso": moments.iso(row.changed_at),
            "who": who,
            "present": row.version == present,
        }
        for row, who in rows
    ]
    original = {"number": 0, "when": "", "iso": "", "who": "", "present": present == 0}
    return [*shown, original]


def practice_form(typed: Mapping[str, Any], mistakes: Mistakes) -> Shown:
    """The form of the page."""
    fields = form_fields(PracticeForm, typed, mistakes, {})
    for field in fields:
        field["rows"] = 22
    return {"fields": fields, "errors": general_errors(mistakes, fields)}


def cnaf_form(typed: Mapping[str, Any], mistakes: Mistakes) -> Shown:
    """The form of a new request."""
    fields = form_fields(CnafForm, typed, mistakes, {})
    return {"fields": fields, "errors": general_errors(mistakes, fields)}


def follow_form(
    request: CnafRequest, typed: Mapping[str, Any], mistakes: Mistakes, today: date
) -> Shown | None:
    """The form of what became of a request, begun today; None when nothing follows."""
    following = [(code, STATUSES[code]) for code in FOLLOWING[request.status]]
    if not following:
        return None
    begun = {"happened_on": today, **typed}
    fields = form_fields(FollowForm, begun, mistakes, {"following": following})
    return {"fields": fields, "errors": general_errors(mistakes, fields)}


def request_line(request: CnafRequest, since: Mapping[UUID, date]) -> Shown:
    """One request: on what, where it stands and since which day."""
    level, sign = _LEVELS.get(request.status, ("none", "cross"))
    return {
        "id": request.id,
        "title": request.title,
        "topic": TOPICS[request.topic],
        "status": STATUSES[request.status],
        "level": level,
        "sign": sign,
        "since": french.short_date(since[request.id]),
    }


def step(row: CnafStep, who: str) -> Shown:
    """A step: its status, its day, the words of it, who recorded it."""
    return {
        "status": STATUSES[row.status],
        "day": french.long_date(row.happened_on),
        "iso": row.happened_on.isoformat(),
        "note": row.note or "",
        "who": who,
    }


def needs_period(today: date) -> tuple[datetime, datetime]:
    """The twelve whole months before the present one, Paris time: figures that are shared take whole months."""
    until = today.replace(day=1)
    return _midnight(add_months(until, -NEEDS_MONTHS)), _midnight(until)


def needs(found: Mapping[str, Needs], known: Reference) -> list[Shown]:
    """The counts of every CDAS, the small ones masked: whoever reads this page is of either institution."""
    cdas = known.units_of(UnitKind.CDAS)
    closed = masked_counts(
        {unit.code: found[unit.code].no_access if unit.code in found else 0 for unit in cdas}
    )
    missing = masked_counts(
        {unit.code: found[unit.code].missing if unit.code in found else 0 for unit in cdas}
    )
    return [
        {
            "cdas": unit.name,
            "no_access": words.cell(closed[unit.code]),
            "missing": words.cell(missing[unit.code]),
        }
        for unit in cdas
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), french.PARIS).astimezone(UTC)
