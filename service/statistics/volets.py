"""The indicators of any period as sections of a document, volet by volet, beside earlier periods and trends. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.statistics.document import Column, Row, Section, Table
from service.statistics.figures import MEASURES, Earlier, Figures, table_of
from service.statistics.indicator import Indicator, Trend, drawn, drawn_trend
from service.statistics.indicators import VOLETS
from service.statistics.measures import Labels
from service.statistics.periods import Month, Period


@dataclass(frozen=True)
class View:
    """A period and what it is seen beside. `figures`: by key of period, unmasked; those of `period` are there.

    `earlier`: what the period is compared with, in the order of the columns; `months`: those of the trends.
    `units`: the rows of tables by unit, by measure; `shared`: a table as others may read it.
    """

    period: Period
    earlier: Sequence[tuple[str, Period]]
    months: Sequence[Month]
    figures: Mapping[str, Figures]
    units: Mapping[str, Labels]
    shared: Callable[[Table], Table]


def sections(view: View, *, by_unit: bool = True) -> tuple[Section, ...]:
    """Every indicator, volet by volet; `by_unit`: with its tables by unit."""
    return tuple(
        section
        for volet, title, indicators in VOLETS
        for section in (
            Section(volet, title, level=1),
            *(_section(indicator, view, by_unit=by_unit) for indicator in indicators),
        )
    )


def tables_by_unit(view: View) -> tuple[tuple[Indicator, Table], ...]:
    """The tables by unit alone, each with its indicator."""
    return tuple(
        (indicator, _table(name, view))
        for _, _, indicators in VOLETS
        for indicator in indicators
        for name in indicator.tables
        if MEASURES[name].by_unit
    )


def _section(indicator: Indicator, view: View, *, by_unit: bool) -> Section:
    of_months = [_trend(trend, view) for trend in indicator.trends]
    tables = [_table(name, view) for name in indicator.tables if by_unit or not MEASURES[name].by_unit]
    by_id = {table.id: table for table in tables}
    charts = [
        *map(drawn_trend, indicator.trends, of_months),
        *(drawn(drawing, by_id[drawing.table]) for drawing in indicator.drawings),
    ]
    return Section(indicator.id, indicator.title, indicator.sentence, (*of_months, *tables), tuple(charts))


def _table(name: str, view: View) -> Table:
    earlier = [Earlier(key, period.label, view.figures.get(period.key)) for key, period in view.earlier]
    rows = MEASURES[name].labels or view.units[name]
    return view.shared(table_of(name, rows, view.period.label, view.figures[view.period.key], earlier))


def _trend(trend: Trend, view: View) -> Table:
    kind = next(column.kind for column in MEASURES[trend.measure].columns if column.key == trend.column)
    rows = []
    for month in view.months:
        cells = view.figures.get(month.key, {}).get(trend.measure, {})
        rows.append(
            Row(month.key, month.label, tuple(cells.get(row, {}).get(trend.column) for row in trend.rows))
        )
    columns = tuple(Column(key, label, kind) for key, label in trend.rows.items())
    return Table(trend.id, trend.caption, "Mois", columns, tuple(rows))
