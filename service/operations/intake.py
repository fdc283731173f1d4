"""Take in one message of CDAP or of a mailbox: a ticket, a word on a known one, something to qualify (R-UD-2).

Safe to run twice and in parallel: a message is known by its fingerprint. Nothing of a message is ever dropped but
what nobody wrote: automatic replies, bounces, and Relais's own mails coming back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.models import IncomingFile, IncomingMail, OutboxMail, Ticket
from service.notifications.incoming import IncomingMessage, Unreadable, UnreadableReason, read
from service.notifications.telling import tell_of_nir
from service.operations import letters
from service.operations.correspondents import Correspondents, correspondents, unit_of
from service.operations.letters import Letter
from service.operations.recognised import given_by
from service.queries.reference import reference
from service.workflows import reference as references
from service.workflows.qualification import LeftOver, Waits
from service.workflows.registry import WORKFLOWS

LARGEST = 25 * 1024 * 1024
"""Bytes of a message that are looked at and kept; what comes after them is cut off."""

OWN_MAIL = "own_mail"

log = logs.logger(__name__)

Act = Callable[[Session, IncomingMail], None]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message: a code of `models.incoming.FATES`, the ticket's reference if there is one.

    `again`: it had been taken in before, and nothing was made.
    """

    code: str
    reference: str | None = None
    again: bool = False


def intake(raw: bytes, received_at: datetime | None = None) -> Fate:
    """Take in the bytes of a message, received by the mailbox at `received_at` (default: now; never later).

    Raises only when the database does not answer: then nothing was kept, and the same call may be made again.
    """
    now = clock.now()
    arrived = min(received_at or now, now).astimezone(UTC).replace(microsecond=0)
    kept = raw[:LARGEST]
    message = read(kept, arrived)

    def put_in_its_place(session: Session, mail: IncomingMail) -> None:
        if isinstance(message, Unreadable):
            _set_aside(session, mail, message, kept)
        else:
            _Incoming(session, mail, message, kept).place()

    try:
        return _once(message.fingerprint, arrived, put_in_its_place)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise
    except Exception:
        # A stranger chose these bytes: whatever trips on them, the message is kept, and so are the others.
        log.error("intake.failed", exc_info=True)
        damaged = Unreadable(UnreadableReason.DAMAGED, message.fingerprint)
        return _once(
            message.fingerprint, arrived, lambda session, mail: _set_aside(session, mail, damaged, kept)
        )


def _once(fingerprint: str, received_at: datetime, act: Act) -> Fate:
    try:
        with transaction() as session:
            if (known := _known(session, fingerprint)) is not None:
                return known
            mail = IncomingMail(
                fingerprint=fingerprint,
                fate="to_qualify",
                channel="email",
                received_at=received_at,
                recorded_at=clock.now(),
            )
            session.add(mail)
            session.flush()  # the same message, taken in by another process, stops here until this one commits
            act(session, mail)
            return Fate(mail.fate, _reference_of(session, mail))
    except IntegrityError:
        with reading() as session:
            known = _known(session, fingerprint)
        if known is None:
            raise
        return known


def _known(session: Session, fingerprint: str) -> Fate | None:
    mail = session.scalar(select(IncomingMail).where(IncomingMail.fingerprint == fingerprint))
    return None if mail is None else Fate(mail.fate, _reference_of(session, mail), again=True)


def _reference_of(session: Session, mail: IncomingMail) -> str | None:
    if mail.ticket_id is None:
        return None
    return session.scalar(select(Ticket.reference).where(Ticket.id == mail.ticket_id))


def _set_aside(session: Session, mail: IncomingMail, message: Unreadable, raw: bytes) -> None:
    """Keep the bytes whole, encrypted, for the secretariat (R-DP-7)."""
    known = reference(session)
    unit = unit_of(session, known, message.sender, mail.received_at)
    mail.fate, mail.reason, mail.raw = "set_aside", message.reason.value, raw
    mail.sender, mail.subject = message.sender, message.subject or None
    mail.asking_unit_id = unit.code if unit else None
    mail.nir_masked = message.nir_masked
    _tell_of_nir(session, mail, None)


def _tell_of_nir(session: Session, mail: IncomingMail, ticket: Ticket | None) -> None:
    """The CDAS that wrote and the unit that triages; a stranger gets no mail from Relais."""
    if not mail.nir_masked:
        return
    known, now = reference(session), clock.now()
    for code in dict.fromkeys((mail.asking_unit_id, known.triage_unit().code)):
        tell_of_nir(session, mail, ticket, known, code, now)


class _Incoming:
    """A message that was read, on its way to its place."""

    def __init__(self, session: Session, mail: IncomingMail, message: IncomingMessage, raw: bytes) -> None:
        self.session, self.mail, self.message, self.raw = session, mail, message, raw
        self.known = reference(session)

    def place(self) -> None:
        """Decide its fate, in this order: nobody's writing, known tickets, the keyword, somebody's judgement."""
        if automatic := self._automatic():
            self.mail.fate, self.mail.reason = "automatic", automatic
            return
        who = correspondents(self.session, self.known, self.message)
        self.mail.channel = "cdap_form" if self.message.from_cdap else "email"
        self.mail.asking_unit_id = who.claimed.code if who.claimed else None
        self.mail.nir_masked = self.message.nir_masked
        letter = self._letter(who)
        ticket, waits = self._destination(who)
        if ticket is not None:
            letters.join(self.session, ticket, letter)
            self._on_ticket("joined", ticket, letter)
        elif waits is None:
            ticket = letters.open_ticket(self.session, letter, self.mail.asking_unit_id)
            self._on_ticket("ticket", ticket, letter)
        else:
            self._wait(waits, letter)
        _tell_of_nir(self.session, self.mail, ticket)

    def _automatic(self) -> str | None:
        identifier = self.message.message_id
        if identifier and self.session.scalar(
            select(OutboxMail.id).where(OutboxMail.message_id.in_(_written(identifier)))
        ):
            return OWN_MAIL
        return self.message.automatic_reason and self.message.automatic_reason.value

    def _destination(self, who: Correspondents) -> tuple[Ticket | None, Waits | None]:
        """The ticket to join, or why somebody has to judge; neither of them for a new ticket."""
        meant = self._tickets_meant()
        if not meant:
            return None, (None if self.message.keyword else Waits.NO_KEYWORD)
        if who.vouched is None:
            return None, (Waits.FROM_CAF if who.by_caf else Waits.STRANGER)
        theirs = [ticket for ticket in meant if ticket.asking_unit_id == who.vouched.code]
        if not theirs:
            return None, Waits.STRANGER
        going = [ticket for ticket in theirs if not WORKFLOWS[ticket.kind].state(ticket.state).final]
        return (going[0], None) if going else (None, Waits.ENDED)

    def _tickets_meant(self) -> Sequence[Ticket]:
        """Tickets named in what was written, else answered to, else named in the history.

        With the keyword the history says nothing: people answer to an old mail to tell of somebody else.
        """
        message = self.message
        passed_on = (message.forwarded,) if message.is_forward else ()
        written = [name for text in (message.subject, message.text, *passed_on) for name in references.find(text)]
        if found := self._by_reference(written):
            return found
        if found := self._answered():
            return found
        return [] if message.keyword else self._by_reference(message.references)

    def _by_reference(self, named: Sequence[str]) -> Sequence[Ticket]:
        found = self.session.scalars(
            select(Ticket).where(Ticket.reference.in_(named)).order_by(Ticket.id).with_for_update()
        ).all()
        return sorted(found, key=lambda ticket: named.index(ticket.reference))

    def _answered(self) -> Sequence[Ticket]:
        message = self.message
        identifiers = [one for one in (message.in_reply_to, *reversed(message.thread)) if one]
        if not identifiers:
            return []
        ours = select(OutboxMail.ticket_id).where(
            OutboxMail.message_id.in_([form for one in identifiers for form in _written(one)])
        )
        query = select(Ticket).where(Ticket.id.in_(ours)).order_by(Ticket.id).with_for_update()
        return self.session.scalars(query).all()

    def _letter(self, who: Correspondents) -> Letter:
        message = self.message
        text, _ = self._texts(who)
        files, remarks = letters.taken(message.attachments)
        if message.too_large:
            remarks.append("Ce message est trop volumineux : ses pièces jointes n’ont pas été gardées ici.")
        day = min(message.written_on, self.mail.received_at.date())
        return Letter(
            channel=self.mail.channel,
            received_at=self.mail.received_at,
            unit=who.vouched or who.claimed,
            author=self._author(who),
            subject=message.subject,
            text=text,
            given=given_by(self.session, text, message.subject, day),
            files=files,
            remarks=tuple(remarks),
        )

    def _texts(self, who: Correspondents) -> tuple[str, str]:
        """What a ticket shows to both sides, and the rest: what a colleague of the Caf added is not the CDAS's to read."""
        message = self.message
        if who.by_caf and message.is_forward:
            return message.forwarded, message.text
        if message.in_reply_to or message.thread:
            return message.content, ""
        return "\n\n".join(part for part in (message.content, message.quoted) if part), ""

    def _author(self, who: Correspondents) -> str:
        message = self.message
        sender = f"{message.sender_name} <{message.sender}>" if message.sender_name else message.sender or ""
        if message.partner:
            return f"{message.partner}, par le formulaire CDAP"
        if who.by_caf and message.original_sender:
            return f"{message.original_sender}, transmis par {message.sender}"
        return sender

    def _on_ticket(self, fate: str, ticket: Ticket, letter: Letter) -> None:
        """What the ticket does not hold stays beside it until somebody has seen it."""
        mail, (_, word) = self.mail, self._texts(correspondents(self.session, self.known, self.message))
        mail.ticket_id, mail.fate = ticket.id, fate
        left = []
        if self.message.too_large:
            mail.raw = self.raw
            left.append(LeftOver.TOO_LARGE)
        if word:
            left.append(LeftOver.WORD_OF_CAF)
        if letter.too_long:
            left.append(LeftOver.CUT)
        mail.rest = "\n\n".join(part for part in (word, letter.text if letter.too_long else "") if part) or None
        mail.reason = ",".join(left) or None

    def _wait(self, waits: Waits, letter: Letter) -> None:
        mail, message = self.mail, self.message
        mail.reason = waits.value
        mail.sender, mail.subject = letter.author or None, letter.subject or None
        mail.text = "\n\n".join([letter.text, *letter.remarks])
        ...


def _written(identifier: str) -> tuple[str, str]:
    """A Message-ID with and without its brackets."""
    return identifier, f"<{identifier}>"
