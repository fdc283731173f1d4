"""The annual report made of the facts of a year, outside a transaction, and kept as packs are (R-GO-2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service import clock
from service.database import reading
from service.errors import GuardRefused
from service.memory import without_searching
from service.models import SharedDocument
from service.statistics import annual, differences
from service.statistics.annual_masking import SharedMonth
from service.statistics.document import Document, Table
from service.statistics.figures import MEASURES, Figures, table_of
from service.statistics.masking import masked
from service.statistics.measures import Labels
from service.statistics.pack import KIND as PACK
from service.statistics.periods import Month, Year
from service.statistics.publishing import (
    ALL,
    figures_over,
    keep_figures,
    keep_month,
    last_published,
    publish,
    units_of,
)
from service.statistics.reading import facts_of, is_empty
from service.workflows.french import local_day

Groups = Mapping[str, str]


@without_searching()
def publish_report(year: Year) -> SharedDocument | None:
    """Make the report of a year that is over, or its next revision; None when nothing changed since the last one.

    Refuses (GuardRefused) a year that is not over, and one in which nothing happened. What does not reconcile is kept
    as a problem, and tried again next time.
    """
    _expect_over(year)
    own, units, groups = _keep_year(year)
    months: dict[str, Figures] = {}
    for month in annual.trend_months(year):
        months |= figures_over(month, keep_month)
    figures = {year.key: own} | figures_over(year.back(1), lambda before: _keep_year(before)[0]) | months
    shared = _shared_months(year, months, units, groups)

    def made(published: Document | None, now: datetime) -> Document:
        return annual.report(
            annual.Material(
                year=year,
                figures=figures,
                units=units,
                groups=groups,
                months=shared,
                made_on=local_day(now),
                revision=1 if published is None else published.revision + 1,
                published=published,
            )
        )

    return publish(annual.KIND, year, own, made)


def _expect_over(year: Year) -> None:
    if year.end > clock.now():
        raise GuardRefused(
            f"L’année {year.label} n’est pas terminée : son bilan se prépare le deuxième jour ouvré de janvier "
            f"{year.year + 1}.",
            rule="R-GO-2",
            advice="Les chiffres des mois écoulés sont dans « Statistiques » et dans les dossiers mensuels.",
        )
    with reading() as session:
        empty = is_empty(session, year)
    if empty:
        raise GuardRefused(
            f"Rien n’a été demandé ni noté en {year.label} : il n’y a pas de bilan à faire.", rule="R-GO-2"
        )


def _keep_year(year: Year) -> tuple[Figures, Mapping[str, Labels], Groups]:
    """The figures of a year, kept, and the units that its tables name; its facts are let go, they are many."""
    with reading() as session:
        facts = facts_of(session, year)
    return keep_figures(year, [(ALL, facts)]), *units_of(facts)


def _shared_months(
    year: Year, figures: Mapping[str, Figures], units: Mapping[str, Labels], groups: Groups
) -> Mapping[str, Sequence[SharedMonth]]:
    """By table by unit, each month that has figures: in its pack, else as its pack would show it."""
    found: dict[str, list[SharedMonth]] = {name: [] for name, one in MEASURES.items() if one.by_unit}
    for month in year.months:
        if month.key in figures:
            pack = _pack_of(month)
            for name, tables in found.items():
                counts = table_of(name, units[name], month.label, {name: {}, **figures[month.key]})
                tables.append(SharedMonth(counts, _published(pack, counts, groups)))
    return found


def _pack_of(month: Month) -> Document | None:
    with reading() as session:
        return last_published(session, PACK, month.key)


def _published(pack: Document | None, counts: Table, groups: Groups) -> Table:
    table = None if pack is None else differences.table_of(pack, counts.id)
    return table if table is not None else masked(counts, groups)
