"""Who works where in the demonstration: accounts and dated memberships, and who is at work on a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.demonstration import names
from service.demonstration.accounts import SHOWN, SHOWN_CDAS, Post
from service.models import Absence, Account, Membership, Sector
from service.operations import passwords, second_factor
from service.operations.invented import PASSWORD, SECRET
from service.permissions import Actor, Institution, Role, UnitKind, needs_second_factor
from service.queries.reference import Reference, reference

SECRETARIES, AGENTS = 4, 8
_SHOWN_SECTOR = "secteur-16"
_SECTOR_AWAY = "secteur-17"
_NAMED, _DEPUTY = 1, 2
"""Which of a CDAS's professionals is named for reception and concertation; who stands in for the head shown."""

_SHOWN_EMAILS = frozenset(post.email for post in SHOWN)


@dataclass(frozen=True, slots=True)
class Stint:
    """Somebody in one unit and role, from a day up to another, excluded. `weight`: how often they act."""

    actor: Actor
    weight: float
    starts_on: date
    ends_on: date | None = None

    def at_work(self, day: date) -> bool:
        """Whether the membership is in force on that day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class Staff:
    """Everybody, found by unit and role on a day; the accounts that are shown stand first."""

    def __init__(self, stints: Sequence[Stint]) -> None:
        self.stints = tuple(stints)

    def pick(self, rng: Random, day: date, unit_code: str, *roles: Role, but: UUID | None = None) -> Actor:
        """Somebody of that unit and one of those roles who is at work, other than `but`."""
        there = [
            stint
            for stint in self.stints
            if stint.actor.unit_id == unit_code
            and stint.actor.role in roles
            and stint.actor.account_id != but
            and stint.at_work(day)
        ]
        return rng.choices([stint.actor for stint in there], [stint.weight for stint in there])[0]

    def reader(self, rng: Random, day: date, cdas: str) -> Actor:
        """Somebody of a CDAS who sees all its social requests: the head, who stands in, or who is named."""
        return rng.choice([actor for actor in self._in_cdas(day, cdas) if actor.named or _heads(actor)])

    def head(self, rng: Random, day: date, cdas: str) -> Actor:
        """The head of a CDAS, or who stands in."""
        return rng.choice([actor for actor in self._in_cdas(day, cdas) if _heads(actor)])

    def of(self, account_id: UUID, day: date) -> Actor:
        """An account as it works on that day."""
        return next(s.actor for s in self.stints if s.actor.account_id == account_id and s.at_work(day))

    def _in_cdas(self, day: date, cdas: str) -> Iterator[Actor]:
        return (stint.actor for stint in self.stints if stint.actor.unit_id == cdas and stint.at_work(day))

    def shown(self, role: Role) -> Actor:
        """The account of that role that visitors are invited to use."""
        return next(stint.actor for stint in self.stints if stint.actor.role is role)

    def still(self, actor: Actor, day: date) -> bool:
        """Whether somebody still works in that unit and role."""
        return any(stint.actor == actor and stint.at_work(day) for stint in self.stints)


def _heads(actor: Actor) -> bool:
    return actor.role is Role.CDAS_HEAD or actor.deputy


def hire(session: Session, rng: Random, since: date, today: date) -> Staff:
    """Make every account with its membership; each sector gets its worker; one professional changes CDAS.

    One worker is away today, and the one who is shown stands in.
    """
    known, password_hash = reference(session), passwords.keep(PASSWORD)
    sectors = list(session.scalars(select(Sector).order_by(Sector.code)))
    posts = [*SHOWN, *_others(known, rng, len(sectors))]
    accounts = [_account(post, known, password_hash, since) for post in posts]
    session.add_all(accounts)
    session.flush()
    for account, post in zip(accounts, posts, strict=True):
        if needs_second_factor(post.role):
            second_factor.enrol(session, account.id, SECRET, 0)
    stints = [
        _stint(session, account, post, known, since) for account, post in zip(accounts, posts, strict=True)
    ]
    stints += _one_moves(session, stints, known, since + (today - since) / 2)
    workers = [stint.actor.account_id for stint in stints if stint.actor.role is Role.CAF_TS]
    sectors.sort(key=lambda sector: sector.code != _SHOWN_SECTOR)
    for sector, worker in zip(sectors, workers, strict=True):
        sector.worker_id = worker
    staff = Staff(stints)
    _one_is_away(session, staff, sectors, today)
    return staff


def _others(known: Reference, rng: Random, sectors: int) -> Iterator[Post]:
    people = (f"{family} {first}" for family, first in names.of_staff(rng))
    for unit in known.units_of(UnitKind.CDAS):
        if unit.code != SHOWN_CDAS:
            yield Post(Role.CDAS_HEAD, unit.code, next(people))
        for number, name in enumerate(islice(people, rng.randint(3, 6))):
            deputy = number == _DEPUTY and unit.code == SHOWN_CDAS
            yield Post(Role.CDAS_AGENT, unit.code, name, named=number == _NAMED, deputy=deputy)
    for role, unit_code, number in (
        (Role.CAF_SECRETARIAT, "caf-secretariat", SECRETARIES - 1),
        (Role.CAF_AGENT, "caf-prestations", AGENTS - 1),
        (Role.CAF_TS, "caf-social", sectors - 1),
        (Role.STEERING, "caf-direction", 1),
        (Role.AUDITOR, "audit-caf", 1),
    ):
        for name in islice(people, number):
            yield Post(role, unit_code, name)


def _account(post: Post, known: Reference, password_hash: str, since: date) -> Account:
    institution = known.units[post.unit_code].institution
    domain = "departement.example" if institution is Institution.DEPARTEMENT else "caf.example"
    return Account(
        email=post.email or f"{names.plain(post.name)}@{domain}",
        name=post.name,
        institution=institution,
        password_hash=password_hash,
        created_at=datetime(since.year, since.month, since.day, tzinfo=UTC),
    )


def _stint(session: Session, account: Account, post: Post, known: Reference, since: date) -> Stint:
    unit = known.units[post.unit_code]
    session.add(
        Membership(
            account_id=account.id,
            unit_code=unit.code,
            role=post.role,
            starts_on=since,
            ends_on=None,
            named=post.named,
            deputy=post.deputy,
        )
    )
    actor = Actor(
        account.id,
        account.name,
        unit.institution,
        unit.code,
        unit.kind,
        post.role,
        post.named,
        post.deputy,
    )
    weight = 2.0 if account.email in _SHOWN_EMAILS else 0.3 if post.role is Role.CDAS_HEAD else 1.0
    return Stint(actor, weight, since)


def _one_moves(session: Session, stints: list[Stint], known: Reference, day: date) -> Iterator[Stint]:
    """A professional leaves a CDAS for the one that is shown: what they may read changes with it (roles.md)."""
    index, leaving = next(
        (index, stint)
        for index, stint in enumerate(stints)
        if stint.actor.role is Role.CDAS_AGENT and stint.actor.unit_id != SHOWN_CDAS
    )
    account_id, unit = leaving.actor.account_id, known.units[SHOWN_CDAS]
    session.flush()
    membership = session.scalars(select(Membership).where(Membership.account_id == account_id)).one()
    membership.ends_on = day
    session.flush()
    session.add(
        Membership(
            account_id=account_id, unit_code=unit.code, role=Role.CDAS_AGENT, starts_on=day, ends_on=None
        )
    )
    stints[index] = Stint(leaving.actor, leaving.weight, leaving.starts_on, day)
    arriving = Actor(account_id, leaving.actor.name, unit.institution, unit.code, unit.kind, Role.CDAS_AGENT)
    yield Stint(arriving, 1.0, day)


def _one_is_away(session: Session, staff: Staff, sectors: Sequence[Sector], today: date) -> None:
    """The worker of the sector beside the one that is shown, for a week around the last day."""
    first_day = today - timedelta(days=2)
    away = next(sector.worker_id for sector in sectors if sector.code == _SECTOR_AWAY)
    if away is None:
        return
    session.add(
        Absence(
            account_id=away,
            starts_on=first_day,
            ends_on=today + timedelta(days=5),
            replacement_id=staff.shown(Role.CAF_TS).account_id,
            noted_by_id=staff.shown(Role.CAF_HEAD).account_id,
            noted_at=datetime(first_day.year, first_day.month, first_day.day, 9, tzinfo=UTC),
        )
    )
