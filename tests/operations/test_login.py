"""Entering and leaving: sessions on the server, one answer for every failure, a throttle before the hashing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text, update

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotLoggedIn, NotVisible, TooManyAttempts
from service.models import Account, LoginAttempt, LoginSession, Membership
from service.operations import login, passwords, throttle
from service.operations.login import MOST_SESSIONS, SessionRules
from tests.factories import PASSWORD, World, an_account, seeded_world
from tests.operations.conftest import Hand
from tests.second_step import through

EMAIL = "cdas-agent@test.example"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
RULES = SessionRules(idle=timedelta(minutes=20), absolute=timedelta(hours=10))


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


def enter(email: str = EMAIL, password: str = PASSWORD, address: str = HERE) -> str:
    return through(login.log_in(email, password, address, RULES), RULES, address)


def alive(secret: str, *, active: bool = True) -> bool:
    return login.find(secret, RULES, active=active) is not None


def count(model: type[LoginSession] | type[LoginAttempt]) -> int:
    with reading() as session:
        return session.scalar(select(func.count(model.id))) or 0


def fail(times: int, address: str = HERE, email: str = EMAIL) -> None:
    for _ in range(times):
        with pytest.raises(NotLoggedIn):
            enter(email, "ce n’est pas le bon", address)


# ---------------------------------------------------------------- sessions
def test_a_session_gives_its_actor_as_the_membership_says_now(world: World) -> None:
    found = login.find(enter(), RULES, active=True)
    assert found is not None
    assert (found.actor, found.unit_name) == (world.cdas_agent, "CDAS Pays de Redon")


def test_the_address_is_compared_in_its_one_form(world: World) -> None:
    assert alive(enter("  CDAS-Agent@Test.Example "))


def test_the_database_keeps_no_secret_that_could_be_used(world: World) -> None:
    secret = enter()
    with reading() as session:
        stored = session.scalars(select(LoginSession.token_digest)).one()
    assert secret.encode() not in stored
    assert not alive(stored.hex())
    assert len(secret) >= 43, "256 random bits"


def test_a_session_sleeps_in_after_twenty_idle_minutes(world: World, hand: Hand) -> None:
    secret = enter()
    for _ in range(10):
        hand.on(minutes=19)
        assert alive(secret)
    hand.on(minutes=20)
    assert not alive(secret)


def test_polling_does_not_keep_a_session_awake(world: World, hand: Hand) -> None:
    secret = enter()
    for _ in range(19):
        hand.on(minutes=1)
        assert alive(secret, active=False)
    hand.on(minutes=1)
    assert not alive(secret, active=False)


def test_a_session_ends_after_ten_hours_whatever_happens(world: World, hand: Hand) -> None:
    secret = enter()
    for _ in range(39):
        hand.on(minutes=15)
        assert alive(secret)
    hand.on(minutes=15)
    assert not alive(secret)


def test_being_seen_is_written_once_a_minute_at_most(world: World, hand: Hand) -> None:
    secret = enter()
    began = hand.at
    hand.on(seconds=59)
    assert alive(secret)
    with reading() as session:
        assert session.scalars(select(LoginSession.last_seen_at)).one() == began
    hand.on(seconds=1)
    assert alive(secret)
    with reading() as session:
        assert session.scalars(select(LoginSession.last_seen_at)).one() == hand.at


def test_a_fourth_session_ends_the_oldest(world: World, hand: Hand) -> None:
    secrets = []
    for _ in range(MOST_SESSIONS + 1):
        secrets.append(enter())
        hand.on(seconds=1)
    assert [alive(secret) for secret in secrets] == [False, True, True, True]


def test_logins_at_once_do_not_forget_to_count_each_other(world: World) -> None:
    with ThreadPoolExecutor(6) as pool:
        # Somebody without a telephone: of codes given at once, one is taken.
        list(pool.map(lambda number: enter("auditor@test.example", address=f"192.0.2.{number}"), range(6)))
    assert count(LoginSession) == MOST_SESSIONS


def test_leaving_ends_the_session_for_every_copy_of_its_secret(world: World) -> None:
    secret, other = enter(), enter()
    found = login.find(secret, RULES, active=True)
    assert found is not None
    login.log_out(found.session_id)
    assert (alive(secret), alive(other)) == (False, True)


def test_one_s_other_sessions_end_together(world: World) -> None:
    here, there = enter(), enter()
    found = login.find(here, RULES, active=True)
    assert found is not None
    login.end_other_sessions(world.cdas_agent, found.session_id)
    assert (alive(here), alive(there)) == (True, False)


def test_nobody_ends_another_s_session(world: World) -> None:
    secret = enter()
    found = login.find(secret, RULES, active=True)
    assert found is not None
    with pytest.raises(NotVisible):
        login.end_session(world.other_cdas_agent, found.session_id)
    assert alive(secret)
    login.end_session(world.cdas_agent, found.session_id)
    assert not alive(secret)


def test_losing_one_s_unit_closes_the_session_at_the_next_request(world: World, hand: Hand) -> None:
    """Invariant: losing a role or a unit closes access at once."""
    secret = enter()
    with transaction() as session:
        session.execute(
            update(Membership)
            .where(Membership.account_id == world.cdas_agent.account_id)
            .values(ends_on=hand.at.date())
        )
    assert not alive(secret)


def test_a_suspended_account_is_out_at_the_next_request(world: World, hand: Hand) -> None:
    secret = enter()
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id == world.cdas_agent.account_id).values(suspended_at=hand.at)
        )
    assert not alive(secret)


def test_what_has_ended_is_swept(world: World, hand: Hand) -> None:
    enter()
    fail(1)
    hand.on(hours=2)
    login.forget_ended(RULES)
    assert (count(LoginSession), count(LoginAttempt)) == (0, 0)


# ---------------------------------------------------------------- one answer
@pytest.fixture
def shut_out(world: World, hand: Hand) -> Callable[[str], str]:
    """The address of an account that may not enter, for a reason."""

    def make(reason: str) -> str:
        email = f"{reason}@test.example"
        with transaction() as session:
            if reason != "unknown":
                ends = hand.at.date() if reason == "left" else None
                actor = an_account(session, "cdas-redon", world.cdas_agent.role, email=email, ends_on=ends)
                row = session.get_one(Account, actor.account_id)
                row.suspended_at = hand.at if reason == "suspended" else None
                row.password_hash = None if reason == "invited" else row.password_hash
        return email

    return make


@pytest.mark.parametrize("reason", ["unknown", "suspended", "invited", "left", "wrong"])
def test_every_failure_has_the_same_answer(shut_out: Callable[[str], str], reason: str) -> None:
    password = "pas le bon du tout" if reason == "wrong" else PASSWORD
    with pytest.raises(NotLoggedIn) as refused:
        enter(shut_out(reason), password)
    assert refused.value.detail == "L’adresse ou le mot de passe n’est pas reconnu."
    assert count(LoginSession) == 0
    assert count(LoginAttempt) == 1


def test_an_unknown_address_costs_one_hash_of_the_same_price() -> None:
    """Neither the account's existence nor its state shows in the time: the same algorithm, the same costs."""
    assert not passwords.is_outdated(passwords._NOBODY)
    assert not passwords.matches(None, "")


def test_a_password_too_long_to_be_one_is_refused_without_being_hashed_whole(world: World) -> None:
    with pytest.raises(NotLoggedIn):
        enter(password=PASSWORD + "x" * 1_000_000)


def test_a_hash_of_older_costs_is_renewed_at_login(world: World) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        session.execute(update(Account).where(Account.email == EMAIL).values(password_hash=old))
    enter()
    with reading() as session:
        kept = session.scalar(select(Account.password_hash).where(Account.email == EMAIL))
    assert kept is not None
    assert not passwords.is_outdated(kept)
    assert passwords.matches(kept, PASSWORD)


# ---------------------------------------------------------------- throttle
def test_five_failures_then_a_growing_wait(world: World, hand: Hand) -> None:
    fail(throttle.FREE_TRIES)
    waits = []
    for _ in range(7):
        with pytest.raises(TooManyAttempts) as refused:
            enter()
        waits.append(refused.value.retry_after)
        hand.on(seconds=refused.value.retry_after)
        fail(1)
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_the_right_password_waits_too(world: World, hand: Hand) -> None:
    fail(throttle.FREE_TRIES)
    with pytest.raises(TooManyAttempts):
        enter()
    hand.on(seconds=30)
    assert alive(enter())


def test_trying_during_the_wait_does_not_make_it_longer(world: World, hand: Hand) -> None:
    fail(throttle.FREE_TRIES)
    for left in range(30, 0, -1):
        with pytest.raises(TooManyAttempts) as refused:
            enter()
        assert refused.value.retry_after == left
        hand.on(seconds=1)
    assert alive(enter())


def test_a_stranger_can_not_lock_somebody_out(world: World) -> None:
    fail(throttle.FREE_TRIES, address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        enter(address=ELSEWHERE)
    assert alive(enter(address=HERE))


def test_under_a_wide_attack_each_address_tries_once_and_the_owner_still_enters(world: World) -> None:
    with transaction() as session:
        for number in range(throttle.WIDE_ATTACK):
            origin = throttle.Origin.of(EMAIL, f"attacker {number}")
            session.add(
                LoginAttempt(
                    email_index=origin.email_index, address_index=origin.address_index, at=clock.now()
                )
            )
    with pytest.raises(TooManyAttempts):
        enter(address="attacker 3")
    assert alive(enter(address=HERE))


def test_one_address_that_tries_many_accounts_waits(world: World) -> None:
    for number in range(throttle.FREE_TRIES_OF_AN_ADDRESS):
        fail(1, email=f"somebody-{number}@test.example")
    with pytest.raises(TooManyAttempts):
        enter()
    assert alive(enter(address=ELSEWHERE))


def test_the_addresses_of_one_ipv6_network_are_one_subscriber(world: World) -> None:
    for number in range(throttle.FREE_TRIES):
        fail(1, address=f"2001:db8:0:7::{number:x}")
    with pytest.raises(TooManyAttempts):
        enter(address="2001:db8:0:7:ffff::1")
    assert alive(enter(address="2001:db8:0:8::1"))


def test_an_ipv4_address_is_the_same_in_either_writing(world: World) -> None:
    fail(throttle.FREE_TRIES, address=f"::ffff:{ELSEWHERE}")
    with pytest.raises(TooManyAttempts):
        enter(address=ELSEWHERE)
    assert alive(enter(address=f"::ffff:{HERE}"))


def test_an_hour_later_failures_are_forgotten(world: World, hand: Hand) -> None:
    fail(throttle.FREE_TRIES)
    hand.on(hours=1)
    fail(throttle.FREE_TRIES - 1)
    assert alive(enter())


def test_the_right_password_forgives_the_failures_before_it(world: World) -> None:
    fail(throttle.FREE_TRIES - 1)
    enter()
    fail(throttle.FREE_TRIES - 1)
    assert alive(enter())


def test_simultaneous_tries_do_not_slip_through(world: World) -> None:
    """However many arrive at once, at most as many passwords are judged as one after the other."""
    fail(throttle.FREE_TRIES - 1)

    def judged(_: int) -> bool:
        try:
            enter(password="pas le bon du tout")
        except NotLoggedIn:
            return True
        except TooManyAttempts:
            return False
        raise AssertionError("entered with a wrong password")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(judged, range(8))) <= 1


def test_nobody_can_be_recognised_in_the_failed_tries(world: World) -> None:
    fail(1)
    with reading() as session:
        rows = session.execute(text("SELECT email_index, address_index FROM login_attempt")).one()
    assert all(len(bytes(index)) == 16 for index in rows)
    assert all(EMAIL.encode() not in bytes(i) and HERE.encode() not in bytes(i) for i in rows)


def test_the_password_asked_again_is_throttled_with_the_login(world: World) -> None:
    for _ in range(throttle.FREE_TRIES):
        with pytest.raises(InvalidInput):
            login.check_password(world.cdas_agent, "pas le bon du tout", HERE)
    with pytest.raises(TooManyAttempts):
        login.check_password(world.cdas_agent, PASSWORD, HERE)
    with pytest.raises(TooManyAttempts):
        enter()
