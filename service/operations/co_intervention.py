"""`co_intervention`: what sending does, both opinions, the start, the reviews and the end (R-CI)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from service.models import CoInterventionDetails, Person
from service.operations import circuits
from service.operations.links import spawn
from service.operations.opening import forget_form
from service.operations.statement import (
    expect,
    expect_stated,
    keep_statement,
    objection,
    reassign,
    today,
)
from service.operations.transitions import Act, Effect, keep
from service.permissions import UnitKind
from service.queries.tickets import kept_from
from service.workflows.circuits import coming_day, missing, past_day, without_opinion
from service.workflows.co_intervention import RELAY_TO_CAF, RELAY_TO_CDAS, opinion_errors


def _details(act: Act) -> CoInterventionDetails:
    if not isinstance(act.details, CoInterventionDetails):
        raise TypeError("a co-intervention that was sent has its details")
    return act.details


def _submit(act: Act) -> None:
    given = act.given
    if refusal := objection(given):
        raise refusal
    expect_stated(act, to_caf=circuits.to_caf(act))
    verdict = circuits.scope_verdict(act)
    circuits.route(act)
    with act.session.no_autoflush:
        keep_statement(act)
        details = _details(act)
        if verdict is not None:
            details.scope_in, details.scope_explanation = verdict.in_scope, verdict.explanation
    act.payload["regime"] = details.regime


def _record_opinion(act: Act) -> None:
    """Favourable, or no opinion asked: validated; unfavourable: declined (R-CI-4, R-CI-2)."""
    details = _details(act)
    expect(
        opinion_errors(act.given, details.facts(), circuits.to_caf(act), today(act), circuits.sent_on(act))
    )
    keep(act)
    act.instead = act.given.get("opinion") == "unfavourable"


def _start(act: Act) -> None:
    day = today(act)
    expect(past_day("family_talk_on", act.given, day), coming_day("review_on", act.given, day, day))
    keep(act)


def _review(act: Act) -> None:
    day = today(act)
    expect(past_day("reviewed_on", act.given, day), coming_day("review_on", act.given, day, day))
    keep(act)


def _end(act: Act) -> None:
    """A relay makes the linked draft; under R-CI-2 only the Caf's part ends."""
    details, outcome = _details(act), act.given["outcome"]
    if outcome == "other":
        expect(missing(act.given, {"outcome_detail": "Précisez l’issue (R-CI-6)."}))
    keep(act)
    if without_opinion(details.facts()):
        details.caf_part_only = True
        act.payload["caf_part_only"] = True
        act.write_message("La part de la Caf prend fin. L’intervention du CDAS continue (R-CI-2).")
    if outcome in (RELAY_TO_CDAS, RELAY_TO_CAF):
        _prepare_relay(act, details, outcome)


def _prepare_relay(act: Act, details: CoInterventionDetails, outcome: str) -> None:
    """The draft belongs to the side that gives; the person's agreement stays to be collected (R-PR-1)."""
    ticket = act.ticket
    from_asking_side = circuits.to_caf(act) == (outcome == RELAY_TO_CAF)
    giver = ticket.asking_unit_id if from_asking_side else ticket.assigned_unit_id
    taker = ticket.assigned_unit_id if from_asking_side else ticket.asking_unit_id
    form = {**_person_of(act), "regime": details.regime}
    if taker is not None and act.reference.units[taker].kind is UnitKind.CDAS:
        form["receiving_unit"] = taker
    made = spawn(act, "handover", why="handover_of_co_intervention", asking_unit_id=giver, form=form)
    usual = ticket.author_id if from_asking_side else ticket.holder_id
    kept = usual is not None and act.session.scalar(kept_from(made.id, usual)) is not None
    made.author_id = _author(act, giver, None if kept else usual)


def _author(act: Act, giver: str | None, usual: UUID | None) -> UUID | None:
    """Who finds the draft: who ended the co-intervention when of the giving side, else its professional there."""
    if act.actor is not None and act.actor.unit_id == giver:
        return act.actor.account_id
    return usual


def _person_of(act: Act) -> dict[str, Any]:
    person = act.session.get(Person, act.ticket.id)
    if person is None:
        return {}
    said = {
        "matricule": person.matricule,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "birth_date": person.birth_date,
        "commune": person.commune_insee,
    }
    return {name: value for name, value in said.items() if value}


def _cancel(act: Act) -> None:
    forget_form(act)
    if act.ticket.submitted_at is not None:
        act.write_message(act.given["reason"])


EFFECTS: Mapping[str, Effect] = {
    "submit": _submit,
    "forward": circuits.forward,
    "record_opinion": _record_opinion,
    "decline": circuits.decline,
    "start": _start,
    "review": _review,
    "end": _end,
    "cancel": _cancel,
    "reassign": reassign,
}
