"""« Se connecter » in a browser: where one lands, what is not lost, what no other site can do."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from service.database import reading
from service.models import LoginSession
from service.operations import throttle
from service.permissions import HOLDERS, Permission, Role
from service.routes.guard import refilling, refills, requires
from service.routes.pages.own_address import endpoint_at
from tests.factories import PASSWORD, World, email_of
from tests.pages.conftest import Visitor

Enter = Callable[..., Visitor]
Lines = Callable[[], list[dict[str, Any]]]
SAID = "La famille a rappelé <deux> fois, « sans réponse »."


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-11-17T09:00:00Z", tick=False) as moving:
        yield moving


@pytest.fixture
def form_app(own_app: Flask) -> tuple[Flask, list[dict[str, str]]]:
    """The application with two forms: one shows itself filled again, the other acts as soon as it is sent."""
    acted: list[dict[str, str]] = []

    @requires(Permission.LOGGED_IN)
    @refills
    def filled() -> str:
        if refilling():
            return f"filled with {request.form['text']}"
        acted.append(request.form.to_dict())
        return "done"

    @requires(Permission.LOGGED_IN)
    def direct() -> str:
        acted.append(request.form.to_dict())
        return "done"

    own_app.add_url_rule("/filled", "pages.filled", filled, methods=["POST"])
    own_app.add_url_rule("/direct", "pages.direct", direct, methods=["POST"])
    return own_app, acted


def hidden(page: str) -> dict[str, str]:
    """The hidden inputs of the form of the page's main part."""
    main = page[page.index("<main") :]
    form = main[main.index("<form") : main.index("</form>")]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return {unescape(name): unescape(value) for name, value in found}


def living() -> int:
    with reading() as session:
        return session.scalar(select(func.count(LoginSession.id))) or 0


# ---------------------------------------------------------------- in and out
def test_a_stranger_is_led_to_the_login_page_and_back(visitor: Visitor) -> None:
    answer = visitor.get("/compte")
    assert (answer.status_code, answer.location) == (302, "/connexion?suite=/compte")
    assert visitor.get("/").location == "/connexion"
    page = visitor.get(answer.location).text
    action = re.search(r'<form class="card form" method="post" action="([^"]+)"', page)
    assert action is not None
    entered = visitor.post(action[1], {"email": email_of("auditor"), "password": PASSWORD})
    assert (entered.status_code, entered.location) == (303, "/compte")
    assert visitor.get("/compte").status_code == 200
    assert visitor.get("/connexion").location == "/"


def test_a_wrong_password_shows_the_form_again_with_the_address(visitor: Visitor) -> None:
    answer = visitor.log_in(email_of("admin"), "pas le bon du tout")
    assert answer.status_code == 401
    assert "L’adresse ou le mot de passe n’est pas reconnu." in answer.text
    assert f'value="{email_of("admin")}"' in answer.text
    assert "pas le bon" not in answer.text
    assert not visitor.is_in()


def test_an_empty_form_says_what_is_missing(visitor: Visitor) -> None:
    answer = visitor.log_in("", "")
    assert answer.status_code == 422
    assert answer.text.count("Cette réponse manque.") == 4, "at the head of the form and beside each field"


def test_after_too_many_failures_the_page_says_when(visitor: Visitor, travel: time_machine.Traveller) -> None:
    for _ in range(throttle.FREE_TRIES):
        visitor.log_in(email_of("admin"), "pas le bon du tout")
    answer = visitor.log_in(email_of("admin"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "dans 30 secondes" in answer.text
    travel.shift(30)
    assert visitor.log_in(email_of("admin")).status_code == 303


def test_the_session_is_another_one_after_login(app: Flask, visitor: Visitor) -> None:
    """Fixation: what an attacker planted before the login opens nothing after it."""
    visitor.get("/connexion")
    planted = visitor.cookie()
    visitor.log_in(email_of("admin"))
    assert visitor.cookie() != planted
    attacker = Visitor(app)
    attacker.client.set_cookie("relais", planted or "")
    assert not attacker.is_in()


def test_the_cookie_holds_a_random_value_and_nothing_about_the_person(
    app: Flask, logged_in: Enter, world: World
) -> None:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    held = serializer.loads(logged_in("admin").cookie() or "")
    assert set(held) <= {"_user_id", "_fresh", "_id", "csrf_token", "owner"}
    account_id = str(world.admin.account_id)
    assert account_id not in str(held)
    assert len(held["_user_id"]) >= 43
    stranger = Visitor(app)
    stranger.get("/connexion")
    assert set(serializer.loads(stranger.cookie() or "")) == {"csrf_token"}


def test_leaving_ends_the_session_for_a_copied_cookie_too(app: Flask, logged_in: Enter) -> None:
    browser = logged_in("admin")
    thief = Visitor(app)
    thief.client.set_cookie("relais", browser.cookie() or "")
    assert thief.is_in()
    answer = browser.post("/deconnexion")
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Vous êtes déconnecté." in browser.get("/connexion").text
    assert not thief.is_in()
    assert not browser.is_in()
    assert living() == 0


def test_leaving_by_a_link_is_not_possible(logged_in: Enter) -> None:
    browser = logged_in("admin")
    assert browser.get("/deconnexion").status_code == 405
    assert browser.is_in()


def test_every_page_says_how_to_leave(logged_in: Enter) -> None:
    assert 'action="/deconnexion"' in logged_in("admin").get("/nowhere").text


# ---------------------------------------------------------------- addresses
HOSTILE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/%09/evil.example/..",
    "https:evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "http://127.0.0.1@evil.example/compte",
    "/compte\r\nSet-Cookie: a=b",
    "/compte\nLocation: https://evil.example",
    "/compte\x00",
    "/compte ",
    " /compte",
    "compte",
    "?suite=/compte",
    "#",
    "/．evil.example",
    "/\u2028/evil.example",
    "/compte\u202e",
    "/nowhere",
    "/comptes/../../evil",
    "/deconnexion",
    "/static",
    "/" + "x" * 600,
    "",
]


def test_login_never_leads_elsewhere(visitor: Visitor) -> None:
    """Open redirect: only a page of ours is followed."""
    for wanted in HOSTILE:
        answer = visitor.client.post(
            "/connexion",
            query_string={"suite": wanted},
            data={"csrf_token": visitor.token(), "email": email_of("auditor"), "password": PASSWORD},
        )
        assert (answer.status_code, answer.location) == (303, "/"), repr(wanted)
        visitor.post("/deconnexion")


@pytest.mark.parametrize("address", ["/compte", "/comptes?service=cdas-redon", "/"])
def test_a_page_of_ours_is_an_own_address(app: Flask, address: str) -> None:
    with app.test_request_context():
        assert endpoint_at(address)


# ---------------------------------------------------------------- other sites
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/connexion", "/deconnexion", "/compte/sessions/terminer-les-autres"])
def test_a_form_of_another_site_does_nothing(logged_in: Enter, headers: dict[str, str], path: str) -> None:
    browser = logged_in("admin")
    answer = browser.post(path, {"email": "x", "password": "y"}, **headers)
    assert answer.status_code == 403
    assert browser.is_in()


@pytest.mark.parametrize("kind", ["missing", "invented", "of somebody else"])
def test_a_form_without_its_token_does_nothing(app: Flask, logged_in: Enter, kind: str) -> None:
    posts = ("cdas_head", "caf_lead", "caf_head", "admin", "steering", "si_referent")
    browsers = {Role(post): logged_in(post) for post in posts}
    token = {"missing": "", "invented": "x.y.z", "of somebody else": logged_in("auditor").token()}[kind]
    for path, permission in _forms(app):
        holder = next(
            role for role in browsers if permission is Permission.PUBLIC or role in HOLDERS[permission]
        )
        assert browsers[holder].post(path, token=token).status_code == 400, path
    assert all(browser.is_in() for browser in browsers.values())


def _forms(app: Flask) -> list[tuple[str, Permission]]:
    """Every page address without parameters that takes a form, and what it asks for."""
    return [
        (rule.rule, vars(app.view_functions[rule.endpoint])["relais_permission"])
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and not rule.arguments and rule.endpoint.startswith("pages.")
    ]


# ---------------------------------------------------------------- what was typed is not lost
def test_an_ended_session_loses_nothing_of_a_form(
    form_app: tuple[Flask, list[dict[str, str]]], logged_in: Enter, travel: time_machine.Traveller
) -> None:
    _, acted = form_app
    browser = logged_in("cdas_agent")
    token = browser.token()
    travel.shift(timedelta(minutes=21))
    typed = {"text": SAID, "benefit": "rsa", "my_password": "trop secret pour voyager"}
    interrupted = browser.post("/filled", typed, token=token)
    assert interrupted.status_code == 401
    assert "Votre session est terminée" in interrupted.text
    assert acted == []
    carried = hidden(interrupted.text)
    assert SAID not in interrupted.text, "sealed for its author, in the page's source too"
    assert "trop secret" not in interrupted.text
    wrong = browser.post("/connexion", {**carried, "email": email_of("cdas_agent"), "password": "non"})
    assert hidden(wrong.text)["kept"] == carried["kept"], (
        "a typing error in the password loses nothing either"
    )
    back = browser.post(
        "/connexion", {**hidden(wrong.text), "email": email_of("cdas_agent"), "password": PASSWORD}
    )
    assert back.status_code == 200
    assert "Rien n’a encore été envoyé" in back.text
    assert acted == [], "no automatic submission"
    again = hidden(back.text)
    assert (again["text"], again["benefit"]) == (SAID, "rsa")
    assert 'action="/filled"' in back.text
    shown = browser.post("/filled", {**again, "_refill": "1"})
    assert shown.text == f"filled with {SAID}"
    assert acted == []


def test_another_account_on_the_same_browser_never_reads_what_was_typed(
    form_app: tuple[Flask, list[dict[str, str]]], logged_in: Enter, travel: time_machine.Traveller
) -> None:
    browser = logged_in("cdas_agent")
    token = browser.token()
    travel.shift(timedelta(minutes=21))
    carried = hidden(browser.post("/filled", {"text": SAID}, token=token).text)
    other = browser.log_in(email_of("other_cdas_agent"), kept=carried["kept"])
    assert (other.status_code, other.location) == (303, "/")
    browser.post("/deconnexion")
    stale = browser.post("/filled", {"text": SAID})
    assert stale.status_code == 401
    assert "kept" not in hidden(stale.text), "who has left is not known any more"


def test_a_form_that_can_not_show_itself_again_is_sent_by_its_author(
    form_app: tuple[Flask, list[dict[str, str]]], logged_in: Enter, travel: time_machine.Traveller
) -> None:
    _, acted = form_app
    browser = logged_in("cdas_agent")
    token = browser.token()
    travel.shift(timedelta(minutes=21))
    carried = hidden(browser.post("/direct", {"text": SAID}, token=token).text)
    back = browser.post("/connexion", {**carried, "email": email_of("cdas_agent"), "password": PASSWORD})
    assert "La famille a rappelé &lt;deux&gt; fois" in back.text, "readable, to be copied"
    assert browser.post("/direct", hidden(back.text)).text == "done"
    assert acted[0]["text"] == SAID


def test_files_are_named_to_be_joined_again(
    form_app: tuple[Flask, list[dict[str, str]]], logged_in: Enter, travel: time_machine.Traveller
) -> None:
    browser = logged_in("cdas_agent")
    token = browser.token()
    travel.shift(timedelta(minutes=21))
    sent = {"csrf_token": token, "text": SAID, "piece": (BytesIO(b"%PDF"), "avis & échéance.pdf")}
    interrupted = browser.client.post("/filled", data=sent)
    back = browser.post(
        "/connexion", {**hidden(interrupted.text), "email": email_of("cdas_agent"), "password": PASSWORD}
    )
    assert "à joindre de nouveau" in back.text
    assert "avis &amp; échéance.pdf" in back.text


def test_a_stale_token_in_a_living_session_gives_the_form_back(
    form_app: tuple[Flask, list[dict[str, str]]], logged_in: Enter
) -> None:
    _, acted = form_app
    browser = logged_in("cdas_agent")
    answer = browser.post("/filled", {"text": SAID}, token="of yesterday")
    assert answer.status_code == 400
    assert hidden(answer.text)["text"] == SAID
    assert acted == []
    assert browser.post("/filled", hidden(answer.text)).text == "done"


def test_another_site_can_not_put_words_into_the_form(
    form_app: tuple[Flask, list[dict[str, str]]], visitor: Visitor
) -> None:
    answer = visitor.post("/filled", {"text": "planted words"}, Origin="https://evil.example")
    assert "planted" not in answer.text
    forged = {"kept": "cGxhbnRlZCB3b3Jkcw=="}
    entered = visitor.log_in(email_of("cdas_agent"), **forged)
    assert (entered.status_code, entered.location) == (303, "/")


def test_a_script_s_request_learns_that_the_session_ended(
    form_app: tuple[Flask, list[dict[str, str]]], visitor: Visitor
) -> None:
    answer = visitor.post("/filled", {"text": SAID}, Accept="application/json")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_fragment_that_refreshes_itself_does_not_keep_the_session_awake(
    logged_in: Enter, travel: time_machine.Traveller
) -> None:
    browser = logged_in("cdas_agent")
    for _ in range(20):
        travel.shift(timedelta(minutes=1))
        browser.get("/compte", Sec_Fetch_Dest="empty")
    assert not browser.is_in()


# ---------------------------------------------------------------- the demonstration's accounts, the log
def test_the_demonstration_shows_one_account_per_role(visitor: Visitor) -> None:
    page = visitor.get("/connexion").text
    assert "Essayer un rôle" in page
    assert page.count('class="role"') == 11


def test_the_log_tells_logins_and_refusals_without_a_word_typed(
    visitor: Visitor, world: World, written: Lines
) -> None:
    visitor.log_in(email_of("admin"), "Canari pas le bon")
    visitor.log_in("canari@test.example", "Canari pas le bon")
    visitor.log_in(email_of("admin"))
    visitor.post("/deconnexion")
    lines = written()
    events = [line["event"] for line in lines]
    assert events.count("login.refused") == 2
    assert events.count("login.succeeded") == 1
    succeeded = next(line for line in lines if line["event"] == "login.succeeded")
    assert succeeded["account_id"] == str(world.admin.account_id)
    everything = str(lines).lower()
    assert "canari" not in everything
    assert email_of("admin") not in everything
    assert PASSWORD not in everything
    routes = {line.get("route") for line in lines if line["event"] == "request"}
    assert "/connexion" in routes


def test_a_control_character_in_the_address_is_one_more_unknown_address(visitor: Visitor) -> None:
    for email in ("\0", "caf-agent\0@nowhere.example"):
        assert visitor.log_in(email).status_code == 401
