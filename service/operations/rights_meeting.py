"""`rights_meeting`: what asking for a rendez-vous des droits does, then fixing, holding and checking it (R-RD)."""

from collections.abc import Mapping

from service import clock
from service.errors import NotVisible
from service.models import RightsMeetingDetails
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
from service.operations.transitions import Act, Effect, keep
from service.permissions import Role, UnitKind
from service.workflows import french
from service.workflows.emergency_statement import past_errors
from service.workflows.rights_meeting import IN_PERSON, OPENED, check_due_on

_MEETS = frozenset({Role.CAF_AGENT, Role.CAF_TS})


def _request(act: Act) -> None:
    """Keep it and route it; an objection stops it (R-DP-2)."""
    given = act.given
    if refusal := objection(given):
        raise refusal
    expect_stated(act)
    keep_statement(act)
    _route(act)


def _route(act: Act) -> None:
    """To the service chosen. Who asks for it there holds it, else the Caf worker who follows the person (R-OR-2)."""
    ticket, actor = act.ticket, act.actor
    social = act.given["to_service"] == "caf_social"
    ticket.assigned_unit_id = unit_of_kind(
        act, UnitKind.CAF_SOCIAL if social else UnitKind.CAF_PRESTATIONS
    ).code
    ticket.triage_unit_id = (
        unit_of_kind(act, UnitKind.CAF_SECRETARIAT).code if social else ticket.assigned_unit_id
    )
    act.payload["receiver"] = ticket.assigned_unit_id
    worker, _ = followed_by_caf(act) if social else (None, False)
    if actor is not None and actor.unit_id == ticket.assigned_unit_id and actor.role in _MEETS:
        ticket.holder_id = actor.account_id
    elif worker is not None and somebody_of(act.session, worker, ticket.assigned_unit_id, clock.now()):
        hand_to(act, worker)


def _schedule(act: Act) -> None:
    """Refuses a day that has passed, and a meeting in person without its place. Who fixes it holds it."""
    given, details = act.given, _of(act.details)
    in_person = given["means"] == IN_PERSON
    passed = {"meeting_on": ["Ce jour est passé."]} if given["meeting_on"] < today(act) else {}
    nowhere = {"place": ["Indiquez le lieu du rendez-vous."]} if in_person and not given.get("place") else {}
    expect(passed, nowhere)
    keep(act)
    if not in_person:
        details.place = None
    if act.ticket.holder_id is None and act.actor is not None:
        act.ticket.holder_id = act.actor.account_id


def _hold(act: Act) -> None:
    """When it was held, what the sheet says, and the day on which it is to be checked."""
    details = _of(act.details)
    held_on = act.given.get("held_on") or details.meeting_on or today(act)
    asked_on = french.local_day(act.ticket.submitted_at or act.happened_at)
    early = {"held_on": ["Ce jour est avant la demande du rendez-vous."]} if held_on < asked_on else {}
    bare = {} if act.given.get("rights_discussed") else {"rights_discussed": ["Cochez les droits évoqués."]}
    expect(past_errors("held_on", held_on, today(act)), early, bare)
    act.given = {**act.given, "held_on": held_on}
    keep(act)
    details.check_due_on = check_due_on(held_on)


def _check(act: Act) -> None:
    """Refuses rights where none were opened, and the other way round; a day before the three months are reached."""
    details, given = _of(act.details), act.given
    checked_on, opened = given.get("checked_on") or today(act), given.get("rights_opened")
    due = details.check_due_on
    early = (
        {"checked_on": ["Ce jour est avant la fin des trois mois (R-RD)."]}
        if due and checked_on < due
        else {}
    )
    expect(
        _result_errors(given["check_result"], bool(opened)),
        past_errors("checked_on", checked_on, today(act)),
        early,
    )
    act.given = {**given, "checked_on": checked_on}
    keep(act)


def _result_errors(result: str, any_named: bool) -> Mapping[str, list[str]]:
    if result == OPENED and not any_named:
        return {"rights_opened": ["Cochez les droits qui ont été ouverts."]}
    if result != OPENED and any_named:
        return {"rights_opened": ["Des droits sont cochés : dites qu’ils ont été ouverts, ou décochez-les."]}
    return {}


def _of(details: object) -> RightsMeetingDetails:
    if not isinstance(details, RightsMeetingDetails):
        raise NotVisible
    return details


EFFECTS: Mapping[str, Effect] = {
    "request": _request,
    "schedule": _schedule,
    "hold": _hold,
    "check": _check,
    "reassign": reassign,
}
"""`fall_due` and `cancel` do what their rows say, no more."""
