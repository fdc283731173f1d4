"""« Courriels non remis »: what nobody received, and what to do about it."""

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.operations import failed_mails as operations
from service.permissions import Permission, Role
from service.queries import outbox as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.views import failed_mail
from service.schemas.failed_mails import SendAgain
from service.schemas.fields import load

PAGE = 20


@pages.get("/courriels-non-remis")
@requires(Permission.READ_FAILED_MAILS)
def failed_mails() -> str:
    """Those that wait for somebody, the longest waiting first."""
    return _page()


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
    actor, now = present_actor(), clock.now()
    place = turning.place(request.args)
    after = queries.MailPosition(*place.last) if place.last else None
    with reading() as session:
        found = queries.failed(session, actor, PAGE + 1, after)
        total = queries.count_failed(session, actor)
        units = reference(session).units
    shown = found[:PAGE]
    last = shown[-1].mail if len(found) > PAGE else None
    rows = [
        failed_mail.row(
            one,
            units[one.mail.unit_id].name if one.mail.unit_id else None,
            now,
            typed if one.mail.id == wrong else "",
            list(errors) if one.mail.id == wrong else [],
        )
        for one in shown
    ]
    beyond = (last.failed_at, last.id) if last is not None and last.failed_at is not None else None
    return render_template(
        "outbox/failed.html",
        mails=rows,
        everybodys=actor.role is Role.ADMIN,
        pager=turning.pager("pages.failed_mails", place, beyond, len(rows), (total, False)),
    )
