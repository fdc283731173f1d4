"""Pages of any list, in each of its orders and both ways: where one begins stays right whatever arrives meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from service.queries.readers import Values

COUNT_LIMIT = 1000
"""Counting stops one beyond: nobody reads further, and a list stays cheap whatever the archive holds."""

REVERSED = "-"
"""Before the name of an order in an address: from its other end."""

Columns = TypeVarTuple("Columns")
Row = TypeVar("Row")
At: TypeAlias = Any
"""A key as a place says it: an instant, a day, or nothing."""


class Counted(int):
    """How many rows a list has. Beyond `COUNT_LIMIT`, where counting stops, it is only said that there are `more`."""

    @property
    def number(self) -> int:
        """Those that were counted, or `COUNT_LIMIT` of more."""
        return min(int(self), COUNT_LIMIT)

    @property
    def more(self) -> bool:
        """Whether counting stopped."""
        return self > COUNT_LIMIT


class Place(NamedTuple):
    """The row beside which a page stands, by its key and its identifier: after it, or before it (`back`)."""

    at: At
    id: UUID
    back: bool = False


class Page(NamedTuple, Generic[Row]):
    """Some rows of a list; `previous` and `next` are None where there is no such page."""

    rows: Sequence[Row]
    previous: Place | None
    next: Place | None


@dataclass(frozen=True)
class Order:
    """The order of a list: by a key, then by identifier; both turn when it is `descending`.

    `gaps`: some rows have no key; they come last, and first when descending. `unsaid`: the key is a name, which stands
    in no address; it is found again by the identifier.
    """

    key: InstrumentedAttribute[Any] | ColumnElement[Any]
    id: InstrumentedAttribute[UUID]
    descending: bool = False
    gaps: bool = False
    unsaid: bool = False

    def turned(self) -> "Order":
        """The same from the other end."""
        return replace(self, descending=not self.descending)

    def rows(self, query: Select[*Columns], place: Place | None = None) -> Select[*Columns]:
        """The rows of the query from a place on; those before it come the nearest first."""
        if place is None:
            return query.order_by(*self._by(descending=self.descending))
        descending = self.descending != place.back
        return query.where(self._beyond(place, descending)).order_by(*self._by(descending=descending))

    def edge(self, row: Any) -> tuple[At, UUID]:
        """The key and the identifier of a mapped row."""
        return getattr(row, str(self.key.key)), row.id

    def said(self, at: Any) -> At:
        """What a place says of a row's key."""
        return None if self.unsaid else at

    def _by(self, *, descending: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        key = self.key.desc() if descending else self.key.asc()
        if self.gaps:
            key = key.nulls_first() if descending else key.nulls_last()
        return key, self.id.desc() if descending else self.id.asc()

    def _beyond(self, place: Place, descending: bool) -> ColumnElement[bool]:
        row = literal(place.id, self.id.type)
        if self.gaps and place.at is None:
            same = and_(self.key.is_(None), self.id < row if descending else self.id > row)
            return or_(same, self.key.is_not(None)) if descending else same
        here = tuple_(self.key, self.id)
        there = tuple_(self._again(row) if self.unsaid else literal(place.at, self.key.type), row)
        beyond = here < there if descending else here > there
        return or_(beyond, self.key.is_(None)) if self.gaps and not descending else beyond

    def _again(self, row: ColumnElement[UUID]) -> ColumnElement[Any]:
        """The key of that row, whatever the query keeps of its table."""
        other = aliased(self.id.class_)
        found = select(getattr(other, str(self.key.key))).where(getattr(other, self.id.key) == row)
        return found.scalar_subquery()


def read(session: Session, query: Select[Row], limit: int, place: Place | None, order: Order) -> Page[Row]:
    """The page of at most `limit` mapped rows that stands at the place, from which on the query has them in order."""
    return page(session.scalars(query.limit(limit + 1)).all(), limit, place, order.edge)


def page(
    found: Sequence[Row], limit: int, place: Place | None, edge: Callable[[Row], tuple[At, UUID]]
) -> Page[Row]:
    """The page of at most `limit` rows beside a place, of which one more was asked for; `edge`: a row's key and id."""
    rows, more = found[:limit], len(found) > limit
    back = place is not None and place.back
    if back:
        rows = rows[::-1]
    if not rows:
        return Page(rows, None, None)
    before, after = more if back else place is not None, back or more
    return Page(
        rows,
        Place(*edge(rows[0]), back=True) if before else None,
        Place(*edge(rows[-1])) if after else None,
    )


def count(session: Session, query: Select[Any], values: Values | None = None) -> Counted:
    """How many rows the query has; its columns should be few."""
    bare = query.order_by(None).limit(COUNT_LIMIT + 1).subquery()
    return Counted(session.scalar(select(func.count()).select_from(bare), values) or 0)
