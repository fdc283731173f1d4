"""« Défaire »: what somebody has just done is undone by an act of its own, as its row allows (`Transition.undoable`).

Nothing is taken out of the journal: both acts stay in it. Clocks and figures pass over both (`journal.holding`), and
what was to be told, held back until then (`transitions.fire`), is told to nobody.
"""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select

from service import clock
from service.errors import GuardRefused
from service.models import Attachment, DigestLine, JournalEntry, Message, OutboxMail, WebhookDelivery
from service.operations.staff import somebody_of
from service.operations.transitions import Act
from service.queries import tickets
from service.workflows.machine import UNDO_WITHIN
from service.workflows.registry import WORKFLOWS
from service.workflows.webhooks import event_name


def undo(act: Act) -> None:
    """The effect of `undo`: the request stands where it stood before its last act.

    Refuses (GuardRefused) an act of somebody else, one whose row does not allow it, one of more than `UNDO_WITHIN` ago
    or that somebody outside has heard of already; and where somebody has written since, or who followed it can not.
    """
    ticket, last = act.ticket, act.session.scalars(_last(act)).one()
    row = WORKFLOWS[ticket.kind].transition(last.transition)
    before: dict[str, Any] | None = json.loads(last.payload or "{}").get("before")
    # An act done by the version of the service before this one says nothing of what was before it.
    if not row.undoable or before is None or act.actor is None or last.actor_id != act.actor.account_id:
        raise GuardRefused(
            f"La dernière action, « {row.label} », ne se défait pas, ou n’est pas la vôtre.",
            rule=row.rule,
            advice="Ouvrez la demande : elle montre ce que vous pouvez y faire.",
        )
    holder = UUID(before["holder"]) if before["holder"] else None
    _expect_unmoved(act, last)
    _expect_available(act, holder, before["unit"])
    if clock.now() >= last.recorded_at + UNDO_WITHIN or not _untold(act, last):
        raise GuardRefused(
            f"« {row.label} » ne se défait plus : {UNDO_WITHIN.seconds // 60} minutes sont passées, et le service "
            "concerné est prévenu.",
            rule=row.rule,
            advice="Ouvrez la demande : elle montre ce que vous pouvez y faire.",
        )
    ticket.state, ticket.state_since = last.from_state or "", datetime.fromisoformat(before["since"])
    ticket.assigned_unit_id = before["unit"]
    ticket.holder_id = holder
    # « X n’est pas disponible : Y remplace », written with the act, has not happened either.
    with_it = Message.ticket_id == ticket.id, Message.sequence == last.sequence
    act.session.execute(delete(Message).where(*with_it))
    act.payload["undone"] = last.sequence


def _last(act: Act) -> Select[JournalEntry]:
    of_ticket = select(JournalEntry).where(JournalEntry.ticket_id == act.ticket.id)
    return of_ticket.order_by(JournalEntry.sequence.desc()).limit(1)


def _expect_unmoved(act: Act, last: JournalEntry) -> None:
    """What was written meanwhile answers to the request as it stands: it is not put back under it."""
    written = select(Message.id).where(
        Message.ticket_id == act.ticket.id,
        Message.recorded_at >= last.recorded_at,
        Message.sequence.is_distinct_from(last.sequence),
        Message.author_id.is_distinct_from(last.actor_id),
    )
    joined = select(Attachment.id).where(
        Attachment.ticket_id == act.ticket.id,
        Attachment.joined_at >= last.recorded_at,
        Attachment.author_id.is_distinct_from(last.actor_id),
    )
    if act.session.scalar(written.limit(1)) is not None or act.session.scalar(joined.limit(1)) is not None:
        raise GuardRefused(
            "Quelqu’un a écrit ou joint un fichier depuis : la demande ne revient plus en arrière.",
            rule=act.row.rule,
            advice="Lisez ce qu’il apporte, puis choisissez ce que vous faites.",
        )


def _expect_available(act: Act, holder: UUID | None, unit: str | None) -> None:
    """Nobody gets back what they may not follow any more: kept out (invariant 8), or not of that unit now."""
    if holder is None:
        return
    kept_out = act.session.scalar(tickets.kept_from(act.ticket.id, holder)) is not None
    if kept_out or somebody_of(act.session, holder, unit or "", clock.now()) is None:
        raise GuardRefused(
            "La personne qui suivait cette demande n’est plus disponible : elle ne peut pas lui revenir.",
            rule=act.row.rule,
            advice="Confiez la demande à quelqu’un.",
        )


def _untold(act: Act, last: JournalEntry) -> bool:
    """Take back what is held back of it; False when some of it has left, and then nothing is taken back."""
    same = {"event": last.transition, "created_at": last.recorded_at}
    mails = select(OutboxMail).filter_by(ticket_id=act.ticket.id, **same).with_for_update()
    lines = select(DigestLine).filter_by(ticket_id=act.ticket.id, **same).with_for_update()
    named = {**same, "event": event_name(act.ticket.kind, last.transition)}
    programs = select(WebhookDelivery).filter_by(reference=act.ticket.reference, **named).with_for_update()
    sent = [*act.session.scalars(mails), *act.session.scalars(programs)]
    gathered = list(act.session.scalars(lines))
    if any(one.attempts for one in sent) or any(line.told_at for line in gathered):
        return False
    # An act of the same name and second before it holds nothing back any more: what it tells stays.
    held = [one for one in sent if one.next_try_at is not None and one.next_try_at > clock.now()]
    # Untried and given up: its address was switched off before it could leave.
    held += [one for one in sent if one.failed_at is not None]
    for one in (*held, *gathered):
        act.session.delete(one)
    return True
