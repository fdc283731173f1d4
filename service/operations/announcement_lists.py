"""The types of information, « écrit de référence », and the actors of the ASIP who hear of new rights (R-GO-5)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import InvalidInput, NotVisible
from service.models import AnnouncementKind, AsipContact
from service.operations.keepers import expect_keeper
from service.operations.texts import refuse_nir
from service.permissions import Actor

_NAMES = (
    "label",
    "announced_by",
    "manner",
    "caf_referent",
    "caf_email",
    "departement_referent",
    "departement_email",
)


def write_kind(actor: Actor, given: Mapping[str, Any], kind_id: UUID | None = None) -> UUID:
    """Add a type of information, or change one; who and when is kept. Refuses a name already taken, and a NIR."""
    expect_keeper(actor)
    refuse_nir(given)
    with transaction() as session:
        kind = AnnouncementKind() if kind_id is None else session.get(AnnouncementKind, kind_id)
        if kind is None:
            raise NotVisible
        _expect_free_label(session, given["label"], kind)
        for name in _NAMES:
            setattr(kind, name, given.get(name))
        kind.changed_at, kind.changed_by = clock.now(), actor.account_id
        session.add(kind)
    return kind.id


def close_kind(actor: Actor, kind_id: UUID, *, again: bool = False) -> None:
    """Offer a type no more, or `again`; the notices that have it keep it."""
    expect_keeper(actor)
    with transaction() as session:
        kind = session.get(AnnouncementKind, kind_id)
        if kind is None:
            raise NotVisible
        kind.closed_at = None if again else clock.now()
        kind.changed_at, kind.changed_by = clock.now(), actor.account_id


def add_contact(actor: Actor, name: str, email: str) -> None:
    """Add an actor of the ASIP. Refuses an address already in the list, and a NIR."""
    expect_keeper(actor)
    refuse_nir({"name": name})
    taken = InvalidInput({"email": ["Cette adresse est déjà dans la liste."]})
    try:
        with transaction() as session:
            if session.scalar(select(AsipContact.id).where(func.lower(AsipContact.email) == email.lower())):
                raise taken
            session.add(AsipContact(name=name, email=email, added_at=clock.now(), added_by=actor.account_id))
    except IntegrityError:
        raise taken from None


def remove_contact(actor: Actor, contact_id: UUID) -> None:
    """Take an actor of the ASIP out of the list."""
    expect_keeper(actor)
    with transaction() as session:
        contact = session.get(AsipContact, contact_id)
        if contact is None:
            raise NotVisible
        session.delete(contact)


def _expect_free_label(session: Session, label: str, kind: AnnouncementKind) -> None:
    same = select(AnnouncementKind.id).where(
        func.lower(AnnouncementKind.label) == label.lower(), AnnouncementKind.id != kind.id
    )
    with session.no_autoflush:
        if session.scalar(same) is not None:
            raise InvalidInput({"label": ["Ce type d’information est déjà dans la liste."]})
