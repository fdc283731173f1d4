"""Who may do what now, by the tables: the parties to a ticket, the rows that are theirs, and what refuses a row."""

from collections.abc import Mapping
from typing import Any

from service.errors import NotPermitted, WrongState
from service.permissions import (
    CDAS_ROLES,
    CONTENT_ROLES,
    HEAD_ROLES,
    PRESTATIONS_ROLES,
    URGENT_RIGHTS_CAF_ROLES,
    Actor,
    Role,
    UnitKind,
)
from service.workflows.machine import PARTY_LABELS, Party, Standing, Transition, Workflow


def parties(standing: Standing, actor: Actor | None) -> frozenset[Party]:
    """Which parties of the table the actor is on this ticket. No actor: the system."""
    if actor is None:
        return frozenset({Party.SYSTEM})
    found = set()
    if actor.role in CDAS_ROLES:
        found.add(Party.CDAS)
    asks = actor.unit_id == standing.asking_unit_id and actor.role in CONTENT_ROLES
    if asks or (standing.state == "draft" and actor.account_id == standing.author_id):
        found.add(Party.REQUESTER)
    more = _of_urgent_rights if standing.kind == "urgent_rights" else _of_social_kinds
    return frozenset(found | more(standing, actor))


def _of_urgent_rights(standing: Standing, actor: Actor) -> set[Party]:
    found = set()
    if actor.role in PRESTATIONS_ROLES:
        found.add(Party.AGENT)
    if actor.role is Role.CAF_SECRETARIAT:
        found.add(Party.SECRETARIAT)
    triages = actor.role in URGENT_RIGHTS_CAF_ROLES and actor.unit_kind is standing.triage_unit_kind
    if triages or actor.role is Role.CAF_LEAD:
        found.add(Party.TRIAGE)
    return found


def _of_social_kinds(standing: Standing, actor: Actor) -> set[Party]:
    """The head of the Caf social service may do all that its secretariat does, on what comes to the Caf."""
    found = set()
    if actor.unit_id == standing.receiving_unit_id and actor.role in CONTENT_ROLES:
        found.add(Party.RECEIVER)
        if actor.role in HEAD_ROLES or actor.deputy:
            found.add(Party.HEAD)
    desk = actor.role in (Role.CAF_SECRETARIAT, Role.CAF_HEAD)
    if desk and standing.triage_unit_kind is UnitKind.CAF_SECRETARIAT:
        found.add(Party.SECRETARIAT)
    return found


def judge(
    workflow: Workflow, name: str, standing: Standing, actor: Actor | None, given: Mapping[str, Any]
) -> Transition:
    """The row of `name`, if the actor may do it now with what was given.

    Refuses in this order: not permitted (403), wrong state (409, with the list of those allowed), guard (409/422).
    """
    row = workflow.transition(name)
    judge_row(workflow, row, standing, actor)
    for requirement in row.requires:
        if refusal := requirement(standing, actor, given):
            raise refusal
    return row


def judge_row(workflow: Workflow, row: Transition, standing: Standing, actor: Actor | None) -> None:
    """Raise what refuses the row before anything is given: permission, state, guards."""
    expect_party(row, standing, actor)
    if row.source and standing.state not in row.source:
        raise _wrong_state(workflow, row, standing, actor)
    for guard in row.guards:
        if refusal := guard(standing, actor):
            raise refusal


def expect_party(row: Transition, standing: Standing, actor: Actor | None) -> None:
    """Refuse (NotPermitted) somebody whom the row does not name."""
    if not row.actors & parties(standing, actor):
        who = " ou ".join(sorted(PARTY_LABELS[party] for party in row.actors))
        raise NotPermitted(f"« {row.label} » revient à {who}.", rule=row.rule)


def possible(workflow: Workflow, standing: Standing, actor: Actor | None) -> tuple[Transition, ...]:
    """The transitions that the actor can do now, in the order of the table: buttons and API actions."""
    mine = parties(standing, actor)
    return tuple(
        row
        for row in workflow.transitions
        if standing.state in row.source
        and row.actors & mine
        and not any(guard(standing, actor) for guard in row.guards)
    )


def _wrong_state(workflow: Workflow, row: Transition, standing: Standing, actor: Actor | None) -> WrongState:
    allowed = possible(workflow, standing, actor)
    label = workflow.state(standing.state, to_caf=standing.to_caf).label
    names = ", ".join(f"« {other.label} »" for other in allowed)
    return WrongState(
        f"« {row.label} » n’est pas possible : la demande est à l’état « {label} ».",
        allowed=[other.name for other in allowed],
        rule=row.rule,
        advice=f"Vous pouvez : {names}." if names else "Aucune action ne vous revient pour le moment.",
    )
