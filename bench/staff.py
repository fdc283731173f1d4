"""Who works in the measured service: enough people that none of them asks faster than a person may."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from random import Random

from sqlalchemy import update
from sqlalchemy.orm import Session

from service.database import transaction
from service.demonstration import names
from service.models import Account, Membership, SecondFactor
from service.operations import passwords, second_factor
from service.permissions import Actor, Role, UnitKind
from service.queries.reference import UnitCard, reference

PASSWORD = "mesurer sans rien supposer"
"""The password of every account; the data is invented."""

SECRET = "MESURERSANSRIENSUPPOSERABCDEFGHI"
"""What everybody's telephone knows."""

AGENTS, SECRETARIES, PROFESSIONALS = 40, 6, 4
SINCE = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Staff:
    """The agents of the Service Prestations, the secretariat, and the professionals of each CDAS."""

    agents: Sequence[Actor]
    secretaries: Sequence[Actor]
    professionals: dict[str, Sequence[Actor]]

    @property
    def everybody_of_the_cdas(self) -> Sequence[Actor]:
        """Every professional, one CDAS after the other."""
        return [actor for actors in self.professionals.values() for actor in actors]


def email_of(actor: Actor) -> str:
    """The address with which somebody logs in."""
    return f"{actor.account_id.hex}@bench.example"


def code_of(actor: Actor) -> str:
    """The present code of somebody's telephone, good even if it has served: the runs log in again and again."""
    with transaction() as session:
        whose = SecondFactor.account_id == actor.account_id
        session.execute(update(SecondFactor).where(whose).values(last_step=0))
    return second_factor.code_at(SECRET, second_factor.present_step())


def hire(session: Session, rng: Random) -> Staff:
    """Make every account with its membership."""
    known, people, kept = reference(session), names.of_staff(rng), passwords.keep(PASSWORD)

    def some(unit: UnitCard, role: Role, number: int) -> list[Actor]:
        return [_one(session, unit, role, name, kept) for name in islice(_said(people), number)]

    return Staff(
        agents=some(known.units_of(UnitKind.CAF_PRESTATIONS)[0], Role.CAF_AGENT, AGENTS),
        secretaries=some(known.units_of(UnitKind.CAF_SECRETARIAT)[0], Role.CAF_SECRETARIAT, SECRETARIES),
        professionals={
            unit.code: some(unit, Role.CDAS_AGENT, PROFESSIONALS) for unit in known.units_of(UnitKind.CDAS)
        },
    )


def _said(people: Iterator[tuple[str, str]]) -> Iterator[str]:
    return (f"{family} {first}" for family, first in people)


def _one(session: Session, unit: UnitCard, role: Role, name: str, password_hash: str) -> Actor:
    account = Account(
        email="",
        name=name,
        institution=unit.institution,
        password_hash=password_hash,
        created_at=datetime(SINCE.year, SINCE.month, SINCE.day, tzinfo=UTC),
    )
    actor = Actor(account.id, name, unit.institution, unit.code, unit.kind, role)
    account.email = email_of(actor)
    session.add(account)
    session.flush()
    session.add(Membership(account_id=account.id, unit_code=unit.code, role=role, starts_on=SINCE))
    second_factor.enrol(session, account.id, SECRET, 0)
    return actor
