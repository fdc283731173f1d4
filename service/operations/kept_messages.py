"""Incoming messages that are kept: opened and downloaded under the eye of the log, and forgotten in time (R-DP-7)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, undefer

from service import clock
from service.database import transaction
from service.errors import NotPermitted, NotVisible
from service.models import IncomingFile, IncomingMail
from service.operations.consultation import log_access
from service.permissions import Actor, Permission, may
from service.queries import incoming

KEPT_FOR = timedelta(days=30)
"""R-DP-7: how long a message that could not be read is kept whole; and what was found to be no request."""

AT_ONCE = 200


def open_message(actor: Actor, mail_id: UUID, act: str = "open_message") -> None:
    """Log that the actor opens a message, before anything of it is shown (R-DP-4). Refuses (NotVisible) as absent."""
    with transaction() as session:
        found = session.scalar(incoming.one(actor, mail_id).with_only_columns(IncomingMail.id))
        exists = found or session.scalar(select(IncomingMail.id).where(IncomingMail.id == mail_id))
        if exists is not None:
            log_access(session, actor, act, mail_id, refused=found is None)
    if found is None:
        raise NotVisible


def whole(actor: Actor, mail_id: UUID) -> bytes:
    """The bytes of a message as it came, for the secretariat alone, logged (R-DP-7)."""
    if not may(actor, Permission.QUALIFY_MESSAGES) or not incoming.may_read_raw(actor):
        raise NotPermitted("Les messages gardés entiers ne sont lus que par le secrétariat.", rule="R-DP-7")
    with transaction() as session:
        mail = session.scalar(incoming.one(actor, mail_id).options(undefer(IncomingMail.raw_sealed)))
        if mail is None or mail.raw is None:
            raise NotVisible
        log_access(session, actor, "download_message", mail_id)
        return mail.raw


def file_of(actor: Actor, mail_id: UUID, file_id: UUID) -> IncomingFile:
    """A file of a message that waits, with its content, logged."""
    with transaction() as session:
        query = incoming.files(actor, mail_id).where(IncomingFile.id == file_id)
        file = session.scalar(query.options(undefer(IncomingFile.content_sealed)))
        if file is None:
            raise NotVisible
        log_access(session, actor, "download_message", mail_id)
        return file


def forget(session: Session, mail: IncomingMail) -> None:
    """Keep of a message that it came, and what became of it; nothing of what it said."""
    mail.sender = mail.subject = mail.text = mail.rest = mail.matricule_index = None
    mail.raw = None
    session.execute(delete(IncomingFile).where(IncomingFile.mail_id == mail.id))


def forget_set_aside(session: Session) -> int:
    """R-DP-7: 30 days on, messages kept whole go, with what stands beside tickets and what was no request.

    The fingerprint stays, so that the same message is not taken in again; `AT_ONCE` at most.
    """
    limit = clock.now() - KEPT_FOR
    due = session.scalars(
        select(IncomingMail)
        .where(or_(_kept_beside(limit), _no_request(limit)))
        .order_by(IncomingMail.recorded_at, IncomingMail.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for mail in due:
        if mail.fate == "to_qualify":
            mail.raw = None
        else:
            forget(session, mail)
    return len(due)


def _kept_beside(limit: datetime) -> ColumnElement[bool]:
    beside = and_(IncomingMail.fate.in_(("ticket", "joined")), IncomingMail.rest_sealed.is_not(None))
    return and_(IncomingMail.recorded_at <= limit, or_(incoming.has_raw(), beside))


def _no_request(limit: datetime) -> ColumnElement[bool]:
    texts = (IncomingMail.sender_sealed, IncomingMail.subject_sealed, IncomingMail.text_sealed)
    return and_(
        IncomingMail.fate == "qualified",
        IncomingMail.qualified_at <= limit,
        or_(*(text.is_not(None) for text in texts)),
    )
