"""Keys of the browser in place of the code (WebAuthn): for their own account, site and login, and no other (P-12)."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select

from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotLoggedIn, NotVisible, TooManyAttempts
from service.models import Account, LoginAttempt, OutboxMail, Passkey, SecondFactor
from service.notifications import telling
from service.operations import accounts, entering, login, passkeys, second_factor
from service.operations.login import SessionRules
from service.permissions import Actor
from tests.factories import PASSWORD, World, seeded_world
from tests.operations.conftest import Hand
from tests.second_step import code_of
from tests.soft_key import SoftKey

RULES = SessionRules(idle=timedelta(minutes=20), absolute=timedelta(hours=10))
HERE, SESSION, SITE = "192.0.2.1", "the secret of a session", "https://relais.example"
WRONG = {"": [passkeys.WRONG]}


@pytest.fixture
def world(db: str, hand: Hand) -> Iterator[World]:
    passkeys.configure(SITE)
    with transaction() as session:
        made = seeded_world(session)
    yield made
    passkeys.configure("")


def email_of(actor: Actor) -> str:
    with reading() as session:
        return session.get_one(Account, actor.account_id).email


def add(actor: Actor, key: SoftKey, *, label: str = "Poste", question: str = SESSION, code: str = "") -> None:
    with reading() as session:
        asked = passkeys.to_add(session, actor, question)
    proof = {"password": PASSWORD, "code": code or code_of(email_of(actor)), "address": HERE}
    passkeys.add(actor, SESSION, key.made(asked), label, **proof)


def begin(actor: Actor) -> str:
    """A login of which the password was right."""
    return login.log_in(email_of(actor), PASSWORD, HERE, RULES).secret


def enter(secret: str, answer: str) -> str:
    return passkeys.enter(secret, answer, HERE, RULES).secret


def _forget_tries() -> None:
    with transaction() as session:
        session.execute(delete(LoginAttempt))


def question_of(secret: str) -> str:
    asked = passkeys.to_ask(secret)
    assert asked is not None
    return asked


def test_a_key_opens_the_account_that_added_it_and_says_so(world: World) -> None:
    key, agent = SoftKey(), world.caf_agent
    assert passkeys.to_ask(begin(agent)) is None
    add(agent, key)
    begun = begin(agent)
    opened = enter(begun, key.signed(question_of(begun)))
    live = login.find(opened, RULES, active=True)
    assert live is not None
    assert live.actor.account_id == agent.account_id
    with reading() as session:
        kept = session.scalars(select(Passkey)).one()
        told = session.scalars(select(OutboxMail.body).where(OutboxMail.event == "second_factor")).all()
    assert (kept.uses, kept.last_used_at is not None, kept.label) == (1, True, "Poste")
    assert [telling.KEY_ADDED in body for body in told] == [True]
    passkeys.remove(agent, kept.id)
    assert passkeys.to_ask(begin(agent)) is None
    with pytest.raises(NotVisible):
        passkeys.remove(agent, kept.id)


def test_an_answer_is_good_for_its_login_its_site_and_its_account_alone(world: World) -> None:
    key, other, agent = SoftKey(), SoftKey(), world.caf_agent
    add(agent, key)
    add(world.caf_secretariat, other)
    first, second = begin(agent), begin(agent)
    answer = key.signed(question_of(first))
    elsewhere = SoftKey("https://relais.example.evil")
    elsewhere._secret, elsewhere.id = key._secret, key.id
    for secret, wrong in (
        (second, answer),
        (first, other.signed(question_of(begin(world.caf_secretariat)))),
        (first, SoftKey().signed(question_of(first))),
        (first, elsewhere.signed(question_of(first))),
        (first, "{}"),
        (first, "not an answer"),
        (first, "[" * 7000),
    ):
        with pytest.raises(InvalidInput, check=lambda refused: refused.fields == WRONG):
            enter(secret, wrong)
        _forget_tries()
    assert login.find(enter(first, answer), RULES, active=True) is not None
    with pytest.raises(NotLoggedIn):
        enter(first, answer)


def test_wrong_answers_are_counted_with_wrong_codes(world: World) -> None:
    begun = begin(world.caf_agent)
    for _ in range(5):
        with suppress(InvalidInput):
            enter(begun, "{}")
    with pytest.raises(TooManyAttempts):
        entering.give_code(begun, code_of(email_of(world.caf_agent)), HERE, RULES)


def test_a_copy_that_lags_behind_is_refused(world: World) -> None:
    key, agent = SoftKey(), world.caf_agent
    add(agent, key)
    for _ in range(2):
        begun = begin(agent)
        enter(begun, key.signed(question_of(begun)))
    key.uses = 0
    begun = begin(agent)
    with pytest.raises(InvalidInput):
        enter(begun, key.signed(question_of(begun)))


@pytest.mark.parametrize("public", [5, "text", [], {}, {3: -7}, {1: 2}, {1: 2, 3: -7, -1: 1, -2: b"x" * 32}])
def test_what_is_no_public_key_is_refused(world: World, public: object) -> None:
    with pytest.raises(InvalidInput, check=lambda refused: refused.fields == {"": [passkeys.NOT_ADDED]}):
        add(world.caf_agent, SoftKey(public=public))


def test_a_public_key_that_can_not_be_used_opens_nothing(world: World) -> None:
    key = SoftKey(public={1: 2, 3: -7, -1: 1, -2: 5, -3: "q"})
    add(world.caf_agent, key)
    begun = begin(world.caf_agent)
    with pytest.raises(InvalidInput, check=lambda refused: refused.fields == WRONG):
        enter(begun, key.signed(question_of(begun)))


def test_a_name_beyond_the_limit_is_refused_and_a_counter_at_its_end_is_kept(world: World) -> None:
    long, old = SoftKey(), SoftKey()
    long.id, old.uses = b"x" * (passkeys.LONGEST_ID + 1), 2**32 - 2
    with pytest.raises(InvalidInput, check=lambda refused: refused.fields == {"": [passkeys.NOT_ADDED]}):
        add(world.caf_agent, long)
    add(world.caf_agent, old)
    begun = begin(world.caf_agent)
    enter(begun, old.signed(question_of(begun)))
    with reading() as session:
        assert session.scalars(select(Passkey.uses)).all() == [2**32 - 1]


def test_a_key_is_added_with_password_and_code_by_who_was_asked(world: World) -> None:
    agent = world.caf_agent
    with pytest.raises(InvalidInput, check=lambda refused: "code" in refused.fields):
        add(agent, SoftKey(), code="000000")
    with pytest.raises(InvalidInput, check=lambda refused: refused.fields == {"": [passkeys.NOT_ADDED]}):
        add(agent, SoftKey(), question="another session")
    with pytest.raises(InvalidInput, check=lambda refused: "label" in refused.fields):
        add(agent, SoftKey(), label="1 84 12 76 451 089 46")
    key = SoftKey()
    add(agent, key)
    with pytest.raises(GuardRefused, match="déjà enregistrée"):
        add(world.caf_secretariat, key)
    for _ in range(passkeys.MOST_KEYS - 1):
        add(agent, SoftKey())
    with pytest.raises(GuardRefused, match="au plus"):
        add(agent, SoftKey())
    with pytest.raises(NotVisible):
        passkeys.remove(agent, uuid4())


def test_a_new_telephone_ends_the_keys(world: World) -> None:
    agent = world.caf_agent
    add(agent, SoftKey())
    secret = entering.begin_enrolment(agent, PASSWORD, code_of(email_of(agent)), HERE)
    candidate = entering.begun(secret).candidate
    entering.enrol(secret, second_factor.code_at(candidate, second_factor.present_step()), HERE, RULES)
    assert passkeys.to_ask(begin(agent)) is None


def test_no_key_is_added_just_after_a_reset(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code was right when it was asked; the reset came between."""
    checked = entering.check_code

    def check_then_reset(actor: Actor, code: str, address: str) -> None:
        checked(actor, code, address)
        accounts.reset_second_factor(world.admin, actor.account_id)

    monkeypatch.setattr(entering, "check_code", check_then_reset)
    with pytest.raises(GuardRefused, match="vient d’être réinitialisé"):
        add(world.caf_agent, SoftKey())


def test_keys_end_with_the_second_factor(world: World) -> None:
    """Nor is one taken where there is no telephone beside it."""
    key, agent = SoftKey(), world.caf_agent
    add(agent, key)
    with transaction() as session:
        for factor in session.scalars(
            select(SecondFactor).where(SecondFactor.account_id == agent.account_id)
        ):
            session.delete(factor)
    begun = begin(agent)
    with pytest.raises(InvalidInput, check=lambda refused: refused.fields == WRONG):
        enter(begun, key.signed(question_of(begun)))
    add(world.caf_lead, SoftKey())
    accounts.reset_second_factor(world.admin, world.caf_lead.account_id)
    with reading() as session:
        assert session.scalars(select(Passkey.account_id)).all() == [agent.account_id]


@pytest.mark.parametrize(
    ("address", "offered"),
    [
        ("https://relais.example", True),
        ("https://relais.example:8443", True),
        ("http://localhost:8000", True),
        ("http://relais.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::7]", False),
    ],
)
def test_keys_are_offered_where_a_browser_can_make_one(address: str, offered: bool) -> None:
    passkeys.configure(address)
    try:
        assert passkeys.offered() is offered
    finally:
        passkeys.configure("")
