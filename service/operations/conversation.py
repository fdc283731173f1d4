"""Shared messages, internal notes and attachments of a ticket."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import DETAILS, Attachment, InternalNote, Message, Ticket
from service.notifications.telling import tell_of_message
from service.operations import files
from service.operations.acts import locked
from service.operations.consultation import consult
from service.operations.once import once
from service.operations.texts import refuse_nir
from service.permissions import CONTENT_ROLES, Actor
from service.queries.reference import reference
from service.workflows.registry import WORKFLOWS

MAX_FILES = 20

_CODED_ONLY = GuardRefused(
    "Protection de l’enfance : Relais n’en garde ni texte ni fichier, seulement qui, quand et par quel moyen.",
    rule="R-US-1",
    advice="Passez par la CRIP du Département, sans attendre.",
)


def write_message(actor: Actor, ticket_reference: str, body: str, key: str) -> UUID:
    """Write where both sides read; refused in a final state and on a draft. The other side is told."""

    def make(session: Session) -> str:
        ticket = _open_ticket(session, actor, ticket_reference)
        if ticket.submitted_at is None:
            raise GuardRefused(
                "Cette demande n’est pas encore envoyée : personne d’autre ne lirait ce message.",
                advice="Écrivez-le dans la demande, ou ajoutez une note interne.",
            )
        message = Message(
            ticket_id=ticket.id,
            author_id=actor.account_id,
            unit_id=actor.unit_id,
            institution=actor.institution,
            channel="service",
            written_at=clock.now(),
            body=body,
        )
        session.add(message)
        other = ticket.asking_unit_id
        if actor.unit_id == other:
            other = ticket.assigned_unit_id or ticket.triage_unit_id
        tell_of_message(session, ticket, reference(session), other, clock.now())
        return str(message.id)

    refuse_nir({"body": body})
    made, _ = once(actor, key, {"message": ticket_reference, "body": body}, make)
    return UUID(made)


def write_note(actor: Actor, ticket_reference: str, body: str, key: str) -> UUID:
    """Write a note that only the actor's institution reads (R-DP-3); possible in final states too."""

    def make(session: Session) -> str:
        ticket = locked(session, actor, ticket_reference)
        if coded_only(session, ticket):
            raise _CODED_ONLY
        note = InternalNote(
            ticket_id=ticket.id,
            author_id=actor.account_id,
            unit_id=actor.unit_id,
            institution=actor.institution,
            written_at=clock.now(),
            body=body,
        )
        session.add(note)
        return str(note.id)

    if actor.role not in CONTENT_ROLES:
        raise NotPermitted("Les notes internes reviennent aux professionnels des deux services.")
    refuse_nir({"body": body})
    made, _ = once(actor, key, {"note": ticket_reference, "body": body}, make)
    return UUID(made)


def attach(
    actor: Actor,
    ticket_reference: str,
    filename: str,
    content: bytes,
    key: str,
    description: str | None = None,
) -> UUID:
    """Join a file, with what who joins it says that it holds: PDF, JPEG or PNG by its content, 10 MB, 20 a ticket.

    Refused in a final state, and with a NIR in its name or description (R-DP-7).
    """
    accepted = files.accept(filename, content)
    refuse_nir({"description": description})

    def make(session: Session) -> str:
        ticket = _open_ticket(session, actor, ticket_reference)
        count = session.scalar(
            select(func.count()).select_from(Attachment).where(Attachment.ticket_id == ticket.id)
        )
        if (count or 0) >= MAX_FILES:
            raise InvalidInput({"file": ["Cette demande porte déjà 20 fichiers, le maximum."]})
        kept = Attachment(
            ticket_id=ticket.id,
            author_id=actor.account_id,
            unit_id=actor.unit_id,
            joined_at=clock.now(),
            content_type=accepted.content_type,
            size=len(content),
            sha256=accepted.sha256,
            filename=accepted.filename,
            description=description,
            content=content,
        )
        session.add(kept)
        return str(kept.id)

    body = {"file": ticket_reference, "sha256": accepted.sha256.hex(), "name": filename}
    body |= {"description": description} if description else {}
    made, _ = once(actor, key, body, make)
    return UUID(made)


def download(actor: Actor, ticket_reference: str, attachment_id: UUID) -> Attachment:
    """The file with its content, logged before it is given; NotVisible as for its ticket."""
    ticket_id = consult(actor, ticket_reference, "download")
    with transaction() as session:
        kept = session.get(Attachment, attachment_id)
        if kept is None or kept.ticket_id != ticket_id:
            raise NotVisible
        _ = kept.content_sealed
    return kept


def _open_ticket(session: Session, actor: Actor, ticket_reference: str) -> Ticket:
    ticket = locked(session, actor, ticket_reference)
    if actor.role not in CONTENT_ROLES:
        raise NotPermitted("Écrire sur une demande revient aux professionnels des deux services.")
    if WORKFLOWS[ticket.kind].state(ticket.state).final:
        raise GuardRefused(
            "Cette demande est terminée : on n’y ajoute plus que des notes internes.",
            rule="R-UD-7",
            advice="Rouvrez-la si la situation se répète, ou signalez une nouvelle urgence.",
        )
    if coded_only(session, ticket):
        raise _CODED_ONLY
    return ticket


def coded_only(session: Session, ticket: Ticket) -> bool:
    """Whether the ticket keeps codes and dates only: no text, no file (R-US-1, R-PE-3)."""
    details = session.get(DETAILS[ticket.kind], ticket.id)
    return bool(details is not None and details.facts().get("coded_only"))
