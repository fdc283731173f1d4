"""`child_protection_notice`: what sending a notice does, who is named to read it, what the CDAS decided (R-PE)."""

from collections.abc import Mapping

from service import clock
from service.errors import InvalidInput, NotVisible
from service.models import ChildProtectionNoticeDetails, Participant
from service.operations.homes import receiving_cdas
from service.operations.opening import forget_form
from service.operations.staff import somebody_of
from service.operations.statement import expect, expect_stated, keep_statement, today
from service.operations.transitions import Act, Effect, keep
from service.queries import tickets
from service.workflows.child_protection_notice import assessment_errors, pertinent


def _send(act: Act) -> None:
    """R-PE-2 stands for R-DP-2: no ground is asked, whether the family was informed is."""
    act.given = pertinent(act.given)
    expect_stated(act)
    receiver = receiving_cdas(act)
    keep_statement(act)
    act.session.flush()  # before anybody is told: who has a link with the family hears nothing (R-DP-1)
    act.ticket.triage_unit_id = act.ticket.assigned_unit_id = receiver.code
    act.payload["receiver"] = receiver.code


def _name_recipient(act: Act) -> None:
    account_id = act.given["recipient_id"]
    if somebody_of(act.session, account_id, act.ticket.assigned_unit_id or "", clock.now()) is None:
        raise InvalidInput(
            {"recipient_id": ["Cette personne ne travaille pas dans ce CDAS aujourd’hui."]}, rule="R-PE-4"
        )
    if act.session.scalar(tickets.kept_from(act.ticket.id, account_id)) is not None:
        raise InvalidInput({"recipient_id": ["Désignez quelqu’un d’autre."]}, rule="R-DP-1")
    if act.session.get(Participant, (act.ticket.id, account_id)) is not None:
        raise InvalidInput({"recipient_id": ["Cette personne est déjà destinataire."]}, rule="R-PE-4")
    act.session.add(Participant(ticket_id=act.ticket.id, account_id=account_id, added_at=act.happened_at))
    act.session.flush()  # before those who may read it are told: they are one of them
    keep(act)


def _assess(act: Act) -> None:
    details = act.details
    if not isinstance(details, ChildProtectionNoticeDetails):
        raise NotVisible
    expect(assessment_errors(act.given["decided_on"], details.informed_on, today(act)))
    keep(act)


EFFECTS: Mapping[str, Effect] = {
    "send": _send,
    "name_recipient": _name_recipient,
    "assess": _assess,
    "cancel": forget_form,
}
"""`receive` does what its row says, no more."""
