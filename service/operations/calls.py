"""Calls on the direct line, noted by either side (R-UD-3, R-IND-I-10)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from service import clock
from service.errors import InvalidInput, NotPermitted
from service.models import Call, UrgentRightsDetails
from service.operations import opening, urgent_rights
from service.operations.choosing import cdas_mistake
from service.operations.family_links import expect_stranger, index_of
from service.operations.once import once
from service.operations.people import keep_person
from service.operations.repetition import keep_repetition
from service.operations.texts import refuse_nir
from service.operations.transitions import Act, fire
from service.permissions import CDAS_ROLES, Actor, Permission, UnitKind, may
from service.queries.reference import reference
from service.workflows import french, submission


def record_call(actor: Actor, given: Mapping[str, Any], key: str) -> tuple[str, bool]:
    """Note a call, once per key: the identifier of the call, and whether it was noted just now.

    Answered: a ticket of channel `phone`, answered at once when the outcome is given. Unanswered: the record alone.
    Refuses a start in the future, another CDAS than one's own, an answered call without benefit or motive, and who has
    a link with the family (R-DP-1).
    """
    if not may(actor, Permission.RECORD_CALL):
        raise NotPermitted("Noter un appel revient aux CDAS et à la Caf.", rule="R-UD-3")
    refuse_nir(given)
    return once(
        actor, key, {"call": {name: str(value) for name, value in given.items()}}, _Maker(actor, given)
    )


class _Maker:
    def __init__(self, actor: Actor, given: Mapping[str, Any]) -> None:
        self.actor, self.given = actor, given

    def __call__(self, session: Session) -> str:
        actor, given = self.actor, self.given
        cdas = actor.unit_id if actor.role in CDAS_ROLES else given.get("cdas", "")
        self._check(session, cdas)
        expect_stranger(session, actor, given.get("matricule"))
        call = Call(
            cdas_code=cdas,
            benefit=given.get("benefit"),
            event=given.get("event"),
            started_at=given["started_at"],
            minutes=given["minutes"],
            answered=given["answered"],
            outcome=given.get("outcome"),
            recorded_at=clock.now(),
            recorded_by=actor.account_id,
            recorded_unit_id=actor.unit_id,
            matricule=given.get("matricule"),
            remark=given.get("remark"),
        )
        call.matricule_index = index_of(given.get("matricule"))
        if given["answered"]:
            self._open_ticket(session, call)
        session.add(call)
        return str(call.id)

    def _check(self, session: Session, cdas: str) -> None:
        given, now = self.given, clock.now()
        errors: dict[str, list[str]] = {}
        if mistake := cdas_mistake(reference(session), cdas, french.local_day(given["started_at"])):
            errors["cdas"] = [mistake]
        elif self.actor.role in CDAS_ROLES and given.get("cdas") not in (None, self.actor.unit_id):
            errors["cdas"] = ["Vous notez les appels de votre CDAS."]
        if given["started_at"] + timedelta(minutes=given["minutes"]) > now:
            errors["started_at"] = ["Cet appel n’est pas terminé, ou son heure est dans le futur."]
        if given["started_at"] < now - submission.NOTED_WITHIN:
            errors["started_at"] = ["Un appel se note dans le mois : vérifiez la date."]
        if given["answered"] and not (given.get("benefit") and given.get("event")):
            errors["benefit"] = ["Un appel qui a abouti a une prestation et un motif."]
        if given.get("outcome") and not given["answered"]:
            errors["outcome"] = ["Un appel sans réponse n’a pas d’issue."]
        if errors:
            raise InvalidInput(errors, rule="R-UD-3")

    def _open_ticket(self, session: Session, call: Call) -> None:
        actor, given = self.actor, self.given
        known = reference(session)
        ticket = opening.new_ticket(session, "urgent_rights", actor, "phone", call.cdas_code)
        ticket.assigned_unit_id = known.desk(UnitKind.CAF_PRESTATIONS).code
        if actor.unit_kind is UnitKind.CAF_PRESTATIONS:
            ticket.assigned_unit_id, ticket.holder_id = actor.unit_id, actor.account_id
        fire(session, ticket, "record_call", actor, given, self._keep, happened_at=given["started_at"])
        if given.get("outcome"):
            end = given["started_at"] + timedelta(minutes=given["minutes"])
            fire(
                session,
                ticket,
                "answer",
                actor,
                {**given, "text": given.get("remark") or "Réponse donnée pendant l’appel."},
                urgent_rights.EFFECTS["answer"],
                happened_at=end,
                part_of="record_call",
            )
        call.ticket_id = ticket.id

    def _keep(self, act: Act) -> None:
        act.ticket.submitted_at = act.happened_at
        details = act.details = UrgentRightsDetails(
            ticket_id=act.ticket.id,
            benefit=act.given["benefit"],
            event=act.given["event"],
            line_was_open=True,
        )
        act.session.add(act.details)
        person = keep_person(act.session, act.ticket.id, act.given, known=False)
        keep_repetition(act, details, person)
        act.write_message(act.given.get("remark") if not act.given.get("outcome") else None, "phone")
        act.payload["minutes"] = act.given["minutes"]
