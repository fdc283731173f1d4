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
from service.queries import situations, tickets
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages.blueprint import pages
from service.routes.pages.documents import month_of
from service.routes.pages.statistics import chosen, label_of, scopes_of
from service.routes.pages.views.queue import Rows
from service.statistics.behind import behind, listed, which
from service.statistics.measures import Measure
from service.statistics.publishing import narrowed
from service.statistics.reading import facts_of
from service.workflows import french

PAGE = 50


@pages.get("/statistiques/<period>/<measure>/<row>")
@requires(Permission.READ_TICKETS)
def figure_behind(period: str, measure: str, row: str) -> str:
    """The requests of a row that the reader may read, the last sent first, and how many others it counts.

    That number tells nothing more than the figure that leads here: it is of the reader's own CDAS, or of all units
    together. Refuses (NotVisible) figures by unit, those that count no requests, and scopes that are not the reader's.
    """
    actor, month, counted = present_actor(), month_of(period), _measure(measure, row)
    with reading() as session:
        offered = dict(scopes_of(actor, session))
        scope = chosen(offered)
        found = behind(narrowed(facts_of(session, month), scope), counted, row)
        query = _readable(actor, [ticket.id for ticket in found])
        readable = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        number = _page_number(readable)
        rows = _rows(session, actor, query.limit(PAGE).offset((number - 1) * PAGE))
    return render_template(
        "statistics/behind.html",
        title=f"{counted.caption} : {counted.labels[row]}",
        lede=f"{month.label[:1].upper()}{month.label[1:]} · {label_of(scope, offered)}",
        back=url_for("pages.statistics", mois=month.key, filtre=scope),
        rows=rows,
        said=" ".join(filter(None, (_said(len(found), readable), which(counted)))),
        pager=_pager(number, readable, len(rows)),
    )


def _measure(name: str, row: str) -> Measure:
    found = listed(name, row)
    if found is None:
        raise NotVisible
    return found


def _readable(actor: Actor, ids: Sequence[UUID]) -> Select[Ticket]:
    mine = tickets.readable(actor).where(Ticket.id.in_(ids))
    return mine.order_by(Ticket.submitted_at.desc(), Ticket.id.desc())


def _rows(session: Session, actor: Actor, query: Select[Ticket]) -> list[dict[str, object]]:
    found = session.scalars(query).all()
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


def _page_number(readable: int) -> int:
    typed = request.args.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0
    if number < 1 or (number > 1 and (number - 1) * PAGE >= readable):
        raise NotVisible
    return number


def _pager(number: int, readable: int, here: int) -> dict[str, str | None]:
    first = (number - 1) * PAGE + 1
    return {
        "count_text": f"{first} à {first + here - 1} sur {readable}" if here else "",
        "previous_url": _page_url(number - 1) if number > 1 else None,
        "next_url": _page_url(number + 1) if number * PAGE < readable else None,
    }


def _page_url(number: int) -> str:
    return url_for("pages.figure_behind", **{**(request.view_args or {}), **request.args, "page": number})
