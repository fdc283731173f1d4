"""The code after the password, in a browser: nothing before it, what is not lost, and « Mes connexions »."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from service import clock
from service.app import create_app
from service.operations import throttle
from tests import settings
from tests.factories import PASSWORD, World, email_of
from tests.pages.conftest import Visitor
from tests.second_step import code_of, shown_code

Enter = Callable[..., Visitor]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-17T09:00:00Z", tick=False) as moving:
        yield moving


@pytest.fixture
def db(sqlite_db: str) -> str:
    """One kind of database: the statements of their own are tested with the operations."""
    return sqlite_db


def ask(visitor: Visitor, post: str = "cdas_agent", suite: str = "") -> str:
    """The page after a right password."""
    typed = {"email": email_of(post), "password": PASSWORD}
    return visitor.post(f"/connexion{suite}", typed).text


def test_between_password_and_code_nothing_opens(visitor: Visitor) -> None:
    page = ask(visitor, suite="?suite=/demandes")
    assert "Votre code de connexion" in page
    assert not visitor.is_in()
    assert visitor.get("/demandes").status_code == 302
    assert "Votre code de connexion" in visitor.get("/connexion/code").text, "the page can be read again"
    wrong = visitor.post("/connexion/code?suite=/demandes", {"code": "000000"})
    assert wrong.status_code == 422
    assert "Ce code n’est pas reconnu." in wrong.text
    entered = visitor.post("/connexion/code?suite=/demandes", {"code": shown_code(page) or ""})
    assert (entered.status_code, entered.location) == (303, "/demandes")
    assert visitor.is_in()
    again = visitor.post("/connexion/code", {"code": code_of(email_of("cdas_agent"))})
    assert again.status_code == 401, "a begun login serves once"


def test_a_code_without_a_password_opens_nothing(visitor: Visitor) -> None:
    assert visitor.get("/connexion/code").location == "/connexion"
    for path in ("/connexion/code", "/connexion/telephone"):
        answer = visitor.post(path, {"code": code_of(email_of("cdas_agent"))})
        assert answer.status_code == 401
        assert "donnez de nouveau votre adresse et votre mot de passe" in answer.text


def test_too_many_codes_wait(visitor: Visitor) -> None:
    moment = clock.now()
    with clock.driven(lambda: moment):
        page = ask(visitor)
        for _ in range(throttle.FREE_TRIES):
            assert visitor.post("/connexion/code", {"code": "000000"}).status_code == 422
        waits = visitor.post("/connexion/code", {"code": shown_code(page) or ""})
    assert (waits.status_code, waits.headers["Retry-After"]) == (429, "30")


def test_the_first_login_shows_a_drawing_a_key_and_then_the_codes_once(app: Flask, logged_in: Enter) -> None:
    """The drawing obeys the policy: no style, no script, nothing from elsewhere."""
    admin = logged_in("admin")
    typed = {"email": "neuve@test.example", "name": "Démo-Neuve", "unit": "cdas-redon", "role": "cdas_agent"}
    made = admin.post("/comptes/inviter", typed).text
    link = re.search(r"/invitation/[\w-]+", made)
    assert link is not None
    newcomer = Visitor(app)
    newcomer.post(link[0], {"password": PASSWORD})
    page = newcomer.post("/connexion", {"email": "neuve@test.example", "password": PASSWORD})
    drawing = BeautifulSoup(page.text, "html.parser").select_one(".qr svg")
    assert drawing is not None
    assert not re.search(r"style|script|href", str(drawing))
    key = BeautifulSoup(page.text, "html.parser").select_one(".key")
    assert key is not None
    assert re.fullmatch(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", key.text)
    codes = newcomer.give_code(page).text
    assert len(set(re.findall(r"<li><code>(\w{4}-\w{4}-\w{4})</code>", codes))) == 10
    assert newcomer.is_in()
    assert "il vous reste 10 codes de secours" in newcomer.get("/compte").text.lower()


def test_what_was_typed_travels_through_password_and_code(
    logged_in: Enter, travel: time_machine.Traveller
) -> None:
    """The session has ended for good: both steps carry the form, and bring it back."""
    visitor = logged_in("caf_ts")
    token = visitor.token()
    travel.shift(timedelta(hours=13))
    interrupted = visitor.post(
        "/compte/jetons/nouveau", {"label": "Un essai écrit", "days": "30"}, token=token
    )
    carried = {
        str(one["name"]): str(one["value"])
        for one in BeautifulSoup(interrupted.text, "html.parser").select("main form input[name^=kept]")
    }
    assert "Un essai écrit" not in interrupted.text
    asked = visitor.post("/connexion", {**carried, "email": email_of("caf_ts"), "password": PASSWORD})
    back = visitor.give_code(asked)
    assert "Rien n’a encore été envoyé." in back.text
    assert "Un essai écrit" in back.text


def test_the_idle_lock_opens_by_the_password_alone_and_says_so(
    logged_in: Enter, travel: time_machine.Traveller
) -> None:
    browser = logged_in("cdas_agent")
    travel.shift(timedelta(minutes=21))
    page = browser.get(browser.get("/demandes").location or "").text
    assert "Votre mot de passe suffit" in page
    assert f'value="{email_of("cdas_agent")}"' in page
    entered = browser.post("/connexion", {"email": email_of("cdas_agent"), "password": PASSWORD})
    assert (entered.status_code, entered.location) == (303, "/")
    travel.shift(timedelta(hours=10))
    assert "Votre mot de passe suffit" not in browser.get("/connexion").text
    assert "Votre code de connexion" in ask(browser)


def test_one_s_connections_are_told_apart_and_end_at_once(db: str, logged_in: Enter) -> None:
    """The other browser, served by another process, is refused at its next request."""
    here, other = logged_in("caf_lead"), Visitor(create_app(settings.config(db)))
    other.client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    assert other.log_in(email_of("caf_lead")).status_code == 303
    page = here.get("/compte").text
    assert "Firefox sur Windows" in page
    ends = re.findall(r"/compte/sessions/[0-9a-f-]{36}/terminer", page)
    assert len(ends) == 1
    assert here.post(ends[0]).status_code == 303
    assert (here.is_in(), other.is_in()) == (True, False)


def test_the_code_is_shown_in_the_demonstration_alone(db: str, world: World) -> None:
    """Outside it the same accounts, invented as they are, show nothing, at either step."""
    real = create_app(settings.config(db, DEMONSTRATION="0", PUBLIC_URL="https://relais.example"))
    browser, at = real.test_client(), {"base_url": "https://relais.example"}

    def send(path: str, page: str, **typed: str) -> str:
        token = BeautifulSoup(page, "html.parser").select_one("[name=csrf_token]")
        assert token is not None
        return browser.post(path, data={"csrf_token": str(token["value"]), **typed}, **at).text

    page = browser.get("/connexion", **at).text
    asked = send("/connexion", page, email=email_of("cdas_agent"), password=PASSWORD)
    assert "Votre code de connexion" in asked
    code = code_of(email_of("cdas_agent"))
    for shown in (
        asked,
        browser.get("/connexion/code", **at).text,
        send("/connexion/code", asked, code="000000"),
    ):
        assert "Démonstration" not in shown
        assert shown_code(shown) is None
        assert code not in shown
    send("/connexion/code", asked, code=code)
    assert browser.get("/compte", **at).status_code == 200


def test_a_telephone_is_changed_and_reset_from_the_pages(logged_in: Enter, world: World) -> None:
    person, head = logged_in("cdas_agent"), logged_in("cdas_head")
    assert "Changer de téléphone" in person.get("/compte/second-facteur").text
    code = code_of(email_of("cdas_agent"))
    refused = person.post("/compte/second-facteur/codes", {"current_password": "non", "code": code})
    assert (refused.status_code, "Ce n’est pas votre mot de passe" in refused.text) == (422, True)
    made = person.post("/compte/second-facteur/codes", {"current_password": PASSWORD, "code": code}).text
    recovery = re.findall(r"<li><code>(\w{4}-\w{4}-\w{4})</code>", made)
    proof = {"current_password": PASSWORD, "code": recovery[0]}
    changing = person.post("/compte/second-facteur/telephone", proof)
    assert (changing.status_code, changing.location) == (303, "/connexion/code")
    assert not person.is_in()
    assert "Vos codes de secours" in person.give_code(person.get("/connexion/code")).text
    place = f"/comptes/{world.cdas_agent.account_id}"
    assert head.post(f"{place}/reinitialiser-le-second-facteur").location == place
    assert not person.is_in()
    assert "réinitialiser-le" not in head.get(place).text
    assert "Enregistrer votre téléphone" in ask(person)
