"""`social_emergency`: where an emergency goes, what its receiver does, the linked tickets it makes (R-US)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from service import clock
from service.errors import InvalidInput, NotVisible
from service.models import Accompaniment, Account, Participant, SocialEmergencyDetails, Ticket
from service.notifications.telling import tell_people
from service.operations.absences import standing_in
from service.operations.carried_over import ground_of, person_of, scope_of
from service.operations.escalation import who_hears
from service.operations.family_links import has_link
from service.operations.homes import receiving_cdas
from service.operations.links import spawn
from service.operations.opening import forget_form
from service.operations.staff import somebody_of
from service.operations.statement import (
    expect,
    expect_cdas,
    expect_stated,
    hand_to,
    keep_statement,
    today,
    unit_of_kind,
)
from service.operations.transitions import Act, Effect, keep
from service.permissions import UnitKind
from service.queries import accompaniments
from service.queries.tickets import kept_from
from service.workflows import emergency_statement, routing, scope
from service.workflows.routing import Direction, Referent, Route, Target
from service.workflows.social_emergency import NOT_TOLD, REDIRECTED

_OF_THE_FORM_ONLY = ("receiving_cdas",)
_UNKNOWN_WORKER = (
    "Un travailleur social de la Caf accompagne la personne, sans que l’on sache lequel : "
    "le secrétariat du service social de la Caf organise le traitement de l’urgence."
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where an emergency goes: the route of the rules, the target chosen, the Caf worker known, the scope.

    `moved`: another emergency was redirected, and this one comes from it.
    """

    route: Route
    sent_to: Target
    direction: Direction
    worker: UUID | None
    followed: Accompaniment | None
    verdict: scope.Verdict | None
    moved: bool


def _submit(act: Act) -> None:
    """Route, keep, count, make the linked appointment. Refuses an objection without danger, and what is missing."""
    act.given = given = emergency_statement.pertinent(act.given)
    if refusal := emergency_statement.objection(given):
        raise refusal
    expect_stated(act)
    plan = _plan(act)
    with act.session.no_autoflush:
        _send(act, plan)
        _keep(act, plan)
    # The person is there by now: who has a link with the family is known (R-DP-1).
    if plan.sent_to == "caf_worker":
        hand_to(act, plan.worker, "referent_worker")
    if given.get("objected") and not plan.moved:
        _tell_head(act)
    if _appointment_wanted(given, plan):
        _ask_appointment(act)


def _plan(act: Act) -> _Plan:
    given = act.given
    asking = act.reference.units.get(act.ticket.asking_unit_id or "")
    direction: Direction = "cdas_to_caf" if asking and asking.kind is UnitKind.CDAS else "caf_to_cdas"
    followed = accompaniments.open_for(act.session, given.get("matricule"))
    named = given.get("referent_worker")
    worker = followed.worker_id if followed else named
    if named is not None and act.session.get(Account, named) is None:
        raise InvalidInput({"referent_worker": ["Choisissez dans la liste."]}, rule="R-US-3")
    verdict = _verdict(act, followed)
    if given.get("referent_cdas"):
        expect_cdas(act, given["referent_cdas"], "referent_cdas")
    route = routing.route(
        given["who_accompanies"],
        direction,
        scope=verdict,
        worker_away=not _available(act, worker),
        followed_by_caf=followed is not None,
    )
    if route.at_the_caf and worker is None:
        route = replace(route, explanation=_UNKNOWN_WORKER)
    sent_to: Target = given.get("send_to") or route.to
    if not route.needs_reason(sent_to):
        act.given = {name: v for name, v in given.items() if not name.startswith("against_route_")}
    elif not given.get("against_route_reason"):
        sentence = f"{route.explanation} Pour l’envoyer ailleurs, dites pourquoi ({route.rule})."
        raise InvalidInput({"against_route_reason": [sentence]}, rule=route.rule)
    moved = given.get("against_route_reason") == REDIRECTED
    return _Plan(route, sent_to, direction, worker, followed, verdict, moved)


def _verdict(act: Act, followed: Accompaniment | None) -> scope.Verdict | None:
    given = act.given
    event, event_on = given.get("scope_event"), given.get("scope_event_on")
    if event is None or Referent(given["who_accompanies"]).accompanies:
        return None
    return scope.check(
        event,
        today(act),
        event_on,
        children=given.get("has_children"),
        allocataire=given.get("is_allocataire"),
        closed_for_event=accompaniments.closed_for_event(
            act.session, given.get("matricule"), event, event_on
        ),
        followed_by_caf=followed is not None,
    )


def _available(act: Act, worker: UUID | None) -> bool:
    """Whether that Caf worker works in the social service, is not away today and is no relation (R-US-3, R-DP-1)."""
    unit = unit_of_kind(act, UnitKind.CAF_SOCIAL).code
    if worker is None or somebody_of(act.session, worker, unit, clock.now()) is None:
        return False
    if has_link(act.session, worker, act.given.get("matricule")):
        return False
    return standing_in(act.session, worker, today(act)).instead_of is None


def _send(act: Act, plan: _Plan) -> None:
    """The units whose turn it is."""
    ticket = act.ticket
    if plan.sent_to in ("caf_worker", "caf_secretariat"):
        secretariat = unit_of_kind(act, UnitKind.CAF_SECRETARIAT).code
        ticket.triage_unit_id = ticket.assigned_unit_id = secretariat
        if plan.sent_to == "caf_worker":
            _expect_worker(plan)
            ticket.assigned_unit_id = unit_of_kind(act, UnitKind.CAF_SOCIAL).code
        return
    ticket.triage_unit_id = ticket.assigned_unit_id = _cdas(act, plan)


def _expect_worker(plan: _Plan) -> None:
    if plan.worker is None:
        raise InvalidInput(
            {"referent_worker": ["Choisissez ce travailleur social, ou envoyez au secrétariat."]},
            rule="R-US-3",
        )


def _cdas(act: Act, plan: _Plan) -> str:
    asking = act.ticket.asking_unit_id or ""
    if plan.sent_to == "same_cdas":
        return asking if plan.direction == "cdas_to_caf" else receiving_cdas(act, "receiving_cdas").code
    declared = act.given.get("referent_cdas")
    field = "receiving_cdas" if act.given.get("receiving_cdas") or not declared else "referent_cdas"
    unit = expect_cdas(act, act.given.get(field), field).code
    if unit == asking:
        raise InvalidInput(
            {field: ["C’est votre CDAS : choisissez-en un autre, ou gardez l’urgence."]}, rule="R-US-3"
        )
    return unit


def _keep(act: Act, plan: _Plan) -> None:
    given = act.given
    coded = emergency_statement.coded_only(given)
    act.given = {name: value for name, value in given.items() if name not in _OF_THE_FORM_ONLY}
    details = _of(keep_statement(act))
    details.coded_only = coded
    details.route_to, details.route_rule = plan.route.to, plan.route.rule
    details.route_explanation, details.send_to = plan.route.explanation, plan.sent_to
    if plan.verdict is not None:
        details.scope_in, details.scope_explanation = plan.verdict.in_scope, plan.verdict.explanation
    details.unaccompanied_sent = routing.counts_as_unaccompanied(
        plan.direction,
        plan.sent_to,
        accompaniment_open=plan.followed is not None,
        treatment_recorded=bool(given.get("answer_given")),
    )
    act.payload |= {
        "route": plan.route.to,
        "rule": plan.route.rule,
        "sent_to": plan.sent_to,
        "receiver": act.ticket.assigned_unit_id,
        "against_route": given.get("against_route_reason"),
        "against_objection": bool(given.get("objected")),
    }


def _tell_head(act: Act) -> None:
    """R-DP-2: the head of the unit that sends against an objection, because of a danger, is told."""
    unit = act.reference.units[act.ticket.asking_unit_id or act.ticket.triage_unit_id]
    now, words = clock.now(), "envoyée malgré une opposition, en raison d’un danger"
    heads = who_hears(act.session, act.reference, unit.code, now, act.ticket)
    tell_people(act.session, act.ticket, unit, heads, "against_objection", words, act.reference, now)


def _appointment_wanted(given: Mapping[str, Any], plan: _Plan) -> bool:
    """R-US-4; not twice for one that comes from another, and never against an objection (R-DP-2)."""
    return plan.route.creates_appointment and not plan.moved and not given.get("objected")


def _ask_appointment(act: Act) -> None:
    details = _of(act.details)
    asking = act.reference.units.get(act.ticket.asking_unit_id or "")
    asked = {
        **person_of(act),
        **ground_of(details),
        **scope_of(details),
        "source": "cdas" if asking and asking.kind is UnitKind.CDAS else "caf_reception",
        "phone": details.phone,
        "phone_protected": details.phone_protected,
        "who_accompanies": details.who_accompanies,
    }
    if details.not_told_code is not None:
        asked["reason_not_told"] = NOT_TOLD[details.not_told_code]
    spawn(
        act,
        "appointment",
        why="appointment_of_emergency",
        asking_unit_id=act.ticket.asking_unit_id,
        given={name: value for name, value in asked.items() if value is not None},
    )


def _take(act: Act) -> None:
    if act.actor is not None:
        act.ticket.assigned_unit_id = act.actor.unit_id
        act.ticket.holder_id = act.actor.account_id


def _handle(act: Act) -> None:
    """What was done, and when; whoever notes it holds the ticket if nobody does."""
    expect(emergency_statement.past_errors("handled_on", act.given["handled_on"], today(act)))
    if act.ticket.holder_id is None:
        _take(act)
    keep(act)


def _redirect(act: Act) -> None:
    """Make the linked emergency there; refuses the same place, and a CDAS that is not chosen."""
    given, details = act.given, _of(act.details)
    there: dict[str, Any] = {"send_to": "caf_secretariat"}
    if given["redirect_to"] == "cdas":
        code = expect_cdas(act, given.get("redirect_cdas"), "redirect_cdas").code
        own = code == act.ticket.asking_unit_id
        there = {"send_to": "same_cdas"} if own else {"send_to": "other_cdas", "receiving_cdas": code}
        if code == act.ticket.assigned_unit_id:
            raise InvalidInput({"redirect_cdas": ["L’urgence est déjà dans ce CDAS."]}, rule="R-US-3")
    elif act.reference.units[act.ticket.triage_unit_id].kind is UnitKind.CAF_SECRETARIAT:
        raise InvalidInput(
            {"redirect_to": ["L’urgence est déjà au service social de la Caf."]}, rule="R-US-3"
        )
    else:
        act.given = given = {name: value for name, value in given.items() if name != "redirect_cdas"}
    keep(act)
    made = spawn(
        act,
        "social_emergency",
        why="redirected",
        asking_unit_id=act.ticket.asking_unit_id,
        given={**_stated_again(act, details), **there, "against_route_reason": REDIRECTED},
    )
    _name_its_author(act, made)


def _name_its_author(act: Act, made: Ticket) -> None:
    """Who asked first goes on reading and acting for their unit, though somebody else made the linked ticket.

    Not who has a link with the family by then (R-DP-1).
    """
    author = act.ticket.author_id
    if author is None or author == made.author_id:
        return
    if act.session.scalar(kept_from(made.id, author)) is None:
        act.session.add(Participant(ticket_id=made.id, account_id=author, added_at=act.happened_at))


_STATED = (
    "motives",
    "vulnerabilities",
    "vulnerability_detail",
    "description",
    "phone",
    "phone_protected",
    "who_accompanies",
    "referent_worker",
    "referent_name",
    "referent_unit",
    "referent_cdas",
    "referent_source",
    "referent_known_on",
    "answer_given",
    "answered_on",
    "danger",
    "danger_reason",
    "objected",
    "not_told_code",
)


def _stated_again(act: Act, details: SocialEmergencyDetails) -> dict[str, Any]:
    own = {name: getattr(details, name) for name in _STATED}
    stated = {**person_of(act), **ground_of(details), **scope_of(details), **own}
    return {name: value for name, value in stated.items() if value is not None}


def _cancel(act: Act) -> None:
    """A draft goes with its text, and leaves no message to anybody."""
    forget_form(act)
    if act.ticket.submitted_at is not None:
        keep(act)


def _reassign(act: Act) -> None:
    """A colleague; at the Caf, the secretariat may also confide it to a worker of the social service (R-US-3)."""
    chosen, ticket = act.given["holder_id"], act.ticket
    social = unit_of_kind(act, UnitKind.CAF_SOCIAL).code
    at_the_caf = act.reference.units[ticket.triage_unit_id].kind is UnitKind.CAF_SECRETARIAT
    if at_the_caf and somebody_of(act.session, chosen, social, clock.now()) is not None:
        ticket.assigned_unit_id = social
    hand_to(act, chosen)


def _of(details: object) -> SocialEmergencyDetails:
    if not isinstance(details, SocialEmergencyDetails):
        raise NotVisible
    return details


EFFECTS: Mapping[str, Effect] = {
    "submit": _submit,
    "take": _take,
    "handle": _handle,
    "redirect": _redirect,
    "cancel": _cancel,
    "reassign": _reassign,
}
"""`close` does what its row says, no more."""
