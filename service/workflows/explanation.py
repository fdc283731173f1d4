"""« Expliquer ce délai »: step by step, in French, how a duration and a deadline were obtained (R-CLK-6)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from service.workflows import french
from service.workflows.clocks import ClockRun, Stretch
from service.workflows.deadlines import (
    HoursOf,
    Target,
    business_seconds,
    elapsed_seconds,
    moves,
    target_at,
    within_target,
)


def explain(
    run: ClockRun,
    target: Target | None,
    hours_of: HoursOf,
    until: datetime,
    names: Mapping[str, str],
    version: str,
) -> list[str]:
    """The sentences, in order: start, hours, time of each side, closed days, rule with its version, result.

    `names`: what a unit is called on screen; `version`: the label of the convention's version (R-CLK-7).
    """
    end = until if run.stopped_at is None else min(run.stopped_at, until)
    sentences = [
        *_start(run, names),
        *_hours(run, hours_of, end, names),
        *_course(run, hours_of, end, names),
        *_rule(run, target, hours_of, end, names, version),
        *_result(run, target, hours_of, end),
    ]
    return list(dict.fromkeys(sentences))


def _start(run: ClockRun, names: Mapping[str, str]) -> Iterator[str]:
    if run.run > 1:
        rank = french.ordinal(run.run)
        yield f"C’est le {rank} décompte de ce délai ; les précédents ne changent pas (R-CLK-1)."
    yield f"Départ : {french.instant(run.started_at)}, à la charge de « {names[run.first_unit]} »."


def _hours(run: ClockRun, hours_of: HoursOf, end: datetime, names: Mapping[str, str]) -> Iterator[str]:
    units = dict.fromkeys([run.first_unit, *(stretch.unit for stretch in (*run.owed, *run.waits))])
    days = (french.local_day(run.started_at), french.local_day(end))
    for unit in units:
        yield f"Heures d’ouverture de « {names[unit]} » : {hours_of(unit).describe(*days)}."


def _course(run: ClockRun, hours_of: HoursOf, end: datetime, names: Mapping[str, str]) -> Iterator[str]:
    for stretch in sorted([*run.owed, *run.waits], key=lambda stretch: stretch.start):
        last = end if stretch.end is None else min(stretch.end, end)
        if last <= stretch.start:
            continue
        counted = french.business_duration(hours_of(stretch.unit).between(stretch.start, last))
        if stretch in run.waits:
            yield (
                f"{_period(stretch, last)}, en attente de « {names[stretch.unit]} » : le délai est suspendu "
                f"(R-CLK-2) ; attente de {counted} dans les heures de ce service."
            )
        else:
            yield f"{_period(stretch, last)}, à la charge de « {names[stretch.unit]} » : {counted}."
        yield from _closed(hours_of, stretch.unit, stretch.start, last, names)


def _rule(
    run: ClockRun,
    target: Target | None,
    hours_of: HoursOf,
    end: datetime,
    names: Mapping[str, str],
    version: str,
) -> Iterator[str]:
    if target is None:
        yield f"Ce délai n’a pas d’objectif dans la convention appliquée ({version})."
        return
    rule = f"Objectif : {target} (règle R-CLK-3, {version})"
    if target.unit == "hours":
        due = target_at(run, target, hours_of, end)
        yield f"{rule}, somme des minutes d’ouverture : atteint le {french.instant(due)}."
        return
    unit = run.first_unit
    first = hours_of(unit).end_of_open_day(run.started_at, target.amount)
    yield (
        f"{rule}, soit la fin du {french.ordinal(target.amount)} jour d’ouverture de « {names[unit]} » "
        f"après le jour du départ : {french.instant(first)}."
    )
    yield from _closed(hours_of, unit, run.started_at, first, names)
    for move in moves(run, first, hours_of, end):
        yield (
            f"Échéance reportée du temps de l’attente, {french.business_duration(move.seconds)} pour "
            f"« {names[move.answering_unit]} » : {french.instant(move.due)}."
        )


def _result(run: ClockRun, target: Target | None, hours_of: HoursOf, end: datetime) -> Iterator[str]:
    stopped = run.stopped_at is not None and run.stopped_at <= end
    head = "Délai arrêté le" if stopped else "Délai en cours, compté jusqu’au"
    business = french.business_duration(business_seconds(run, hours_of, end))
    elapsed = french.duration(elapsed_seconds(run, end))
    yield f"{head} {french.instant(end)} : {business}, {elapsed} en temps écoulé."
    if target is None:
        return
    if within_target(run, target, hours_of, end):
        yield "Objectif tenu." if stopped else "L’objectif n’est pas dépassé."
    else:
        yield "Objectif dépassé."


def _closed(
    hours_of: HoursOf, unit: str, start: datetime, end: datetime, names: Mapping[str, str]
) -> Iterator[str]:
    if start < end:
        for day, reason in hours_of(unit).closed_days_between(start, end):
            yield f"{french.long_date(day).capitalize()} : « {names[unit]} » fermé ({reason}), non compté."


def _period(stretch: Stretch, end: datetime) -> str:
    return f"Du {french.instant(stretch.start)} au {french.instant(end)}"
