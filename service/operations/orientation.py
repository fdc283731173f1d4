"""`orientation`: what sending a fiche does, its reception, and who takes it (R-OR)."""

from collections.abc import Mapping
from uuid import UUID

from service import clock
from service.operations.homes import receiving_cdas
from service.operations.staff import somebody_of
from service.operations.statement import (
    expect,
    expect_stated,
    followed_by_caf,
    hand_to,
    keep_statement,
    objection,
    reassign,
    today,
    unit_of_kind,
)
from service.operations.transitions import Act, Effect
from service.permissions import UnitKind
from service.queries.reference import UnitCard
from service.workflows.orientation import (
    Followed,
    Qualified,
    advise_on,
    own_service_error,
    unfollowed_error,
)


def _send(act: Act) -> None:
    """Advise, route, keep. R-OR never blocks: sending against the advice asks for a reason."""
    given, day = act.given, today(act)
    if refusal := objection(given):
        raise refusal
    expect_stated(act)
    receiver = _receiver(act)
    worker, closed = followed_by_caf(act)
    qualified = advise_on(given, day, Followed(worker is not None, closed))
    expect(_own_service(act, receiver), unfollowed_error(qualified, given))
    _keep(act, qualified)
    _route(act, receiver, worker)


def _receiver(act: Act) -> UnitCard:
    to_service = act.given["to_service"]
    if to_service == "cdas":
        return receiving_cdas(act)
    return unit_of_kind(act, UnitKind.CAF_PRESTATIONS if to_service == "prestations" else UnitKind.CAF_SOCIAL)


def _own_service(act: Act, receiver: UnitCard) -> Mapping[str, list[str]]:
    asking = act.reference.units.get(act.ticket.asking_unit_id or "")
    same = asking is not None and asking.code == receiver.code
    return own_service_error(act.given["to_service"], asking.kind if asking else None, same)


def _keep(act: Act, qualified: Qualified) -> None:
    """The statement and the advice it was given; a reason for not following it only where it was not followed."""
    advice, verdict = qualified.advice, qualified.verdict
    followed = qualified.followed_by(act.given["to_service"])
    said = {name: value for name, value in act.given.items() if name != "reason_not_followed" or not followed}
    act.given = said | {
        "advised_service": advice.service,
        "advised_rule": advice.rule,
        "advised_explanation": advice.explanation,
        "advice_followed": followed,
        "scope_in": verdict.in_scope if verdict else None,
        "scope_explanation": verdict.explanation if verdict else None,
    }
    keep_statement(act)
    act.payload |= {"advised": advice.service, "rule": advice.rule, "followed": followed}


def _route(act: Act, receiver: UnitCard, worker: UUID | None) -> None:
    """The secretariat of the Caf social service sees what comes to it; a worker who follows keeps it (R-OR-2)."""
    ticket = act.ticket
    ticket.triage_unit_id = ticket.assigned_unit_id = receiver.code
    act.payload["receiver"] = receiver.code
    if receiver.kind is not UnitKind.CAF_SOCIAL:
        return
    ticket.triage_unit_id = unit_of_kind(act, UnitKind.CAF_SECRETARIAT).code
    if worker is not None and somebody_of(act.session, worker, receiver.code, clock.now()) is not None:
        hand_to(act, worker)


def _receive(act: Act) -> None:
    """Who receives it for the service it came to holds it; the secretariat only says that it came."""
    ticket, actor = act.ticket, act.actor
    if ticket.holder_id is None and actor is not None and actor.unit_id == ticket.assigned_unit_id:
        ticket.holder_id = actor.account_id


EFFECTS: Mapping[str, Effect] = {"send": _send, "receive": _receive, "reassign": reassign}
"""`judge` does what its row says, no more."""
