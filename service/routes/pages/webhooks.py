"""« Webhooks »: which programs are told that a request moved, and what came of it."""

from dataclasses import replace
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from service import clock
from service.database import reading
from service.errors import InvalidInput
from service.models import WebhookDelivery
from service.notifications.webhooks import hosts
from service.operations import webhooks as operations
from service.permissions import Permission
from service.queries import keyset
from service.queries import webhooks as queries
from service.queries.keyset import Page, Place
from service.routes.guard import present_actor, requires
from service.routes.pages import turning
from service.routes.pages.actions import typed_in
from service.routes.pages.blueprint import pages
from service.routes.pages.confirmation import confirm
from service.routes.pages.taking_away import Batch, in_batches, take_away
from service.routes.pages.turning import Listed, Turn
from service.routes.pages.views import narrowing, webhook_sheet
from service.routes.pages.views.forms import form_fields, general_errors
from service.routes.pages.views.narrowing import Filter
from service.schemas.fields import load
from service.schemas.webhooks import Register, chosen

PAGE = 50
ORDERS = {"ecrit": queries.BY_WRITING}
FILTERS = (Filter("etat", "État", [("waiting", "En attente"), ("taken", "Reçus"), ("aside", "Mis de côté")]),)


@pages.get("/webhooks")
@requires(Permission.MANAGE_WEBHOOKS)
def webhooks() -> str:
    """The registered addresses, and the deliveries."""
    now, (state, narrowed, turn) = clock.now(), _asked()
    with reading() as session:
        addresses = queries.endpoints(session)
        found = _page(session, state, turn, PAGE)
        total = keyset.count(session, queries.deliveries(state).with_only_columns(WebhookDelivery.id))
    labels = {one.id: one.label for one in addresses}
    return render_template(
        "webhooks/list.html",
        hosts=hosts(),
        endpoints=[webhook_sheet.endpoint(one, now) for one in addresses],
        deliveries=[webhook_sheet.delivery(one, labels.get(one.endpoint_id, ""), now) for one in found.rows],
        filters=narrowing.fields(FILTERS, narrowed),
        listed=Listed("pages.webhooks", turn, found, total, narrowed),
    )


@pages.get("/webhooks.csv")
@requires(Permission.MANAGE_WEBHOOKS)
def webhooks_csv() -> Response:
    """The deliveries, whole: references, events and answers, as they left."""
    now, (state, _, turn) = clock.now(), _asked()
    with reading() as session:
        labels = {one.id: one.label for one in queries.endpoints(session)}

    def batch(session: Session, place: Place | None, limit: int) -> Batch:
        page = _page(session, state, replace(turn, place=place), limit)
        return [
            webhook_sheet.export_row(one, labels.get(one.endpoint_id, ""), now) for one in page.rows
        ], page.next

    return take_away("envois", webhook_sheet.EXPORT_HEAD, in_batches(batch))


@pages.get("/webhooks/nouveau")
@requires(Permission.MANAGE_WEBHOOKS)
def webhook() -> str:
    """The form for a new address."""
    return _form({}, {})


@pages.post("/webhooks/nouveau")
@requires(Permission.MANAGE_WEBHOOKS)
def register_webhook() -> ResponseReturnValue:
    """Register it, and show its secret this once."""
    typed = typed_in(Register)
    try:
        given = load(Register(unknown="exclude"), typed)
        secret = operations.register(
            present_actor(), label=given["label"], url=given["url"], events=chosen(given)
        )
    except InvalidInput as refused:
        return _form(typed, refused.fields), 422
    return render_template("webhooks/secret.html", secret=secret, label=given["label"])


@pages.post("/webhooks/<uuid:endpoint_id>/arreter")
@requires(Permission.MANAGE_WEBHOOKS)
def switch_webhook_off(endpoint_id: UUID) -> ResponseReturnValue:
    """Tell it nothing more."""
    operations.switch_off(present_actor(), endpoint_id)
    return _done("Cette adresse est arrêtée.", "Elle n’est plus prévenue ; ce qui attendait est mis de côté.")


@pages.post("/webhooks/<uuid:endpoint_id>/remettre-en-marche")
@requires(Permission.MANAGE_WEBHOOKS)
def switch_webhook_on(endpoint_id: UUID) -> ResponseReturnValue:
    """Tell it again."""
    operations.switch_on(present_actor(), endpoint_id)
    return _done(
        "Cette adresse est remise en marche.",
        "Elle est prévenue de ce qui arrive à partir de maintenant ; rejouez plus bas ce qui a été mis de côté.",
    )


@pages.post("/webhooks/<uuid:endpoint_id>/retirer")
@requires(Permission.MANAGE_WEBHOOKS)
def remove_webhook(endpoint_id: UUID) -> ResponseReturnValue:
    """Forget it."""
    operations.remove(present_actor(), endpoint_id)
    return _done("Cette adresse est retirée.", "Son secret ne signe plus rien, ses envois sont effacés.")


@pages.post("/webhooks/envois/<uuid:delivery_id>/rejouer")
@requires(Permission.MANAGE_WEBHOOKS)
def replay_webhook(delivery_id: UUID) -> ResponseReturnValue:
    """Send it once more, under the same identifier."""
    operations.replay(present_actor(), delivery_id)
    return _done("L’envoi repart dans la minute.", "Son identifiant est le même : le logiciel le reconnaît.")


def _asked() -> tuple[str | None, dict[str, str], Turn]:
    narrowed = narrowing.asked(request.args, FILTERS)
    return narrowed.get("etat"), narrowed, turning.read(request.args, ORDERS)


def _page(session: Session, state: str | None, turn: Turn, limit: int) -> Page[WebhookDelivery]:
    query = queries.deliveries(state, turn.order, turn.place)
    return keyset.read(session, query, limit, turn.place, turn.order)


def _form(typed: dict[str, object], mistakes: dict[str, list[str]]) -> str:
    fields = form_fields(Register, typed, mistakes, {})
    return render_template(
        "webhooks/new.html",
        form={"fields": fields, "errors": general_errors(mistakes, fields)},
        hosts=hosts(),
    )


def _done(title: str, follows: str) -> ResponseReturnValue:
    confirm(title, follows)
    return redirect(url_for("pages.webhooks"), 303)
