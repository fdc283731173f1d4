"""A list as CSV, whole, in the order in which it is shown: one way for every list."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from flask import Response, stream_with_context
from sqlalchemy.orm import Session

from service import clock, spreadsheet
from service.database import reading
from service.operations.consultation import note_export
from service.queries.keyset import Place
from service.routes.guard import expect_own_page, present_actor
from service.workflows import french

AT_ONCE = 500
Batch: TypeAlias = tuple[Sequence[spreadsheet.Line], Place | None]


def take_away(name: str, head: Sequence[str], rows: Iterable[spreadsheet.Line]) -> Response:
    """The list as a file; that it was taken away is logged (R-DP-4).

    Refuses a request from another site, which could use up somebody's exports, and (TooManyReadings) who takes too
    many in a day.
    """
    expect_own_page()
    note_export(present_actor())
    day = french.local_day(clock.now()).isoformat()
    answer = Response(stream_with_context(spreadsheet.lines(head, rows)), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    return answer


def in_batches(batch: Callable[[Session, Place | None, int], Batch]) -> Iterator[spreadsheet.Line]:
    """Every row of a list, `AT_ONCE` at a time, each batch on its own snapshot."""
    place = None
    while True:
        with reading() as session:
            rows, place = batch(session, place, AT_ONCE)
        yield from rows
        if place is None:
            return
