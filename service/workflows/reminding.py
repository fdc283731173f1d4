"""When a deadline is told of before it is missed (R-CLK-4)."""

from datetime import datetime

from service.workflows.business_time import OpenHours
from service.workflows.deadlines import Target

SOON, LATE = "soon", "late"
FIRST, SECOND = "first", "second"
"""Stages of a deadline: about to be missed, missed; of a wait for the asking side: its two reminders (R-CLK-3)."""


def soon_at(started_at: datetime, due: datetime, target: Target, hours: OpenHours, percent: int) -> datetime:
    """When `percent` of the target's open time has passed, for a deadline `due` that waits may have moved on.

    What is left is counted back from the deadline, so that time spent waiting for the other side is in neither part.
    """
    if target.unit == "hours":
        whole = target.amount * 3600
    else:
        whole = hours.between(started_at, hours.end_of_open_day(started_at, target.amount))
    return hours.subtract(due, whole * (100 - percent) // 100)
