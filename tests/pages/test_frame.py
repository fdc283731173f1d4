"""The frame around every page: the door, the headers, the refusals, what stays possible when something is missing."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.views import MethodView
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy.exc import OperationalError

from service import database, migrate
from service.app import LARGEST_BODY, create_app, flask_settings
from service.database import transaction
from service.errors import (
    GuardRefused,
    InvalidInput,
    NotVisible,
    Refusal,
    StaleVersion,
    TooLarge,
    TooManyAttempts,
    WrongState,
)
from service.operations import tokens
from service.permissions import HOLDERS, Permission, Role
from service.routes import guard, health, limits
from service.routes.guard import requires
from service.routes.pages.navigation import ENTRIES, IN_THE_BAR
from tests import settings as test_settings
from tests.cost import statements, weight
from tests.factories import World, seeded_world
from tests.pages.conftest import Visitor

Enter = Callable[..., Visitor]
MOST_STATEMENTS, HEAVIEST = 20, 100_000
STEPS = {"/connexion/code", "/connexion/telephone"}
"""Public, but nobody is there who has not given a password."""

HTTPS = {
    "DEMONSTRATION": "0",
    "PUBLIC_URL": "https://relais.example",
}
SECURE = {"base_url": "https://relais.example"}


def bare(url: str = "sqlite:///absent.sqlite3", **changes: str) -> Flask:
    return create_app(test_settings.config(url, **changes))


# ---------------------------------------------------------------- declared permissions
def test_every_route_declares_its_permission() -> None:
    app = bare()
    guard.expect_all_declared(app)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= {"static", "health.alive", "pages.login"}


def _forgotten_view(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "")


def _forgotten_method(app: Flask) -> None:
    class Half(MethodView):
        @requires(Permission.PUBLIC)
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    app.add_url_rule("/half", view_func=Half.as_view("half"))


def _forgotten_in_smorest(app: Flask) -> None:
    app.config |= {"API_TITLE": "x", "API_VERSION": "x", "OPENAPI_VERSION": "3.1.0"}
    part = ApiBlueprint("part", __name__)

    @part.route("/api/forgotten")
    class Forgotten(MethodView):
        @part.response(200)
        def get(self) -> dict[str, str]:
            return {}

    Api(app).register_blueprint(part)


@pytest.mark.parametrize("forget", [_forgotten_view, _forgotten_method, _forgotten_in_smorest])
def test_a_route_without_permission_stops_the_start(forget: Callable[[Flask], None]) -> None:
    app = bare()
    forget(app)
    with pytest.raises(RuntimeError, match="without a declared permission"):
        guard.expect_all_declared(app)


def test_a_method_view_is_judged_method_by_method(sqlite_db: str) -> None:
    app = bare(sqlite_db)

    @requires(Permission.PUBLIC)
    class Mixed(MethodView):
        def get(self) -> str:
            return "seen"

        @requires(Permission.LOGGED_IN)
        def post(self) -> str:
            return "done"

    app.add_url_rule("/mixed", view_func=Mixed.as_view("mixed"))
    guard.expect_all_declared(app)
    client = app.test_client()
    assert client.get("/mixed").text == "seen"
    assert client.post("/mixed").status_code == 401


def test_every_page_is_open_to_the_roles_that_hold_its_permission(app: Flask, logged_in: Enter) -> None:
    """The whole table of routes without parameters × every role, and a stranger; and none costs more than it may."""
    for rule, permission in _plain_pages(app):
        answer = Visitor(app).get(rule)
        public = permission is Permission.PUBLIC and rule not in STEPS
        assert answer.status_code == (200 if public else 302), rule
    for role in Role:
        browser = logged_in(role.value)
        for rule, permission in _plain_pages(app):
            with statements() as sent:
                answer = browser.get(rule)
            allowed = permission is Permission.PUBLIC or role in HOLDERS[permission]
            assert (answer.status_code == 403) is not allowed, f"{role} {rule} {answer.status_code}"
            assert answer.status_code < 500, f"{role} {rule}"
            assert len(sent) <= MOST_STATEMENTS, f"{role} {rule} {len(sent)}"
            assert weight(answer.data) <= HEAVIEST, f"{role} {rule} {weight(answer.data)}"


def _plain_pages(app: Flask) -> list[tuple[str, Permission]]:
    return [
        (rule.rule, vars(app.view_functions[rule.endpoint])["relais_permission"])
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.arguments and rule.endpoint.startswith("pages.")
        if not rule.rule.startswith("/connexion/proconnect")  # absent where it is not configured
    ]


def test_the_menu_leads_only_where_one_may_go(logged_in: Enter) -> None:
    for role in Role:
        browser = logged_in(role.value)
        menu = re.search(r'<nav class="nav".*?</nav>', browser.get("/compte").text, re.DOTALL)
        for url in re.findall(r'href="([^"]+)"', menu[0] if menu else ""):
            assert browser.get(url).status_code == 200, f"{role} {url}"


def test_the_bar_of_the_menu_stays_short_and_the_rest_is_under_plus(logged_in: Enter) -> None:
    for role in Role:
        found = re.search(r'<nav class="nav".*?</nav>', logged_in(role.value).get("/compte").text, re.DOTALL)
        assert found is not None, role
        bar = re.sub(r"<details.*?</details>", "", found[0], flags=re.DOTALL)
        assert 1 <= bar.count("<a ") <= IN_THE_BAR, role


def test_a_double_sign_never_stands_alone_on_a_line(logged_in: Enter) -> None:
    """French keeps the space before « ? » and inside guillemets; browsers fold at a plain one."""
    browser = logged_in("cdas_agent")
    for path in ("/que-se-passe-t-il", "/signaler", "/modeles-de-reponse/nouveau"):
        page = browser.get(path).text
        assert "\N{NO-BREAK SPACE}?" in page
        assert re.findall(r".{20} [:;?!»]|« .{20}", re.sub(r"<[^>]+>", "", page)) == []


def test_plus_says_that_the_present_page_is_in_it(logged_in: Enter) -> None:
    page = logged_in("cdas_agent").get("/courriers").text
    assert re.search(
        r'<summary class="here">Plus<span class="hidden-visually">, page ouverte\N{NO-BREAK SPACE}: Courriers',
        page,
    )


def test_the_demonstration_s_outbox_is_in_no_menu_outside_it() -> None:
    assert [entry.endpoint for entry in ENTRIES if entry.only_in_demonstration] == ["pages.outbox"]


def test_what_only_the_demonstration_shows_is_absent_elsewhere(sqlite_db: str) -> None:
    app = bare(sqlite_db, **HTTPS)
    app.add_url_rule(
        "/shown", "shown", requires(Permission.READ_OUTBOX_OF_DEMONSTRATION)(lambda: "the mails")
    )
    assert app.test_client().get("/shown", **SECURE).status_code == 404


def test_options_and_trace_are_not_answered(visitor: Visitor) -> None:
    for method in ("OPTIONS", "TRACE", "PUT", "DELETE"):
        answer = visitor.client.open("/connexion", method=method)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


# ---------------------------------------------------------------- hosts, bodies, headers
@pytest.mark.parametrize(
    "host", ["evil.example", "relais.example.evil.example", "127.0.0.1.evil.example", ""]
)
@pytest.mark.parametrize("path", ["/connexion", "/healthz", "/nowhere"])
def test_an_unknown_host_is_refused_before_anything(host: str, path: str) -> None:
    # The database is absent: a statement would fail.
    answer = bare().test_client().get(path, headers={"Host": host, "Cookie": "relais=x"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_forwarded_headers_are_believed_from_the_configured_number_of_proxies_only() -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6, 192.0.2.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
    }
    seen: list[tuple[str | None, str, str]] = []
    for count in ("0", "1"):
        app = bare(PROXY_COUNT=count)

        @requires(Permission.PUBLIC)
        def who() -> str:
            seen.append((request.remote_addr, request.scheme, request.host))
            return ""

        app.add_url_rule("/who", "who", who)
        assert app.test_client().get("/who", headers=forged).status_code == 200
    assert seen == [("127.0.0.1", "http", "localhost"), ("192.0.2.9", "https", "localhost")]


def test_a_body_beyond_the_limit_is_refused(visitor: Visitor) -> None:
    answer = visitor.client.post("/connexion", data={"csrf_token": "x", "email": "x" * 2_100_000})
    assert answer.status_code == 413
    answer = visitor.client.post(
        "/connexion",
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"CONTENT_LENGTH": str(LARGEST_BODY + 1)},
    )
    assert answer.status_code == 413
    assert "trop lourd" in answer.text


POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def test_every_answer_carries_the_headers(logged_in: Enter) -> None:
    browser = logged_in("admin")
    for path in (
        "/compte",
        "/connexion",
        "/nowhere",
        "/healthz",
        "/static/relais.css",
        "/deconnexion",
        "/api/v1/nowhere",
    ):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert set(policy.split("; ")) >= POLICY, path
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert "Strict-Transport-Security" not in headers, "over plain HTTP a browser ignores it"
        assert "Access-Control-Allow-Origin" not in headers
        assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store"), path


def test_over_tls_the_cookie_is_bound_to_the_host_and_tls_is_remembered(sqlite_db: str) -> None:
    answer = bare(sqlite_db, **HTTPS).test_client().get("/connexion", **SECURE)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-relais=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_outside_the_demonstration_no_account_is_shown(sqlite_db: str) -> None:
    page = bare(sqlite_db, **HTTPS).test_client().get("/connexion", **SECURE).text
    assert "démonstration" not in page.lower()
    assert "@demo.example" not in page


def test_the_api_is_refused_in_clear_where_people_use_tls(sqlite_db: str) -> None:
    client = bare(sqlite_db, **HTTPS).test_client()
    app = client.application
    app.add_url_rule("/api/thing", "thing", requires(Permission.PUBLIC)(lambda: "open"))
    answer = client.get("/api/thing", base_url="http://relais.example")
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert client.get("/api/thing", **SECURE).text == "open"


def test_static_files_have_an_address_for_good(app: Flask, visitor: Visitor) -> None:
    page = visitor.get("/connexion").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert any("relais.css?v=" in address for address in addresses)
    for address in addresses:
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
    assert visitor.get("/static/relais.css?v=another").headers["Cache-Control"] == "no-cache"
    assert visitor.get("/static/absent.css?v=1").headers["Cache-Control"] == "no-store"


def test_an_undefined_name_in_a_template_is_an_error(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(Exception, match="undefined"):
        app.jinja_env.from_string("{{ nobody_gave_this }}").render()


def test_templates_escape_what_people_write(app: Flask) -> None:
    names = app.jinja_env.list_templates(filter_func=lambda name: not name.startswith("emails/"))
    assert names
    escaping: Any = app.jinja_env.autoescape
    assert [name for name in names if not escaping(name)] == []


# ---------------------------------------------------------------- refusals
REFUSALS: list[tuple[Refusal, int]] = [
    (NotVisible(), 404),
    (WrongState("Déjà close.", allowed=["reopen"], rule="R-CLK-1"), 409),
    (StaleVersion("Quelqu’un est passé avant."), 409),
    (GuardRefused("Pas encore.", rule="R-UD-8"), 422),
    (InvalidInput({"amount": ["Trop grand."]}), 422),
    (TooLarge("Trop lourd."), 413),
    (TooManyAttempts("Doucement.", retry_after=90), 429),
]


@pytest.fixture
def refusing(sqlite_db: str) -> Flask:
    """Two addresses that refuse what the test says."""
    app = bare(sqlite_db)

    def refuse() -> str:
        raise app.extensions["refusal"]

    for path in ("/refused", "/api/refused"):
        app.add_url_rule(path, path, requires(Permission.PUBLIC)(lambda: refuse()))
    return app


@pytest.mark.parametrize(("refusal", "status"), REFUSALS, ids=lambda value: getattr(value, "code", ""))
def test_a_refusal_is_a_page_or_a_problem(refusing: Flask, refusal: Refusal, status: int) -> None:
    refusing.extensions["refusal"] = refusal
    client = refusing.test_client()
    page, problem = client.get("/refused"), client.get("/api/refused")
    assert (page.status_code, problem.status_code) == (status, status)
    assert page.mimetype == "text/html"
    assert refusal.detail in page.text
    assert problem.mimetype == "application/problem+json"
    body = problem.get_json()
    assert (body["status"], body["code"], body["detail"]) == (status, refusal.code, refusal.detail)
    assert body.get("rule", "") == refusal.rule
    if isinstance(refusal, InvalidInput):
        assert body["errors"] == [{"field": "amount", "message": "Trop grand."}]
        assert "Trop grand." in page.text
    if isinstance(refusal, WrongState):
        assert body["allowed"] == ["reopen"]
    if isinstance(refusal, TooManyAttempts):
        assert page.headers["Retry-After"] == problem.headers["Retry-After"] == "90"
        assert "dans 2 minutes" in page.text


def test_a_version_named_by_if_match_and_gone_is_a_412(refusing: Flask) -> None:
    refusing.extensions["refusal"] = StaleVersion("Quelqu’un est passé avant.")
    client = refusing.test_client()
    assert client.get("/api/refused", headers={"If-Match": '"3"'}).status_code == 412
    assert client.get("/refused", headers={"If-Match": '"3"'}).status_code == 409


def test_a_script_of_ours_reads_problems_too(refusing: Flask) -> None:
    refusing.extensions["refusal"] = NotVisible()
    answer = refusing.test_client().get("/refused", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/refused", "/api/refused"])
def test_a_failure_shows_nothing_of_the_inside(refusing: Flask, path: str) -> None:
    refusing.extensions["refusal"] = ZeroDivisionError("the secret is 4711")
    answer = refusing.test_client().get(path)
    assert answer.status_code == 500
    for inside in ("4711", "ZeroDivision", "Traceback", "service/"):
        assert inside not in answer.text
    assert re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.text), "a reference to quote"


def test_a_busy_database_is_a_503_and_a_missing_table_a_500(sqlite_db: str) -> None:
    app = bare(sqlite_db)

    def locked() -> str:
        raise OperationalError("UPDATE …", {}, sqlite3.OperationalError("database is locked"))

    def missing() -> str:
        with transaction() as session:
            session.connection().exec_driver_sql("SELECT 1 FROM no_such_table")
        return ""

    app.add_url_rule("/locked", "locked", requires(Permission.PUBLIC)(locked), methods=["GET", "POST"])
    app.add_url_rule("/missing", "missing", requires(Permission.PUBLIC)(missing))
    client = app.test_client()
    assert client.get("/missing").status_code == 500
    answer = client.get("/locked")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "occupé" in answer.text
    assert "UPDATE" not in answer.text
    assert "enregistré" not in answer.text, "nothing was sent"
    browser = Visitor(app)
    words = "Un texte assez long pour être rendu à qui l’a écrit."
    sent = browser.post("/locked", {"text": words}).text
    assert words in sent
    assert "peut-être enregistré" in sent
    assert "Rien de ceci" not in sent, "nobody can tell"
    elsewhere = browser.client.post(
        "/locked", data={"text": words}, headers={"Sec-Fetch-Site": "cross-site"}
    ).text
    assert words not in elsewhere, "what another site makes somebody send is not shown as theirs"


@pytest.mark.postgresql
def test_a_database_that_is_gone_is_a_503_for_people_inside(durable_cluster: Any, key_ring: object) -> None:
    """The page that says so must not need the database."""
    url = durable_cluster.create("gone")
    migrate.upgrade(url)
    database.configure(url)
    with transaction() as session:
        seeded_world(session)
    browser = Visitor(bare(url))
    assert browser.log_in("admin@test.example").status_code == 303
    durable_cluster.pg_ctl("stop", "-m", "immediate")
    answer = browser.get("/compte")
    assert answer.status_code == 503
    assert "occupé" in answer.text
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code == 503
    durable_cluster.pg_ctl(
        "start",
        "-l",
        str(durable_cluster.folder / "log"),
        "-o",
        f"-c listen_addresses= -c unix_socket_directories={durable_cluster.folder}",
    )
    assert browser.get("/compte").status_code == 200


def test_long_texts_of_a_refused_form_are_given_back(refusing: Flask) -> None:
    app = refusing

    def refuse() -> str:
        raise GuardRefused("Pas encore.")

    app.add_url_rule("/form", "form", requires(Permission.PUBLIC)(refuse), methods=["POST"])
    browser = Visitor(app)
    said = "La famille a tout expliqué <b>deux</b> fois au téléphone."
    answer = browser.post("/form", {"text": said, "password": "un secret assez long pour être long"})
    assert answer.status_code == 422
    assert "La famille a tout expliqué &lt;b&gt;deux" in answer.text
    assert "un secret" not in answer.text


# ---------------------------------------------------------------- health, limits, cost
def test_health_needs_no_database() -> None:
    answer = bare().test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_ready_when_the_tables_are_of_this_version_or_of_a_later_one(app: Flask, db: str) -> None:
    """Servers are brought up to date one after the other, after the tables."""
    client = app.test_client()
    assert (client.get("/readyz").status_code, client.get("/readyz").get_json()) == (200, {"status": "ok"})
    for version, status in (("0017", 503), ("of a later version", 200)):
        with database.engine().begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
        assert client.get("/readyz").status_code == status, version


def test_who_is_about_to_stop_asks_for_no_new_requests(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(app.extensions, health.DRAIN_FILE, tmp_path / "draining")
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    (tmp_path / "draining").touch()
    assert (client.get("/readyz").status_code, client.get("/readyz").get_json()) == (
        503,
        {"status": "draining"},
    )
    assert client.get("/healthz").status_code == 200
    assert client.get("/connexion").status_code == 200, "what comes all the same is answered"


def test_the_general_limit_says_when_to_come_back(sqlite_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_ADDRESS", "3 per minute")
    browser = Visitor(bare(sqlite_db))
    answers = [browser.get("/connexion") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "Vous pourrez recommencer dans" in answers[-1].text
    assert browser.get("/healthz").status_code == 200, "the machines that watch are not counted"
    assert browser.get("/static/relais.css").status_code == 200


def test_recognising_a_session_costs_one_statement(logged_in: Enter, own_app: Flask) -> None:
    own_app.add_url_rule("/bare", "bare", requires(Permission.LOGGED_IN)(lambda: "in"))
    browser = logged_in("cdas_agent")
    with statements() as sent:
        assert browser.get("/bare").text == "in"
    assert len(sent) == 1


# ---------------------------------------------------------------- programs
def _echo(app: Flask) -> None:
    @requires(Permission.LOGGED_IN)
    def echo() -> dict[str, str]:
        return {"actor": str(guard.present_actor().account_id)}

    app.add_url_rule("/api/echo", "echo", echo, methods=["GET", "POST"])


def test_a_program_enters_by_its_token(own_app: Flask, world: World) -> None:
    _echo(own_app)
    bearer = {"Authorization": f"Bearer {tokens.create(world.caf_agent, 'essai')}"}
    for method in ("GET", "POST"):
        answer = own_app.test_client().open("/api/echo", method=method, headers=bearer)
        assert answer.get_json() == {"actor": str(world.caf_agent.account_id)}


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer relais_x", "Basic eDp5", "relais_x"])
def test_without_a_living_token_a_program_is_told_what_to_bring(
    own_app: Flask, world: World, header: str
) -> None:
    _echo(own_app)
    answer = own_app.test_client().get("/api/echo", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Set-Cookie" not in answer.headers


def test_a_browser_s_session_opens_nothing_on_the_api(own_app: Flask, logged_in: Enter) -> None:
    """So no other site can use it there, and the API needs no anti-forgery token."""
    _echo(own_app)
    browser = logged_in("cdas_agent")
    assert browser.get("/api/echo").status_code == 401
    assert browser.post("/api/echo").status_code == 401


def test_no_module_of_the_pages_starts_a_session_of_its_own() -> None:
    """The set of doors is known: one route logs in."""
    sources = Path("service").rglob("*.py")
    assert [path.as_posix() for path in sources if "login_user(" in path.read_text(encoding="utf-8")] == [
        "service/routes/pages/entering.py"
    ]


def test_cookies_only_carry_what_flask_settings_say() -> None:
    settings = flask_settings(test_settings.config())
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_the_frame_takes_no_name_that_a_page_may_use() -> None:
    """What the frame sets is seen by every page’s blocks: a page that is given the same name would read the frame’s."""
    frame = (Path(__file__).parents[2] / "templates" / "base.html").read_text()
    names = re.findall(r"{%-? set (\w+)", frame)
    assert names
    assert [name for name in names if not name.startswith("frame_")] == []
