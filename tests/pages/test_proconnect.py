"""ProConnect against a provider process that behaves like it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from service import clock
from service.database import reading, transaction
from service.models import Account, LoginSession, OutboxMail, ProviderIdentity
from service.notifications import telling
from service.operations import accounts, identity_provider, second_factor
from service.outside import ProConnect, TokenAlgorithm
from tests.factories import PASSWORD, World, email_of
from tests.pages.conftest import Visitor
from tests.proconnect import CLIENT, HOME, SECRET, a_provider, become, follow

BACK = "/connexion/proconnect/retour"
PERSON = "sub-of-somebody"


@pytest.fixture
def db(sqlite_db: str) -> str:
    return sqlite_db


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with a_provider() as address:
        yield address


@pytest.fixture
def offered(issuer: str) -> Iterator[str]:
    identity_provider.configure(ProConnect(issuer, CLIENT, SECRET, TokenAlgorithm.RS256, pkce=False), HOME)
    yield issuer
    identity_provider.configure(None, "")


def asked(visitor: Visitor, start: str = "/connexion/proconnect") -> str:
    """The address at the provider where that form leads."""
    page = visitor.post(start)
    assert page.status_code == 200, page.text
    address = page.headers["Refresh"].removeprefix("0;url=")
    assert f'href="{unescape(address)}"' in unescape(page.text)
    return address


def bind(app: Flask, world: World, post: str = "steering", sub: str = PERSON, issuer: str = "") -> Visitor:
    """Somebody opens a new invitation by ProConnect, enrols a telephone, and is in."""
    visitor, waiting = go_as_far_as_binding(app, world, issuer, post, sub)
    assert visitor.give_code(visitor.get(waiting)).status_code in {200, 303}
    return visitor


def go_as_far_as_binding(
    app: Flask, world: World, issuer: str, post: str = "cdas_agent", sub: str = PERSON
) -> tuple[Visitor, str]:
    """Somebody has opened a new invitation by ProConnect; the page where a telephone is to be enrolled waits."""
    become(issuer, sub=sub, acr="eidas2")
    invited = accounts.invite_again(world.admin, getattr(world, post).account_id)
    visitor = Visitor(app)
    visitor.token = lambda: token_of(visitor.get(invited.path).text)  # type: ignore[method-assign]
    back = visitor.get(follow(asked(visitor, f"{invited.path}/proconnect")))
    del visitor.token
    assert back.status_code == 303, back.text
    assert back.location.startswith("/connexion/code")
    return visitor, back.location


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def bound(app: Flask, world: World, offered: str) -> Visitor:
    return bind(app, world, "cdas_agent", issuer=offered)


def left_long_ago() -> None:
    """Neither Relais nor ProConnect holds a session any more."""
    with transaction() as session:
        session.execute(update(ProviderIdentity).values(open_until=None))


def living() -> int:
    with reading() as session:
        return session.scalar(select(func.count(LoginSession.id))) or 0


# ---------------------------------------------------------------- where it is not configured
def test_without_configuration_nothing_of_it_is_there(visitor: Visitor) -> None:
    assert "ProConnect" not in visitor.get("/connexion").text
    assert visitor.post("/connexion/proconnect").status_code == 404
    for path in (BACK, "/connexion/proconnect/sortie"):
        assert visitor.get(path).status_code == 404


# ---------------------------------------------------------------- who enters
def test_an_invited_person_binds_and_then_enters_without_a_password(
    app: Flask, bound: Visitor, offered: str
) -> None:
    """`eidas2` is enough, and where one was going is where one arrives."""
    assert bound.is_in()
    left_long_ago()
    browser = Visitor(app)
    back = browser.get(follow(asked(browser, "/connexion/proconnect?suite=/demandes")))
    assert (back.status_code, back.location) == (303, "/demandes")
    assert browser.is_in()
    assert "ProConnect" in browser.get("/compte").text


def test_somebody_who_was_not_invited_is_told_so_and_leaves_no_session(
    visitor: Visitor, offered: str, written: Callable[[], list[dict[str, Any]]]
) -> None:
    """No account is made, whatever address or role the provider tells; nothing says who has one."""
    become(offered, sub="stranger", acr="eidas3", email=email_of("cdas_agent"))
    back = visitor.get(follow(asked(visitor)))
    assert back.status_code == 403
    assert "Demandez une invitation à votre responsable" in back.text
    assert (visitor.is_in(), living()) == (False, 0)
    assert "login.proconnect_not_invited" in {line["event"] for line in written()}


def test_a_suspended_person_gets_the_answer_of_a_stranger(
    app: Flask, bound: Visitor, world: World, offered: str
) -> None:
    accounts.suspend(world.admin, world.cdas_agent.account_id)
    browser = Visitor(app)
    back = browser.get(follow(asked(browser)))
    assert (back.status_code, browser.is_in()) == (403, False)
    assert "aucun compte de Relais n’est ouvert" in back.text


def test_an_identity_opens_one_account(app: Flask, bound: Visitor, world: World, offered: str) -> None:
    """The invitation stays good, for a password."""
    invited = accounts.invite_again(world.admin, world.auditor.account_id)
    other = Visitor(app)
    other.token = lambda: token_of(other.get(invited.path).text)  # type: ignore[method-assign]
    back = other.get(follow(asked(other, f"{invited.path}/proconnect")))
    assert (back.status_code, "ouvre déjà un autre compte" in back.text) == (422, True)
    assert other.get(invited.path).status_code == 200


def test_a_new_invitation_ends_what_a_stolen_one_had_bound(app: Flask, world: World, offered: str) -> None:
    """The thief binds himself and waits; the person, told by mail, chooses a password by the next link."""
    go_as_far_as_binding(app, world, offered)
    with reading() as session:
        told = session.scalars(select(OutboxMail).where(OutboxMail.event == "second_factor")).one()
    assert (told.recipient, telling.BOUND in told.body) == (email_of("cdas_agent"), True)
    accounts.accept(accounts.invite_again(world.admin, world.cdas_agent.account_id).secret, PASSWORD)
    left_long_ago()
    thief = Visitor(app)
    assert thief.get(follow(asked(thief))).status_code == 403
    assert not thief.is_in()


def test_who_left_before_the_enrolment_still_owes_it(app: Flask, world: World, offered: str) -> None:
    """Nobody enters by ProConnect without a telephone to open the idle lock, be it with `eidas2`."""
    go_as_far_as_binding(app, world, offered)
    with transaction() as session:
        second_factor.forget(session, world.cdas_agent.account_id)
    browser = Visitor(app)
    assert browser.get(follow(asked(browser))).location == "/connexion/code?suite=/"
    assert not browser.is_in()
    assert "Enregistrer votre téléphone" in browser.get("/connexion/code").text


def test_the_level_decides(app: Flask, bound: Visitor, offered: str) -> None:
    """Weaker than `eidas2`, our own code is asked; unknown, nothing opens."""
    for acr in (None, "", "eidas9", "EIDAS2", ["eidas2"], 2):
        become(offered, sub=PERSON, acr=acr)
        browser = Visitor(app)
        assert browser.get(follow(asked(browser))).status_code == 401, acr
        assert not browser.is_in()
    for acr in ("eidas1", "eidas0-mfa", "eidas1-mfa"):
        left_long_ago()
        become(offered, sub=PERSON, acr=acr)
        browser = Visitor(app)
        back = browser.get(follow(asked(browser)))
        assert (back.location, browser.is_in()) == ("/connexion/code?suite=/", False), acr
    browser.give_code(browser.get(back.location))
    assert browser.is_in()


# ---------------------------------------------------------------- the idle lock, and leaving
def test_after_a_lock_one_click_does_not_reopen(app: Flask, bound: Visitor, offered: str) -> None:
    """ProConnect still lets the browser in; Relais asks its own code, with or without the cookie."""
    with transaction() as session:
        session.execute(update(LoginSession).values(last_seen_at=clock.now() - timedelta(minutes=21)))
    become(offered, sub=PERSON, acr="eidas2", open_for=1260)
    for browser in (bound, Visitor(app)):
        assert not browser.is_in()
        back = browser.get(follow(asked(browser)))
        assert back.location == "/connexion/code?suite=/"
        assert not browser.is_in()
    browser.give_code(browser.get(back.location))
    assert browser.is_in()


def test_without_a_telephone_a_lock_is_not_opened_by_proconnect_alone(
    app: Flask, bound: Visitor, world: World, offered: str
) -> None:
    """Who sits down at the locked machine must not be offered to enrol a telephone of their own."""
    with transaction() as session:
        second_factor.forget(session, world.cdas_agent.account_id)
    become(offered, sub=PERSON, acr="eidas2", open_for=1260)
    browser = Visitor(app)
    back = browser.get(follow(asked(browser)))
    assert (back.status_code, browser.is_in()) == (403, False)
    assert "aucun téléphone n’est enregistré" in back.text


def test_leaving_ends_both_sessions(app: Flask, bound: Visitor, offered: str) -> None:
    """The return's state is checked, and only then is the next login believed again."""
    page = bound.post("/deconnexion")
    assert page.status_code == 200
    assert living() == 0
    leaving = page.headers["Refresh"].removeprefix("0;url=")
    forged = bound.get("/connexion/proconnect/sortie?state=forged")
    assert "session ProConnect est terminée" not in bound.get(forged.location).text
    with reading() as session:
        assert session.scalars(select(ProviderIdentity.open_until)).one() is not None
    assert leaving.startswith(f"{offered}/session/end?")


def test_after_a_full_logout_the_next_login_is_believed(app: Flask, bound: Visitor, offered: str) -> None:
    page = bound.post("/deconnexion")
    bound.get(follow(page.headers["Refresh"].removeprefix("0;url=")))
    assert PERSON in become(offered, sub=PERSON, acr="eidas2")
    assert bound.get(follow(asked(bound))).location == "/"
    assert bound.is_in()


def test_leaving_in_one_browser_leaves_the_others_locked(app: Flask, bound: Visitor, offered: str) -> None:
    """ProConnect's session of another machine is still open there: it says since when, or says nothing."""
    page = bound.post("/deconnexion")
    bound.get(follow(page.headers["Refresh"].removeprefix("0;url=")))
    for still_open in ({"open_for": 600}, {"id_token": {"auth_time": None}}):
        become(offered, sub=PERSON, acr="eidas2", **still_open)
        other = Visitor(app)
        assert other.get(follow(asked(other))).location == "/connexion/code?suite=/", still_open
        assert not other.is_in()


# ---------------------------------------------------------------- returns that nobody asked for
def test_a_return_serves_once_in_its_own_browser(app: Flask, bound: Visitor, offered: str) -> None:
    """Missing, foreign, swapped or replayed state; a code used twice; another issuer."""
    left_long_ago()
    browser, other = Visitor(app), Visitor(app)
    good, foreign = follow(asked(browser)), follow(asked(other))
    query = {name: values[0] for name, values in parse_qs(urlsplit(good).query).items()}
    theirs = {name: values[0] for name, values in parse_qs(urlsplit(foreign).query).items()}
    stolen = browser.cookie() or ""

    def comes(cookie: str = stolen, **changes: str) -> int:
        attacker = Visitor(app)
        attacker.client.set_cookie("relais", cookie)
        sent = {name: value for name, value in {**query, **changes}.items() if value}
        status = attacker.get(f"{BACK}?{urlencode(sent)}").status_code
        assert attacker.is_in() == (status == 303)
        return status

    assert comes(cookie="") == 401, "no login was begun here"
    assert comes(state="") == 401
    assert comes(state=theirs["state"]) == 401
    assert comes(iss="https://elsewhere.example") == 401
    assert comes(error="access_denied") == 401
    assert comes() == 303
    assert comes() == 401, "the same return again"
    assert comes(code=theirs["code"]) == 401, "the same state with another code"
    assert other.get(f"{BACK}?{urlencode({**theirs, 'code': query['code']})}").status_code == 401, (
        "a used code"
    )


def test_a_form_of_another_site_does_not_begin_a_login(visitor: Visitor, offered: str) -> None:
    assert visitor.post("/connexion/proconnect", Origin="https://evil.example").status_code == 403
    assert visitor.post("/connexion/proconnect", token="").status_code == 400
    assert visitor.get("/connexion/proconnect").status_code == 405


# ---------------------------------------------------------------- when the provider is away
def test_without_the_provider_the_local_door_stays_open(visitor: Visitor) -> None:
    """With equal strength: the same password and the same code."""
    identity_provider.configure(
        ProConnect("http://127.0.0.1:9/api/v2", CLIENT, SECRET, TokenAlgorithm.RS256, pkce=False), HOME
    )
    try:
        away = visitor.post("/connexion/proconnect")
        assert (away.status_code, "ProConnect ne répond pas" in away.text) == (503, True)
        assert visitor.log_in(email_of("cdas_agent"), PASSWORD).status_code == 303
        assert visitor.is_in()
    finally:
        identity_provider.configure(None, "")


def test_an_account_without_password_is_not_told_that_its_password_opens(
    bound: Visitor, world: World
) -> None:
    with transaction() as session:
        session.execute(
            update(Account).where(Account.id == world.cdas_agent.account_id).values(password_hash=None)
        )
        session.execute(update(LoginSession).values(last_seen_at=clock.now() - timedelta(minutes=21)))
    assert "Votre mot de passe suffit" not in bound.get("/connexion").text
