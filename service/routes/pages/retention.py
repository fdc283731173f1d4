"""« Conservation »: what leaves soon, the archives, the lists to approve; for the administration figures alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput, NotVisible
from service.models import EliminationList, Ticket
from service.operations import archives, eliminations
from service.permissions import Actor, Permission, may
from service.queries import keyset
from service.queries import retention as queries
from service.queries.reference import reference as reference_data
from service.routes.guard import present_actor, refilling, refills, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import retention_sheet as sheet
from service.routes.pages.views.forms import form_fields, general_errors
from service.schemas.fields import load
from service.schemas.retention import OpenArchive
from service.workflows import french
from service.workflows.retention import SOON_DAYS

PAGE = 30
SHOWN = 30
ORDERS = {"archives": queries.BY_ARCHIVING}
Mistakes = Mapping[str, Sequence[str]]


@pages.get("/conservation")
@requires(Permission.READ_RETENTION)
def retention() -> str:
    """The page of a head, or the figures of the administration."""
    return _page({})


@pages.post("/conservation/ouvrir")
@refills
@requires(Permission.OPEN_ARCHIVES)
def open_archived() -> ResponseReturnValue:
    """Open an archived request for a while; what was typed stays where it is refused."""
    typed = request.form.to_dict()
    if refilling():
        return _page(typed)
    try:
        given = load(OpenArchive(unknown="exclude"), typed)
        reference = archives.open_archived(present_actor(), given["reference"], given["reason"])
    except InvalidInput as refused:
        return _page(typed, refused.fields), 422
    except NotVisible:
        sentence = "Aucune demande archivée que vous pouvez ouvrir ne porte cette référence."
        return _page(typed, {"reference": [sentence]}), 422
    confirm("La demande archivée est ouverte.", "Vous la lisez pendant quelques heures, sans rien y changer.")
    return redirect(url_for("pages.ticket", reference=reference), 303)


def _page(typed: Mapping[str, Any], mistakes: Mistakes | None = None) -> str:
    actor = present_actor()
    if may(actor, Permission.RUN_ELIMINATIONS):
        return _figures()
    wrong = mistakes or {}
    fields = form_fields(OpenArchive, typed, wrong, {})
    with reading() as session:
        values = reference_data(session).settings
        today = french.local_day(clock.now())
        leaving = sheet.leaving(queries.leaving(session, values, today, SOON_DAYS, actor))
        turn = turning.read(request.args, ORDERS)
        query = queries.archived(actor)
        page = keyset.read(session, turn.order.rows(query, turn.place), PAGE, turn.place, turn.order)
        total = keyset.count(session, query.with_only_columns(Ticket.id))
        eliminated = _lists(session, actor)
    return render_template(
        "retention/overview.html",
        on=values.flag("retention_on"),
        leaving=leaving[:SHOWN],
        archived=sheet.archived(page.rows),
        listed=turning.Listed("pages.retention", turn, page, total),
        lists=eliminated,
        shown=SHOWN,
        form={"fields": fields, "errors": general_errors(wrong, fields)},
    )


def _figures() -> str:
    with reading() as session:
        values = reference_data(session).settings
        today = french.local_day(clock.now())
        due = Counter(one.kind for one in queries.leaving(session, values, today))
        counted = queries.counted(session)
        eliminated = _lists(session, None)
    return render_template(
        "retention/figures.html",
        on=values.flag("retention_on"),
        kinds=sheet.figures(values, due, counted),
        lists=eliminated,
    )


def _lists(session: Session, actor: Actor | None) -> list[dict[str, Any]]:
    """The lists that the actor reads; None: every one, for who runs them."""
    rows = session.scalars(queries.every_list() if actor is None else queries.lists(actor)).all()
    return [sheet.list_line(row, _standing(session, row)) for row in rows]


def _standing(session: Session, row: EliminationList) -> int:
    """How many approvals count; nobody asks any more of a list that has run or was given up: there are many."""
    if row.executed_at is not None or row.set_aside_at is not None:
        return 0
    return sum(one.stands for one in eliminations.approvals(session, row.id))
