"""Accounts from a file: looked at, then all opened or none; invited as by hand; nobody beyond their own unit."""

from functools import partial

import pytest
from sqlalchemy import func, select

from service.database import reading, transaction
from service.errors import GuardRefused
from service.models import Account, Invitation, Membership
from service.operations import accounts_import
from service.operations.directory import close_unit
from service.permissions import Role
from service.queries.reference import reference
from service.schemas.accounts import Invite
from service.schemas.fields import load
from tests.factories import World, email_of, seeded_world, today

HEAD = "nom;prénom;adresse électronique;service;rôle;désigné;adjoint"
CHECK = partial(load, Invite())


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def file(*rows: str) -> str:
    return "\n".join([HEAD, *rows])


def count(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


RIGHT = (
    "Exemple-Hélary;Noëlle;NOELLE@test.example;cdas-redon;Professionnel du CDAS;oui;x",
    "Exemple-Roux;Alix;alix@test.example;Service prestations de la Caf;caf_agent;;",
)


def test_right_lines_are_invited_in_their_unit_and_role_with_what_they_are_named_for(world: World) -> None:
    """R-PE-4 for the deputy; the form of one invitation and this one share the operation."""
    with reading() as session:
        from_unit = reference(session).units["caf-prestations"].name
    text = file(RIGHT[0], RIGHT[1].replace("Service prestations de la Caf", from_unit))
    before = count(Account)
    plan = accounts_import.plan(world.admin, text, CHECK)
    assert ([one.email for one in plan.right], plan.wrong, plan.known) == (
        ["noelle@test.example", "alix@test.example"],
        [],
        [],
    )
    assert count(Account) == before
    made = accounts_import.carry_out(world.admin, text, CHECK, right_lines_only=False)
    assert all(invited.secret for _, invited in made)
    assert count(Invitation) == 2
    with reading() as session:
        kept = session.scalars(
            select(Membership).join(Membership.account).where(Account.email == "noelle@test.example")
        ).one()
    assert (kept.unit_code, kept.role, kept.named, kept.deputy) == ("cdas-redon", Role.CDAS_AGENT, True, True)
    again = accounts_import.plan(world.admin, text, CHECK)
    assert (again.right, [line.number for line in again.known]) == ([], [2, 3])


def test_every_wrong_line_is_named_and_nothing_is_done_until_the_right_ones_are_asked_for(
    world: World,
) -> None:
    text = file(
        RIGHT[0],
        "Exemple;;pas une adresse;cdas-redon;cdas_agent;;",
        "Exemple;Noé;c@test.example;cdas-nulle-part;cdas_agent;;",
        "Exemple;Noé;d@test.example;cdas-redon;caf_agent;;",
        "Exemple;Noé;e@test.example;cdas-redon;chef;;",
        "Exemple;Noé;f@test.example;cdas-redon;cdas_head;oui;",
        "1 84 12 76 451 089 46;Noé;g@test.example;cdas-redon;cdas_agent;;",
        f"Exemple;Noé;{email_of('cdas_agent')};cdas-redon;cdas_agent;;",
    )
    plan = accounts_import.plan(world.admin, text, CHECK)
    said = {line.number: " ".join(line.mistakes) for line in plan.wrong}
    assert sorted(said) == [3, 4, 5, 6, 7, 8]
    for number, word in (
        (3, "prénom"),
        (3, "adresse"),
        (4, "service"),
        (5, "n’existe pas"),
        (6, "rôle"),
        (7, "R-PE-4"),
    ):
        assert word in said[number]
    assert "sécurité sociale" in said[8]
    assert [line.number for line in plan.known] == [9]
    before = count(Account)
    with pytest.raises(GuardRefused):
        accounts_import.carry_out(world.admin, text, CHECK, right_lines_only=False)
    assert count(Account) == before
    assert len(accounts_import.carry_out(world.admin, text, CHECK, right_lines_only=True)) == 1


def test_a_head_imports_into_their_own_unit_only(world: World) -> None:
    text = file(RIGHT[0], RIGHT[0].replace("NOELLE", "x").replace("cdas-redon", "cdas-vitre"))
    plan = accounts_import.plan(world.cdas_head, text, CHECK)
    assert ([one.email for one in plan.right], [line.number for line in plan.wrong]) == (
        ["noelle@test.example"],
        [3],
    )
    nobody = accounts_import.plan(world.cdas_agent, text, CHECK)
    assert nobody.right == []


def test_a_line_for_a_unit_that_has_closed_is_told_before_anything_is_opened(world: World) -> None:
    close_unit(world.admin, "cdas-vitre", today())
    text = file(RIGHT[0].replace("cdas-redon", "cdas-vitre"))
    [wrong] = accounts_import.plan(world.admin, text, CHECK).wrong
    assert "CDAS Pays de Vitré » est fermé" in str(wrong.mistakes)
    with pytest.raises(GuardRefused):
        accounts_import.carry_out(world.admin, text, CHECK, right_lines_only=False)
