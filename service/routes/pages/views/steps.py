"""« Comment ça se passe »: the states on the way to the end, and who owes the step in each, from the table."""

from collections.abc import Mapping

from service.permissions import UnitKind
from service.queries.reference import UnitCard
from service.workflows.machine import Owes, Workflow

_CDAS, _DESK, _SOCIAL = "le CDAS", "le secrétariat de la Caf", "le service social de la Caf"
_RECEIVER = "le service destinataire"

_BY_KIND: Mapping[UnitKind, str] = {
    UnitKind.CDAS: _CDAS,
    UnitKind.CAF_SECRETARIAT: _DESK,
    UnitKind.CAF_SOCIAL: _SOCIAL,
    UnitKind.CAF_PRESTATIONS: "le Service Prestations de la Caf",
}
_TO_ONE_SIDE: Mapping[str, str] = {
    "appointment": _SOCIAL,
    "rights_meeting": "le service de la Caf choisi",
    "child_protection_notice": _CDAS,
}
_BETWEEN_BOTH = ("co_intervention", "handover")


def steps(
    workflow: Workflow, *, to_caf: bool, assigned: UnitCard | None = None
) -> list[tuple[str, str, str]]:
    """Code, label and who owes; nobody's name where the table lets nobody owe anything.

    `assigned`: the unit that examines the request, once it is known.
    """
    return [
        (step.code, step.label, _who(workflow.kind, step.owes, to_caf=to_caf, assigned=assigned))
        for step in (workflow.state(state.code, to_caf=to_caf) for state in workflow.states)
        if not step.final and step.code != "draft"
    ]


def _who(kind: str, owes: Owes | None, *, to_caf: bool, assigned: UnitCard | None) -> str:
    if owes is None:
        return ""
    if owes is Owes.NEXT_TO_CONFIRM:
        return "les deux services"
    if owes is Owes.ASKING_UNIT:
        return "le service demandeur"
    if owes is Owes.TRIAGE_UNIT:
        return _DESK if to_caf or kind not in _BETWEEN_BOTH else _CDAS
    if assigned is not None:
        return _BY_KIND.get(assigned.kind, _RECEIVER)
    if kind in _BETWEEN_BOTH:
        return _SOCIAL if to_caf else _CDAS
    return _TO_ONE_SIDE.get(kind, _RECEIVER)
