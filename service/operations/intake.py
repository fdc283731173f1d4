"""Take in one message of CDAP or of a mailbox: a ticket, a word on a known one, or something to qualify (R-UD-2).

Safe to run twice and in parallel: a message is known by its fingerprint. Nothing is dropped but what nobody wrote:
automatic replies, bounces, and Relais's own mails coming back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.models import IncomingFile, IncomingMail, Ticket
from service.notifications.incoming import IncomingMessage, Unreadable, UnreadableReason, read
from service.notifications.telling import tell_of_nir
from service.operations import failed_mails, letters
from service.operations.composition import Composed, compose
from service.operations.correspondents import cdas_of, correspondents
from service.operations.destinations import destination, is_own
from service.operations.family_links import index_of
from service.queries.reference import reference
from service.workflows import french
from service.workflows.qualification import LeftOver, Waits

LARGEST = 25 * 1024 * 1024
"""Bytes of a message that are looked at and kept; what comes after them is cut off."""

OWN_MAIL = "own_mail"
"""Why a mail of Relais that comes back makes nothing."""

log = logs.logger(__name__)

Act = Callable[[Session, IncomingMail], None]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message: a code of `models.incoming.FATES`, and the reference of its ticket if it has one.

    `again`: it had been taken in before, so nothing was made. `mail_id`: under which it is kept.
    """

    code: str
    reference: str | None = None
    again: bool = False
    mail_id: UUID | None = field(default=None, compare=False)


def intake(raw: bytes, received_at: datetime | None = None) -> Fate:
    """Take in the bytes of a message that the mailbox received at `received_at` (default: now; never later).

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
            _place(session, mail, message, kept)

    def put_aside_whole(session: Session, mail: IncomingMail) -> None:
        _set_aside(session, mail, Unreadable(UnreadableReason.DAMAGED, message.fingerprint), kept)

    try:
        return _once(message.fingerprint, arrived, put_in_its_place)
    except (OperationalError, InterfaceError, PoolTimeout):
        raise
    except Exception:
        # A stranger chose these bytes: whatever trips on them, the message is kept, and the next one read.
        log.error("intake.failed", exc_info=True)
        return _once(message.fingerprint, arrived, put_aside_whole)


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
            session.flush()  # whoever takes in the same message meanwhile stops here until this one commits
            act(session, mail)
            return Fate(mail.fate, _reference_of(session, mail), mail_id=mail.id)
    except IntegrityError:
        with reading() as session:
            known = _known(session, fingerprint)
        if known is None:
            raise
        return known


def _known(session: Session, fingerprint: str) -> Fate | None:
    mail = session.scalar(select(IncomingMail).where(IncomingMail.fingerprint == fingerprint))
    if mail is None:
        return None
    return Fate(mail.fate, _reference_of(session, mail), again=True, mail_id=mail.id)


def _reference_of(session: Session, mail: IncomingMail) -> str | None:
    return session.scalar(select(Ticket.reference).where(Ticket.id == mail.ticket_id))


def _set_aside(session: Session, mail: IncomingMail, message: Unreadable, raw: bytes) -> None:
    """Keep the bytes whole, encrypted, for the secretariat (R-DP-7)."""
    unit = cdas_of(session, reference(session), message.sender, mail.received_at)
    mail.fate, mail.reason, mail.raw = "set_aside", message.reason.value, raw
    mail.sender, mail.subject = message.sender, message.subject or None
    mail.asking_unit_id = unit.code if unit else None
    mail.nir_masked = message.nir_masked
    _tell_of_nir(session, mail, None)


def _place(session: Session, mail: IncomingMail, message: IncomingMessage, raw: bytes) -> None:
    """Nobody's writing, then known tickets, then the keyword, then somebody's judgement."""
    if (automatic := _automatic(session, message)) is not None:
        mail.fate, mail.reason = "automatic", automatic
        if message.undelivered is not None:
            failed_mails.bounced(session, message.undelivered)
        return
    who = correspondents(session, reference(session), message)
    mail.channel = "cdap_form" if message.from_cdap else "email"
    mail.asking_unit_id = who.claimed.code if who.claimed else None
    mail.nir_masked = message.nir_masked
    mail.raw = raw if message.too_large else None
    composed = compose(session, mail, message, who)
    ticket, waits = destination(session, message, who)
    if waits is not None:
        _wait(session, mail, waits, composed)
    elif ticket is not None:
        letters.join(session, ticket, composed.letter)
        _leave(mail, "joined", ticket, composed)
    else:
        asks = who.claimed
        gone = asks is None or asks.closed_by(french.local_day(mail.received_at))
        # Nothing comes back to a CDAS that has closed down: the triage says who asks.
        ticket = letters.open_ticket(session, composed.letter, None if gone else mail.asking_unit_id)
        _leave(mail, "ticket", ticket, composed)
    _tell_of_nir(session, mail, ticket)


def _automatic(session: Session, message: IncomingMessage) -> str | None:
    if is_own(session, message):
        return OWN_MAIL
    return message.automatic_reason.value if message.automatic_reason else None


def _leave(mail: IncomingMail, fate: str, ticket: Ticket, composed: Composed) -> None:
    """The ticket holds the message; what it does not show stays here until somebody has seen it."""
    mail.ticket_id, mail.fate = ticket.id, fate
    left = {
        LeftOver.TOO_LARGE: mail.raw_sealed is not None,
        LeftOver.WORD_OF_CAF: bool(composed.word),
        LeftOver.CUT: composed.letter.too_long,
    }
    whole = composed.letter.text if composed.letter.too_long else ""
    mail.rest = _joined(composed.word, whole) or None
    mail.reason = " ".join(reason for reason, so in left.items() if so) or None


def _wait(session: Session, mail: IncomingMail, waits: Waits, composed: Composed) -> None:
    letter = composed.letter
    mail.reason = waits.value
    mail.sender, mail.subject = letter.author or None, letter.subject or None
    mail.matricule_index = index_of(letter.given.get("matricule"))
    mail.text = _joined(letter.text, letters.said_by_relais(letter.remarks))
    mail.rest = _joined(composed.word, composed.history) or None
    for file in letter.files:
        kept = IncomingFile(
            mail_id=mail.id,
            content_type=file.content_type,
            size=len(file.content),
            filename=file.name,
            content=file.content,
        )
        session.add(kept)


def _tell_of_nir(session: Session, mail: IncomingMail, ticket: Ticket | None) -> None:
    """R-DP-7: the CDAS that wrote and the unit that triages; a stranger gets no mail from Relais."""
    if not mail.nir_masked:
        return
    known, now = reference(session), clock.now()
    for code in dict.fromkeys((mail.asking_unit_id, known.triage_unit().code)):
        tell_of_nir(session, mail, ticket, known, code, now)


def _joined(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)
