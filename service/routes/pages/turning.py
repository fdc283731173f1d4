"""Pages of a list from the newest on: the place in the address is the last row's instant and identifier."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for


class Place(NamedTuple):
    """Where a page starts: after which row, and the rank of its own first row."""

    last: tuple[datetime, UUID] | None
    rank: int


def place(parameters: Mapping[str, str]) -> Place:
    """The place in an address; the beginning where it is none."""
    instant, _, identifier = parameters.get("apres", "").partition(".")
    rank = parameters.get("rang", "")
    try:
        last = datetime.strptime(f"{instant}+0000", "%Y%m%dT%H%M%SZ%z"), UUID(hex=identifier)
    except ValueError:
        return Place(None, 1)
    return Place(last, int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 7 else 1)


def pager(
    endpoint: str,
    here: Place,
    last: tuple[datetime, UUID] | None,
    rows: int,
    total: tuple[int, bool],
    **kept: Any,
) -> dict[str, Any]:
    """For the macro of that name. `last`: the last row when more follow; `total`: the count, and whether it stopped.

    `kept`: the parameters of the address that stay.
    """
    beyond = None
    if last is not None:
        at, identifier = last
        mark = f"{at:%Y%m%dT%H%M%SZ}.{identifier.hex}"
        beyond = url_for(endpoint, **kept, apres=mark, rang=here.rank + rows)
    return {
        "count_text": _counted(here.rank, rows, *total),
        "previous_url": None,
        "next_url": beyond,
        "start_url": url_for(endpoint, **kept) if here.last else None,
    }


def _counted(rank: int, rows: int, total: int, more: bool) -> str:
    if not rows:
        return ""
    words = f"{total:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{rank} à {rank + rows - 1} sur {'plus de ' if more else ''}{words}"
