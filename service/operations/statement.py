"""What a request of any social kind states when it leaves: the person, the ground, the kind's own answers."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from service import clock
from service.errors import InvalidInput
from service.models import DETAILS, Details
from service.operations.absences import standing_in
from service.operations.choosing import cdas_mistake
from service.operations.opening import forget_form
from service.operations.people import keep_person
from service.operations.staff import somebody_of
from service.operations.transitions import Act
from service.permissions import UnitKind
from service.queries import accompaniments, tickets
from service.queries.reference import UnitCard
from service.workflows import french
from service.workflows.stated import errors_of
from service.workflows.submission import objection

__all__ = [
    "expect",
    "expect_cdas",
    "expect_stated",
    "followed_by_caf",
    "hand_to",
    "keep_statement",
    "objection",
    "today",
    "unit_of_kind",
]

Errors = Mapping[str, list[str]]


def today(act: Act) -> date:
    """The day in Paris on which the act happens."""
    return french.local_day(act.happened_at)


def expect(*errors: Errors) -> None:
    """Refuse (InvalidInput) when any field has a sentence beside it."""
    found: dict[str, list[str]] = {}
    for each in errors:
        for name, sentences in each.items():
            found.setdefault(name, []).extend(sentences)
    if found:
        raise InvalidInput(found)


def expect_stated(act: Act, *, to_caf: bool = True) -> None:
    """Refuse (InvalidInput) a statement in which something is missing or wrong: all of it at once."""
    expect(errors_of(act.ticket.kind, act.given, today(act), to_caf=to_caf))


def keep_statement(act: Act) -> Details:
    """Keep person, ground and the kind's own answers; the draft's form goes, the request is sent.

    Refuses (InvalidInput) a commune that is not in the directory.
    """
    act.ticket.submitted_at = act.happened_at
    details = act.details = DETAILS[act.ticket.kind](ticket_id=act.ticket.id)
    act.session.add(details)
    for name, value in act.given.items():
        if value is not None and hasattr(type(details), name):
            setattr(details, name, value)
    with act.session.no_autoflush:
        keep_person(act.session, act.ticket.id, act.given, known=False)
    forget_form(act)
    return details


def unit_of_kind(act: Act, kind: UnitKind) -> UnitCard:
    """Where what goes to a kind of unit arrives: there is one Caf secretariat, one Caf social service."""
    return act.reference.desk(kind)


def expect_cdas(act: Act, code: str | None, field: str = "receiving_unit") -> UnitCard:
    """The CDAS of that code; refuses (InvalidInput) one that may not be chosen today, whenever the act happened."""
    if mistake := cdas_mistake(act.reference, code, french.local_day(clock.now())):
        raise InvalidInput({field: [mistake]}, rule="R-OR-1")
    return act.reference.units[code or ""]


def hand_to(act: Act, account_id: UUID | None, field: str = "holder_id") -> None:
    """Give the ticket to somebody of the assigned unit, or to who replaces them today: the ticket says so.

    Nobody named, or nobody to take it: the unit as a whole. Who has a link with the family does not take it, and is
    told of in the words of an absence (R-DP-1).
    Refuses (InvalidInput) somebody who does not work there, and, of what is being treated, who can not go on with it.
    """
    if account_id is None:
        act.ticket.holder_id = None
        return
    unit = act.ticket.assigned_unit_id or ""
    chosen = somebody_of(act.session, account_id, unit, clock.now())
    if chosen is None:
        raise InvalidInput({field: ["Cette personne ne travaille pas dans ce service aujourd’hui."]})
    stand_in = standing_in(act.session, account_id, french.local_day(clock.now()))
    holder = None if _is_kept_out(act, stand_in.account_id) else stand_in.account_id
    if act.ticket.state == "in_progress" and holder is None:
        raise InvalidInput(
            {field: ["Confiez cette demande à quelqu’un d’autre : il faut qu’elle soit suivie."]}
        )
    act.ticket.holder_id = holder
    act.payload["holder"] = None if holder is None else str(holder)
    if holder == account_id:
        return
    act.payload["instead_of"] = str(account_id)
    other = holder and somebody_of(act.session, holder, unit, clock.now())
    who = f"{other.account.name} remplace." if other else "le service entier la reçoit."
    act.write_message(f"{chosen.account.name} n’est pas disponible : {who}")


def reassign(act: Act) -> None:
    """To a colleague of the service that holds it, or to who replaces them."""
    hand_to(act, act.given["holder_id"])


def _is_kept_out(act: Act, account_id: UUID | None) -> bool:
    query = None if account_id is None else tickets.kept_from(act.ticket.id, account_id)
    return query is not None and act.session.scalar(query) is not None


def followed_by_caf(act: Act) -> tuple[UUID | None, bool]:
    """R-AC: the Caf worker of the person's open accompaniment, and whether one was closed for them before."""
    matricule = act.given.get("matricule")
    if not matricule:
        return None, False
    followed = accompaniments.open_for(act.session, matricule)
    if followed is not None:
        return followed.worker_id, False
    return None, accompaniments.last_closed_for(act.session, matricule) is not None
