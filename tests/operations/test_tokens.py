"""API tokens: shown once, acting with the rights of the moment, ended at any time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text, update

from service import clock
from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotVisible
from service.models import Account, ApiToken, Membership
from service.operations import tokens
from service.permissions import Role
from tests.factories import World, an_account, seeded_world


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def the_token() -> ApiToken:
    with reading() as session:
        return session.scalars(select(ApiToken)).one()


def test_a_token_acts_as_its_owner(world: World) -> None:
    secret = tokens.create(world.caf_agent, "essai")
    assert tokens.find(secret) == (world.caf_agent, "Service Prestations")


def test_a_token_is_recognisable_and_kept_by_its_digest_only(world: World) -> None:
    secret = tokens.create(world.caf_agent, "essai")
    assert secret.startswith("relais_")
    assert len(secret) >= 50
    with reading() as session:
        everything = str(session.execute(text("SELECT * FROM api_token")).all())
    assert secret not in everything
    assert tokens.find(the_token().token_digest.hex()) is None


@pytest.mark.parametrize("other", ["", "relais_", "relais_x", "é", "x" * 10_000])
def test_another_text_opens_nothing(world: World, other: str) -> None:
    tokens.create(world.caf_agent, "essai")
    assert tokens.find(other) is None


def test_a_token_ends_on_its_day(world: World) -> None:
    start = datetime(2026, 11, 17, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as moving:
        secret = tokens.create(world.caf_agent, "essai", 30)
        moving.shift(timedelta(days=30, seconds=-1))
        assert tokens.find(secret) is not None
        moving.shift(timedelta(seconds=1))
        assert tokens.find(secret) is None


def test_a_lifetime_is_one_of_the_list(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        tokens.create(world.caf_agent, "essai", 36_500)
    assert set(refused.value.fields) == {"days"}


def test_revoking_ends_it_at_once_and_only_its_owner_can(world: World) -> None:
    secret = tokens.create(world.caf_agent, "essai")
    with pytest.raises(NotVisible):
        tokens.revoke(world.other_caf_agent, the_token().id)
    assert tokens.find(secret) is not None
    tokens.revoke(world.caf_agent, the_token().id)
    assert tokens.find(secret) is None
    with pytest.raises(NotVisible):
        tokens.revoke(world.caf_agent, the_token().id)


def test_a_token_follows_its_owner_s_role_and_suspension(world: World) -> None:
    secret = tokens.create(world.caf_agent, "essai")
    mine = Membership.account_id == world.caf_agent.account_id
    with transaction() as session:
        session.execute(update(Membership).where(mine).values(role=Role.CAF_LEAD))
    found = tokens.find(secret)
    assert found is not None
    assert found[0].role is Role.CAF_LEAD
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id == world.caf_agent.account_id).values(suspended_at=clock.now())
        )
    assert tokens.find(secret) is None


def test_an_account_has_ten_living_tokens_at_most(world: World) -> None:
    for number in range(tokens.MOST_TOKENS):
        tokens.create(world.caf_agent, f"essai {number}")
    with pytest.raises(GuardRefused):
        tokens.create(world.caf_agent, "un de trop")
    with reading() as session:
        oldest = session.scalars(select(ApiToken).order_by(ApiToken.created_at, ApiToken.id)).first()
    assert oldest is not None
    tokens.revoke(world.caf_agent, oldest.id)
    assert tokens.find(tokens.create(world.caf_agent, "à sa place"))


def test_the_day_of_its_last_use_is_known(world: World) -> None:
    start = datetime(2026, 11, 17, 9, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as moving:
        secret = tokens.create(world.caf_agent, "essai")
        assert the_token().last_used_on is None
        tokens.find(secret)
        assert the_token().last_used_on == start.date()
        moving.shift(timedelta(days=2))
        tokens.find(secret)
        assert the_token().last_used_on == start.date() + timedelta(days=2)


def test_the_command_line_makes_one_for_an_account_that_could_log_in(world: World) -> None:
    found = tokens.find(tokens.create_for(" CAF-Agent@test.example", "programme"))
    assert found is not None
    assert found[0] == world.caf_agent
    with transaction() as session:
        an_account(
            session, "cdas-vitre", Role.CDAS_AGENT, email="gone@test.example", ends_on=clock.now().date()
        )
    for email in ("gone@test.example", "nobody@test.example"):
        with pytest.raises(InvalidInput):
            tokens.create_for(email, "programme")


def test_r_dp_7_no_social_security_number_names_a_token(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        tokens.create(world.caf_agent, "dossier 1 85 05 78 006 084 91")
    assert (refused.value.rule, set(refused.value.fields)) == ("R-DP-7", {"label"})
    with pytest.raises(InvalidInput):
        tokens.create_for("caf-agent@test.example", "185057800608491")
    with reading() as session:
        assert session.scalars(select(ApiToken)).all() == []
