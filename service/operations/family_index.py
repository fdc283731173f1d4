"""Drafts and kept messages of before migration 0032 say of which family they are, by their matricule (R-DP-1).

To be taken away once nothing older is kept.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from service import logs
from service.models import Draft, IncomingMail
from service.operations.family_links import index_of
from service.operations.recognised import given_by
from service.sealing import SealBroken
from service.workflows import french

log = logs.logger(__name__)


def complete(session: Session) -> int:
    """Give its blind index to each draft and message that names a matricule and has none yet; how many got one.

    Only who has the keys can: the migration that made the columns could not. Done again, it changes nothing. What is
    being saved or qualified at this moment gets it there.
    """
    drafts = select(Draft).where(Draft.matricule_index.is_(None)).order_by(Draft.ticket_id)
    mails = (
        select(IncomingMail)
        .where(IncomingMail.matricule_index.is_(None), IncomingMail.text_sealed.is_not(None))
        .options(undefer(IncomingMail.text_sealed))
        .order_by(IncomingMail.id)
    )
    found = 0
    for draft in session.scalars(drafts.with_for_update(skip_locked=True)):
        with _passing_over(draft.ticket_id):
            draft.matricule_index = index_of(json.loads(draft.form or "{}").get("matricule"))
        found += draft.matricule_index is not None
    for mail in session.scalars(mails.with_for_update(skip_locked=True)):
        with _passing_over(mail.id):
            said = given_by(session, mail.text or "", mail.subject or "", french.local_day(mail.received_at))
            mail.matricule_index = index_of(said.get("matricule"))
        found += mail.matricule_index is not None
    return found


@contextmanager
def _passing_over(row: UUID) -> Iterator[None]:
    """What does not open keeps nobody from finding the others."""
    try:
        yield
    except SealBroken:
        log.warning("family_index.does_not_open", row=str(row))
