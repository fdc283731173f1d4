"""`forget_sessions`, `forget_runs`: what no longer lets anybody in is deleted, what does stays."""

from datetime import timedelta

from sqlalchemy import select

from service.database import reading, transaction
from service.jobs import forget_runs, forget_sessions
from service.models import IdempotencyKey, LoginSession
from service.operations import login
from tests.factories import PASSWORD, World
from tests.jobs.hand import Hand
from tests.second_step import through

LONG = login.SessionRules(idle=timedelta(hours=2), absolute=timedelta(hours=24))


def test_ended_sessions_go_and_living_ones_stay(world: World, hand: Hand) -> None:
    through(login.log_in("cdas-agent@test.example", PASSWORD, "127.0.0.1", LONG), LONG)
    hand.instant += timedelta(hours=23)
    secret = through(login.log_in("caf-agent@test.example", PASSWORD, "127.0.0.1", LONG), LONG)
    with transaction() as session:
        assert forget_sessions.run(session) == 0
    hand.instant += timedelta(hours=1)
    with transaction() as session:
        assert forget_sessions.run(session) == 1
        assert forget_sessions.run(session) == 0
    with reading() as session:
        assert list(session.scalars(select(LoginSession.account_id))) == [world.caf_agent.account_id]
    assert login.find(secret, LONG, active=False) is not None


def test_the_keys_of_calls_that_were_answered_go_after_thirty_days(world: World, hand: Hand) -> None:
    with transaction() as session:
        session.add(
            IdempotencyKey(
                account_id=world.cdas_agent.account_id, key="k", body_digest=b"", made="x", at=hand.instant
            )
        )
    for days, gone in ((30, 0), (1, 1)):
        hand.instant += timedelta(days=days)
        with transaction() as session:
            assert forget_runs.run(session) == gone
