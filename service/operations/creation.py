"""Create a request once, sent at once or kept as a draft; the same for the page and the API (workflows.md §1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput, NotPermitted, NotVisible
from service.models import Call, Ticket
from service.operations import urgent_rights
from service.operations.once import once
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries.calls import readable_calls

LATE_AT_MOST = timedelta(days=31)


def create_ticket(
    actor: Actor,
    given: Mapping[str, Any],
    key: str,
    *,
    submit: bool,
    channel: str = "service",
    asking_unit: str | None = None,
    happened_at: datetime | None = None,
    form: Mapping[str, Any] | None = None,
    call_id: UUID | None = None,
) -> tuple[str, bool]:
    """Create an urgent_rights request once per key: its reference, and whether it was created just now.

    `given`: the plain values of `urgent_rights.send`. `form`: what a draft keeps, as typed. `call_id`: the
    unanswered call that the request is made of. Refuses (NotPermitted) who is not a CDAS or speaks for another
    one, and, when it is sent, whatever `urgent_rights.send` refuses.
    """
    if not may(actor, Permission.OPEN_URGENT_RIGHTS):
        raise NotPermitted("Signaler une urgence définie revient aux professionnels des CDAS.", rule="R-UD-1")
    if asking_unit not in (None, actor.unit_id):
        raise NotPermitted("Une demande se fait au nom de son propre CDAS.", rule="R-UD-1")
    refuse_nir(given)
    _refuse_backdating(channel, happened_at)

    def make(session: Session) -> str:
        ticket = urgent_rights.open_draft(session, actor, channel, happened_at)
        if call_id is not None:
            _link_call(session, actor, call_id, ticket)
        if submit:
            urgent_rights.send(session, ticket, actor, given, happened_at)
        else:
            urgent_rights.keep_form(session, ticket, form or {})
        return ticket.reference

    body = {
        **given,
        "form": form,
        "submit": submit,
        "channel": channel,
        "happened_at": happened_at,
        "call": call_id,
    }
    return once(actor, key, {"ticket": body}, make)


def _refuse_backdating(channel: str, happened_at: datetime | None) -> None:
    """R-CLK-8: what left by another road may be noted later; a request made here leaves now."""
    if happened_at is not None and channel == "service":
        raise InvalidInput(
            {"happened_at": ["Une demande faite dans Relais part maintenant : n’indiquez pas d’heure."]},
            rule="R-CLK-8",
        )
    if happened_at is not None and happened_at < clock.now() - LATE_AT_MOST:
        raise InvalidInput(
            {"happened_at": ["Une demande se note dans le mois : vérifiez la date."]}, rule="R-CLK-8"
        )


def _link_call(session: Session, actor: Actor, call_id: UUID, ticket: Ticket) -> None:
    """R-UD-3: one click makes a request of an unanswered call."""
    call = session.scalar(select(Call).where(Call.id == call_id, readable_calls(actor)).with_for_update())
    if call is None:
        raise NotVisible
    if call.ticket_id is not None:
        raise InvalidInput({"call": ["Une demande a déjà été faite de cet appel."]}, rule="R-UD-3")
    call.ticket_id = ticket.id
