"""What a machine that searches for holes finds: nothing, on any route, with the same headers everywhere."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from service.routes.headers import ALWAYS
from service.routes.pages.own_address import endpoint_at
from tests.factories import World
from tests.pages.conftest import Visitor
from tests.pages.test_login import HOSTILE

HOSTILE_ADDRESSES = [
    *HOSTILE,
    "//evil.example/%2e%2e",
    "////evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/.evil.example",
    "//evil.example@relais.example",
    "//relais.example@evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:///evil.example/compte",
    "HTTPS://EVIL.EXAMPLE",
    "//[::1]/compte",
    "//127.0.0.1:8000@evil.example/compte",
    "//evil.example:80/compte",
    "ftp://evil.example/compte",
    "file:///etc/passwd",
    "vbscript:msgbox(1)",
    "java\tscript:alert(1)",
    "\x00//evil.example",
    "\x0b//evil.example",
    "\u00a0//evil.example",
    "\ufeff//evil.example",
    "//ｅvil.example",
    "/compte\\..\\..\\evil",
    "/compte%0d%0aSet-Cookie:a=b/..",
    "/compte\u2029",
    "/compte\x7f",
    "/é",
    "/api/v1/../../evil",
    "/connexion/proconnect",
    "mailto:a@evil.example",
    "compte//evil.example",
    "../compte",
]

PROBES = """
/.env /.env.local /.env.bak /.git/config /.git/HEAD /.svn/entries /.hg/hgrc /.DS_Store /.htaccess /.htpasswd
/.ssh/id_rsa /.aws/credentials /.npmrc /.dockerenv /Dockerfile /docker-compose.yml /wp-login.php /wp-admin/
/wp-config.php /xmlrpc.php /wp-content/plugins/ /wp-json/wp/v2/users /administrator/ /admin /admin/
/admin/login /admin.php /login /login.php /signin /user/login /users /phpmyadmin/ /pma/ /mysql/ /adminer.php
/phpinfo.php /info.php /index.php /test.php /shell.php /cmd.php /cgi-bin/test.cgi /cgi-bin/luci
/server-status /server-info /nginx_status /status /metrics /debug /debug/pprof/ /console /__debug__/
/_debugbar/open /trace /actuator /actuator/env /actuator/heapdump /env /heapdump /jolokia /jmx-console/
/manager/html /solr/admin/ /struts/ /axis2/ /jenkins/ /hudson /gitlab /grafana /kibana /elasticsearch
/_cat/indices /_all_dbs /api /api/ /api/v2/ /api/v1/users /api/swagger.json /swagger-ui/ /swagger.json
/v2/api-docs /graphql /graphiql /rest/ /soap /ws /socket.io/ /telescope /horizon
/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php /static/../.env /static/%2e%2e/%2e%2e/.env
/static/..%2f..%2f.env /static//etc/passwd /static/../../service/config.py /%2e%2e/%2e%2e/etc/passwd
/..;/manager/html /etc/passwd /proc/self/environ /backup.sql /backup.zip /dump.sql /db.sqlite3
/var/relais.sqlite3 /relais.sqlite3 /requirements.lock /pyproject.toml /wsgi.py /service/config.py
/templates/base.html /migrations/ /%00 /%0d%0aSet-Cookie:x=y /owa/ /autodiscover/autodiscover.xml /ecp/
/remote/login /dana-na/ /vpn/index.html
""".split()  # noqa: SIM905

ANSWERED = {200, 302, 303, 308, 400, 401, 403, 404, 405, 415, 422, 428, 503}
"""What a stranger may get; above all not 500."""
LEAKS = ("Traceback", "werkzeug", "Werkzeug", "sqlalchemy", "site-packages", 'File "', "gunicorn", "Python/")
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Server": "evil.example",
    "Forwarded": "for=6.6.6.6;host=evil.example;proto=https",
    "X-Real-IP": "6.6.6.6",
    "X-Client-IP": "6.6.6.6",
    "X-Host": "evil.example",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "X-HTTP-Method-Override": "DELETE",
}


@pytest.fixture
def db(sqlite_db: str) -> str:
    return sqlite_db


def test_no_hostile_address_is_one_of_ours(app: Flask) -> None:
    """Open redirects: sixty ways of leading elsewhere."""
    assert len(HOSTILE_ADDRESSES) >= 60
    with app.test_request_context():
        assert [one for one in HOSTILE_ADDRESSES if endpoint_at(one) is not None] == []


def test_probes_find_nothing(app: Flask) -> None:
    """About a hundred addresses that machines try: absent, in one way, without a cookie or a word of the inside."""
    browser = Visitor(app)
    assert len(PROBES) >= 100
    for path in PROBES:
        for send in (browser.client.get, browser.client.post):
            answer = send(path)
            assert answer.status_code in {302, 308, 404, 405}, path
            assert _stays_here(answer.location), path
            assert "Set-Cookie" not in answer.headers, path
            expect_said_as_everywhere(answer, path)


def _stays_here(location: str | None) -> bool:
    return location is None or location.startswith(("/", "http://localhost/"))


def test_every_route_answers_a_stranger_with_the_headers(app: Flask, world: World) -> None:
    """Each route and method, refusals included; a cookie is only readable by this server, for this site."""
    browser = Visitor(app)
    for rule, method in _asked(app):
        path = _filled(app, rule)
        answer = browser.client.open(path, method=method)
        assert answer.status_code in ANSWERED, f"{method} {path}: {answer.status_code}"
        expect_said_as_everywhere(answer, f"{method} {path}")
        for cookie in answer.headers.getlist("Set-Cookie"):
            parts = {part.strip() for part in cookie.split(";")[1:]}
            assert parts - {"Max-Age=0", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"} == {
                "HttpOnly",
                "Path=/",
                "SameSite=Lax",
            }, path


def expect_said_as_everywhere(answer, what: str) -> None:
    """The headers of security, no name of a program, no word of the inside."""
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, f"{what}: {name}"
    assert answer.headers["Cache-Control"] in {"no-store", "no-cache"}, what
    assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers.keys()), what
    text = answer.get_data(as_text=True) if answer.mimetype.startswith(("text/html", "application")) else ""
    assert not [leak for leak in LEAKS if leak in text], what


def _asked(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"} | {"TRACE"}):
            yield rule, method


def _filled(app: Flask, rule: Rule) -> str:
    """The address with something in the place of each parameter."""
    kinds = {"UUIDConverter": UUID(int=7), "IntegerConverter": 7}
    values = {name: kinds.get(type(converter).__name__, "x") for name, converter in rule._converters.items()}
    with app.test_request_context():
        try:
            return app.url_map.bind("localhost").build(rule.endpoint, values, force_external=False)
        except ValueError:  # a converter of our own, which takes words of a list
            return rule.rule.replace("<", "").replace(">", "")


def test_what_a_visitor_claims_about_the_way_here_changes_nothing(app: Flask) -> None:
    """Without a configured proxy, no header names another host, another path, another method or another address."""
    browser = Visitor(app)
    for path in ("/connexion", "/compte", "/nowhere"):
        plain, forged = browser.client.get(path), browser.client.get(path, headers=FORGED)
        assert forged.status_code == plain.status_code, path
        assert forged.location == plain.location, path
        assert "evil" not in forged.get_data(as_text=True), path
