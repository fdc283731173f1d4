"""`urgent_rights`: open, keep a draft, send, receive; and the effect of each transition of its table."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Ticket, UrgentRightsDetails
from service.operations.choosing import cdas_mistake
from service.operations.opening import forget_form, new_ticket
from service.operations.people import keep_person
from service.operations.repetition import keep_repetition
from service.operations.staff import somebody_of
from service.operations.transitions import Act, Effect, fire
from service.permissions import Actor, Permission, UnitKind, may
from service.queries import tickets
from service.queries.reference import LINE, Reference
from service.workflows import french, submission, urgency
from service.workflows.urgent_rights import URGENT_RIGHTS

_FARTHEST_OUTCOME = timedelta(days=366)
_PLAIN_FIELDS = (
    "benefit",
    "event",
    "last_payment_on",
    "amount_before",
    "amount_after",
    "cdap_consulted_on",
    "cdap_missing",
    "line_open_reason",
    "accompanied_by_author",
    "accompanied_by_name",
    "accompanied_by_unit",
    "told_on",
    "agreed_on",
    "reason_not_told",
    "description",
)


def open_draft(
    session: Session, actor: Actor, channel: str = "service", happened_at: datetime | None = None
) -> Ticket:
    """Open a draft in the name of the actor's CDAS; refuses anybody else."""
    if not may(actor, Permission.OPEN_URGENT_RIGHTS):
        raise NotPermitted("Signaler une urgence définie revient aux professionnels des CDAS.", rule="R-UD-1")
    ticket = new_ticket(session, URGENT_RIGHTS.kind, actor, channel, actor.unit_id)
    fire(session, ticket, "open", actor, {}, happened_at=happened_at)
    return ticket


def send(
    session: Session,
    ticket: Ticket,
    actor: Actor,
    given: Mapping[str, Any],
    happened_at: datetime | None = None,
) -> None:
    """`submit`: check the rules, keep what the ticket says, start its clocks; the draft's text goes.

    Refuses a request outside the definition (R-UD-1), without look-up (R-UD-4) or ground (R-DP-2), with the reason.
    """
    fire(session, ticket, "submit", actor, given, _submit, happened_at=happened_at)


def receive(
    session: Session, ticket: Ticket, given: Mapping[str, Any], received_at: datetime, text: str | None
) -> None:
    """`receive`: a message with the keyword; clocks start when it was received."""

    def effect(act: Act) -> None:
        _keep_details(act, given)
        act.write_message(text, act.ticket.channel)

    fire(session, ticket, "receive", None, given, effect, happened_at=received_at)


def receive_draft(session: Session, ticket: Ticket, given: Mapping[str, Any], received_at: datetime) -> int:
    """`submit` of a draft whose text has come back by CDAP or mail: it has left, though nobody noted it here.

    Carried out as part of `receive`: its clocks start when it was received, nothing is asked or refused, what is
    missing is left to `complete`. The draft's form goes, as with any `submit`. Gives the journal entry's sequence.
    """

    def effect(act: Act) -> None:
        _keep_sent(act, given)

    happened_at = max(received_at, ticket.state_since)
    entry = fire(session, ticket, "submit", None, given, effect, happened_at=happened_at, part_of="receive")
    return entry.sequence


def expect_sendable(
    known: Reference, ticket: Ticket, given: Mapping[str, Any], happened_at: datetime, channel: str
) -> urgency.Verdict:
    """The verdict of a request that may leave by that channel; else raises what `send` refuses."""
    if refusal := submission.objection(given):
        raise refusal
    if not known.settings["direct_channel"] and channel == "service":
        raise GuardRefused(
            "Les demandes directes dans Relais ne sont pas ouvertes pour le moment.",
            rule="R-UD-3",
            advice="Préparez le texte à coller dans CDAP, puis indiquez que vous l’avez envoyé.",
        )
    if errors := field_errors(known, given, happened_at):
        raise InvalidInput(errors)
    verdict = verdict_of(known, ticket, given, french.local_day(happened_at))
    if refusal := submission.outside_definition(verdict):
        raise refusal
    return verdict


def field_errors(known: Reference, given: Mapping[str, Any], happened_at: datetime) -> dict[str, list[str]]:
    """What is missing or wrong in the answers, a sentence beside each; empty when they may leave."""
    today = french.local_day(clock.now())
    errors = submission.field_errors(given, today, line_state_open(known, happened_at))
    for name, sentence in urgency.input_errors(
        given.get("benefit"),
        given.get("event"),
        today,
        given.get("last_payment_on"),
        given.get("amount_before"),
        given.get("amount_after"),
    ).items():
        errors.setdefault(name, []).append(sentence)
    return errors


def _submit(act: Act) -> None:
    given = act.given
    expect_sendable(act.reference, act.ticket, given, act.happened_at, act.ticket.channel)
    _keep_sent(act, given)


def _keep_sent(act: Act, given: Mapping[str, Any]) -> None:
    forget_form(act)
    details = _keep_details(act, given)
    details.line_was_open = line_state_open(act.reference, act.happened_at)
    act.payload["channel"] = act.ticket.channel


def _keep_details(act: Act, given: Mapping[str, Any]) -> UrgentRightsDetails:
    ticket = act.ticket
    ticket.submitted_at = act.happened_at
    details = act.details = UrgentRightsDetails(ticket_id=ticket.id)
    act.session.add(details)
    with act.session.no_autoflush:  # each row is written once, when all of it is there
        person = keep_person(act.session, ticket.id, given, known=False)
        for name in _PLAIN_FIELDS:
            if given.get(name) is not None:
                setattr(details, name, given[name])
        details.cdap_no_access = bool(given.get("cdap_no_access"))
        _keep_verdict(act, details)
        keep_repetition(act, details, person)
    return details


def _keep_verdict(act: Act, details: UrgentRightsDetails) -> None:
    if details.benefit is None or details.event is None:
        return
    day = french.local_day(act.happened_at)
    told = {
        name: getattr(details, name)
        for name in ("benefit", "event", "last_payment_on", "amount_before", "amount_after")
    }
    verdict = verdict_of(act.reference, act.ticket, told, day)
    details.urgency_rule = verdict.rule
    details.urgency_reached_on = verdict.reached_on
    details.urgency_explanation = verdict.explanation


def verdict_of(known: Reference, ticket: Ticket, given: Mapping[str, Any], day: date) -> urgency.Verdict:
    """R-UD-1 under the ticket's convention version."""
    return urgency.check(
        given["benefit"],
        given["event"],
        day,
        last_payment_on=given.get("last_payment_on"),
        amount_before=given.get("amount_before"),
        amount_after=given.get("amount_after"),
        rules=known.values_of(ticket.convention_version).urgency_rules(),
        never_paid=bool(given.get("never_paid")),
    )


def line_state_open(known: Reference, instant: datetime) -> bool:
    """Whether the direct line was open at an instant (R-UD-3)."""
    return known.hours_of_calendar(LINE).is_open(instant)


def _details(act: Act) -> UrgentRightsDetails:
    if not isinstance(act.details, UrgentRightsDetails):
        raise NotVisible
    return act.details


def _complete(act: Act) -> None:
    details = _details(act)
    unit = act.given.get("asking_unit")
    if unit and unit != act.ticket.asking_unit_id:
        if mistake := cdas_mistake(act.reference, unit, french.local_day(clock.now())):
            raise InvalidInput({"asking_unit": [mistake]}, rule="R-OR-1")
        if act.ticket.author_id is not None:
            # Its author's CDAS sent it: another one would read its notes, and the author no longer could (R-DP-1).
            raise InvalidInput({"asking_unit": ["Ce CDAS a envoyé la demande lui-même : il ne change pas."]})
        act.ticket.asking_unit_id = unit
    person = keep_person(act.session, act.ticket.id, act.given)
    for name in _PLAIN_FIELDS:
        if act.given.get(name) is not None:
            setattr(details, name, act.given[name])
    if errors := urgency.input_errors(
        details.benefit,
        details.event,
        french.local_day(clock.now()),
        details.last_payment_on,
        details.amount_before,
        details.amount_after,
    ):
        raise InvalidInput({name: [sentence] for name, sentence in errors.items()}, rule="R-UD-1")
    _keep_verdict(act, details)
    keep_repetition(act, details, person)
    act.payload["completed"] = sorted(name for name, value in act.given.items() if value)


def _assign(act: Act) -> None:
    unit = act.reference.units.get(act.given["unit_id"])
    if unit is None or unit.kind is not UnitKind.CAF_PRESTATIONS:
        raise InvalidInput({"unit_id": ["Choisissez une équipe du Service Prestations."]}, rule="R-OR-1")
    if unit.closed_by(french.local_day(clock.now())):
        raise InvalidInput(
            {"unit_id": [f"{unit.name} est fermé : choisissez une autre équipe."]}, rule="R-OR-1"
        )
    act.ticket.assigned_unit_id = unit.code
    act.ticket.holder_id = _colleague(act, act.given.get("holder_id"), unit.code)
    act.payload |= {"unit": unit.code, "holder": _text(act.ticket.holder_id)}


def _colleague(act: Act, account_id: UUID | None, unit_code: str) -> UUID | None:
    if account_id is None:
        return None
    if somebody_of(act.session, account_id, unit_code, clock.now()) is None:
        raise InvalidInput({"holder_id": ["Cette personne ne travaille pas dans ce service aujourd’hui."]})
    if act.session.scalar(tickets.kept_from(act.ticket.id, account_id)) is not None:
        raise InvalidInput({"holder_id": ["Confiez cette demande à quelqu’un d’autre."]}, rule="R-DP-1")
    details = act.details.facts() if act.details else {}
    if details.get("contested") and account_id == details.get("refused_by"):
        raise InvalidInput(
            {"holder_id": ["Cette personne a refusé la demande : la seconde lecture revient à une autre."]},
            rule="R-UD-8",
        )
    return account_id


def _reject(act: Act) -> None:
    details, given = _details(act), act.given
    if given["reason"] == "duplicate":
        other = act.session.scalar(
            select(Ticket.id).where(
                tickets.visible_to(act.actor) if act.actor else Ticket.id.is_(None),
                Ticket.reference == given.get("duplicate_of"),
                Ticket.id != act.ticket.id,
            )
        )
        if other is None:
            raise InvalidInput({"duplicate_of": ["Indiquez la référence de la demande déjà en cours."]})
        details.duplicate_of_id = other
    _keep_ground(act, details)
    details.rejection_reason = given["reason"]
    details.rejected_by = act.actor.account_id if act.actor else None
    act.payload["reason"] = given["reason"]
    turn_to = given.get("turn_to")
    act.write_message(given["sentence"] + (f"\n\nOù s’adresser : {turn_to}" if turn_to else ""))


def _keep_ground(act: Act, details: UrgentRightsDetails) -> None:
    details.kept_benefit = act.given.get("kept_benefit") or details.benefit
    details.kept_event = act.given.get("kept_event") or details.event
    act.payload |= {"kept_benefit": details.kept_benefit, "kept_event": details.kept_event}


def _take(act: Act) -> None:
    if act.actor is not None:
        act.ticket.assigned_unit_id = act.actor.unit_id
        act.ticket.holder_id = act.actor.account_id


def _ask(act: Act) -> None:
    act.write_message(act.given["question"])


def _reply(act: Act) -> None:
    act.write_message(act.given["text"])


def _answer(act: Act) -> None:
    details, given = _details(act), act.given
    if given["outcome"] in ("payment_scheduled", "under_review") and given.get("outcome_on") is None:
        raise InvalidInput({"outcome_on": ["Indiquez la date."]})
    named = given.get("outcome_on")
    if named is not None and abs(named - french.local_day(act.happened_at)) > _FARTHEST_OUTCOME:
        raise InvalidInput({"outcome_on": ["Cette date est à plus d’un an : vérifiez-la."]})
    if given["outcome"] in ("documents_requested", "other_body") and not given.get("outcome_detail"):
        raise InvalidInput({"outcome_detail": ["Précisez lesquelles, ou lequel."]})
    _keep_ground(act, details)
    details.outcome = given["outcome"]
    details.outcome_on = named
    details.outcome_detail = given.get("outcome_detail")
    if act.ticket.holder_id is None and act.actor is not None:
        act.ticket.holder_id = act.actor.account_id
    act.payload |= {"outcome": details.outcome, "outcome_on": _text(details.outcome_on)}
    known = given.get("how_known")
    act.write_message(
        given["text"] + (f"\n\nInformation reçue sans réponse du CDAS : {known}" if known else "")
    )


def _acknowledge(act: Act) -> None:
    details = _details(act)
    details.usefulness, details.remark = act.given.get("usefulness"), act.given.get("remark")
    act.payload["usefulness"] = details.usefulness


def _auto_close(act: Act) -> None:
    _details(act).closed_automatically = True


def _reopen(act: Act) -> None:
    """Back to who answered; to their service as a whole where a link with the family was declared since (R-DP-1), or to
    the one that stays where theirs has closed down.
    """
    details, holder = _details(act), act.ticket.holder_id
    service = act.reference.units.get(act.ticket.assigned_unit_id or "")
    closed = service is not None and service.closed_by(french.local_day(clock.now()))
    kept_out = holder is not None and act.session.scalar(tickets.kept_from(act.ticket.id, holder)) is not None
    if closed or kept_out:
        act.ticket.holder_id, act.instead = None, True
    details.reopened += 1
    details.closed_automatically = False
    act.write_message(act.given["reason"])


def _contest(act: Act) -> None:
    _details(act).contested = True
    act.ticket.assigned_unit_id = act.ticket.holder_id = None
    act.write_message(act.given["reason"])


def _cancel(act: Act) -> None:
    forget_form(act)
    if act.ticket.submitted_at is not None:
        act.write_message(act.given["reason"])


def _reassign(act: Act) -> None:
    unit = act.ticket.assigned_unit_id or ""
    act.ticket.holder_id = _colleague(act, act.given["holder_id"], unit)
    act.payload["holder"] = _text(act.ticket.holder_id)


def _text(value: UUID | date | None) -> str | None:
    return None if value is None else str(value)


EFFECTS: Mapping[str, Effect] = {
    "submit": _submit,
    "complete": _complete,
    "assign": _assign,
    "reject": _reject,
    "take": _take,
    "ask": _ask,
    "reply": _reply,
    "answer": _answer,
    "acknowledge": _acknowledge,
    "auto_close": _auto_close,
    "reopen": _reopen,
    "contest": _contest,
    "cancel": _cancel,
    "reassign": _reassign,
}
