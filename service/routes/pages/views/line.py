"""The direct line's state, as every page says it (R-UD-3)."""

from datetime import datetime, timedelta

from service.routes.pages.views import moments
from service.workflows import french
from service.workflows.business_time import LineState


def sentence(state: LineState, now: datetime) -> str:
    """« jusqu’à 12 h 00 », « jusqu’au lundi 2 novembre 2026 à 9 h 00 (vacances scolaires…) »."""
    changes = state.until if state.open else state.next_opening
    until = "jusqu’à nouvel ordre" if changes is None else _until(changes, now)
    return f"{until} ({state.reason})" if state.reason else until


def _until(changes: datetime, now: datetime) -> str:
    day, today = french.local_day(changes), french.local_day(now)
    if day == today:
        return f"jusqu’à {moments.time_of(changes)}"
    if day == today + timedelta(days=1):
        return f"jusqu’à demain, {moments.time_of(changes)}"
    return f"jusqu’au {french.instant(changes)}"
