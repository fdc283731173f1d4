"""What co-intervention and relay do alike: who receives the request, R-EL, passing on, declining (R-CI-3, R-PR-4)."""

from datetime import date

from service.errors import InvalidInput
from service.operations.concertations import enlist_on
from service.operations.homes import receiving_cdas
from service.operations.statement import expect, followed_by_caf, hand_to, today, unit_of_kind
from service.operations.transitions import Act, keep
from service.permissions import UnitKind
from service.workflows import french, scope
from service.workflows.circuits import coming_day, missing
from service.workflows.scope import Verdict


def to_caf(act: Act) -> bool:
    """Whether a CDAS asks the Caf."""
    return act.reference.to_caf(act.ticket.asking_unit_id)


def sent_on(act: Act) -> date:
    """The day in Paris on which the request left."""
    return french.local_day(act.ticket.submitted_at or act.happened_at)


def scope_verdict(act: Act) -> Verdict | None:
    """R-EL for a request to the Caf, none towards a CDAS. Out of scope asks for a reason (InvalidInput), no more."""
    if not to_caf(act):
        return None
    given = act.given
    worker, closed = followed_by_caf(act)
    verdict = scope.check(
        given["scope_event"],
        today(act),
        given.get("scope_event_on"),
        children=given.get("has_children"),
        allocataire=given.get("is_allocataire"),
        closed_for_event=closed,
        followed_by_caf=worker is not None,
    )
    if verdict.needs_reason and not given.get("out_of_scope_reason"):
        raise InvalidInput(
            {"out_of_scope_reason": [f"{verdict.explanation} {verdict.advice}"]}, rule=verdict.rule
        )
    return verdict


def route(act: Act) -> None:
    """R-CI-3: the secretariat of the Caf social service, or the CDAS, which examines it itself."""
    ticket = act.ticket
    if to_caf(act):
        ticket.triage_unit_id = unit_of_kind(act, UnitKind.CAF_SECRETARIAT).code
        ticket.assigned_unit_id = None
    else:
        ticket.triage_unit_id = ticket.assigned_unit_id = receiving_cdas(act).code
    act.payload["receiver"] = ticket.triage_unit_id


def forward(act: Act) -> None:
    """To the worker of the sector, or to the concertation of a day; refuses (InvalidInput) neither."""
    if not to_caf(act):
        expect(
            missing(act.given, {"concertation_on": "Donnez la date de la concertation (R-CI-3)."}),
            coming_day("concertation_on", act.given, sent_on(act), today(act)),
        )
        enlist_on(act.session, act.ticket, act.given["concertation_on"])
        keep(act)
        return
    expect(missing(act.given, {"holder_id": "Choisissez le travailleur social du secteur (R-CI-3)."}))
    act.ticket.assigned_unit_id = unit_of_kind(act, UnitKind.CAF_SOCIAL).code
    hand_to(act, act.given["holder_id"])


def decline(act: Act) -> None:
    """Why and where to turn, in one message that the asking service reads."""
    keep(act)
    act.write_message(f"{act.given['sentence']}\n\nOù s’adresser : {act.given['turn_to']}")
