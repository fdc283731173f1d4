"""Many accounts opened from a file: looked at first, then opened together, each invited as by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service import clock, logs
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput
from service.models import Account
from service.operations import accounts
from service.operations.invitations import Invited
from service.operations.login import canonical_email
from service.operations.texts import refuse_nir
from service.permissions import ROLE_LABELS, ROLES_OF_KIND, Actor, Role, may_manage_accounts_of
from service.queries.reference import Reference, UnitCard, reference
from service.workflows import french
from service.workflows.people_file import LABELS, Line, read

log = logs.logger(__name__)

Check = Callable[[Mapping[str, str]], dict[str, Any]]
"""Reads the answers as the form for one invitation does; refuses (InvalidInput) by field."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the file would invite."""

    line: Line
    name: str
    email: str
    unit: UnitCard
    role: Role


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing the file would do: nothing has been done yet."""

    right: Sequence[Person]
    wrong: Sequence[Line]
    known: Sequence[Line]
    """Lines whose address has an account: it is left as it is."""


def plan(actor: Actor | None, text: str, check: Check) -> Plan:
    """Look at every line; None acts from the command line. Raises people_file.Unreadable for the whole file."""
    right: list[Person] = []
    wrong, known = [], []
    with reading() as session:
        lines = read(text)
        there = _existing(session, lines)
        for line in lines:
            judged = _judged(line, check, reference(session), actor)
            if isinstance(judged, Line):
                wrong.append(judged)
            elif judged.email in there:
                known.append(line)
            else:
                right.append(judged)
    return Plan(right, wrong, known)


def carry_out(
    actor: Actor | None, text: str, check: Check, *, right_lines_only: bool
) -> list[tuple[Person, Invited]]:
    """Open the accounts of the right lines and send their invitations, in one transaction: all of them or none.

    Refuses (GuardRefused) while a line is wrong, unless only the right ones are asked for.
    """
    with transaction() as session:
        found = plan(actor, text, check)
        if found.wrong and not right_lines_only:
            raise GuardRefused(
                "Des lignes sont à corriger : rien n’a été importé.",
                advice="Corrigez le fichier, ou demandez à importer les lignes justes.",
            )
        made = [(person, _open(session, actor, person)) for person in found.right]
    log.info("account.imported", count=len(made), account_id=actor.account_id if actor else None)
    return made


def _open(session: Session, actor: Actor | None, person: Person) -> Invited:
    return accounts.open_invited(
        session,
        email=person.email,
        name=person.name,
        unit_code=person.unit.code,
        role=person.role,
        inviter=actor.account_id if actor else None,
        named=person.line.ticks["named"],
        deputy=person.line.ticks["deputy"],
    )


def _existing(session: Session, lines: Sequence[Line]) -> set[str]:
    addresses = [canonical_email(line.values["email"]) for line in lines]
    return set(session.scalars(select(Account.email).where(Account.email.in_(addresses))))


def _judged(line: Line, check: Check, known: Reference, actor: Actor | None) -> Person | Line:
    """The person of the line, or the line with all that is wrong with it."""
    unit, role = _unit(known, line.values["unit"]), _role(line.values["role"])
    sentences = [*line.mistakes, *_of_place(line, unit, role, actor)]
    try:
        given = check({"name": line.name or "–", "email": line.values["email"], "unit": "–", "role": "–"})
        refuse_nir({name: given[name] for name in ("name", "email")})
    except InvalidInput as refused:
        sentences += [
            f"« {LABELS.get(name, 'nom')} » : {one}" for name, said in refused.fields.items() for one in said
        ]
        given = {}
    lacking = [name for name in ("last_name", "first_name") if not line.values[name]]
    sentences += [f"« {LABELS[name]} » : cette réponse manque." for name in lacking]
    if sentences or unit is None or role is None:
        return replace(line, mistakes=tuple(sentences))
    return Person(line, given["name"], canonical_email(given["email"]), unit, role)


def _of_place(line: Line, unit: UnitCard | None, role: Role | None, actor: Actor | None) -> list[str]:
    if unit is None:
        return [f"« service » : « {line.values['unit']} » n’est ni le code ni le nom d’un service."]
    if actor is not None and not may_manage_accounts_of(actor, unit.code):
        return [f"« service » : vous ne gérez pas les comptes de « {unit.name} »."]
    if unit.closed_by(french.local_day(clock.now())):
        return [f"« service » : « {unit.name} » est fermé, donnez celui qui le remplace."]
    if role is None:
        return [f"« rôle » : « {line.values['role']} » n’est pas un rôle."]
    if role not in ROLES_OF_KIND[unit.kind]:
        return [f"« rôle » : ce rôle n’existe pas dans le service « {unit.name} »."]
    if any(line.ticks.values()) and role is not Role.CDAS_AGENT:
        return ["Seul un professionnel d’un CDAS est désigné ou adjoint (R-PE-4)."]
    return []


def _unit(known: Reference, text: str) -> UnitCard | None:
    wanted = text.casefold()
    named = [unit for unit in known.units.values() if unit.name.casefold() == wanted]
    return known.units.get(wanted) or (named[0] if len(named) == 1 else None)


def _role(text: str) -> Role | None:
    wanted = text.casefold()
    return next(
        (role for role, label in ROLE_LABELS.items() if wanted in (role.value, label.casefold())), None
    )
