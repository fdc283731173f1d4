"""`handover`: what sending does, the exchanges, who takes it, the two confirmations, a receiver's silence (R-PR)."""

from collections.abc import Mapping

from service import clock
from service.models import HandoverDetails
from service.notifications.telling import tell_people
from service.operations import circuits
from service.operations.escalation import who_hears
from service.operations.opening import forget_form
from service.operations.statement import (
    expect,
    expect_stated,
    hand_to,
    keep_statement,
    objection,
    reassign,
    today,
)
from service.operations.transitions import Act, Effect, keep
from service.workflows import french
from service.workflows.circuits import RSA, coming_day, missing, past_day
from service.workflows.handover import CANCEL_REASONS, known_for_child_protection


def _details(act: Act) -> HandoverDetails:
    if not isinstance(act.details, HandoverDetails):
        raise TypeError("a relay that was sent has its details")
    return act.details


def _submit(act: Act) -> None:
    """R-PR-5 first: what can not be handed over is not corrected field by field, another way is offered."""
    given, to_caf = act.given, circuits.to_caf(act)
    if refusal := objection(given) or known_for_child_protection(to_caf, given):
        raise refusal
    expect_stated(act, to_caf=to_caf)
    verdict = circuits.scope_verdict(act)
    circuits.route(act)
    with act.session.no_autoflush:
        keep_statement(act)
        details = _details(act)
        details.rsa_part_kept = details.regime == RSA
        if verdict is not None:
            details.scope_in, details.scope_explanation = verdict.in_scope, verdict.explanation
    act.payload |= {
        "regime": details.regime,
        "relay_case": details.relay_case,
        "known_to_receiver": details.known_to_receiver,
    }


def _record_exchange(act: Act) -> None:
    expect(past_day("exchange_on", act.given, today(act), circuits.sent_on(act)))
    keep(act)


def _plan_meeting(act: Act) -> None:
    expect(coming_day("meeting_on", act.given, circuits.sent_on(act), today(act)))
    keep(act)


def _accept(act: Act) -> None:
    """The receiving side names who takes it (R-PR-6)."""
    hand_to(act, act.given["holder_id"])


def _confirm(act: Act) -> None:
    """The second confirmation completes the relay, and responsibility moves (R-PR-6)."""
    details = _details(act)
    giver = act.actor is not None and act.actor.unit_id == act.ticket.asking_unit_id
    if giver:
        details.giver_confirmed = True
    else:
        details.receiver_confirmed = True
    act.payload["side"] = "giver" if giver else "receiver"
    act.instead = details.giver_confirmed and details.receiver_confirmed


def _return_silent(act: Act) -> None:
    """To be forwarded anew; towards the Caf nobody holds it any more, and another worker may be chosen.

    The head of the silent unit hears of it each time. The clock of the first exchange runs on (R-CLK-1): what the
    receiving side lets pass is counted to it until somebody answers.
    """
    _tell_head(act)
    _details(act).returned += 1
    if act.ticket.holder_id is not None:
        act.payload["silent"] = str(act.ticket.holder_id)
    if circuits.to_caf(act):
        act.ticket.holder_id = None


def _tell_head(act: Act) -> None:
    """R-PR-6: the alarm goes to the mailboxes that the row names and to who heads the unit that kept silent."""
    silent = act.ticket.assigned_unit_id or act.ticket.triage_unit_id
    now, unit = clock.now(), act.reference.units[silent]
    heads = who_hears(act.session, act.reference, silent, now, act.ticket)
    tell_people(act.session, act.ticket, unit, heads, act.row.name, act.row.history, act.reference, now)


def _cancel(act: Act) -> None:
    forget_form(act)
    if act.ticket.submitted_at is None:
        return
    code, more = act.given["cancel_reason"], act.given.get("reason")
    if code == "other":
        expect(missing(act.given, {"reason": "Dites pourquoi : l’autre service le lit."}))
    keep(act)
    label = CANCEL_REASONS[code]
    act.write_message(f"{french.capital(label)}." + (f" {more}" if more else ""))


EFFECTS: Mapping[str, Effect] = {
    "submit": _submit,
    "forward": circuits.forward,
    "record_exchange": _record_exchange,
    "plan_meeting": _plan_meeting,
    "accept": _accept,
    "decline": circuits.decline,
    "confirm": _confirm,
    "return_silent": _return_silent,
    "cancel": _cancel,
    "reassign": reassign,
}
