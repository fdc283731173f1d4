"""« Mes demandes », the queue of the Caf: ordered and filtered by the address, exported."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.models import Ticket
from service.operations import ledger
from service.permissions import CDAS_ROLES, HEAD_ROLES, Actor, Permission, Role, UnitKind
from service.queries import keyset, lists, news, situations, team
from service.queries.keyset import Page, Place
from service.queries.reference import Reference, reference
from service.routes.guard import present_actor, requires
from service.routes.pages import together
from service.routes.pages.blueprint import pages
from service.routes.pages.choices import teams
from service.routes.pages.list_changes import address_of_changes
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.turning import Listed
from service.routes.pages.views import queue_address
from service.routes.pages.views.queue import Rows, export_head, export_row
from service.routes.pages.views.queue_page import QueuePage
from service.routes.pages.views.saved_list_sheet import lists_above, save_fields
from service.spreadsheet import Line
from service.workflows import french
from service.workflows import reference as references
from service.workflows.machine import Transition

PAGE = 50
_THIS_LIST = "this"

Choice = tuple[str, list[tuple[str, str]]]


@pages.get("/demandes")
@requires(Permission.READ_TICKETS)
def tickets() -> str:
    """One page of the list, in the order asked."""
    actor, now = present_actor(), clock.now()
    with reading() as session:
        known = reference(session)
        address = queue_address.read(request.args, actor, known)
        page = _page(session, actor, address, PAGE)
        counted = situations.counts(
            session,
            actor,
            views_counted(actor, known) | ({} if _is_counted(address) else {_THIS_LIST: address.filters}),
            address.filters,
            now,
            queue_address.tonight(now),
        )
        details, forms = (
            situations.details_of(session, page.rows),
            situations.forms_of(session, page.rows),
        )
        marks = news.marks(session, actor, page.rows, known, now)
        changes = address.turn.name == "changement"
        rows = Rows(actor, known, now, details, forms, marks, says_change=changes).shown(page.rows)
        acts = together.offered(rows, to_others=_gives_to_others(actor, known))
        shown = QueuePage(
            actor=actor,
            known=known,
            address=address,
            rows=rows,
            number=counted[address.view if _is_counted(address) else _THIS_LIST],
            counted=counted,
            teams=_offered(session, actor, known, acts),
            acts=acts,
            people=_choosable(session, actor, address),
        )
    return render_template(
        "tickets/list.html",
        page=shown,
        listed=Listed("pages.tickets", address.turn, page, shown.number, address.narrowing),
        kept=lists_above(actor, known, address),
        save_fields=save_fields(actor, {}, {}),
        changes_url=address_of_changes(address, [row.reference for row in rows], now),
    )


@pages.get("/demandes.csv")
@requires(Permission.READ_TICKETS)
def tickets_csv() -> Response:
    """The same list, whole, without names or matricule."""
    actor = present_actor()
    with reading() as session:
        known = reference(session)
        address = queue_address.read(request.args, actor, known).from_start()
    return take_away("demandes", export_head(), _exported(actor, address, known))


@pages.get("/demandes/suivante")
@requires(Permission.READ_TICKETS)
def next_ticket() -> ResponseReturnValue:
    """The most pressing request that awaits the reader's unit: to triage, to take, or to answer."""
    actor, besides = present_actor(), references.parse(request.args.get("sauf", "")) or ""
    with reading() as session:
        others = _next(actor, reference(session)).where(Ticket.reference != besides)
        found = session.scalar(others.limit(1))
    if found is None:
        flash("Rien d’autre n’attend votre service pour le moment.", "info")
        return redirect(url_for("pages.tickets"), 303)
    return redirect(url_for("pages.ticket", reference=found.reference), 303)


def views_counted(actor: Actor, known: Reference) -> dict[str, lists.Filters]:
    """The views whose numbers stand on the tabs."""
    return {
        view: queue_address.read({"vue": view}, actor, known).filters
        for view in queue_address.views_of(actor)
        if view not in queue_address.UNCOUNTED
    }


def whole_list(actor: Actor, address: queue_address.Address) -> Select[Ticket]:
    """Every row of a list, wherever its pages begin."""
    return _query(actor, address.from_start())


def _query(actor: Actor, address: queue_address.Address) -> Select[Ticket]:
    return lists.queue(actor, address.filters, address.turn.place, address.turn.order)


def _page(session: Session, actor: Actor, address: queue_address.Address, limit: int) -> Page[Ticket]:
    turn = address.turn
    return keyset.read(session, _query(actor, address), limit, turn.place, turn.order)


def _is_counted(address: queue_address.Address) -> bool:
    """Whether the number on the tab is that of the list."""
    return not address.narrowed and address.view not in queue_address.UNCOUNTED


def _next(actor: Actor, known: Reference) -> Select[Ticket]:
    if actor.unit_id == known.triage_unit().code:
        wanted = lists.Filters(states=queue_address.TO_TRIAGE, owed_by=actor.unit_id)
        return lists.queue(actor, wanted)
    query = lists.queue(actor, lists.Filters(owed_by=actor.unit_id))
    if actor.role in CDAS_ROLES:
        return query
    return query.where(or_(Ticket.holder_id.is_(None), Ticket.holder_id == actor.account_id))


def _exported(actor: Actor, address: queue_address.Address, known: Reference) -> Iterator[Line]:
    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        here = replace(address, turn=replace(address.turn, place=place))
        page = _page(session, actor, here, limit)
        details = situations.details_of(session, page.rows)
        explained = ledger.explanations_of(session, page.rows, known, clock.now())
        rows = [export_row(one, details.get(one.id), known, explained.get(one.id, "")) for one in page.rows]
        return rows, page.next

    return in_batches(batch)


def _choosable(session: Session, actor: Actor, address: queue_address.Address) -> Sequence[tuple[str, str]]:
    """Who works in the reader's unit, for heads, and for whoever follows a link to what one of them follows."""
    if actor.role not in HEAD_ROLES and not address.person:
        return []
    today = french.local_day(clock.now())
    rows = session.execute(team.members(actor.unit_id, today))
    return list({str(row.id): row.name for row in rows}.items())


def _offered(session: Session, actor: Actor, known: Reference, acts: Sequence[Transition]) -> list[Choice]:
    """To whom the ticked requests can be given: a team or one of its people; oneself, for who does not triage."""
    if not any("holder_id" in row.asks for row in acts):
        return []
    if not _gives_to_others(actor, known):
        return [("Moi-même", [(f"{actor.unit_id}/{actor.account_id}", actor.name)])]
    units = known.open_units(UnitKind.CAF_PRESTATIONS, french.local_day(clock.now()))
    return [
        (unit.name, [(unit.code, f"{unit.name}, sans nommer quelqu’un"), *_people(unit.code, people)])
        for unit, (_, people) in zip(units, teams(session, units), strict=True)
    ]


def _gives_to_others(actor: Actor, known: Reference) -> bool:
    """An agent confides what they hold one by one, from its page: their list asks the database no more for it."""
    return actor.role is not Role.CAF_AGENT or actor.unit_id == known.triage_unit().code


def _people(unit: str, people: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((f"{unit}/{account}", name) for account, name in people)
