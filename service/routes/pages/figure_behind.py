"""The requests behind a figure of « Statistiques », for those who may read requests (R-DP-1)."""

from collections.abc import Sequence
from uuid import UUID

from flask import render_template, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import NotVisible
from service.models import Ticket
from service.permissions import Actor, Permission
from service.queries import keyset, lists, situations, tickets
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.documents import month_of
from service.routes.pages.statistics import chosen, label_of, scopes_of
from service.routes.pages.views.queue import ListedTicket, Rows
from service.statistics.behind import behind, listed, which
from service.statistics.measures import Measure
from service.statistics.publishing import narrowed
from service.statistics.reading import facts_of
from service.workflows import french

PAGE = 50
ORDERS = {"envoi": lists.BY_SENDING}


@pages.get("/statistiques/<period>/<measure>/<row>")
@requires(Permission.READ_TICKETS)
def figure_behind(period: str, measure: str, row: str) -> str:
    """The requests of a row that the reader may read, the last sent first, and how many others it counts.

    That number tells nothing more than the figure that leads here: it is of the reader's own CDAS, or of all units
    together. Of what they are kept out of it says nothing (R-DP-1). Refuses (NotVisible) figures by unit, those that
    count no requests, and scopes that are not the reader's.
    """
    actor, month, counted = present_actor(), month_of(period), _measure(measure, row)
    with reading() as session:
        offered = dict(scopes_of(actor, session))
        scope = chosen(offered)
        found = behind(narrowed(facts_of(session, month), scope), counted, row)
        ids = [ticket.id for ticket in found]
        query = _readable(actor, ids)
        kept_out = select(func.count(Ticket.id)).where(
            Ticket.id.in_(ids), tickets.kept_out_of(actor.account_id)
        )
        spoken_of = len(found) - (session.scalar(kept_out) or 0)
        readable = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        turn = turning.read(request.args, ORDERS)
        page = keyset.read(session, turn.order.rows(query, turn.place), PAGE, turn.place, turn.order)
        rows = _rows(session, actor, page.rows)
    kept = {"period": period, "measure": measure, "row": row, "filtre": scope}
    return render_template(
        "statistics/behind.html",
        title=f"{counted.caption} : {counted.labels[row]}",
        lede=f"{french.capital(month.label)} · {label_of(scope, offered)}",
        back=url_for("pages.statistics", mois=month.key, filtre=scope),
        rows=rows,
        said=" ".join(filter(None, (_said(spoken_of, readable), which(counted)))),
        listed=turning.Listed("pages.figure_behind", turn, page, keyset.Counted(readable), kept),
    )


def _measure(name: str, row: str) -> Measure:
    found = listed(name, row)
    if found is None:
        raise NotVisible
    return found


def _readable(actor: Actor, ids: Sequence[UUID]) -> Select[Ticket]:
    return tickets.readable(actor).where(Ticket.id.in_(ids))


def _rows(session: Session, actor: Actor, found: Sequence[Ticket]) -> list[ListedTicket]:
    details = situations.details_of(session, found)
    return Rows(actor, reference(session), clock.now(), details).shown(found)


def _said(number: int, readable: int) -> str:
    """« 12 demandes, dont 3 que vous n’avez pas à lire. »"""
    whole = french.counted(number, "demande")
    return (
        f"{whole}."
        if number == readable
        else f"{whole}, dont {number - readable} que vous n’avez pas à lire."
    )
