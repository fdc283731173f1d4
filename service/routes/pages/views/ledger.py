"""The ledger bar « Temps passé, par chacun » (R-CLK-5) and the durations of each clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.permissions import Institution
from service.queries.reference import Reference
from service.routes.pages.views import moments
from service.workflows import deadlines, french
from service.workflows.clocks import ClockRun, Step
from service.workflows.deadlines import Target
from service.workflows.explanation import explain
from service.workflows.settings import Values

_SIDES = {Institution.CAF: "Caf", Institution.DEPARTEMENT: "CDAS"}

Shown = dict[str, Any]


def ledger_bar(steps: Sequence[Step], known: Reference, until: datetime, explain_url: str) -> Shown | None:
    """The bar and its totals for the macro; None before any clock has run."""
    kept = deadlines.ledger(steps, known.hours_of, until)
    if not kept.segments:
        return None
    return {
        "id": "temps",
        "segments": [_segment(segment, known) for segment in kept.segments],
        "totals": _totals(kept, known),
        "total_words": french.duration(kept.elapsed),
        "start_words": french.instant(kept.segments[0].start),
        "end_words": french.instant(kept.segments[-1].end),
        "explain_url": explain_url,
    }


def clock_lines(
    runs: Sequence[ClockRun], values: Values, known: Reference, now: datetime, labels: dict[str, str]
) -> list[Shown]:
    """One line a clock: what it is, how long it took or until when it runs, whether the target is kept."""
    return [_clock(run, values.target(run.name), known, now, labels[run.name]) for run in runs]


def explanations(
    runs: Sequence[ClockRun],
    values: Values,
    known: Reference,
    now: datetime,
    labels: dict[str, str],
    version: str,
) -> list[Shown]:
    """« Expliquer ce délai »: the sentences of every clock (R-CLK-6)."""
    names = {code: unit.name for code, unit in known.units.items()}
    return [
        {
            "id": f"{run.name}-{run.run}",
            "title": _title(run, labels[run.name]),
            "line": _clock(run, values.target(run.name), known, now, labels[run.name]),
            "sentences": explain(run, values.target(run.name), known.hours_of, now, names, version),
        }
        for run in runs
    ]


def _segment(segment: deadlines.LedgerSegment, known: Reference) -> Shown:
    unit = known.units[segment.unit] if segment.unit else None
    return {
        "side": unit.institution.value if unit else "closed",
        "name": unit.name if unit else "Fermé",
        "seconds": segment.seconds,
        "words": french.duration(segment.seconds),
        "from_words": french.instant(segment.start),
        "to_words": french.instant(segment.end),
    }


def _totals(kept: deadlines.Ledger, known: Reference) -> list[Shown]:
    sides = {institution: 0 for institution in Institution if any(known.units[u].institution is institution for u in kept.lines)}
    for unit, seconds in kept.lines.items():
        sides[known.units[unit].institution] += seconds
    shown = [
        {"side": side.value, "name": _SIDES[side], "words": french.business_duration(seconds)}
        for side, seconds in sorted(sides.items())
    ]
    if kept.closed:
        shown.append({"side": "closed", "name": "Fermé", "words": french.duration(kept.closed)})
    return shown


def _title(run: ClockRun, label: str) -> str:
    return label if run.run == 1 else f"{label}, {french.ordinal(run.run)} décompte"


def _clock(run: ClockRun, target: Target | None, known: Reference, now: datetime, label: str) -> Shown:
    until = run.stopped_at or now
    spent = french.business_duration(deadlines.business_seconds(run, known.hours_of, until))
    kept = target is None or deadlines.within_target(run, target, known.hours_of, until)
    if run.stopped_at is not None:
        words = f"fait en {spent}"
        level = "none" if target is None else "fine" if kept else "late"
        result = "" if target is None else "objectif tenu" if kept else "objectif dépassé"
    elif run.paused:
        words, level, result = f"suspendu, {spent} comptées", "none", "en attente du CDAS"
    else:
        words, level, result = f"{spent} à ce jour", "none" if kept else "late", "en cours" if kept else "objectif dépassé"
    due = None
    if target is not None and run.running:
        due = moments.near(deadlines.target_at(run, target, known.hours_of, now), now)
    return {"label": _title(run, label), "words": words, "level": level, "result": result, "due": due}
