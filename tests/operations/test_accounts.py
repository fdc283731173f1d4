"""The people: who may invite, move and suspend whom; links that work once; nobody gives themselves a right."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotLoggedIn, NotPermitted, NotVisible, Refusal
from service.models import Account, Invitation, Membership
from service.operations import accounts, invitations, login, tokens
from service.operations.invitations import Invited
from service.operations.login import SessionRules
from service.permissions import ROLES_OF_KIND, Actor, Role, UnitKind
from service.queries.accounts import Filters, counted, listed
from service.queries.reference import reference
from tests.factories import PASSWORD, World, seeded_world
from tests.operations.conftest import Hand
from tests.second_step import through

NEW = "radis tortue bahut quatorze"
RULES = SessionRules(idle=timedelta(minutes=20), absolute=timedelta(hours=10))
HERE = "192.0.2.1"


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def an_invitation(
    actor: Actor, unit: str = "cdas-redon", role: str = "cdas_agent", **changes: Any
) -> Invited:
    given = {"email": f"{uuid4().hex[:8]}@test.example", "name": "Démo-Neuve", **changes}
    return accounts.invite(actor, unit_code=unit, role=role, **given)


def enter(email: str, password: str = PASSWORD) -> str:
    return through(login.log_in(email, password, HERE, RULES), RULES, HERE)


def alive(secret: str) -> bool:
    return login.find(secret, RULES, active=True) is not None


def email_of(account_id: UUID) -> str:
    with reading() as session:
        return session.get_one(Account, account_id).email


def memberships(account_id: UUID) -> list[tuple[str, str, date, date | None]]:
    with reading() as session:
        rows = session.scalars(
            select(Membership)
            .where(Membership.account_id == account_id)
            .order_by(Membership.starts_on, Membership.id)
        )
        return [(row.unit_code, row.role, row.starts_on, row.ends_on) for row in rows]


def works(link: Invited) -> bool:
    try:
        invitations.account_of(link.secret)
    except NotVisible:
        return False
    return True


# ---------------------------------------------------------------- invitations
def test_an_invited_person_chooses_a_password_and_enters(world: World, hand: Hand) -> None:
    made = an_invitation(world.cdas_head, email=" Neuve@Test.example ")
    assert invitations.account_of(made.secret).email == "neuve@test.example"
    with pytest.raises(NotLoggedIn):
        enter("neuve@test.example", NEW)
    accounts.accept(made.secret, NEW)
    found = login.find(enter("neuve@test.example", NEW), RULES, active=True)
    assert found is not None
    assert (found.actor.unit_id, found.actor.role) == ("cdas-redon", Role.CDAS_AGENT)
    assert memberships(made.account_id) == [("cdas-redon", "cdas_agent", hand.at.date(), None)]


def test_a_link_works_once(world: World) -> None:
    made = an_invitation(world.cdas_head)
    accounts.accept(made.secret, NEW)
    assert not works(made)
    with pytest.raises(NotVisible):
        accounts.accept(made.secret, NEW + " encore")


def test_a_link_dies_after_seven_days(world: World, hand: Hand) -> None:
    made = an_invitation(world.cdas_head)
    hand.on(days=7, seconds=-1)
    assert works(made)
    hand.on(seconds=1)
    assert not works(made)


def test_a_new_link_replaces_the_one_before(world: World) -> None:
    first = an_invitation(world.cdas_head)
    second = accounts.invite_again(world.cdas_head, first.account_id)
    assert (works(first), works(second)) == (False, True)


def test_a_lost_password_is_replaced_by_link_and_everything_open_ends(world: World) -> None:
    email = email_of(world.cdas_agent.account_id)
    session, token = enter(email), tokens.create(world.cdas_agent, "essai")
    link = accounts.invite_again(world.cdas_head, world.cdas_agent.account_id)
    assert alive(session), "until the new password is chosen, the old one works"
    accounts.accept(link.secret, NEW)
    assert not alive(session)
    assert tokens.find(token) is None
    with pytest.raises(NotLoggedIn):
        enter(email)
    assert alive(enter(email, NEW))


def test_the_secret_of_a_link_is_not_stored(world: World) -> None:
    made = an_invitation(world.cdas_head)
    with reading() as session:
        row = session.scalars(select(Invitation)).one()
    assert made.secret.encode() not in row.token_digest
    with pytest.raises(NotVisible):
        invitations.account_of(row.token_digest.hex())


def test_a_guessable_password_leaves_the_link_as_it_was(world: World) -> None:
    made = an_invitation(world.cdas_head, email="anatole@test.example")
    with pytest.raises(InvalidInput) as refused:
        accounts.accept(made.secret, "anatole@test.example")
    assert set(refused.value.fields) == {"password"}
    assert works(made)


def test_an_address_has_one_account_and_the_refusal_says_no_more(world: World) -> None:
    refused = []
    for email in (email_of(world.cdas_agent.account_id), email_of(world.caf_agent.account_id).upper()):
        with pytest.raises(InvalidInput) as refusal:
            an_invitation(world.cdas_head, email=email)
        refused.append(refusal.value.fields)
    assert refused[0] == refused[1], "one's own unit or another: the same sentence"


# ---------------------------------------------------------------- who manages whom
PLACES = {
    "cdas-redon": "cdas_agent",
    "cdas-vitre": "cdas_agent",
    "caf-prestations": "caf_agent",
    "caf-social": "caf_ts",
    "caf-secretariat": "caf_secretariat",
    "administration": "admin",
}
MANAGED = {
    "admin": set(PLACES),
    "cdas_head": {"cdas-redon"},
    "caf_lead": {"caf-prestations"},
    "caf_head": {"caf-social"},
}


def test_who_may_invite_where(world: World) -> None:
    """Heads for their own unit, the administration everywhere, nobody else: every role, every kind of unit."""
    done: dict[str, set[str]] = {role.value: set() for role in Role}
    for post, units in done.items():
        for unit, role in PLACES.items():
            with suppress(Refusal):
                an_invitation(getattr(world, post), unit, role)
                units.add(unit)
    assert done == {role.value: MANAGED.get(role.value, set()) for role in Role}


def test_a_role_belongs_to_its_kind_of_unit(world: World) -> None:
    """Every unit, every role."""
    with reading() as session:
        units = dict(reference(session).units)
    of_each_kind = {unit.kind: code for code, unit in units.items()}
    assert set(of_each_kind) == set(UnitKind)
    for kind, code in of_each_kind.items():
        for role in Role:
            if role in ROLES_OF_KIND[kind]:
                made = an_invitation(world.admin, code, role)
                with reading() as session:
                    assert session.get_one(Account, made.account_id).institution == units[code].institution
            else:
                with pytest.raises(InvalidInput) as refused:
                    an_invitation(world.admin, code, role)
                assert set(refused.value.fields) == {"role"}


@pytest.mark.parametrize(
    ("unit", "role", "field"), [("nowhere", "admin", "unit"), ("cdas-redon", "king", "role")]
)
def test_what_does_not_exist_is_refused(world: World, unit: str, role: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        an_invitation(world.admin, unit, role)
    assert set(refused.value.fields) == {field}


ACTS: dict[str, Callable[[Actor, UUID], object]] = {
    "invite_again": accounts.invite_again,
    "suspend": accounts.suspend,
    "reinstate": accounts.reinstate,
    "end_sessions": accounts.end_sessions_of,
    "move": lambda actor, who: accounts.move(actor, who, unit_code="cdas-redon", role="cdas_head"),
}


def test_nobody_changes_their_own_rights(world: World) -> None:
    """Invariant: nobody gives themselves a right. Every manager, every act."""
    for post in MANAGED:
        actor = getattr(world, post)
        before = memberships(actor.account_id)
        for act in ACTS.values():
            with pytest.raises(NotPermitted):
                act(actor, actor.account_id)
        assert memberships(actor.account_id) == before


def test_outside_one_s_unit_an_account_is_not_there(world: World) -> None:
    """Forbidden and absent give the same answer."""
    others = [
        (world.cdas_head, world.cdas_agent_elsewhere.account_id),
        (world.cdas_head, world.caf_agent.account_id),
        (world.caf_lead, world.caf_ts.account_id),
        (world.cdas_agent, world.other_cdas_agent.account_id),
        (world.admin, uuid4()),
    ]
    for actor, other in others:
        for act in ACTS.values():
            with pytest.raises(NotVisible):
                act(actor, other)


def test_the_list_shows_what_may_be_managed_and_nothing_else(world: World) -> None:
    for role in Role:
        actor = getattr(world, role.value)
        with reading() as session:
            rows = session.execute(listed(actor, Filters())).all()
            total = len(session.scalars(counted(actor, Filters())).all())
        units = {membership.unit_code for membership, _ in rows}
        assert total == len(rows)
        if role is Role.ADMIN:
            assert total == 15
        elif role in MANAGED:
            assert units == {actor.unit_id}
        else:
            assert rows == []


# ---------------------------------------------------------------- moving and stopping
def test_moving_closes_the_membership_and_opens_another_today(world: World, hand: Hand) -> None:
    who = world.cdas_agent.account_id
    session, token = enter(email_of(who)), tokens.create(world.cdas_agent, "essai")
    accounts.move(world.admin, who, unit_code="cdas-vitre", role="cdas_head")
    today = hand.at.date()
    assert memberships(who) == [
        ("cdas-redon", "cdas_agent", date(2024, 1, 1), today),
        ("cdas-vitre", "cdas_head", today, None),
    ]
    assert not alive(session)
    assert tokens.find(token) is None
    found = login.find(enter(email_of(who)), RULES, active=True)
    assert found is not None
    assert (found.actor.unit_id, found.actor.role) == ("cdas-vitre", Role.CDAS_HEAD)


def test_moving_again_the_same_day_corrects_it(world: World, hand: Hand) -> None:
    who = world.cdas_agent.account_id
    accounts.move(world.admin, who, unit_code="cdas-vitre", role="cdas_head")
    accounts.move(world.admin, who, unit_code="cdas-vitre", role="cdas_agent")
    assert [row[:2] for row in memberships(who)] == [
        ("cdas-redon", "cdas_agent"),
        ("cdas-vitre", "cdas_agent"),
    ]


def test_a_head_changes_roles_in_their_unit_only(world: World) -> None:
    who = world.cdas_agent.account_id
    accounts.move(world.cdas_head, who, unit_code="cdas-redon", role="cdas_head")
    with pytest.raises(InvalidInput) as refused:
        accounts.move(world.cdas_head, who, unit_code="cdas-vitre", role="cdas_agent")
    assert set(refused.value.fields) == {"unit"}


def test_the_other_institution_needs_another_account(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.move(world.admin, world.cdas_agent.account_id, unit_code="caf-social", role="caf_ts")
    assert set(refused.value.fields) == {"unit"}


def test_moving_to_where_one_is_changes_nothing(world: World) -> None:
    before = memberships(world.cdas_agent.account_id)
    with pytest.raises(InvalidInput):
        accounts.move(world.admin, world.cdas_agent.account_id, unit_code="cdas-redon", role="cdas_agent")
    assert memberships(world.cdas_agent.account_id) == before


def test_suspending_ends_everything_at_once_and_reinstating_gives_the_password_back(world: World) -> None:
    who = world.cdas_agent.account_id
    session, token = enter(email_of(who)), tokens.create(world.cdas_agent, "essai")
    link = accounts.invite_again(world.cdas_head, who)
    accounts.suspend(world.cdas_head, who)
    assert (alive(session), tokens.find(token), works(link)) == (False, None, False)
    with pytest.raises(NotLoggedIn):
        enter(email_of(who))
    with pytest.raises(GuardRefused):
        accounts.invite_again(world.cdas_head, who)
    accounts.reinstate(world.cdas_head, who)
    assert tokens.find(token) is None, "a token does not come back"
    assert alive(enter(email_of(who)))


def test_a_manager_ends_somebody_s_sessions(world: World) -> None:
    session = enter(email_of(world.cdas_agent.account_id))
    accounts.end_sessions_of(world.cdas_head, world.cdas_agent.account_id)
    assert not alive(session)


# ---------------------------------------------------------------- one's own password
def test_changing_one_s_password_keeps_only_the_present_session(world: World) -> None:
    email = email_of(world.cdas_agent.account_id)
    here, there = enter(email), enter(email)
    token, link = (
        tokens.create(world.cdas_agent, "essai"),
        accounts.invite_again(world.cdas_head, world.cdas_agent.account_id),
    )
    present = login.find(here, RULES, active=True)
    assert present is not None
    accounts.change_password(
        world.cdas_agent, current=PASSWORD, new=NEW, address=HERE, session_id=present.session_id
    )
    assert (alive(here), alive(there), tokens.find(token), works(link)) == (True, False, None, False)
    assert alive(enter(email, NEW))


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("pas le bon du tout", NEW, "current_password"), (PASSWORD, "relais" * 4, "password")],
)
def test_a_wrong_or_weak_password_changes_nothing(world: World, current: str, new: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.change_password(world.cdas_agent, current=current, new=new, address=HERE, session_id=None)
    assert set(refused.value.fields) == {field}
    assert alive(enter(email_of(world.cdas_agent.account_id)))


# ---------------------------------------------------------------- the command line
def test_the_first_account_comes_from_the_command_line(world: World) -> None:
    account_id, none = accounts.install(
        email="first@test.example",
        name="Démo-Première",
        unit_code="administration",
        role="admin",
        password=NEW,
    )
    assert none is None
    assert alive(enter("first@test.example", NEW))
    assert memberships(account_id)[0][:2] == ("administration", "admin")
    _, link = accounts.install(
        email="second@test.example", name="Démo-Seconde", unit_code="administration", role="admin"
    )
    assert link is not None
    assert works(link)


def test_r_dp_7_no_social_security_number_names_an_account(world: World) -> None:
    nir = "1 85 05 78 006 084 91"
    with pytest.raises(InvalidInput) as refused:
        an_invitation(world.cdas_head, name=f"Démo-Neuve {nir}")
    assert (refused.value.rule, set(refused.value.fields)) == ("R-DP-7", {"name"})
    given = {"email": "neuve@test.example", "unit_code": "cdas-redon", "role": "cdas_agent"}
    with pytest.raises(InvalidInput):
        accounts.install(name=nir, **given)
