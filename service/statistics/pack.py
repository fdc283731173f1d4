"""The monthly pack « Réunion technique – octobre 2026 »: a document made of figures, and nothing else. Pure.

The figures of the month stand beside the month before and the same month a year before; trends over thirteen months.
What is by unit is masked (indicators.md). What does not reconcile is not published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.statistics import differences, stock, volets, words
from service.statistics.document import Document, Duration, Section, Share, Table
from service.statistics.figures import Figures
from service.statistics.masking import masked
from service.statistics.measures import Labels
from service.statistics.periods import Month
from service.statistics.volets import View

KIND = "monthly_pack"
TREND_MONTHS = 13


@dataclass(frozen=True)
class Material:
    """What a pack is made of. `figures`: by key of month, unmasked; `units`: the rows of tables by unit, by measure.

    `groups`: the institution of each unit. `published`: the revision before, if there is one. `chapters`: sections
    that are not figures (situations to discuss, decisions left open).
    """

    month: Month
    figures: Mapping[str, Figures]
    units: Mapping[str, Labels]
    groups: Mapping[str, str]
    made_on: date
    revision: int = 1
    published: Document | None = None
    chapters: tuple[Section, ...] = ()


def title_of(month: Month) -> str:
    """« Réunion technique – octobre 2026 »."""
    return f"Réunion technique – {month.label}"


def problem_of(figures: Figures, names: Mapping[str, str]) -> str | None:
    """Why the month's figures may not be published: the units whose flows do not add up (R-IND-I-15)."""
    wrong = stock.unbalanced(figures["I-15.flows"])
    if not wrong:
        return None
    who = ", ".join(names.get(unit, "l’ensemble") for unit in wrong)
    return f"Les entrées et les sorties ne mènent pas d’un stock à l’autre pour : {who}."


def pack(material: Material) -> Document:
    """The pack of a month, as it may be shared."""
    month = material.month
    sections = figures_by_volet(material)
    changes = () if material.published is None else (differences.section(material.published, sections),)
    return Document(
        kind=KIND,
        title=title_of(month),
        subtitle="Convention d’engagements réciproques entre la Caf et le Département",
        made_on=material.made_on,
        revision=material.revision,
        sections=(*changes, *material.chapters, *sections),
        key_figures=key_figures(material),
    )


def figures_by_volet(material: Material, *, by_unit: bool = True) -> tuple[Section, ...]:
    """Every indicator, volet by volet; `by_unit`: with its tables by unit."""
    return volets.sections(_view(material), by_unit=by_unit)


def _view(material: Material) -> View:
    month = material.month
    return View(
        period=month,
        earlier=(("before", month.back(1)), ("year_before", month.back(12))),
        months=tuple(month.back(number) for number in reversed(range(TREND_MONTHS))),
        figures=material.figures,
        units=material.units,
        shared=lambda table: _shared(table, material),
    )


def _shared(table: Table, material: Material) -> Table:
    published = differences.table_of(material.published, table.id) if material.published else None
    return masked(table, material.groups, published)


def key_figures(material: Material) -> tuple[tuple[str, str, str], ...]:
    """What one looks at first: label, value, what it compares with."""
    before = material.month.back(1)
    now, then = material.figures[material.month.key], material.figures.get(before.key)
    return first_figures(now, then, before.label, "un mois plus tôt")


def first_figures(
    now: Figures, before: Figures | None, before_label: str, ago: str
) -> tuple[tuple[str, str, str], ...]:
    """The same of any period; `before_label`: « septembre 2026 », `ago`: « un mois plus tôt »."""
    answer = now["I-5.clock"]["urgent_rights.answer"]["within"]
    calls = now["I-10.calls"]["answered"]["share"]
    return (
        (
            "Urgences définies",
            str(_sent(now)),
            "" if before is None else f"{_sent(before)} en {before_label}",
        ),
        ("Réponses dans l’objectif", *_percent(answer)),
        ("Appels aboutis sur la ligne", *_percent(calls)),
        ("Demandes ouvertes", str(_open(now)), "" if before is None else f"{_open(before)} {ago}"),
        ("Temps ouvré dû par la Caf", *_time(now, "caf_")),
        ("Temps ouvré dû par les CDAS", *_time(now, "cdas")),
    )


def _sent(figures: Figures) -> int:
    return sum(cell for row in figures["I-1.channel"].values() if isinstance(cell := row["n"], int))


def _open(figures: Figures) -> int:
    return sum(cell for row in figures["I-15.institution"].values() if isinstance(cell := row["end"], int))


def _percent(cell: object) -> tuple[str, str]:
    if not isinstance(cell, Share) or cell.percent is None:
        return "–", "aucun sur la période"
    return f"{cell.percent:.0f} %", f"{cell.part} sur {cell.whole}"


def _time(figures: Figures, side: str) -> tuple[str, str]:
    rows = figures["I-13.side"]
    seconds = {
        row: cell.seconds for row, cells in rows.items() if isinstance(cell := cells["time"], Duration)
    }
    own = sum(number for row, number in seconds.items() if row.startswith(side))
    whole = sum(number for row, number in seconds.items() if row != "closed")
    share = "" if not whole else f"{100 * own / whole:.0f} % du temps ouvré"
    return words.cell(Duration(own)), share
