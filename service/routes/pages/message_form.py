"""The form beside an incoming message, as far as the message fills it; a person completes and confirms it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.models import IncomingMail, Ticket
from service.operations.recognised import commune_proposed, given_by
from service.permissions import Actor
from service.queries import situations, tickets
from service.queries.reference import reference
from service.routes.pages.views import message_page
from service.routes.pages.views.cdas_choices import open_cdas
from service.routes.pages.views.commune_choices import commune_choices
from service.routes.pages.views.forms import as_typed
from service.workflows import french
from service.workflows import reference as references
from service.workflows.qualification import Nature
from service.workflows.urgent_rights import URGENT_RIGHTS


class Filled(NamedTuple):
    """What the message has filled of its form, and what to say beside it; requests that it may belong to."""

    typed: Mapping[str, Any]
    hints: Mapping[str, str]
    cited: Sequence[str]
    same_file: Sequence[str]


def filled(session: Session, actor: Actor, mail: IncomingMail) -> Filled:
    """The form as the message fills it. What is not clear is left out; a commune is only proposed."""
    text, subject = mail.text or "", mail.subject or ""
    said = given_by(session, text, subject, french.local_day(mail.received_at))
    guessed = None if "commune" in said else commune_proposed(session, f"{subject}\n{text}")
    cited = _open_requests(session, actor, references.find(f"{subject}\n{text}\n{mail.rest or ''}"))
    same = (
        session.scalars(situations.of_the_same_file(actor, said["matricule"])) if "matricule" in said else ()
    )
    typed = {name: as_typed(value) for name, value in said.items()}
    typed |= {"asking_unit": mail.asking_unit_id, "commune": said.get("commune", guessed)}
    if cited:
        typed |= {"nature": Nature.ATTACHED.value, "reference": cited[0]}
    return Filled(
        typed,
        message_page.hints(said, commune_guessed=guessed is not None),
        cited,
        [ticket.reference for ticket in same],
    )


def _open_requests(session: Session, actor: Actor, named: Sequence[str]) -> list[str]:
    """Those of the references that the actor may read and that can still be written on."""
    going = sorted(URGENT_RIGHTS.open_states)
    query = select(Ticket.reference).where(
        tickets.visible_to(actor), Ticket.reference.in_(named), Ticket.state.in_(going)
    )
    found = set(session.scalars(query.order_by(Ticket.id)))
    return [name for name in named if name in found]


def choices(session: Session) -> Mapping[str, Sequence[Any]]:
    """What its selects offer."""
    cdas = open_cdas(reference(session), french.local_day(clock.now()))
    return {"cdas": cdas, "communes": commune_choices(situations.communes(session))}
