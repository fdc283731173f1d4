"""The address of a list: how it is sorted and where its page begins, in instants, days and identifiers only.

One way for every list: `read` its address, ask `keyset` for the page, give it to the macros as `Listed`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from service.queries.keyset import REVERSED, At, Counted, Order, Page, Place


@dataclass(frozen=True)
class Turn:
    """What an address asks of a list that offers some orders, the first one unless another is asked.

    `rank`: which row of the whole list the page begins with, or ends before where one turns back.
    """

    orders: Mapping[str, Order]
    name: str
    turned: bool = False
    place: Place | None = None
    rank: int = 1

    @property
    def order(self) -> Order:
        """The order that is asked."""
        return self.orders[self.name].turned() if self.turned else self.orders[self.name]

    def parameters(self, *, place: bool = False) -> dict[str, Any]:
        """As they stand in an address; with the page's place when asked."""
        first = self.name == next(iter(self.orders)) and not self.turned
        found: dict[str, Any] = {} if first else {"tri": f"{REVERSED if self.turned else ''}{self.name}"}
        if place and self.place is not None:
            mark = f"{_written(self.order.said(self.place.at))}.{self.place.id.hex}"
            found |= {"avant" if self.place.back else "apres": mark, "rang": str(self.rank)}
        return found

    def from_start(self) -> "Turn":
        """The first page."""
        return replace(self, place=None, rank=1)


@dataclass(frozen=True)
class Listed:
    """One page of a list as the macros show it: its heads, its foot, what narrows it, its file.

    `total`: how many rows in all; `kept`: what narrows it, as parameters.
    """

    endpoint: str
    turn: Turn
    page: Page[Any]
    total: Counted
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sorts(self) -> dict[str, dict[str, Any]]:
        """By the name of each order, the link of the column's head and how the column is sorted now."""
        return {name: self._sort(name) for name in self.turn.orders}

    @property
    def pager(self) -> dict[str, Any]:
        """« 51 à 100 sur plus de 1 000 », and where to from here."""
        turn, rows = self.turn, len(self.page.rows)
        back = turn.place is not None and turn.place.back
        first = max(1, turn.rank - rows if back else turn.rank) if self.page.previous else 1
        return {
            "count_text": f"{first} à {first + rows - 1} sur {number(self.total)}" if rows else "",
            "previous_url": self._at(self.page.previous, first),
            "next_url": self._at(self.page.next, first + rows),
            "start_url": self._url(turn.from_start()) if self.page.previous else None,
        }

    @property
    def export_url(self) -> str:
        """The whole list in the same order, as a file."""
        return self._url(self.turn.from_start(), f"{self.endpoint}_csv")

    @property
    def action(self) -> str:
        """Where the form that narrows it leads."""
        return url_for(self.endpoint)

    def besides(self, fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What stays in the address whatever is chosen in these fields."""
        chosen = {one["name"] for one in fields}
        every = {**self.kept, **self.turn.parameters()}
        return {name: value for name, value in every.items() if name not in chosen}

    def without(self, fields: Sequence[Mapping[str, Any]]) -> str:
        """The address of the list that nothing narrows."""
        return url_for(self.endpoint, **self.besides(fields))

    def _sort(self, name: str) -> dict[str, Any]:
        here = name == self.turn.name
        other = replace(self.turn.from_start(), name=name, turned=here and not self.turn.turned)
        way = "descending" if self.turn.order.descending else "ascending"
        return {"url": self._url(other), "sorted": way if here else None}

    def _at(self, place: Place | None, rank: int) -> str | None:
        return self._url(replace(self.turn, place=place, rank=rank)) if place else None

    def _url(self, turn: Turn, endpoint: str = "") -> str:
        return url_for(endpoint or self.endpoint, **self.kept, **turn.parameters(place=True))


def read(parameters: Mapping[str, str], orders: Mapping[str, Order]) -> Turn:
    """What the address asks; the first order from its beginning where it says nothing that makes sense."""
    asked = parameters.get("tri", "")
    name = asked.removeprefix(REVERSED)
    if name not in orders:
        name, asked = next(iter(orders)), ""
    turn = Turn(orders, name, turned=asked.startswith(REVERSED))
    for direction in ("apres", "avant"):
        place = _place(parameters.get(direction, ""), turn.order, back=direction == "avant")
        if place is not None:
            return replace(turn, place=place, rank=_rank(parameters.get("rang", "")))
    return turn


def _place(text: str, order: Order, *, back: bool) -> Place | None:
    written, _, identifier = text.partition(".")
    try:
        at, row = _key(written, order.key.type.python_type), UUID(hex=identifier)
    except ValueError:
        return None
    says = order.said(at) is not None
    return Place(at, row, back) if says or order.unsaid or order.gaps else None


def _key(written: str, kind: type) -> At:
    if not written:
        return None
    if kind is date:
        return datetime.strptime(written, "%Y%m%d").date()  # noqa: DTZ007
    return datetime.strptime(f"{written}+0000", "%Y%m%dT%H%M%SZ%z")


def _written(at: At) -> str:
    if at is None:
        return ""
    return f"{at:%Y%m%dT%H%M%SZ}" if isinstance(at, datetime) else f"{at:%Y%m%d}"


def _rank(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) > 0 else 1


def counted_words(total: Counted, one: str, many: str = "") -> str:
    """« 41 comptes », « plus de 1 000 comptes »."""
    return f"{number(total)} {one if total < 2 else many or one + 's'}"


def number(total: Counted) -> str:
    """« 41 », « plus de 1 000 »."""
    words = f"{total.number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"plus de {words}" if total.more else words
