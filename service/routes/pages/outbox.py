"""« Boîte d’envoi de démonstration »: the mails that Relais would send; absent in real use (R-DP-5)."""

from typing import Any

from flask import render_template, request

from service import clock
from service.database import reading
from service.permissions import Permission, Role
from service.queries import outbox as queries
from service.queries.reference import reference
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.blueprint import pages
from service.routes.pages.views import moments

PAGE = 20
ORDERS = {"ecrit": queries.BY_WRITING}


@pages.get("/boite-envoi")
@requires(Permission.READ_OUTBOX_OF_DEMONSTRATION)
def outbox() -> str:
    """The mails one may see, newest first, each with its whole text. The door answers 404 in real use."""
    actor, now = present_actor(), clock.now()
    turn = turning.read(request.args, ORDERS)
    with reading() as session:
        found = queries.page(session, actor, PAGE, turn.order, turn.place)
        total = queries.count(session, actor)
        units = reference(session).units
    mails: list[dict[str, Any]] = [
        {
            "subject": mail.subject,
            "recipient": mail.recipient,
            "unit": units[mail.unit_id].name if mail.unit_id else None,
            "when": moments.near(mail.created_at, now),
            "iso": moments.iso(mail.created_at),
            "sent": moments.near(mail.sent_at, now) if mail.sent_at else None,
            "body": mail.body.strip(),
            "ticket": ticket,
        }
        for mail, ticket in found.rows
    ]
    return render_template(
        "outbox/list.html",
        mails=mails,
        everybodys=actor.role is Role.ADMIN,
        listed=turning.Listed("pages.outbox", turn, found, total),
    )
