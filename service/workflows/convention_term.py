"""The term of the convention (R-GO-6): tacit renewal every year, within a last day; when its end is announced."""

from dataclasses import dataclass
from datetime import date, timedelta

from service.workflows.urgency import add_months

ANNOUNCED_MONTHS = 6
"""How long before its end the heads and those who steer are told."""


@dataclass(frozen=True, slots=True)
class Term:
    """The dates of the convention. `ends_on`: its last day, whatever its renewals; None while it has none.

    `renews`: it goes on at each anniversary unless one side says otherwise `notice_months` before.
    """

    starts_on: date
    ends_on: date | None
    renews: bool
    notice_months: int

    def anniversary(self, today: date) -> date:
        """The first anniversary after today: the day on which the convention renews itself, or would."""
        years = max(1, today.year - self.starts_on.year)
        day = add_months(self.starts_on, 12 * years)
        return day if day > today else add_months(self.starts_on, 12 * (years + 1))

    def last_day(self, today: date) -> date | None:
        """The last day known today: the end, or the eve of the first anniversary when nothing renews it."""
        if self.renews:
            return self.ends_on
        eve = self.anniversary(self.starts_on) - timedelta(days=1)
        return eve if self.ends_on is None else min(eve, self.ends_on)

    def next_renewal(self, today: date) -> date | None:
        """The anniversary at which it renews itself next; None when it does not, or ends before."""
        day = self.anniversary(today)
        return day if self.renews and (self.ends_on is None or day <= self.ends_on) else None

    def notice_by(self, today: date) -> date | None:
        """The last day to say that it shall not be renewed; None when nothing renews it or that day has passed."""
        renewal = self.next_renewal(today)
        day = None if renewal is None else add_months(renewal, -self.notice_months)
        return day if day is not None and day >= today else None

    def announced_end(self, today: date) -> date | None:
        """The last day, from six months before it on and for ever after; None earlier."""
        last = self.last_day(today)
        return last if last is not None and add_months(last, -ANNOUNCED_MONTHS) <= today else None
