"""The national targets of the COG 2023-2027 (annexe 4) that have a counterpart here, beside our figures. Pure.

A target binds the Cnaf for all Caf together; ours stand beside it « par analogie ». What the COG counts otherwise
says so.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from service.statistics import words
from service.statistics.document import Cell, Column, Row, Section, Share, Table
from service.statistics.figures import Figures

FIRST_YEAR, LAST_YEAR = 2023, 2027
SOURCE = "Convention d’objectifs et de gestion entre l’État et la Cnaf 2023-2027, annexe 4, indicateurs de résultat."
SENTENCE = (
    "Ce que l’État demande à l’ensemble des Caf, à côté de ce qui est mesuré ici : par analogie, sans que ces cibles "
    "engagent l’une ou l’autre institution."
)

Ours = Callable[[Figures], Cell]


class Target(NamedTuple):
    """A line of annexe 4: its code, its label, what it asks year after year, and what is near to it here.

    `ours`: our figure, None where there is none; `beside`: what it is, and how it differs. `whole`: a number, not a %.
    """

    code: str
    label: str
    asked: tuple[str, str, str, str, str]
    beside: str
    indicator: str = ""
    ours: Ours = lambda _figures: None
    whole: bool = False

    def of(self, year: int) -> Decimal | None:
        """What is asked of a year; None outside of the COG."""
        return Decimal(self.asked[year - FIRST_YEAR]) if FIRST_YEAR <= year <= LAST_YEAR else None


def _cell(measure: str, row: str, column: str) -> Ours:
    return lambda figures: figures.get(measure, {}).get(row, {}).get(column)


def _satisfied(figures: Figures) -> Cell:
    """Marks of 4 and 5 among those given."""
    marks = figures.get("I-11.usefulness", {})
    numbers = [number for mark in "12345" if isinstance(number := marks.get(mark, {}).get("n"), int)]
    return Share(sum(numbers[3:]), sum(numbers))


def _held(figures: Figures) -> Cell:
    rows = figures.get("RD-1.held", {})
    return sum(number for cells in rows.values() if isinstance(number := cells.get("n"), int))


_NO_COUNTERPART = "Pas d’équivalent ici."
TARGETS = (
    Target(
        "COG-08-22",
        "Taux de satisfaction global des usagers",
        ("85", "86", "87", "89", "91"),
        "Part des réponses que les CDAS notent 4 ou 5 sur 5 : des professionnels, et non des usagers.",
        "I-11",
        _satisfied,
    ),
    Target(
        "COG-08-23 a",
        "Taux de satisfaction, courriels",
        ("75", "80", "83", "86", "90"),
        f"{_NO_COUNTERPART} Les notes ne sont pas rapportées à un canal.",
    ),
    Target(
        "COG-08-23 b",
        "Taux de satisfaction, téléphone",
        ("76", "80", "81", "83", "85"),
        f"{_NO_COUNTERPART} Les notes ne sont pas rapportées à un canal.",
    ),
    Target(
        "COG-08-23 c",
        "Taux de satisfaction, accueil physique, avec ou sans rendez-vous",
        ("82", "87", "90", "93", "93"),
        f"{_NO_COUNTERPART} Les notes ne sont pas rapportées à un canal.",
    ),
    Target(
        "COG-08-24",
        "Taux de réitération",
        ("25.8", "24.5", "23", "21", "18"),
        "Défini autrement : non comparable terme à terme. Ici, demandes rouvertes ou refaites dans les 30 jours, "
        "rapportées aux clôtures.",
        "I-9",
        _cell("I-9.repeated", "all", "share"),
    ),
    Target(
        "COG-08-25",
        "Taux de réclamations traitées dans le délai de 10 jours",
        ("71", "75", "78", "82", "85"),
        f"{_NO_COUNTERPART} Une réclamation ne passe pas par Relais.",
    ),
    Target(
        "COG-08-26",
        "Taux d’appels aboutis, téléconseiller et serveur vocal",
        ("83", "85", "86", "87", "88"),
        "Appels aboutis sur la ligne directe, parmi ceux qui ont été notés.",
        "I-10",
        _cell("I-10.calls", "answered", "share"),
    ),
    Target(
        "COG-08-27",
        "Taux de courriels d’information générale traités dans le délai de 2 jours",
        ("50", "60", "65", "80", "80"),
        "Urgences définies répondues dans l’objectif de réponse : ce ne sont pas des courriels d’information générale.",
        "I-6",
        _cell("I-5.clock", "urgent_rights.answer", "within"),
    ),
    Target(
        "COG-08-34",
        "Nombre de personnes reçues en rendez-vous des droits",
        ("330000", "330000", "330000", "330000", "330000"),
        "Rendez-vous des droits réalisés ici, dans le seul cadre de la convention.",
        "RD-1",
        _held,
        whole=True,
    ),
    Target(
        "COG-08-35",
        "Nombre d’ouvertures de droit à l’issue du rendez-vous des droits",
        ("82000", "82000", "82000", "82000", "82000"),
        "Droits ouverts ici, vérifiés trois mois après.",
        "RD-2",
        _cell("RD-2.opened", "rights", "n"),
        whole=True,
    ),
)


def section(year: int, figures: Figures) -> Section:
    """The targets of the year, and of the next one, beside the figures of the year."""
    years = [one for one in (year, year + 1) if FIRST_YEAR <= one <= LAST_YEAR]
    if not years:
        return Section("cog", _TITLE, f"La COG 2023-2027 ne fixe pas de cible pour {year}.")
    tables = (
        _table("cog.shares", "Cibles nationales en pourcentage, par analogie", years, figures, whole=False),
        _table("cog.numbers", "Cibles nationales en nombre, toutes les Caf", years, figures, whole=True),
    )
    return Section("cog", _TITLE, SENTENCE, tables, remarks=(f"Source : {SOURCE}",))


def counterparts() -> Sequence[Mapping[str, object]]:
    """Every target with all its years, for the page that says how figures are computed."""
    return [
        {
            "code": one.code,
            "label": one.label,
            "asked": [
                words.number(Decimal(asked)) + ("" if one.whole else f"{words.FIRM}%") for asked in one.asked
            ],
            "indicator": one.indicator,
            "beside": one.beside,
        }
        for one in TARGETS
    ]


_TITLE = "Les cibles de la COG 2023-2027"


def _table(table_id: str, caption: str, years: Sequence[int], figures: Figures, *, whole: bool) -> Table:
    unit = "" if whole else ", en %"
    columns = (
        *(Column(f"target@{year}", f"Cible nationale {year}{unit}", "number") for year in years),
        Column("ours", "Mesuré ici" if whole else "Mesuré ici, par analogie", "count" if whole else "share"),
        Column("beside", "Ce qui est mesuré ici", "text"),
    )
    rows = tuple(
        Row(
            one.code,
            f"{one.code} – {one.label}",
            (*(one.of(year) for year in years), one.ours(figures), _named(one)),
        )
        for one in TARGETS
        if one.whole is whole
    )
    return Table(table_id, caption, "Indicateur de la COG", columns, rows)


def _named(target: Target) -> str:
    return f"{target.indicator} – {target.beside}" if target.indicator else target.beside
