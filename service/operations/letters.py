"""What a message brings to a ticket: its text as both sides read it, its files, and who wrote it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput
from service.models import Attachment, InternalNote, Message, Ticket
from service.notifications import incoming
from service.notifications.telling import tell_of_message
from service.operations import family_links, files, opening, standing, urgent_rights
from service.operations.conversation import MAX_FILES
from service.operations.recognised import EXACT
from service.operations.transitions import Act, fire
from service.permissions import Institution
from service.queries.reference import UnitCard, reference
from service.workflows import nir
from service.workflows.submission import FREE_TEXTS

LONGEST_BODY = 20_000
"""Characters of a message that a ticket shows; a longer one is kept whole beside it."""

_BY_RELAIS = "[Relais] "
_NO_EXACT_DAY = (
    "Le jour du dernier versement n’est pas dit : le dernier jour possible est retenu, à vérifier."
)


class File(NamedTuple):
    """A file of a type that tickets take."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """A message for a ticket. `unit`: whose word it is, once that is known; `given`: what it says of the request;
    `remarks`: what Relais adds, such as the files that it could not take.
    """

    channel: str
    received_at: datetime
    unit: UnitCard | None
    author: str
    subject: str
    text: str
    given: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[File] = ()
    remarks: tuple[str, ...] = ()

    @property
    def too_long(self) -> bool:
        """Whether the ticket shows only its beginning."""
        return len(self.text) > LONGEST_BODY

    def body(self, *more: str) -> str:
        """Its subject, its author, its text, and the remarks."""
        head = [f"Objet : {self.subject}"] if self.subject else []
        head += [f"De : {self.author}"] if self.author else []
        text = f"{self.text[:LONGEST_BODY]} […]" if self.too_long else self.text
        remarks = said_by_relais((*self.remarks, *more))
        return "\n\n".join(part for part in ("\n".join(head), text, remarks) if part)


def said_by_relais(remarks: Sequence[str]) -> str:
    """One line each, marked so that nobody takes them for the author's."""
    return "\n".join(_BY_RELAIS + remark for remark in remarks)


def open_ticket(session: Session, letter: Letter, asking_unit_id: str | None) -> Ticket:
    """`receive`: a ticket in `submitted`, its clocks since the message was received (R-UD-2, R-CLK-8)."""
    ticket = opening.new_ticket(session, "urgent_rights", None, letter.channel, asking_unit_id)
    urgent_rights.receive(session, ticket, letter.given, letter.received_at, None)
    _write(session, ticket, letter, letter.received_at, sequence=1)
    return ticket


def join(session: Session, ticket: Ticket, letter: Letter) -> None:
    """Add the message to a ticket that has not ended.

    A draft is thereby sent: its text has reached the Caf. An answer of the CDAS that the Caf waits for is its
    `reply`, since that side has replied (R-CLK-2). Otherwise the Caf is told that a message is there.
    """
    if ticket.state == "draft":
        _send(session, ticket, letter)
    elif _replies(ticket, letter):
        _reply(session, ticket, letter)
    else:
        _write(session, ticket, letter, letter.received_at)
        caf = ticket.assigned_unit_id or ticket.triage_unit_id
        tell_of_message(session, ticket, reference(session), caf, clock.now())


def taken(attachments: Iterable[incoming.Attachment]) -> tuple[list[File], list[str]]:
    """The files that a ticket may hold, by their content, and a remark for each of the others."""
    accepted, remarks = [], []
    for one in attachments:
        name = files.clean_name(one.name)
        try:
            if len(one.content) > files.MAX_BYTES:
                raise InvalidInput({}, detail="Ce fichier dépasse 10 Mo.")
            accepted.append(File(name, files.content_type(name, one.content), one.content))
        except InvalidInput as refused:
            remarks.append(f"Pièce jointe non gardée, « {name} ». {refused.detail}")
    return accepted, remarks


def _send(session: Session, ticket: Ticket, letter: Letter) -> None:
    _keep_unsent(session, ticket, letter)
    ticket.channel = letter.channel
    sequence = urgent_rights.receive_draft(session, ticket, letter.given, letter.received_at)
    if (index := family_links.index_of(letter.given.get("matricule"))) is not None:
        family_links.follow_matricule(session, ticket, None, index)
    _write(session, ticket, letter, ticket.state_since, sequence=sequence)
    tell_of_message(session, ticket, reference(session), ticket.asking_unit_id, clock.now())


def _keep_unsent(session: Session, ticket: Ticket, letter: Letter) -> None:
    """What the draft said and the message does not becomes a note that only the CDAS reads: nothing is lost."""
    form, arrived = opening.form_of(session, ticket), " ".join(letter.text.split())
    typed = [form.get(name) for name in FREE_TEXTS]
    unsent = [text for text in typed if isinstance(text, str) and " ".join(text.split()) not in arrived]
    if not unsent or ticket.author_id is None or ticket.asking_unit_id is None:
        return
    said = "Le texte de ce brouillon est arrivé à la Caf. Le brouillon disait aussi :"
    session.add(
        InternalNote(
            ticket_id=ticket.id,
            author_id=ticket.author_id,
            unit_id=ticket.asking_unit_id,
            institution=Institution.DEPARTEMENT,
            written_at=clock.now(),
            body=nir.mask("\n\n".join([_BY_RELAIS + said, *unsent]))[0],
        )
    )


def _replies(ticket: Ticket, letter: Letter) -> bool:
    """Whether it answers the Caf's question: by mail, from the CDAS asked, and not before it was asked."""
    return (
        ticket.state == "waiting_partner"
        and letter.channel == "email"
        and letter.unit is not None
        and letter.unit.code == ticket.asking_unit_id
        and letter.received_at >= ticket.state_since
    )


def _reply(session: Session, ticket: Ticket, letter: Letter) -> None:
    """The requester's act, though no account names who wrote: carried out as part of `receive`."""

    def effect(act: Act) -> None:
        _write(session, ticket, letter, act.happened_at, sequence=act.sequence)

    last = standing.lines_of(session, ticket)[-1].happened_at
    when = max(letter.received_at, last)
    fire(session, ticket, "reply", None, {}, effect, happened_at=when, part_of="receive")


def _write(
    session: Session, ticket: Ticket, letter: Letter, written_at: datetime, *, sequence: int | None = None
) -> None:
    already = select(func.count()).select_from(Attachment).where(Attachment.ticket_id == ticket.id)
    room = MAX_FILES - (session.scalar(already) or 0)
    remarks = [
        f"Pièce jointe non gardée, « {file.name} ». La demande porte déjà {MAX_FILES} fichiers."
        for file in letter.files[room:]
    ]
    if letter.given.get(EXACT) is False:
        remarks.append(_NO_EXACT_DAY)
    unit = letter.unit
    session.add(
        Message(
            ticket_id=ticket.id,
            unit_id=unit.code if unit else None,
            institution=unit.institution if unit else None,
            sequence=sequence,
            channel=letter.channel,
            written_at=written_at,
            body=letter.body(*remarks),
        )
    )
    session.add_all(_attachment(ticket, unit, file) for file in letter.files[:room])


def _attachment(ticket: Ticket, unit: UnitCard | None, file: File) -> Attachment:
    return Attachment(
        ticket_id=ticket.id,
        unit_id=unit.code if unit else None,
        joined_at=clock.now(),
        content_type=file.content_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).digest(),
        filename=file.name,
        content=file.content,
    )
