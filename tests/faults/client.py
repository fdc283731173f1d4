"""Clients of a real server that may die under them: a program with its token, a visitor with cookies."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.factories import PASSWORD
from tests.second_step import shown_code

DIE_AT = "X-Die-At"
"""The header by which a request tells `tests.faults.entry` at which of its steps the process is to die."""

_WITHIN = 300.0
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Died(Exception):
    """The server went away before it answered."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: tuple[str, ...]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(address: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One request on a connection of its own; raises Died when no whole answer comes."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=_WITHIN)
    try:
        return _exchange(connection, method, path, body, {"Connection": "close", **headers})
    finally:
        connection.close()


Ask = Callable[[str, str, str, bytes | None, Mapping[str, str]], Answer]


class Line:
    """`ask` on a connection that is kept from one request to the next, and made anew where it broke."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=_WITHIN)

    def __call__(
        self, _address: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        try:
            return _exchange(self._connection, method, path, body, headers)
        except Died:
            self.close()
            raise

    def close(self) -> None:
        """The next request opens it again."""
        self._connection.close()


def _exchange(
    connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> Answer:
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        cookies = tuple(answer.headers.get_all("Set-Cookie") or ())
        return Answer(answer.status, dict(answer.headers), text, cookies)
    except TimeoutError:
        raise
    except (HTTPException, ConnectionError) as gone:
        raise Died(str(gone)) from gone


@dataclass(frozen=True)
class Program:
    """Somebody's program, on the API."""

    address: str
    token: str
    ask: Ask = ask

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None, {})

    def create(self, body: Mapping[str, Any], key: str, *, die_at: int = 0) -> Answer:
        """`POST /tickets` under an Idempotency-Key."""
        return self._ask("POST", "/tickets", body, {"Idempotency-Key": key, **_dying(die_at)})

    def act(
        self,
        reference: str,
        name: str,
        version: int,
        body: Mapping[str, Any] | None = None,
        *,
        die_at: int = 0,
    ) -> Answer:
        """An action on the version that was read."""
        path = f"/tickets/{reference}/actions/{name}"
        return self._ask("POST", path, body, {"If-Match": f'"{version}"', **_dying(die_at)})

    def write(self, where: str, reference: str, body: str, key: str, *, die_at: int = 0) -> Answer:
        """A text among the `messages` or the `notes` of a ticket, under an Idempotency-Key."""
        path = f"/tickets/{reference}/{where}"
        return self._ask("POST", path, {"body": body}, {"Idempotency-Key": key, **_dying(die_at)})

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, more: Mapping[str, str]) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", **more}
        content = None
        if body is not None:
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        return self.ask(self.address, method, f"/api/v1{path}", content, headers)


@dataclass
class Visitor:
    """Somebody in front of a browser: logged in, with the anti-forgery token of a page of theirs."""

    address: str
    token: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def log_in(self, email: str) -> None:
        self._read_token("/connexion")
        asked = self.post("/connexion", {"email": email, "password": PASSWORD})
        self.token = _token_of(asked.text)
        code = shown_code(asked.text)
        assert code is not None
        assert self.post("/connexion/code", {"code": code}).status == 303
        self._read_token("/compte")

    def post(self, path: str, fields: Mapping[str, str], *, die_at: int = 0) -> Answer:
        """Send a form."""
        body = urlencode({"csrf_token": self.token, **fields}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **_dying(die_at)}
        return self._ask("POST", path, body, headers)

    def _read_token(self, path: str) -> None:
        self.token = _token_of(self._ask("GET", path, None, {}).text)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = ask(self.address, method, path, body, {"Cookie": cookie, **headers})
        for line in answer.cookies:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer


def _token_of(page: str) -> str:
    found = _CSRF.search(page)
    assert found is not None
    return found[1]


def _dying(die_at: int) -> dict[str, str]:
    return {DIE_AT: str(die_at)} if die_at else {}
