"""A small world to test in: the reference data, somebody of each role, a valid request, a sent one.

with transaction() as session:
    world = seeded_world(session)
ticket = a_submitted_ticket(world.cdas_agent, benefit="aah")
perform(world.caf_agent, ticket.reference, "take", {})
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock
from service.database import transaction
from service.directory.places import Directory
from service.directory.reading import load
from service.models import Account, Membership, Ticket, Unit
from service.operations import directory, invented, revision, second_factor, seed, urgent_rights
from service.operations.settings import change_setting
from service.permissions import Actor, Institution, Role, UnitKind, needs_second_factor
from service.queries.reference import reference

PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "douze betteraves en costume"
"""The password of every account made here; its hash is a cheap one."""

REDON, VITRE, RENNES = "35236", "35360", "35238"
"""INSEE codes of communes."""


@dataclass(frozen=True)
class World:
    """Somebody of each role, by name and by role; `other_…` is somebody else of that role."""

    cdas_agent: Actor
    other_cdas_agent: Actor
    cdas_head: Actor
    cdas_agent_elsewhere: Actor
    cdas_head_elsewhere: Actor
    caf_agent: Actor
    other_caf_agent: Actor
    caf_lead: Actor
    caf_secretariat: Actor
    caf_ts: Actor
    caf_head: Actor
    steering: Actor
    auditor: Actor
    si_referent: Actor
    admin: Actor

    @property
    def by_role(self) -> Mapping[Role, Actor]:
        """One actor of each role; those of a CDAS work at Redon."""
        return {role: getattr(self, role.value) for role in Role}


_POSTS: Mapping[str, tuple[str, Role]] = {
    "cdas_agent": ("cdas-redon", Role.CDAS_AGENT),
    "other_cdas_agent": ("cdas-redon", Role.CDAS_AGENT),
    "cdas_head": ("cdas-redon", Role.CDAS_HEAD),
    "cdas_agent_elsewhere": ("cdas-vitre", Role.CDAS_AGENT),
    "cdas_head_elsewhere": ("cdas-vitre", Role.CDAS_HEAD),
    "caf_agent": ("caf-prestations", Role.CAF_AGENT),
    "other_caf_agent": ("caf-prestations", Role.CAF_AGENT),
    "caf_lead": ("caf-prestations", Role.CAF_LEAD),
    "caf_secretariat": ("caf-secretariat", Role.CAF_SECRETARIAT),
    "caf_ts": ("caf-social", Role.CAF_TS),
    "caf_head": ("caf-social", Role.CAF_HEAD),
    "steering": ("delegation", Role.STEERING),
    "auditor": ("audit-departement", Role.AUDITOR),
    "si_referent": ("caf-direction", Role.SI_REFERENT),
    "admin": ("administration", Role.ADMIN),
}


def seeded_world(session: Session) -> World:
    """The reference data that comes with the service, and one account for each post, `<post>@test.example`.

    Made where it is missing; in a database that already holds it, read.
    """
    if session.scalar(select(Account.id).where(Account.email == email_of("admin"))) is None:
        seed.sow()
        directory.keep(session, _directory())
        for post, (unit, role) in _POSTS.items():
            an_account(session, unit, role, email=email_of(post))
    accounts = {account.email: account for account in session.scalars(select(Account))}
    return World(
        **{
            post: _actor(session, accounts[email_of(post)], unit, role)
            for post, (unit, role) in _POSTS.items()
        }
    )


def let_programs_read(world: World) -> None:
    """A program of the tests opens more requests in an hour than a person does: no stop for it (R-DP-4)."""
    for limit in ("reads_per_hour", "reads_per_day"):
        change_setting(world.admin, limit, "10000")


def email_of(post: str) -> str:
    """The address of a post of the small world."""
    return f"{post.replace('_', '-')}@test.example"


def an_account(
    session: Session,
    unit_code: str,
    role: Role,
    *,
    email: str,
    name: str = "",
    starts_on: date = date(2024, 1, 1),
    ends_on: date | None = None,
) -> Actor:
    """An account with `PASSWORD`, one membership, and where its role needs one the telephone of `tests.second_step`."""
    unit = reference(session).units[unit_code]
    account = Account(
        email=email,
        name=name or f"Essai {email.partition('@')[0].replace('-', ' ').title()}",
        institution=unit.institution,
        password_hash=_password_hash(),
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    session.add(
        Membership(
            account_id=account.id, unit_code=unit_code, role=role, starts_on=starts_on, ends_on=ends_on
        )
    )
    if needs_second_factor(role):
        second_factor.enrol(session, account.id, invented.SECRET, 0)
    session.flush()
    return _actor(session, account, unit_code, role)


def _actor(session: Session, account: Account, unit_code: str, role: Role) -> Actor:
    unit = reference(session).units[unit_code]
    return Actor(
        account_id=account.id,
        name=account.name,
        institution=Institution(unit.institution),
        unit_id=unit_code,
        unit_kind=UnitKind(unit.kind),
        role=role,
    )


def today() -> date:
    """The day of the clock, in Paris."""
    return clock.now().astimezone(PARIS).date()


def a_notice(**changes: Any) -> dict[str, Any]:
    """What the author of a trace for child protection states."""
    usual = {
        "last_name": "Exemple-Morin",
        "first_name": "Démo",
        "commune": REDON,
        "known_to_cdas": False,
        "means": "telephone",
        "informed_on": today(),
        "informed_name": "Essai Cdas Head",
        "informed_function": "head",
        "family_informed": "not_informed",
        "reason_not_informed": "interest_of_child",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def a_submission(**changes: Any) -> dict[str, Any]:
    """What `urgent_rights.send` accepts at any hour; a change to None leaves the field out."""
    usual = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "benefit": "rsa",
        "event": "interruption",
        "last_payment_on": today() - timedelta(days=40),
        "cdap_consulted_on": today(),
        "cdap_missing": "Le motif de la suspension n’apparaît pas.",
        "line_open_reason": "documents",
        "told_on": today(),
        "description": "Plus de versement depuis le mois dernier, le frigo est vide.",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def a_draft(actor: Actor, channel: str = "service") -> Ticket:
    """A draft of the actor's CDAS."""
    with transaction() as session:
        return urgent_rights.open_draft(session, actor, channel)


def a_submitted_ticket(actor: Actor, *, channel: str = "service", **changes: Any) -> Ticket:
    """A request sent just now by the actor, in `submitted`; `changes` as for `a_submission`."""
    with transaction() as session:
        ticket = urgent_rights.open_draft(session, actor, channel)
        urgent_rights.send(session, ticket, actor, a_submission(**changes))
        return ticket


def a_unit_replaced(world: World, code: str) -> None:
    """`<code>-new` beside the unit; the unit itself is closed from today on."""
    a_unit_beside(code)
    directory.close_unit(world.admin, code, today())


def a_unit_beside(code: str) -> None:
    """`<code>-new`, of the same kind, after it by name."""
    with transaction() as session:
        old = session.get_one(Unit, code)
        new = Unit(code=f"{code}-new", name=f"{old.name}, nouveau", kind=old.kind)
        new.institution, new.calendar_code = old.institution, old.calendar_code
        session.add(new)
        revision.bump(session)


@lru_cache(maxsize=1)
def _directory() -> Directory:
    return load()


@lru_cache(maxsize=1)
def _password_hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
