"""The annual report « Bilan annuel 2026 »: a document made of figures, and nothing else (R-GO-2). Pure.

All indicators of the year beside those of the year before, trends over thirteen months, the national targets, and an
annex by CDAS in which no count gives a month away. What people write around it is not part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.statistics import cog, differences, volets
from service.statistics.annual_masking import SharedMonth, masked_year
from service.statistics.document import Document, Section, Table
from service.statistics.figures import Figures
from service.statistics.measures import Labels
from service.statistics.pack import first_figures
from service.statistics.periods import Month, Year
from service.statistics.volets import View

KIND = "annual_report"
ANNEX = "annex"
_NOTE = (
    "Sur une année, un nombre est masqué aussi quand un seul de ses mois l’est ; "
    "« masqué » n’y dit pas s’il est petit."
)


@dataclass(frozen=True)
class Material:
    """What a report is made of. `figures`: by key of year and month, unmasked; `units`, `groups`: as for a pack.

    `months`: for each table by unit, the twelve months as they were shared. `published`: the revision before.
    """

    year: Year
    figures: Mapping[str, Figures]
    units: Mapping[str, Labels]
    groups: Mapping[str, str]
    months: Mapping[str, Sequence[SharedMonth]]
    made_on: date
    revision: int = 1
    published: Document | None = None


def title_of(year: Year) -> str:
    """« Bilan annuel 2026 »."""
    return f"Bilan annuel {year.label}"


def trend_months(year: Year) -> tuple[Month, ...]:
    """December of the year before, then the twelve months."""
    return (year.months[0].back(1), *year.months)


def report(material: Material) -> Document:
    """The report of a year, as it may be shared."""
    year, now = material.year, material.figures[material.year.key]
    view = _view(material)
    sections: tuple[Section, ...] = (
        *volets.sections(view, by_unit=False),
        Section("national", "Repères nationaux", level=1),
        cog.section(year.year, now),
        *_annex(view),
    )
    if material.published is not None:
        sections = (differences.section(material.published, sections), *sections)
    before = year.back(1)
    return Document(
        kind=KIND,
        title=title_of(year),
        subtitle="Convention d’engagements réciproques entre la Caf et le Département",
        made_on=material.made_on,
        revision=material.revision,
        sections=sections,
        key_figures=first_figures(now, material.figures.get(before.key), before.label, "un an plus tôt"),
    )


def _view(material: Material) -> View:
    before = material.year.back(1)
    known = before.key in material.figures
    return View(
        period=material.year,
        earlier=(("year_before", before),) if known else (),
        months=trend_months(material.year),
        figures=material.figures,
        units=material.units,
        shared=lambda table: _shared(table, material),
    )


def _shared(table: Table, material: Material) -> Table:
    if not table.by_unit:
        return table
    published = differences.table_of(material.published, table.id) if material.published else None
    shared = masked_year(table, material.months.get(table.id, ()), material.groups, published)
    return replace(shared, note=f"{table.note} {_NOTE}".strip())


def _annex(view: View) -> tuple[Section, ...]:
    """The tables by unit; an indicator stands here under its title, after the chapter that told of it."""
    found = volets.tables_by_unit(view)
    return (
        Section(
            ANNEX,
            "Annexe : par service",
            "Les mêmes chiffres, CDAS par CDAS et service par service.",
            level=1,
        ),
        *(Section(f"{ANNEX}.{table.id}", indicator.title, "", (table,)) for indicator, table in found),
    )
