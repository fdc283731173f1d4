"""Who keeps the register of the convention Caf, Cpam, SIAO; its agreement, its referents and partners (R-SI)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.errors import GuardRefused, InvalidInput, NotPermitted, NotVisible
from service.models import SiAgreement, SiContact
from service.operations.texts import refuse_nir
from service.permissions import Actor, Permission, may
from service.queries import si as queries
from service.workflows import french, si


def sign(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Enter a signed agreement: the three bodies and the day.

    Refuses a day to come, and one on which another agreement still stands.
    """
    expect_keeper(actor)
    refuse_nir(given)
    signed_on: date = given["signed_on"]
    expect_none(si.past_errors("signed_on", signed_on, today()))
    with transaction() as session:
        last = session.scalars(queries.agreements(actor).limit(1)).first()
        if last is not None and (last.ends_on is None or last.ends_on > signed_on):
            raise InvalidInput(
                {"signed_on": ["Une convention est encore en vigueur ce jour-là."]},
                rule="R-SI",
                advice="Notez d’abord la fin de la précédente.",
            )
        signed = SiAgreement(
            **{party: given[party] for party in si.PARTIES},
            signed_on=signed_on,
        )
        session.add(signed)
        return signed.id


def end(actor: Actor, agreement_id: UUID, given: Mapping[str, Any]) -> None:
    """A party ends it, by registered letter (art. 12.4). Refuses days that can not be, and a second end."""
    expect_keeper(actor)
    with transaction() as session:
        found = session.get(SiAgreement, agreement_id, with_for_update=True)
        if found is None:
            raise NotVisible
        if found.ends_on is not None:
            raise GuardRefused("La fin de cette convention est déjà notée.", rule="R-SI")
        notice_on, ends_on = given["notice_on"], given["ends_on"]
        expect_none(si.ending_errors(found.signed_on, notice_on, ends_on, today()))
        found.ended_by, found.notice_on, found.ends_on = given["ended_by"], notice_on, ends_on


def name_contact(actor: Actor, given: Mapping[str, Any]) -> UUID:
    """Name a referent of a party, who follows the one before, or somebody of the DDETS or of a partner.

    Refuses a day to come or before the present referent's, and a partner without its organisation.
    """
    expect_keeper(actor)
    refuse_nir(given)
    expect_none(si.past_errors("starts_on", given["starts_on"], today()))
    role, organisation = given["role"], given.get("organisation")
    if role not in si.PARTIES and role != "ddets" and not organisation:
        raise InvalidInput({"organisation": ["Dites de quel partenaire il s’agit."]}, rule="R-SI")
    with transaction() as session:
        if role in si.PARTIES:
            _succeed(session, role, given["starts_on"])
        named = SiContact(
            role=role,
            organisation=organisation,
            **{key: given.get(key) for key in ("name", "email", "telephone", "starts_on")},
        )
        session.add(named)
        return named.id


def end_contact(actor: Actor, contact_id: UUID) -> None:
    """Somebody is no longer referent or contact from today on; the register keeps that they were."""
    expect_keeper(actor)
    with transaction() as session:
        found = session.get(SiContact, contact_id, with_for_update=True)
        if found is None:
            raise NotVisible
        if found.ends_on is not None:
            raise GuardRefused("Cette personne n’est déjà plus dans la liste.", rule="R-SI")
        found.ends_on = today()


def expect_keeper(actor: Actor) -> None:
    """Refuse (NotPermitted) whoever does not keep the register."""
    if not may(actor, Permission.KEEP_SI_REGISTER):
        raise NotPermitted(
            "Le registre de la convention Caf, Cpam et SIAO est tenu par les référents locaux.", rule="R-SI"
        )


def expect_none(errors: si.Errors) -> None:
    """Refuse (InvalidInput) what the rules say can not be."""
    if errors:
        raise InvalidInput(errors, rule="R-SI")


def today() -> date:
    """The day of the clock, in Paris."""
    return french.local_day(clock.now())


def _succeed(session: Session, party: str, starts_on: date) -> None:
    query = select(SiContact).where(SiContact.role == party, SiContact.ends_on.is_(None))
    before = session.scalars(query.with_for_update()).first()
    if before is None:
        return
    if starts_on < before.starts_on:
        sentence = f"{before.name} est référent depuis le {french.short_date(before.starts_on)}."
        raise InvalidInput({"starts_on": [sentence]}, rule="R-SI")
    before.ends_on = starts_on
    session.flush()
