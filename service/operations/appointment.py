"""`appointment`: what sending a request does, the calls, the offers, the appointment and its outcome (R-RV)."""

from collections.abc import Mapping
from typing import Any

from service.errors import InvalidInput, NotVisible
from service.models import AppointmentDetails
from service.operations import accompaniments as register
from service.operations.carried_over import person_of
from service.operations.consultation import log_access
from service.operations.opening import forget_form
from service.operations.people import keep_person
from service.operations.statement import (
    expect,
    expect_cdas,
    expect_stated,
    hand_to,
    keep_statement,
    objection,
    reassign,
    today,
    unit_of_kind,
)
from service.operations.transitions import Act, Effect, keep
from service.permissions import UnitKind
from service.queries import accompaniments
from service.workflows import scope
from service.workflows.appointment import REACHED, REDIRECTIONS, with_own_agreement
from service.workflows.emergency_statement import past_errors, scope_errors

_SCOPE = ("scope_event", "scope_event_on", "has_children", "is_allocataire")
_MEETING = {
    "meeting_on": "Indiquez le jour du rendez-vous.",
    "meeting_time": "Indiquez l’heure du rendez-vous.",
    "place": "Indiquez le lieu du rendez-vous.",
}


def _submit(act: Act) -> None:
    """To the secretariat. Out of scope asks for a reason and blocks nothing (R-EL); an objection stops it (R-DP-2)."""
    act.given = given = with_own_agreement(act.given, today(act))
    if refusal := objection(given):
        raise refusal
    expect_stated(act)
    verdict = _verdict(act, given)
    if verdict is not None and verdict.needs_reason and not given.get("out_of_scope_reason"):
        raise InvalidInput(
            {"out_of_scope_reason": [f"{verdict.explanation} {verdict.advice}"]}, rule=verdict.rule
        )
    with act.session.no_autoflush:
        details = _of(keep_statement(act))
        _keep_verdict(details, verdict)
    act.ticket.triage_unit_id = unit_of_kind(act, UnitKind.CAF_SECRETARIAT).code
    act.payload |= {"source": given["source"], "scope": details.scope_in}


def _verdict(act: Act, given: Mapping[str, Any]) -> scope.Verdict | None:
    event, event_on, matricule = given.get("scope_event"), given.get("scope_event_on"), given.get("matricule")
    if event is None:
        return None
    return scope.check(
        event,
        today(act),
        event_on,
        children=given.get("has_children"),
        allocataire=given.get("is_allocataire"),
        closed_for_event=accompaniments.closed_for_event(act.session, matricule, event, event_on),
        followed_by_caf=accompaniments.open_for(act.session, matricule) is not None,
    )


def _keep_verdict(details: AppointmentDetails, verdict: scope.Verdict | None) -> None:
    if verdict is None:
        return
    details.scope_in, details.scope_explanation = verdict.in_scope, verdict.explanation
    if not verdict.needs_reason:
        details.out_of_scope_reason = None


def _log_call(act: Act) -> None:
    """Count the call, keep the first one and the first that reached the person apart (R-CLK-1); check the scope."""
    details, given = _of(act.details), act.given
    stated = {name: given.get(name, getattr(details, name)) for name in _SCOPE}
    if given.get("scope_event") not in (None, details.scope_event):
        stated["scope_event_on"] = given.get("scope_event_on")
    expect(scope_errors(stated, today(act)))
    keep(act)
    details.scope_event_on = stated["scope_event_on"]
    _keep_verdict(details, _verdict(act, {**person_of(act), **stated}))
    details.calls += 1
    details.first_called_at = details.first_called_at or act.happened_at
    if given["call_result"] == REACHED:
        details.first_reached_at = details.first_reached_at or act.happened_at
        details.calls_in_vain = 0
    else:
        details.calls_in_vain += 1
    enough = act.reference.values_of(act.ticket.convention_version).number("unreachable_after_calls")
    details.unreachable = details.calls_in_vain >= enough
    act.payload["calls_in_vain"] = details.calls_in_vain


def _offer(act: Act) -> None:
    _fix_meeting(act)
    _of(act.details).offers += 1


def _schedule(act: Act) -> None:
    _fix_meeting(act)


def _fix_meeting(act: Act) -> None:
    """Day, time, place and worker, given or offered before. Refuses what is missing and a day that has passed."""
    details, given = _of(act.details), act.given
    holder = given.get("holder_id") or act.ticket.holder_id
    missing = {
        name: [sentence]
        for name, sentence in _MEETING.items()
        if given.get(name) is None and getattr(details, name) is None
    }
    if holder is None:
        missing["holder_id"] = ["Choisissez le travailleur social du secteur."]
    day = given.get("meeting_on") or details.meeting_on
    passed = {"meeting_on": ["Ce jour est passé."]} if day is not None and day < today(act) else {}
    expect(missing, passed)
    keep(act)
    act.ticket.assigned_unit_id = unit_of_kind(act, UnitKind.CAF_SOCIAL).code
    hand_to(act, holder)


def _refuse_offer(act: Act) -> None:
    keep(act)
    _of(act.details).offers_refused += 1
    _forget_meeting(act)


def _no_show(act: Act) -> None:
    details = _of(act.details)
    to_come = details.meeting_on is not None and details.meeting_on > today(act)
    if to_come and act.given.get("absence") == "without_notice":
        sentence = "Ce rendez-vous n’a pas encore eu lieu : une absence ne se note d’avance qu’annoncée."
        raise InvalidInput({"absence": [sentence]}, rule="R-RV")
    keep(act)
    details.no_shows += 1
    details.calls_in_vain, details.unreachable = 0, False
    _forget_meeting(act)


def _forget_meeting(act: Act) -> None:
    """Back to the secretariat, who proposes another day; the worker of the sector stays named."""
    details = _of(act.details)
    details.meeting_on = details.meeting_time = details.place = None


def _hold(act: Act) -> None:
    details = _of(act.details)
    held_on = act.given.get("held_on") or details.meeting_on
    if held_on is not None and held_on > today(act):
        raise InvalidInput(
            {"held_on": ["Ce rendez-vous n’a pas encore eu lieu : dites quel jour."]}, rule="R-CLK-8"
        )
    expect(past_errors("held_on", held_on, today(act)))
    keep(act)
    details.held_on = held_on


def _close(act: Act) -> None:
    """The outcome; an accompaniment opened enters the register in this same transaction (R-AC)."""
    outcome = act.given["outcome"]
    if outcome == "redirected":
        expect(_where_errors(act), _why_errors(act))
        _say_where(act)
    else:
        act.given = {name: v for name, v in act.given.items() if not name.startswith("redirect_")}
    if outcome == "accompaniment_opened":
        _open_accompaniment(act)
    keep(act)


def _redirect(act: Act) -> None:
    expect(_where_errors(act), _why_errors(act))
    _say_where(act)
    keep(act)


def _say_where(act: Act) -> None:
    """The asking service reads where and why in one message (R-RV)."""
    asked_for = {"cdas": "redirect_cdas", "other_service": "redirect_service"}.get(act.given["redirect_to"])
    void = {"redirect_cdas", "redirect_service"} - {asked_for}
    given = {name: value for name, value in act.given.items() if name not in void}
    cdas = act.reference.units.get(given.get("redirect_cdas") or "")
    where = given.get("redirect_service") or (cdas.name if cdas else REDIRECTIONS[given["redirect_to"]])
    act.given = {**given, "detail": f"{given['detail']}\n\nOù s’adresser : {where}"}


def _where_errors(act: Act) -> Mapping[str, list[str]]:
    """R-RV: where. A CDAS by name, another service in words."""
    given = act.given
    where = given.get("redirect_to")
    if where is None:
        return {"redirect_to": ["Dites vers qui la personne est réorientée."]}
    if where == "other_service" and not given.get("redirect_service"):
        return {"redirect_service": ["Nommez le service."]}
    if where == "cdas":
        expect_cdas(act, given.get("redirect_cdas"), "redirect_cdas")
    return {}


def _why_errors(act: Act) -> Mapping[str, list[str]]:
    return {} if act.given.get("detail") else {"detail": ["Dites pourquoi la personne est réorientée."]}


def _open_accompaniment(act: Act) -> None:
    given, details = act.given, _of(act.details)
    worker = act.ticket.holder_id
    if given.get("matricule"):
        keep_person(act.session, act.ticket.id, {"matricule": given["matricule"]})
    person = person_of(act)
    missing = {
        "event": ["Choisissez l’événement."] if not given.get("event") else [],
        "term_on": ["Indiquez le terme de l’accompagnement."] if not given.get("term_on") else [],
        "matricule": ["Indiquez le matricule Caf : le registre le demande."]
        if not person["matricule"]
        else [],
        "outcome": ["Confiez d’abord ce rendez-vous à un travailleur social."] if worker is None else [],
    }
    expect({name: sentences for name, sentences in missing.items() if sentences})
    entry = register.enter(
        act.session,
        {
            **person,
            "event": given["event"],
            "event_on": given.get("event_on"),
            "worker_id": worker,
            "opened_on": details.held_on,
            "term_on": given["term_on"],
        },
        act.ticket.id,
    )
    if act.actor is not None:
        log_access(act.session, act.actor, "follow_open", entry.id)
    act.payload["accompaniment"] = str(entry.id)


def _cancel(act: Act) -> None:
    """A draft goes with its text, and leaves no message to anybody."""
    forget_form(act)
    if act.ticket.submitted_at is not None:
        keep(act)


def _of(details: object) -> AppointmentDetails:
    if not isinstance(details, AppointmentDetails):
        raise NotVisible
    return details


EFFECTS: Mapping[str, Effect] = {
    "submit": _submit,
    "log_call": _log_call,
    "offer": _offer,
    "schedule": _schedule,
    "refuse_offer": _refuse_offer,
    "no_show": _no_show,
    "hold": _hold,
    "close": _close,
    "redirect": _redirect,
    "cancel": _cancel,
    "reassign": reassign,
}
