"""SI-1 … SI-6: the yearly evaluation of the convention Caf, Cpam, SIAO (R-SI, art. 7). Pure: plain facts to sections.

By structure, small numbers of people and of rights are masked as those of units are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from service.statistics import words
from service.statistics.document import Cell, Column, Document, Row, Section, Share, Table
from service.statistics.masking import masked
from service.workflows import french, si

COMMITTEES_A_YEAR = 2
_EXPECTED = ("caf", "cpam", "siao", "ddets")
"""Who is of the committee at least (art. 6)."""


@dataclass(frozen=True, slots=True)
class Shelter:
    """A structure that was open in the year."""

    key: str
    name: str
    commune: str


@dataclass(frozen=True, slots=True)
class Action:
    """An action that was held. `people`: None where nobody has noted it yet; `rights`: number by code."""

    shelter: str
    kind: str
    team: str
    files: int | None
    people: int | None
    rights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refresh:
    """The list as it came on a day."""

    day: date
    structures: int
    places: int
    ddets_told: bool


@dataclass(frozen=True, slots=True)
class Committee:
    """A local committee, and which parties were there."""

    day: date
    present: Sequence[str]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a year of the register holds up to `until`. `over`: the whole year has passed.

    `refreshes` in the order of their days, with the last one of the years before. `remarks`: label and text.
    """

    year: int
    until: date
    over: bool
    signed: bool
    shelters: Sequence[Shelter]
    actions: Sequence[Action]
    refreshes: Sequence[Refresh]
    committees: Sequence[Committee]
    remarks: Sequence[tuple[str, str]]


def key_figures(facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """What the Cnaf may ask for (IT 2023-166, 4): convention signed, people met, rights opened."""
    held = french.counted(len(facts.actions), "action")
    return (
        ("Convention signée", "1" if facts.signed else "0", f"au {french.short_date(facts.until)}"),
        ("Personnes rencontrées", str(_people(facts.actions)), f"au cours de {held}"),
        ("Droits Caf ouverts", str(_opened(facts.actions)), "à la suite de ces actions"),
    )


def evaluation(facts: Facts) -> Document:
    """The year as a document like the others: page, PDF, spreadsheet and CSV are made of it alone."""
    return Document(
        kind="si_evaluation",
        title=f"Convention Caf, Cpam, SIAO – bilan {facts.year}",
        subtitle="Évaluation annuelle de la convention (article 7)",
        made_on=facts.until,
        revision=1,
        sections=(
            Section("si-figures", "Ce que disent les chiffres", level=1),
            *figures(facts),
            Section("si-words", "Ce que les chiffres ne disent pas", level=1),
            qualitative(facts),
        ),
        key_figures=key_figures(facts),
    )


def figures(facts: Facts) -> tuple[Section, ...]:
    """The six indicators of the year."""
    return (
        _people_met(facts),
        _rights_opened(facts),
        _by_kind(facts),
        _covered(facts),
        _age_of_list(facts),
        _committees(facts),
    )


def _people_met(facts: Facts) -> Section:
    unknown = sum(one.people is None for one in facts.actions)
    missing = french.counted(unknown, "action attend", "actions attendent")
    return Section(
        id="SI-1",
        title="Personnes rencontrées",
        sentence=f"{french.counted(_people(facts.actions), 'personne rencontrée', 'personnes rencontrées')}.",
        tables=(_kinds_by_team("people", "Personnes rencontrées", facts.actions, _people),),
        remarks=(f"{missing} encore le nombre de personnes rencontrées.",) if unknown else (),
    )


def _rights_opened(facts: Facts) -> Section:
    total = _opened(facts.actions)
    rows = [
        Row(code, label, (sum(one.rights.get(code, 0) for one in facts.actions),))
        for code, label in si.RIGHTS.items()
    ]
    return Section(
        id="SI-2",
        title="Droits Caf ouverts",
        sentence=f"{french.counted(total, 'droit ouvert', 'droits ouverts')} par la Caf.",
        tables=(
            Table(
                id="rights",
                caption="Droits Caf ouverts, par sorte de droit",
                head="Droit",
                columns=(Column("number", "Droits ouverts"),),
                rows=(*rows, Row("total", "Ensemble", (total,), total=True)),
            ),
        ),
    )


def _by_kind(facts: Facts) -> Section:
    files = sum(one.files or 0 for one in facts.actions)
    identified = french.counted(files, "dossier identifié", "dossiers identifiés")
    return Section(
        id="SI-3",
        title="Actions par sorte",
        sentence=f"{french.counted(len(facts.actions), 'action tenue', 'actions tenues')}.",
        tables=(_kinds_by_team("actions", "Actions tenues", facts.actions, len),),
        remarks=(f"Les permanences ponctuelles portaient sur {identified}.",) if files else (),
    )


def _covered(facts: Facts) -> Section:
    by_shelter = {
        shelter.key: [one for one in facts.actions if one.shelter == shelter.key]
        for shelter in facts.shelters
    }
    share = Share(sum(map(bool, by_shelter.values())), len(by_shelter))
    percent = f" ({words.percent(share)})" if share.whole else ""
    return Section(
        id="SI-4",
        title="Structures couvertes",
        sentence=f"Structures ayant eu au moins une action : {share.part} sur {share.whole}{percent}.",
        tables=(_shelters(facts, by_shelter),),
    )


def _shelters(facts: Facts, by_shelter: Mapping[str, Sequence[Action]]) -> Table:
    """Actions of each structure; with the people only once the year is over, so that no two days are subtracted.

    An action is nobody's: its number is no count that is masked. The sums of people and rights are in SI-1 and SI-2.
    """
    columns = [Column("actions", "Actions", "number")]
    if facts.over:
        columns += [Column("people", "Personnes rencontrées"), Column("rights", "Droits Caf ouverts")]
    rows = (
        Row(
            shelter.key,
            words.printable(f"{shelter.name} ({shelter.commune})"),
            (len(held), _people(held), _opened(held))[: len(columns)],
        )
        for shelter in facts.shelters
        for held in (by_shelter[shelter.key],)
    )
    table = Table(
        id="shelters",
        caption="Actions par structure",
        head="Structure",
        columns=tuple(columns),
        rows=tuple(rows),
        by_unit=facts.over,
        note="" if facts.over else "Personnes et droits sont donnés par structure une fois l’année terminée.",
    )
    return masked(table, dict.fromkeys(by_shelter, "structures"))


def _age_of_list(facts: Facts) -> Section:
    last = facts.refreshes[-1].day if facts.refreshes else None
    age = "La liste n’a pas encore été reçue."
    if last is not None:
        days = french.counted((facts.until - last).days, "jour")
        age = f"Au {french.short_date(facts.until)}, la liste a {days} : elle date du {french.short_date(last)}."
    return Section(
        id="SI-5",
        title="Âge de la liste du SIAO",
        sentence=age,
        tables=(
            Table(
                id="list",
                caption="Mises à jour reçues dans l’année",
                head="Reçue le",
                columns=(
                    Column("days", "Jours depuis la précédente"),
                    Column("structures", "Structures ouvertes"),
                    Column("places", "Places"),
                    Column("ddets", "DDETS informée", "text"),
                ),
                rows=tuple(_refreshes(facts)),
            ),
        ),
        remarks=tuple(_late_refreshes(facts)),
    )


def _refreshes(facts: Facts) -> Iterator[Row]:
    for before, one in zip((None, *facts.refreshes), facts.refreshes, strict=False):
        if one.day.year == facts.year:
            days = None if before is None else (one.day - before.day).days
            told = "oui" if one.ddets_told else "non"
            yield Row(
                one.day.isoformat(), french.short_date(one.day), (days, one.structures, one.places, told)
            )


def _late_refreshes(facts: Facts) -> Iterator[str]:
    days = [one.day for one in facts.refreshes]
    for day, following in zip(days, [*days[1:], facts.until], strict=False):
        if following.year == facts.year and following > (due := si.list_due_on(day)):
            yield f"Une mise à jour était attendue le {french.short_date(due)} : trois mois étaient passés."


def _committees(facts: Facts) -> Section:
    held = french.counted(len(facts.committees), "comité tenu", "comités tenus")
    return Section(
        id="SI-6",
        title="Comités de pilotage",
        sentence=f"{held} ; la convention en demande au moins {COMMITTEES_A_YEAR} par an.",
        tables=(
            Table(
                id="committees",
                caption="Comités tenus et parties présentes",
                head="Tenu le",
                columns=(Column("present", "Présents", "text"),),
                rows=tuple(
                    Row(one.day.isoformat(), french.short_date(one.day), (_names(one.present),))
                    for one in facts.committees
                ),
            ),
        ),
        remarks=tuple(
            f"Comité du {french.short_date(one.day)} : absents, {_names(absent)}."
            for one in facts.committees
            if (absent := [party for party in _EXPECTED if party not in one.present])
        ),
    )


def qualitative(facts: Facts) -> Section:
    """What the parties wrote of the year, paragraph by paragraph."""
    return Section(
        id="SI-Q",
        title="Évaluation qualitative",
        sentence="" if facts.remarks else "Rien n’est encore écrit pour cette année.",
        remarks=tuple(
            words.printable(line)
            for label, text in facts.remarks
            for line in f"{label} : {text}".splitlines()
            if line.strip()
        ),
    )


def _kinds_by_team(
    identifier: str, what: str, actions: Sequence[Action], counted: Callable[[Sequence[Action]], int]
) -> Table:
    def cells(held: Sequence[Action]) -> tuple[Cell, ...]:
        by_team = [counted([one for one in held if one.team == team]) for team in si.TEAMS]
        return (*by_team, counted(held))

    rows = [
        Row(kind, french.capital(label), cells([one for one in actions if one.kind == kind]))
        for kind, label in si.ACTION_KINDS.items()
    ]
    return Table(
        id=identifier,
        caption=f"{what}, par sorte d’action et par organisme",
        head="Sorte d’action",
        columns=(*(Column(*team) for team in si.TEAMS.items()), Column("total", "Ensemble")),
        rows=(*rows, Row("total", "Ensemble", cells(actions), total=True)),
    )


def _people(actions: Iterable[Action]) -> int:
    return sum(one.people or 0 for one in actions)


def _opened(actions: Iterable[Action]) -> int:
    return sum(sum(one.rights.values()) for one in actions)


def _names(parties: Iterable[str]) -> str:
    return ", ".join(si.PRESENT[party] for party in parties)
