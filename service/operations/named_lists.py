"""A list with names leaves by two: a head asks, another of the institution accepts, the first takes it for a day."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import transaction
from service.errors import GuardRefused, NotPermitted, NotVisible
from service.models import Account, NamedList, Unit
from service.operations import extraction
from service.operations.consultation import log_access
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may

log = logs.logger(__name__)

TAKEN_WITHIN = timedelta(hours=24)
WAITS = timedelta(days=7)
"""An older request is not accepted any more: its reason was of another time."""


def ask(actor: Actor, view: str, reason: str) -> UUID:
    """Ask for one of the actor's own lists, by its view, with a reason."""
    _expect_head(actor)
    refuse_nir({"reason": reason})
    wanted = NamedList(
        account_id=actor.account_id, unit_id=actor.unit_id, view=view, asked_at=clock.now(), downloads=0
    )
    wanted.reason = reason
    with transaction() as session:
        session.add(wanted)
    log.info("named_list.asked", list_id=wanted.id, account_id=actor.account_id)
    return wanted.id


def decide(actor: Actor, list_id: UUID, *, accepted: bool) -> None:
    """Accept or refuse somebody else's.

    Refuses (NotVisible) one's own, another institution's, one decided already or too old.
    """
    _expect_head(actor)
    with transaction() as session:
        wanted = session.scalar(to_decide(actor).where(NamedList.id == list_id).with_for_update(of=NamedList))
        if wanted is None:
            raise NotVisible
        wanted.decided_by, wanted.decided_at, wanted.accepted = actor.account_id, clock.now(), accepted
    log.info("named_list.decided", list_id=list_id, accepted=accepted)


def take(actor: Actor, list_id: UUID) -> NamedList:
    """What may be taken now, logged first.

    Refuses (NotVisible) another's, (GuardRefused) one that is not accepted or whose day has passed, (TooManyReadings)
    who takes too many lists in a day.
    """
    _expect_head(actor)
    with transaction() as session:
        wanted = session.scalar(own(actor).where(NamedList.id == list_id).with_for_update(of=NamedList))
        if wanted is None:
            raise NotVisible
        if not is_open(wanted):
            raise GuardRefused(
                "Cette liste n’est pas à prendre : elle attend un autre responsable, ou ses 24 heures sont passées.",
                advice="Demandez-la de nouveau si elle est encore utile.",
            )
        stop = extraction.stop_of_list(session, actor)
        log_access(session, actor, "export_names", refused=stop is not None)
        if stop is None:
            wanted.downloads += 1
    if stop is not None:
        raise stop
    return wanted


def is_open(wanted: NamedList) -> bool:
    """Whether it was accepted within the last day."""
    return (
        wanted.accepted and wanted.decided_at is not None and clock.now() < wanted.decided_at + TAKEN_WITHIN
    )


def to_decide(actor: Actor) -> Select[NamedList]:
    """The requests of other heads of the institution that wait for a decision."""
    return (
        select(NamedList)
        .join(Unit, Unit.code == NamedList.unit_id)
        .where(
            Unit.institution == actor.institution.value,
            NamedList.account_id != actor.account_id,
            NamedList.decided_at.is_(None),
            NamedList.asked_at > clock.now() - WAITS,
        )
        .order_by(NamedList.asked_at, NamedList.id)
    )


def own(actor: Actor) -> Select[NamedList]:
    """The actor's own requests of the last days, made in the unit where they are now."""
    return (
        select(NamedList)
        .where(
            NamedList.account_id == actor.account_id,
            NamedList.unit_id == actor.unit_id,
            NamedList.asked_at > clock.now() - WAITS - TAKEN_WITHIN,
        )
        .order_by(NamedList.asked_at.desc(), NamedList.id)
    )


def who(session: Session, account_id: UUID | None) -> str:
    """A name for the mark at the head of the file and for the page."""
    return session.scalar(select(Account.name).where(Account.id == account_id)) or ""


def _expect_head(actor: Actor) -> None:
    if not may(actor, Permission.EXPORT_NAMES):
        raise NotPermitted("Une liste avec des noms se demande et s’accepte entre responsables.")
