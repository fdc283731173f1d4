"""How long a closed request stays on the screens, and when its archive is proposed for elimination (R-DP-6). Pure.

Two readings are ours. The count starts at the last contact with the person – the last act or shared message of
somebody, the last appointment or exchange held – and at the latest at the closing; an accompaniment that goes on from
the request is contact for as long as it is open. And the last day of a period, its anniversary, is still within it: a
request leaves the day after, so that nothing leaves early, not even on a 29 February.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from service.workflows.urgency import add_months

SOON_DAYS = 31
"""« Bientôt », on the page of the heads."""


def starts_on(closed_on: date, contacts: Iterable[date], accompanied_until: date | None = None) -> date:
    """The day from which retention counts: the last contact, at the latest the closing.

    `accompanied_until`: the day on which the last accompaniment made from the request was closed, if there was one.
    """
    last = min(closed_on, max(contacts, default=closed_on))
    return last if accompanied_until is None else max(last, accompanied_until)


def last_day(start: date, months: int) -> date:
    """The last day of so many calendar months, that day included: 29 February + 12 → 28 February."""
    return add_months(start, months)


def is_due(today: date, start: date, months: int) -> bool:
    """Whether the last day is over."""
    return today > last_day(start, months)


def earliest(today: date, months: int) -> date:
    """A day such that whatever starts on it or later is not due yet: what a query leaves aside for sure."""
    return add_months(today, -months) + timedelta(days=3)  # months have 28 to 31 days


def first_kept(today: date, months: int) -> date:
    """The first day of which everything is still kept: all before it is due."""
    day = add_months(today, -months)
    while is_due(today, day, months):
        day += timedelta(days=1)
    return day
