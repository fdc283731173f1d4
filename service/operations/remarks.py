"""Remarks from the field: written, shared with the other institution, asked for before a committee (R-GO-2)."""

from uuid import UUID

from sqlalchemy import select

from service import clock
from service.database import transaction
from service.errors import GuardRefused, NotPermitted, NotVisible
from service.models import Remark
from service.notifications import meetings as mails
from service.operations.impersonal import refuse_numbers
from service.operations.meeting_guards import expect_writer, planned_one
from service.permissions import Actor, Institution, Permission, UnitKind, may, may_share_remarks_of
from service.queries.reference import reference
from service.workflows import french
from service.workflows.meetings import MeetingKind

_ASKED = (UnitKind.CDAS, UnitKind.CAF_SECRETARIAT, UnitKind.CAF_PRESTATIONS, UnitKind.CAF_SOCIAL)


def write(actor: Actor, theme: str, tone: str, text: str) -> UUID:
    """Say what works or what is to improve. Refuses who works in no unit of the field, and numbers of persons."""
    if not may(actor, Permission.WRITE_REMARKS):
        raise NotPermitted("Une remarque vient des services du terrain et du pilotage.", rule="R-GO-2")
    refuse_numbers({"text": text})
    with transaction() as session:
        made = Remark(
            theme=theme,
            tone=tone,
            text=text,
            institution=actor.institution.value,
            unit_code=actor.unit_id,
            author_id=actor.account_id,
            written_at=clock.now(),
        )
        session.add(made)
        return made.id


def share(actor: Actor, remark_id: UUID) -> None:
    """Let the other institution read it, without the unit it comes from; it can not be taken back.

    Refuses (NotVisible) whoever neither heads nor steers its institution.
    """
    with transaction() as session:
        found = session.scalar(select(Remark).where(Remark.id == remark_id).with_for_update())
        if found is None or not may_share_remarks_of(actor, Institution(found.institution)):
            raise NotVisible
        if found.shared_at is None:
            found.shared_at, found.shared_by = clock.now(), actor.account_id


def call(actor: Actor, meeting_id: UUID) -> int:
    """Ask the field teams of both sides, a mail to each unit, what works and what to improve; gives how many.

    Refuses a meeting that is no committee to come, and a second call on one day.
    """
    expect_writer(actor)
    with transaction() as session:
        meeting, now = planned_one(session, meeting_id), clock.now()
        if meeting.kind != MeetingKind.COMMITTEE:
            raise NotVisible
        if meeting.called_at is not None and french.local_day(meeting.called_at) == french.local_day(now):
            raise GuardRefused("Les équipes viennent d’être sollicitées aujourd’hui.", rule="R-GO-2")
        today = french.local_day(now)
        asked = [unit for kind in _ASKED for unit in reference(session).open_units(kind, today) if unit.email]
        for unit in asked:
            mails.tell_called(session, meeting, unit, now)
        meeting.called_at = now
        return len(asked)
