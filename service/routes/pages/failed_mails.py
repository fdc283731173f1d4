"""« Courriels non remis »: what nobody received, and what to do about it."""

from collections.abc import Sequence
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.operations import failed_mails as operations
from service.permissions import Permission, Role
from service.queries import outbox as queries
from service.queries.keyset import Place
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.views import failed_mail, narrowing
from service.schemas.failed_mails import SendAgain
from service.schemas.fields import load

PAGE = 20
ORDERS = {"depuis": queries.BY_FAILURE}


@pages.get("/courriels-non-remis")
@requires(Permission.READ_FAILED_MAILS)
def failed_mails() -> str:
    """Those that wait for somebody, the longest waiting first."""
    return _page()


@pages.get("/courriels-non-remis.csv")
@requires(Permission.READ_FAILED_MAILS)
def failed_mails_csv() -> Response:
    """The same list, whole; a mail holds nothing of a family (R-DP-5)."""
    actor, turn = present_actor(), turning.read(request.args, ORDERS)
    with reading() as session:
        units = reference(session).units
    unit = narrowing.asked(request.args, failed_mail.filters(actor, units)).get("service")

    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        page = queries.failed(session, actor, limit, unit=unit, order=turn.order, place=place)
        return [failed_mail.export_row(one, units) for one in page.rows], page.next

    return take_away("courriels-non-remis", failed_mail.EXPORT_HEAD, in_batches(batch))


@pages.post("/courriels-non-remis/<uuid:mail_id>/renvoyer")
@requires(Permission.READ_FAILED_MAILS)
def send_mail_again(mail_id: UUID) -> ResponseReturnValue:
    """Send it again, to the address as corrected; a wrong one is said on its row."""
    try:
        given = load(SendAgain(), request.form.to_dict(), unknown="exclude")
        operations.send_again(present_actor(), mail_id, given["recipient"])
    except InvalidInput as refused:
        return _page(mail_id, request.form.get("recipient", ""), refused.fields.get("recipient", ())), 422
    confirm("Le courriel repart.", "Il quitte Relais dans la minute ; s’il revient, il sera de nouveau ici.")
    return redirect(url_for("pages.failed_mails"), 303)


@pages.post("/courriels-non-remis/<uuid:mail_id>/regler")
@requires(Permission.READ_FAILED_MAILS)
def settle_mail(mail_id: UUID) -> ResponseReturnValue:
    """Nothing more has to be done."""
    operations.settle(present_actor(), mail_id)
    confirm("C’est réglé.", "Ce courriel n’est plus dans la liste, et ne partira plus.")
    return redirect(url_for("pages.failed_mails"), 303)


def _page(wrong: UUID | None = None, typed: str = "", errors: Sequence[str] = ()) -> str:
    actor, now, turn = present_actor(), clock.now(), turning.read(request.args, ORDERS)
    with reading() as session:
        units = reference(session).units
        filters = failed_mail.filters(actor, units)
        narrowed = narrowing.asked(request.args, filters)
        unit = narrowed.get("service")
        found = queries.failed(session, actor, PAGE, unit=unit, order=turn.order, place=turn.place)
        total = queries.count_failed(session, actor, unit)
    rows = [
        failed_mail.row(
            one,
            units[one.mail.unit_id].name if one.mail.unit_id else None,
            now,
            typed if one.mail.id == wrong else "",
            list(errors) if one.mail.id == wrong else [],
        )
        for one in found.rows
    ]
    return render_template(
        "outbox/failed.html",
        mails=rows,
        everybodys=actor.role is Role.ADMIN,
        filters=narrowing.fields(filters, narrowed),
        listed=turning.Listed("pages.failed_mails", turn, found, total, narrowed),
    )
