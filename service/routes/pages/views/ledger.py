"""The ledger bar « Temps passé, par chacun » (R-CLK-5), and each clock in a line or explained (R-CLK-6)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from service.operations.ledger import ClockReading, TicketLedger
from service.permissions import Institution
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.workflows import deadlines, french

_SIDES = {Institution.CAF: "Caf", Institution.DEPARTEMENT: "CDAS"}

_CLOSED_AT_MOST = 0.25
"""The part that closed time may fill beside the open time: beyond it is drawn narrower."""

Shown = dict[str, Any]


class Piece(NamedTuple):
    """A segment as the bar draws it; `place` and `width` in percent, `cut`: where its sign of narrower stands."""

    side: str
    name: str
    words: str
    from_words: str
    to_words: str
    place: float
    width: float
    cut: float | None


def ledger_bar(kept: TicketLedger, known: Reference, explain_url: str | None) -> Shown | None:
    """The bar and its totals for the macro; None before any clock has run."""
    segments = kept.ledger.segments
    if not segments:
        return None
    narrower = _narrower(segments)
    return {
        "id": "temps",
        "pieces": _pieces(segments, known, narrower),
        "squeezed": narrower < 1,
        "totals": _totals(kept.ledger, known),
        "total_words": french.duration(kept.ledger.elapsed),
        "explain_url": explain_url,
        "gaps": any(after.start > before.end for before, after in pairwise(segments)),
    }


def clock_lines(clocks: Sequence[ClockReading], now: datetime) -> list[Shown]:
    """One line a clock: what it is, how long it took or until when it runs, whether the target is kept."""
    return [
        {"id": f"{clock.name}-{clock.run}", "label": _title(clock), **_said(clock, now)} for clock in clocks
    ]


def explanations(clocks: Sequence[ClockReading], now: datetime) -> list[Shown]:
    """« Expliquer ce délai »: every clock with the sentences that say how it was obtained."""
    lines = clock_lines(clocks, now)
    return [
        {**line, "sentences": [french.unbroken(said) for said in clock.explanation]}
        for line, clock in zip(lines, clocks, strict=True)
    ]


def _narrower(segments: Sequence[deadlines.LedgerSegment]) -> float:
    """By what closed time is drawn narrower, so that it fills no more than its part; 1: as it is."""
    closed = sum(segment.seconds for segment in segments if segment.unit is None)
    most = _CLOSED_AT_MOST * (sum(segment.seconds for segment in segments) - closed)
    return most / closed if 0 < most < closed else 1


def _pieces(segments: Sequence[deadlines.LedgerSegment], known: Reference, narrower: float) -> list[Piece]:
    sides = {code: (unit.institution.value, unit.name) for code, unit in known.units.items()}
    words = {at: moments.whole(at) for segment in segments for at in (segment.start, segment.end)}
    lengths = [segment.seconds * (1 if segment.unit else narrower) for segment in segments]
    percent = 100 / (sum(lengths) or 1)
    found, place = [], 0.0
    for (unit, start, end, seconds), length in zip(segments, lengths, strict=True):
        side, name = sides[unit] if unit else ("closed", "Fermé")
        width = length * percent
        cut = round(place + width / 2, 3) if unit is None and narrower < 1 and width > 2 else None
        said = (french.duration(seconds), words[start], words[end])
        found.append(Piece(side, name, *said, round(place, 3), round(width, 3), cut))
        place += width
    return found


def _totals(kept: deadlines.Ledger, known: Reference) -> list[Shown]:
    by_side: dict[Institution, int] = {}
    for unit, seconds in kept.lines.items():
        side = known.units[unit].institution
        by_side[side] = by_side.get(side, 0) + seconds
    shown = [
        {"side": side.value, "name": _SIDES[side], "words": french.business_duration(seconds)}
        for side, seconds in sorted(by_side.items())
    ]
    if kept.closed:
        shown.append({"side": "closed", "name": "Fermé", "words": french.duration(kept.closed)})
    return shown


def _title(clock: ClockReading) -> str:
    return clock.label if clock.run == 1 else f"{clock.label}, {french.ordinal(clock.run)} décompte"


def _said(clock: ClockReading, now: datetime) -> Shown:
    spent = french.business_duration(clock.business_seconds)
    kept = {None: "", True: "objectif tenu", False: "objectif dépassé"}[clock.within_target]
    if not clock.running:
        level = {None: "none", True: "fine", False: "late"}[clock.within_target]
        return {"words": f"en {spent}", "level": level, "result": kept, "due": None}
    due = moments.near(clock.target_at, now) if clock.target_at else None
    if clock.paused:
        return {"words": f"en pause après {spent}", "level": "soon", "result": "attend le CDAS", "due": None}
    late = clock.within_target is False
    said = {"level": "late" if late else "none", "result": kept if late else "en cours", "due": due}
    return {"words": f"{spent} à ce jour", **said}
