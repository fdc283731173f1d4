"""« Actions de sensibilisation »: each action, and how many of each kind a year had."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.models import AwarenessAction
from service.permissions import Actor, Institution, UnitKind
from service.queries.reference import Reference, UnitCard
from service.routes.pages.views.cdas_choices import every_cdas
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.convention_life import ActionForm
from service.workflows import french
from service.workflows.awareness import ACTION_KINDS, AUDIENCES, INDICATOR_OF, recorded_late

Shown = dict[str, Any]
INSTITUTIONS = {Institution.CAF: "Caf", Institution.DEPARTEMENT: "Département"}
EXPORT_HEAD = (
    "Tenue le",
    "Action",
    "Indicateur",
    "Lieu",
    "Public",
    "Participants",
    "Institution",
    "Organisée par",
    "Notée le",
    "Notée après le mois",
)


def shown(action: AwarenessAction, author: str, known: Reference) -> Shown:
    """One action: what, when, where, for whom, how many, by whom; when it was written down if later than its month."""
    recorded_on = french.local_day(action.recorded_at)
    unit = known.units[action.organised_by]
    return {
        "id": action.id,
        "kind": ACTION_KINDS[action.kind],
        "day": french.long_date(action.held_on),
        "iso": action.held_on.isoformat(),
        "place": _place(action, known),
        "audience": [AUDIENCES[code] for code in action.audience],
        "participants": action.participants,
        "by": unit.name,
        "side": unit.institution,
        "recorded": f"notée le {french.short_date(recorded_on)} par {author}",
        "late": recorded_late(action.held_on, recorded_on),
    }


def totals(actions: Sequence[AwarenessAction]) -> list[Shown]:
    """For each kind: its indicator, how many actions and participants (I-12, II-7)."""
    return [
        {
            "kind": label,
            "indicator": INDICATOR_OF[code],
            "actions": sum(1 for one in actions if one.kind == code),
            "participants": sum(one.participants for one in actions if one.kind == code),
        }
        for code, label in ACTION_KINDS.items()
    ]


def sentence(actions: Sequence[AwarenessAction], year: int) -> str:
    """« 12 actions en 2026, 184 participants. »."""
    if not actions:
        return f"Aucune action notée pour {year}."
    people = french.counted(sum(one.participants for one in actions), "participant")
    late = sum(
        1 for one in actions if recorded_late(one.held_on, french.local_day(one.recorded_at))
    )  # R-CLK-8
    after = f" {french.counted(late, 'notée', 'notées')} après la fin de leur mois." if late else ""
    return f"{french.counted(len(actions), 'action')} en {year}, {people}.{after}"


def form(
    actor: Actor, known: Reference, typed: Mapping[str, Any], mistakes: Mapping[str, Sequence[str]]
) -> Shown:
    """The form of an action, begun with the actor's own unit."""
    choices: dict[str, Sequence[Any]] = {
        "cdas": every_cdas(known),
        "organisers": organisers(known),
    }
    fields = form_fields(ActionForm, {"organised_by": actor.unit_id, **typed}, mistakes, choices)
    return {"fields": fields, "errors": general_errors(mistakes, fields)}


def as_typed(action: AwarenessAction) -> Shown:
    """The action as its form holds it."""
    return {name: getattr(action, name) for name in ActionForm().fields}


def organisers(known: Reference) -> list[tuple[str, list[tuple[str, str]]]]:
    """The units of both institutions, those of the administration apart."""
    units = [unit for unit in known.units.values() if unit.kind is not UnitKind.ADMINISTRATION]
    return [(label, _named(units, side)) for side, label in INSTITUTIONS.items()]


def export(rows: Sequence[tuple[AwarenessAction, str]], known: Reference) -> Iterator[list[str]]:
    """The same as CSV, without who wrote it down."""
    for action, _ in rows:
        unit, recorded_on = known.units[action.organised_by], french.local_day(action.recorded_at)
        yield [
            action.held_on.isoformat(),
            ACTION_KINDS[action.kind],
            INDICATOR_OF[action.kind],
            _place(action, known),
            ", ".join(AUDIENCES[code] for code in action.audience),
            str(action.participants),
            INSTITUTIONS[unit.institution],
            unit.name,
            recorded_on.isoformat(),
            "oui" if recorded_late(action.held_on, recorded_on) else "non",
        ]


def _place(action: AwarenessAction, known: Reference) -> str:
    cdas = known.units[action.cdas_code].name if action.cdas_code else ""
    return ", ".join(part for part in (cdas, action.place or "") if part)


def _named(units: Sequence[UnitCard], side: Institution) -> list[tuple[str, str]]:
    return sorted(
        ((unit.code, unit.name) for unit in units if unit.institution is side), key=lambda choice: choice[1]
    )
