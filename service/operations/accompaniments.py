"""Open, renew, confide and close an accompaniment in the register of the Caf social service (R-AC).

The register keeps what is, the access log who changed it and when (R-DP-4): its lines can not be altered unseen.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import Accompaniment
from service.operations.consultation import log_access
from service.operations.family_links import expect_stranger, has_link, hold, index_of
from service.operations.staff import somebody_of
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, Role, UnitKind, may
from service.queries import accompaniments as queries
from service.queries.reference import reference
from service.workflows import accompaniment as rules
from service.workflows import french


def open_(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Enter a new accompaniment: a worker for themselves, the secretariat and the head for anybody of the service.

    Refuses (InvalidInput) dates that can not be, a worker who is not of the social service today, who has a link with
    the family (R-DP-1), and a person whom a worker of the Caf already follows: the answer says who.
    """
    expect_keeper(actor)
    refuse_nir(given)
    worker = given.get("worker_id") or actor.account_id
    if worker != actor.account_id and not keeps_of_all(actor):
        raise NotPermitted("Vous ouvrez vos propres accompagnements, pas ceux d’un collègue.", rule="R-AC")
    with transaction() as session:
        expect_stranger(session, actor, given["matricule"])
        entry = enter(session, {**given, "worker_id": worker})
        log_access(session, actor, "follow_open", entry.id)
        return entry.id


def enter(session: Session, given: Mapping[str, Any], ticket_id: UUID | None = None) -> Accompaniment:
    """Enter it in the caller's transaction, from an appointment (`ticket_id`) or alone; refuses as `open_` does."""
    today = _today()
    opened_on: date = given.get("opened_on") or today
    _expect(rules.opening_errors(opened_on, given.get("event_on"), given["term_on"], today))
    _expect_worker(session, given["worker_id"], given["matricule"])
    _expect_not_followed(session, given["matricule"])
    entry = Accompaniment(
        matricule_index=index_of(given["matricule"]),
        event=given["event"],
        event_on=given.get("event_on"),
        worker_id=given["worker_id"],
        opened_on=opened_on,
        term_on=given["term_on"],
        ticket_id=ticket_id,
    )
    entry.matricule, entry.last_name = given["matricule"], given["last_name"]
    entry.first_name = given["first_name"]
    session.add(entry)
    try:
        session.flush()
    except IntegrityError as twice:
        raise InvalidInput(
            {"matricule": ["Cette personne vient d’être inscrite par un collègue."]}
        ) from twice
    return entry


def renew(actor: Actor, identifier: UUID, term_on: date) -> None:
    """Put the term further. Refuses one that is closed, and a term that is not after the present one."""
    with transaction() as session:
        entry = _open_one(session, actor, identifier)
        _expect(rules.term_errors(term_on, entry.term_on))
        entry.term_on = term_on
        entry.renewals += 1
        log_access(session, actor, "follow_renew", entry.id)


def confide(actor: Actor, identifier: UUID, worker_id: UUID) -> None:
    """Give it to somebody else of the social service, who accompanies from now on.

    Refuses (NotPermitted) a worker: their own are confided by the secretariat and the head; (InvalidInput) who does not
    work there today, has a link with the family (R-DP-1) or accompanies already; one that is closed.
    """
    if not keeps_of_all(actor):
        raise NotPermitted("Confier un accompagnement revient au secrétariat et au responsable.", rule="R-AC")
    with transaction() as session:
        entry = _open_one(session, actor, identifier)
        if worker_id == entry.worker_id:
            raise InvalidInput({"worker_id": ["Cette personne l’accompagne déjà : choisissez un collègue."]})
        _expect_worker(session, worker_id, entry.matricule)
        entry.worker_id = worker_id
        log_access(session, actor, "follow_confide", entry.id)


def close(actor: Actor, identifier: UUID, given: Mapping[str, Any]) -> None:
    """End it: day, reason, closing talk if there was one. Refuses one that is closed, and days that can not be."""
    today = _today()
    with transaction() as session:
        entry = _open_one(session, actor, identifier)
        closed_on: date = given.get("closed_on") or today
        _expect(rules.closing_errors(entry.opened_on, given.get("closing_talk_on"), closed_on, today))
        entry.closed_on = closed_on
        entry.closing_talk_on = given.get("closing_talk_on")
        entry.closing_reason = given["closing_reason"]
        log_access(session, actor, "follow_close", entry.id)


def expect_keeper(actor: Actor) -> None:
    """Refuse (NotPermitted) whoever does not keep the register."""
    if not may(actor, Permission.READ_ACCOMPANIMENTS):
        raise NotPermitted(
            "Le registre des accompagnements est tenu par le service social de la Caf.", rule="R-AC"
        )


def keeps_of_all(actor: Actor) -> bool:
    """Whether the actor keeps the accompaniments of the whole social service: its secretariat and its head do."""
    return may(actor, Permission.READ_ACCOMPANIMENTS) and actor.role is not Role.CAF_TS


def _open_one(session: Session, actor: Actor, identifier: UUID) -> Accompaniment:
    entry = session.scalar(queries.one(actor, identifier).with_for_update(of=Accompaniment))
    if entry is None:
        raise NotVisible
    if entry.closed_on is not None:
        raise GuardRefused(
            "Cet accompagnement est déjà clos.", rule="R-AC", advice="Ouvrez-en un nouveau s’il le faut."
        )
    return entry


def _expect_worker(session: Session, worker_id: UUID, matricule: str | None) -> None:
    unit = reference(session).desk(UnitKind.CAF_SOCIAL)
    if somebody_of(session, worker_id, unit.code, clock.now()) is None:
        raise InvalidInput(
            {"worker_id": ["Cette personne ne travaille pas au service social de la Caf aujourd’hui."]}
        )
    hold(session, worker_id)
    if has_link(session, worker_id, matricule):
        raise InvalidInput({"worker_id": ["Confiez cet accompagnement à quelqu’un d’autre."]}, rule="R-DP-1")


def _expect_not_followed(session: Session, matricule: str) -> None:
    followed = queries.open_for(session, matricule)
    if followed is None:
        return
    since = french.short_date(followed.opened_on)
    raise InvalidInput(
        {
            "matricule": [
                f"Cette personne serait suivie par deux : {followed.worker.name} l’accompagne depuis le {since}."
            ]
        },
        rule="R-AC",
        advice="Demandez d’abord la clôture de l’accompagnement en cours.",
    )


def _expect(errors: Mapping[str, list[str]]) -> None:
    if errors:
        raise InvalidInput(errors, rule="R-AC")


def _today() -> date:
    return french.local_day(clock.now())
