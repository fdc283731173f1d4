"""What is told to whom when something moves: outbox rows without personal data (R-DP-5)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.orm import Session

from service.models import IncomingMail, OutboxMail, Ticket
from service.models.base import new_id
from service.permissions import UnitKind
from service.queries.reference import Reference, UnitCard
from service.workflows.machine import Transition
from service.workflows.registry import WORKFLOWS

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "emails"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 – plain text mails
    trim_blocks=True,
)
_public_url = ""


def configure(public_url: str) -> None:
    """Give the address at which people open Relais, for the links of mails."""
    global _public_url
    _public_url = public_url.rstrip("/")


def tell(
    session: Session,
    ticket: Ticket,
    row: Transition,
    reference: Reference,
    unit_codes: Sequence[str | None],
    now: datetime,
) -> None:
    """Write one mail to the mailbox of each unit: kind of event, reference, link; nothing of the person."""
    for code in dict.fromkeys(unit_codes):
        _write(session, ticket, row.name, row.history, reference, code, now)


def tell_of_message(
    session: Session, ticket: Ticket, reference: Reference, unit_code: str | None, now: datetime
) -> None:
    """Tell a unit that a message waits on a ticket."""
    _write(session, ticket, "message", "nouveau message", reference, unit_code, now)


def tell_of_nir(
    session: Session,
    mail: IncomingMail,
    ticket: Ticket | None,
    reference: Reference,
    unit_code: str | None,
    now: datetime,
) -> None:
    """Tell the unit that wrote, or the one that triages, that a NIR was masked in a message (R-DP-7): not which."""
    unit = reference.units.get(unit_code or "")
    if unit is None or unit.email is None:
        return
    path = f"demandes/{ticket.reference}" if ticket else f"messages/{mail.id}"
    wrote = unit.kind is UnitKind.CDAS
    body = _TEMPLATES.get_template("nir_masked.txt").render(
        unit=unit.name,
        wrote=wrote,
        reference=ticket.reference if ticket else None,
        link=f"{_public_url}/{path}" if ticket or not wrote else None,
    )
    named = f"{ticket.reference} – " if ticket else ""
    subject = f"Relais – {named}numéro de sécurité sociale masqué"
    _keep(session, unit, "nir_masked", subject, body, ticket.id if ticket else None, now)


def _write(
    session: Session,
    ticket: Ticket,
    event: str,
    words: str,
    reference: Reference,
    unit_code: str | None,
    now: datetime,
) -> None:
    unit = reference.units.get(unit_code or "")
    if unit is None or unit.email is None:
        return
    body = _TEMPLATES.get_template("moved.txt").render(
        unit=unit.name,
        kind=WORKFLOWS[ticket.kind].label,
        event=words,
        reference=ticket.reference,
        link=f"{_public_url}/demandes/{ticket.reference}",
    )
    subject = f"Relais – {ticket.reference} – {words}"
    _keep(session, unit, event, subject, body, ticket.id, now)


def _keep(
    session: Session,
    unit: UnitCard,
    event: str,
    subject: str,
    body: str,
    ticket_id: UUID | None,
    now: datetime,
) -> None:
    identifier = new_id()
    session.add(
        OutboxMail(
            id=identifier,
            ticket_id=ticket_id,
            event=event,
            recipient=unit.email,
            unit_id=unit.code,
            subject=subject,
            body=body,
            message_id=f"<{identifier}@relais.invalid>",
            created_at=now,
        )
    )
