"""The code behind the password (RFC 6238): for whom, taken once, near its half minute, throttled, and never told."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.errors import GuardRefused, InvalidInput, NotLoggedIn, NotPermitted, NotVisible, TooManyAttempts
from service.models import (
    AccessEntry,
    Account,
    LoginSession,
    Membership,
    OutboxMail,
    RecoveryCode,
    SecondFactor,
)
from service.operations import accounts, entering, invented, login, second_factor, throttle, tokens
from service.operations.login import Asked, SessionRules
from service.operations.second_factor import code_at, present_step
from service.permissions import HOLDERS, REACH, Permission, Role, needs_second_factor
from service.routes.device import device_of
from tests.factories import PASSWORD, World, an_account, email_of, seeded_world
from tests.operations.conftest import Hand
from tests.second_step import code_of, through

RULES = SessionRules(idle=timedelta(minutes=20), absolute=timedelta(hours=10))
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def world(sqlite_db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def on_both(db: str, hand: Hand) -> World:
    """The same world on both kinds of database, where statements of their own are at stake."""
    with transaction() as session:
        return seeded_world(session)


def begin(post: str = "cdas_agent", address: str = HERE, locked: str = "") -> login.Entry:
    return login.log_in(email_of(post), PASSWORD, address, RULES, locked=locked)


def give(entry: login.Entry, code: str, address: str = HERE) -> entering.Entered:
    return entering.give_code(entry.secret, code, address, RULES, device="Firefox sur Windows")


def now(drift: int = 0) -> str:
    return code_at(invented.SECRET, present_step() + drift)


def a_newcomer(post: str = "newcomer") -> str:
    """An account of a role that needs a telephone, without one yet; its secret to enrol."""
    with transaction() as session:
        actor = an_account(session, "cdas-redon", Role.CDAS_AGENT, email=email_of(post))
        second_factor.forget(session, actor.account_id)
    entry = begin(post)
    assert entry.asks is Asked.ENROLMENT
    return entry.secret


# ---------------------------------------------------------------- for whom, without a database
def test_who_reads_content_or_opens_it_to_others_needs_a_code() -> None:
    readers = {role for reach in REACH.values() for role in reach} | HOLDERS[Permission.MANAGE_ACCOUNTS]
    assert {role for role in Role if needs_second_factor(role)} == readers


def test_the_codes_are_those_of_rfc_6238() -> None:
    """Appendix B of the RFC, its secret « 12345678901234567890 », the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    known = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}
    assert {at: code_at(secret, at // 30) for at in known} == known


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox sur Windows",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1",
            "Safari sur iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        ("curl/8.5", "Un navigateur"),
        ("", "Un navigateur"),
    ],
)
def test_a_device_is_said_in_coarse_words(user_agent: str, words: str) -> None:
    assert device_of(user_agent) == words


# ---------------------------------------------------------------- the code
def test_a_code_opens_the_session_once(on_both: World, hand: Hand) -> None:
    """Neither again in its half minute, nor a code of before the one that was taken."""
    first, second = begin(), begin()
    assert first.asks is Asked.CODE
    assert login.find(first.secret, RULES, active=True) is None, "the password alone opens nothing"
    opened = give(first, f" {now()[:3]} {now()[3:]} ")
    found = login.find(opened.secret, RULES, active=True)
    assert found is not None
    assert found.actor == on_both.cdas_agent
    for code in (now(), now(-1)):
        with pytest.raises(InvalidInput):
            give(second, code)
    hand.on(seconds=30)
    assert give(second, now()).secret


def test_of_two_requests_with_the_same_code_one_enters(on_both: World) -> None:
    entries, code = [begin(), begin(address=ELSEWHERE)], now()
    opened: list[entering.Entered] = []

    def try_it(entry: login.Entry) -> None:
        with suppress(InvalidInput):
            opened.append(give(entry, code))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(try_it, entries))
    assert len(opened) == 1


def test_of_two_first_enrolments_at_once_one_is_made(on_both: World) -> None:
    """Who comes second has nothing enrolled, and keeps no codes."""
    secrets = [a_newcomer(), begin("newcomer", ELSEWHERE).secret]
    codes = [code_at(entering.begun(secret).candidate, present_step()) for secret in secrets]
    made: list[entering.Entered] = []

    def try_it(secret: str, code: str) -> None:
        with suppress(NotLoggedIn):
            made.append(entering.enrol(secret, code[:3] + "-" + code[3:], HERE, RULES))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(try_it, secrets, codes))
    assert len(made) == 1


def test_a_telephone_may_be_half_a_minute_off_no_more(world: World) -> None:
    for drift in (-2, 2):
        with pytest.raises(InvalidInput):
            give(begin("caf_ts"), now(drift))
    assert give(begin("caf_ts"), now(1)).secret
    assert give(begin("caf_head"), now(-1)).secret


def test_a_begun_login_is_one_s_own_serves_once_and_ends(world: World, hand: Hand) -> None:
    stranger = begin("caf_agent")
    with transaction() as session:
        factor = session.scalars(
            select(SecondFactor).where(SecondFactor.account_id == world.caf_agent.account_id)
        ).one()
        factor.secret = second_factor.fresh_secret()
    with pytest.raises(InvalidInput):
        give(stranger, now())
    mine = begin()
    give(mine, now())
    with pytest.raises(NotLoggedIn):
        give(mine, code_of(email_of("cdas_agent")))
    late = begin()
    hand.on(minutes=10)
    with pytest.raises(NotLoggedIn):
        give(late, now())


def test_wrong_codes_wait_like_wrong_passwords_and_the_password_does_not_forgive_them(
    world: World, hand: Hand
) -> None:
    for _ in range(throttle.FREE_TRIES):
        with pytest.raises(InvalidInput):
            give(begin(), "000000")
    with pytest.raises(TooManyAttempts):
        give(begin(), now())
    assert give(begin(address=ELSEWHERE), now(), ELSEWHERE).secret, "a stranger locks nobody out"
    hand.on(seconds=30)
    assert give(begin(), now()).secret


def test_who_has_the_password_does_not_try_codes_from_everywhere(world: World, hand: Hand) -> None:
    """Each from a network address of its own: after so many an hour, the account waits."""
    for number in range(entering.MOST_CODES_OF_ACCOUNT):
        address = f"2001:db8:{number:x}::1"
        with pytest.raises(InvalidInput):
            give(begin(address=address), "000000", address)
    with pytest.raises(TooManyAttempts):
        give(begin(address="2001:db8:ffff::1"), "000000", "2001:db8:ffff::1")
    hand.on(minutes=61)
    assert give(begin(), now()).secret


def test_a_session_opened_without_a_code_opens_nothing_to_a_role_that_needs_one(world: World) -> None:
    secret = begin("auditor").secret
    assert login.find(secret, RULES, active=True) is not None
    with transaction() as session:
        where = Membership.account_id == world.auditor.account_id
        membership = session.scalars(select(Membership).where(where)).one()
        membership.unit_code, membership.role = "cdas-redon", Role.CDAS_HEAD
    assert login.find(secret, RULES, active=True) is None


# ---------------------------------------------------------------- enrolment and codes for emergencies
def test_the_first_login_enrols_a_telephone_and_gives_ten_codes_that_serve_once(
    on_both: World, hand: Hand
) -> None:
    secret = a_newcomer()
    candidate = entering.begun(secret).candidate
    with pytest.raises(InvalidInput):
        entering.enrol(secret, now(), HERE, RULES)  # the code of another telephone
    entered = entering.enrol(secret, code_at(candidate, present_step()), HERE, RULES)
    assert login.find(entered.secret, RULES, active=True) is not None
    assert len(set(entered.recovery_codes)) == second_factor.RECOVERY_CODES
    with pytest.raises(NotLoggedIn):
        entering.enrol(secret, code_at(candidate, present_step() + 1), HERE, RULES)
    with pytest.raises(InvalidInput):
        give(begin("newcomer"), code_at(candidate, present_step()))  # it proved the telephone: taken
    one = entered.recovery_codes[3]
    assert give(begin("newcomer"), one.upper().replace("-", " ")).left == 9
    with pytest.raises(InvalidInput):
        give(begin("newcomer"), one)
    with pytest.raises(InvalidInput):
        give(begin("cdas_agent"), entered.recovery_codes[0])
    told(email_of("newcomer"), "Un téléphone vient d’être enregistré")


def test_the_database_tells_neither_secret_nor_codes(world: World) -> None:
    secret = a_newcomer()
    candidate = entering.begun(secret).candidate
    codes = entering.enrol(secret, code_at(candidate, present_step()), HERE, RULES).recovery_codes
    with reading() as session:
        kept = b"".join(session.scalars(select(SecondFactor.secret_sealed)))
        kept += b"".join(session.scalars(select(RecoveryCode.code_index)))
    assert candidate.encode() not in kept
    assert not any(code.replace("-", "").encode() in kept for code in codes)


def test_another_telephone_and_other_codes_ask_password_and_code_again(world: World) -> None:
    me, email = world.caf_secretariat, email_of("caf_secretariat")
    with pytest.raises(InvalidInput) as refused:
        entering.begin_enrolment(me, PASSWORD, "000000", HERE)
    assert set(refused.value.fields) == {"code"}
    with pytest.raises(InvalidInput) as refused:
        entering.renew_recovery_codes(me, "pas le bon", code_of(email), HERE)
    assert set(refused.value.fields) == {"current_password"}
    codes = entering.renew_recovery_codes(me, PASSWORD, code_of(email), HERE)
    before, token = through(begin("caf_secretariat"), RULES), tokens.create(me, "essai")
    secret = entering.begin_enrolment(me, PASSWORD, codes[0], HERE)
    candidate = entering.begun(secret).candidate
    entering.enrol(secret, code_at(candidate, present_step()), HERE, RULES)
    assert login.find(before, RULES, active=True) is None, "a change of factor ends every session"
    assert tokens.find(token) is None, "and every token"
    with pytest.raises(InvalidInput):
        give(begin("caf_secretariat"), code_of(email))
    with pytest.raises(InvalidInput):
        give(begin("caf_secretariat"), codes[1])


def test_a_role_that_needs_none_may_have_one_and_is_then_asked(world: World) -> None:
    secret = entering.begin_enrolment(world.steering, PASSWORD, "", HERE)
    candidate = entering.begun(secret).candidate
    entering.enrol(secret, code_at(candidate, present_step()), HERE, RULES)
    assert begin("steering").asks is Asked.CODE


# ---------------------------------------------------------------- a telephone that is lost
def test_who_manages_the_account_resets_its_second_factor(world: World) -> None:
    """Sessions end, the person is told without a detail (R-DP-5), and enrols at the next login."""
    target = world.cdas_agent.account_id
    before, waiting, token = through(begin(), RULES), begin(), tokens.create(world.cdas_agent, "essai")
    for stranger, refusal in ((world.cdas_head_elsewhere, NotVisible), (world.cdas_agent, NotVisible)):
        with pytest.raises(refusal):
            accounts.reset_second_factor(stranger, target)
    with pytest.raises(NotPermitted):
        accounts.reset_second_factor(world.admin, world.admin.account_id)
    accounts.reset_second_factor(world.cdas_head, target)
    assert login.find(before, RULES, active=True) is None
    assert tokens.find(token) is None
    with pytest.raises(NotLoggedIn):
        give(waiting, now())
    assert begin().asks is Asked.ENROLMENT
    mail = told(email_of("cdas_agent"), "réinitialisé")
    assert "Essai" not in mail.subject + mail.body
    with reading() as session:
        noted = select(AccessEntry.account_id, AccessEntry.act).where(
            AccessEntry.act.contains("second_factor")
        )
        assert set(session.execute(noted).all()) == {
            (world.cdas_head.account_id, "reset_second_factor"),
            (target, "second_factor_reset"),
        }
    with pytest.raises(GuardRefused):
        accounts.reset_second_factor(world.admin, target)


def test_a_new_password_by_a_link_does_not_go_round_the_code(world: World) -> None:
    made = accounts.invite_again(world.cdas_head, world.cdas_agent.account_id)
    new = "radis tortue bahut quatorze"
    accounts.accept(made.secret, new)
    assert login.log_in(email_of("cdas_agent"), new, HERE, RULES).asks is Asked.CODE


# ---------------------------------------------------------------- the idle time
def test_a_session_locked_by_the_idle_time_opens_by_the_password_alone_until_its_end(
    world: World, hand: Hand
) -> None:
    began = hand.at
    locked = through(begin(), RULES, device="Firefox sur Windows")
    hand.on(minutes=21)
    assert login.find(locked, RULES, active=True) is None
    assert begin("caf_agent", locked=locked).asks is Asked.CODE, "nobody else's session"
    again = begin(locked=locked)
    assert again.asks is None
    assert again.secret != locked
    assert begin(locked=locked).asks is Asked.CODE, "its secret has changed"
    with reading() as session:
        where = LoginSession.account_id == world.cdas_agent.account_id
        kept = session.scalars(select(LoginSession).where(where)).one()
        assert (kept.created_at, kept.expires_at) == (began, began + RULES.absolute)
    hand.at = began + RULES.absolute
    assert begin(locked=again.secret).asks is Asked.CODE


def test_a_session_that_was_ended_is_not_opened_again_by_the_password(world: World) -> None:
    secret = through(begin(), RULES)
    accounts.end_sessions_of(world.admin, world.cdas_agent.account_id)
    assert begin(locked=secret).asks is Asked.CODE


# ---------------------------------------------------------------- the demonstration
def test_only_an_invented_telephone_ever_shows_its_code(world: World) -> None:
    entry = begin()
    assert entering.shown_code(entry.secret) == now()
    with transaction() as session:
        where = SecondFactor.account_id == world.cdas_agent.account_id
        factor = session.scalars(select(SecondFactor).where(where)).one()
        factor.secret, factor.last_step = second_factor.fresh_secret(), present_step()
    assert entering.shown_code(entry.secret) is None
    entering.free_shown_code(entry.secret)
    with reading() as session:
        assert session.scalars(select(SecondFactor.last_step).where(where)).one() == present_step()


def told(recipient: str, words: str) -> OutboxMail:
    """The last mail to that address, which says so."""
    with reading() as session:
        query = select(OutboxMail).where(
            OutboxMail.recipient == recipient, OutboxMail.event == "second_factor"
        )
        mail = session.scalars(query.order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())).first()
        assert mail is not None
        assert words in mail.body
        assert session.scalars(select(Account.name).where(Account.email == recipient)).one() not in mail.body
        return mail
