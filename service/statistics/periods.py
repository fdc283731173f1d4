"""The months and years that figures are for, in Europe/Paris, with the instants between which they lie (UTC)."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from service.workflows.french import MONTHS, PARIS


@lru_cache(maxsize=256)
def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


class Month(NamedTuple):
    """A month of the calendar."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        """The month of an instant, in Europe/Paris."""
        local = at.astimezone(PARIS)
        return cls(local.year, local.month)

    @classmethod
    def parse(cls, key: str) -> "Month":
        """The month of « 2026-10 »; ValueError for any other text."""
        first = date.fromisoformat(f"{key}-01")
        return cls(first.year, first.month)

    @property
    def key(self) -> str:
        """« 2026-10 »: how it is stored and addressed; sorts by time."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def label(self) -> str:
        """« octobre 2026 »."""
        return f"{MONTHS[self.month - 1]} {self.year}"

    @property
    def first_day(self) -> date:
        """The first of the month."""
        return date(self.year, self.month, 1)

    @property
    def start(self) -> datetime:
        """The first instant."""
        return _midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return self.back(-1).start

    def back(self, months: int) -> "Month":
        """So many months before; negative: after."""
        year, month = divmod(self.year * 12 + self.month - 1 - months, 12)
        return Month(year, month + 1)


class Year(NamedTuple):
    """A year of the calendar."""

    year: int

    @classmethod
    def of(cls, at: datetime) -> "Year":
        """The year of an instant, in Europe/Paris."""
        return cls(at.astimezone(PARIS).year)

    @classmethod
    def parse(cls, key: str) -> "Year":
        """The year of « 2026 »; ValueError for any other text."""
        return cls(date.fromisoformat(f"{key}-01-01").year)

    @property
    def key(self) -> str:
        """« 2026 »."""
        return f"{self.year:04}"

    @property
    def label(self) -> str:
        """« 2026 », as a column is headed."""
        return str(self.year)

    @property
    def start(self) -> datetime:
        """The first instant."""
        return Month(self.year, 1).start

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return Month(self.year + 1, 1).start

    @property
    def months(self) -> tuple[Month, ...]:
        """Its twelve months, in order."""
        return tuple(Month(self.year, number) for number in range(1, 13))

    def back(self, years: int) -> "Year":
        """So many years before; negative: after."""
        return Year(self.year - years)


Period: TypeAlias = Month | Year
