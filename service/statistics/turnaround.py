"""How long each step took, and whose time it was (R-IND-I-5, R-IND-I-6, R-IND-I-13). Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from service.statistics.document import Column, Duration
from service.statistics.facts import OUT_OF_FIGURES, Facts
from service.statistics.measures import Cells, Delays, Labels, Own, Timed
from service.statistics.volet_one import kinds
from service.workflows.registry import WORKFLOWS


def _lower(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"


def clock_rows() -> Labels:
    """Every clock of every kind that figures show (R-CLK-1)."""
    return {
        f"{kind}.{name}": f"{workflow.label} – {_lower(label)}"
        for kind, workflow in WORKFLOWS.items()
        if kind != OUT_OF_FIGURES
        for name, label in workflow.clocks.items()
    }


def _runs(facts: Facts) -> Iterator[Timed]:
    """R-IND-I-5, R-IND-I-6: every run of every clock that began before the cut-off."""
    for ticket in facts.sent:
        for timing in ticket.timings:
            yield Timed(ticket, f"{ticket.kind}.{timing.name}", timing)


SIDES: Labels = {
    "cdas": "CDAS",
    "caf_secretariat": "Secrétariat de la Caf",
    "caf_prestations": "Service Prestations de la Caf",
    "caf_social": "Service social de la Caf",
    "closed": "Personne : le service dont c’était le tour était fermé",
}


def _time_by_side(facts: Facts) -> Mapping[tuple[str, str], int]:
    """Open seconds by kind and side, of the tickets sent in the period, up to the cut-off (R-IND-I-13)."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for ticket in facts.sent:
        for start, end, unit in ticket.owed(facts.period.end):
            seconds = facts.hours_of(unit).between(start, end)
            found[ticket.kind, facts.units[unit].side] += seconds
            found[ticket.kind, "closed"] += int(end.timestamp()) - int(start.timestamp()) - seconds
    return found


def _by_side(facts: Facts) -> Cells:
    found = facts.once(_time_by_side)
    return {
        side: {"time": Duration(sum(seconds for (_, whose), seconds in found.items() if whose == side))}
        for side in SIDES
    }


def _by_kind_and_institution(facts: Facts) -> Cells:
    found = facts.once(_time_by_side)
    return {
        kind: {
            "caf": Duration(sum(found.get((kind, side), 0) for side in SIDES if side.startswith("caf_"))),
            "departement": Duration(found.get((kind, "cdas"), 0)),
            "closed": Duration(found.get((kind, "closed"), 0)),
        }
        for kind in kinds()
    }


MEASURES = (
    Delays("I-5.clock", "Délais des demandes envoyées dans la période", "Délai", clock_rows(), of=_runs),
    Own(
        "I-13.side",
        "À qui revenait l’étape, en temps ouvré",
        "Côté",
        SIDES,
        compute=_by_side,
        shown=(Column("time", "Temps", "duration"),),
        compares=("time",),
    ),
    Own(
        "I-13.kind",
        "À qui revenait l’étape, par type de demande",
        "Type de demande",
        kinds(),
        compute=_by_kind_and_institution,
        shown=(
            Column("caf", "Caf", "duration"),
            Column("departement", "CDAS", "duration"),
            Column("closed", "Service fermé", "duration"),
        ),
    ),
)
