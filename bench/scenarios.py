"""The six things that are measured, as requests to Relais and to the floor."""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection
from itertools import count, cycle
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.driver import Call, Unexpected, call
from bench.staff import PASSWORD, Staff, code_of, email_of
from service import clock
from service.database import reading
from service.models import Person, Ticket
from service.operations import tokens
from service.permissions import Actor
from service.workflows.french import local_day

PUBLIC_HOST = "relais.example"
_AS_PROXIED = {"Host": PUBLIC_HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
"""What a proxy in front of Relais says: it serves https only."""
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(r"([^=;]+)=([^;]*)")
_READ, _TAKEN = 2000, ("submitted", "assigned")


class Scenario(StrEnum):
    """What is measured."""

    QUEUE = "queue"
    TICKET = "ticket"
    CREATE = "create"
    TAKE = "take"
    SEARCH = "search"
    STATISTICS = "statistics"


LABELS = {
    Scenario.QUEUE: "Queue page, 50 rows (Caf)",
    Scenario.TICKET: "Ticket page (Caf)",
    Scenario.CREATE: "Create and send (API)",
    Scenario.TAKE: "Transition « take » (API)",
    Scenario.SEARCH: "Search by matricule (API)",
    Scenario.STATISTICS: "« Statistiques », the running month (Caf)",
}
FLOOR_LABELS = {
    Scenario.QUEUE: "list of 50 rows",
    Scenario.TICKET: "one row",
    Scenario.CREATE: "durable insert",
    Scenario.TAKE: "durable update",
    Scenario.SEARCH: "indexed search",
    Scenario.STATISTICS: "counts of a year",
}


_PAGES = {Scenario.QUEUE: "/demandes", Scenario.STATISTICS: "/statistiques"}


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in the measured database for requests to name."""

    references: Sequence[str]
    matricules: Sequence[str]


def found() -> Found:
    """Some requests, chosen by chance."""
    with reading() as session:
        sent = select(Ticket.reference).where(Ticket.submitted_at.is_not(None)).order_by(func.random())
        people = session.scalars(select(Person).order_by(func.random()).limit(_READ))
        return Found(
            references=session.scalars(sent.limit(_READ)).all(),
            matricules=[person.matricule or "" for person in people],
        )


def to_take() -> Iterator[tuple[str, int]]:
    """The requests that may be taken, with their version, in an order of chance; those just made are among them."""
    free = select(Ticket.reference, Ticket.version).where(Ticket.state.in_(_TAKEN)).order_by(func.random())
    with reading() as session:
        rows = session.execute(free).all()
    return iter([(row.reference, row.version) for row in rows])


def _each_once() -> Iterator[tuple[str, int]]:
    """The same, each once; those made since are looked for when there is none left."""
    given: set[str] = set()
    while fresh := [(reference, version) for reference, version in to_take() if reference not in given]:
        for reference, version in fresh:
            given.add(reference)
            yield reference, version


class Relais:
    """Requests of people who are logged in, and of programs with a token; each connection has its own people."""

    def __init__(self, port: int, staff: Staff, connections: int) -> None:
        agents, professionals = (
            _shared(staff.agents, connections),
            _shared(staff.everybody_of_the_cdas, connections),
        )
        self._found = found()
        self._to_take = _each_once()
        self._cookies = [[_log_in(port, actor) for actor in mine] for mine in agents]
        self._agents = [[_bearer(actor) for actor in mine] for mine in agents]
        self._professionals = [[_bearer(actor) for actor in mine] for mine in professionals]

    def calls(self, scenario: Scenario, connection: int) -> Iterator[Call]:
        """The requests of one connection, without end."""
        agents = cycle(self._agents[connection])
        if scenario in {Scenario.QUEUE, Scenario.TICKET, Scenario.STATISTICS}:
            cookies = cycle(self._cookies[connection])
            paths = cycle(self._found.references[connection::7])
            for cookie in cookies:
                path = _PAGES.get(scenario) or f"/demandes/{next(paths)}"
                yield call("GET", path, {**_AS_PROXIED, "Cookie": cookie, "Accept-Encoding": "identity"})
        elif scenario is Scenario.CREATE:
            for token in cycle(self._professionals[connection]):
                key = {"Idempotency-Key": secrets.token_hex(16)}
                yield call(
                    "POST", "/api/v1/tickets", {**_AS_PROXIED, **token, **key}, a_request(), expected=201
                )
        elif scenario is Scenario.TAKE:
            for reference, version in self._to_take:
                path = f"/api/v1/tickets/{reference}/actions/take"
                yield call("POST", path, {**_AS_PROXIED, **next(agents), "If-Match": f'"{version}"'}, {})
        else:
            for matricule in cycle(self._found.matricules[connection::7]):
                body = {"matricule": matricule}
                yield call("POST", "/api/v1/tickets/search", {**_AS_PROXIED, **next(agents)}, body)

    def page(self, path: str) -> Call:
        """One page, as the first agent reads it."""
        return call("GET", path, {**_AS_PROXIED, "Cookie": self._cookies[0][0]})

    @property
    def a_ticket(self) -> str:
        """The address of a ticket's page."""
        return f"/demandes/{self._found.references[0]}"


class Floor:
    """The same tasks on the floor, over as many rows."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def calls(self, scenario: Scenario, connection: int) -> Iterator[Call]:
        """The requests of one connection, without end."""
        for number in count(1 + connection * 1000, 7):
            row = number % self._rows + 1
            if scenario is Scenario.QUEUE:
                yield call("GET", "/list", {})
            elif scenario is Scenario.TICKET:
                yield call("GET", f"/rows/R{row}", {})
            elif scenario is Scenario.STATISTICS:
                yield call("GET", "/statistics", {})
            elif scenario is Scenario.CREATE:
                yield call("POST", "/rows", {}, _a_row(), expected=201)
            elif scenario is Scenario.TAKE:
                yield call("POST", f"/rows/R{row}/update", {}, {})
            else:
                yield call("POST", "/search", {}, {"matricule": str(1_000_000 + row)})


def _shared(actors: Sequence[Actor], connections: int) -> list[Sequence[Actor]]:
    """Everybody, dealt out to the connections: nobody asks more often than the service allows to one account."""
    return [actors[connection::connections] for connection in range(connections)]


def _bearer(actor: Actor) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.create(actor, 'bench')}"}


def _log_in(port: int, actor: Actor) -> str:
    """Enter by the form, look at the queue once, and give the cookie that the browser then has."""
    browser = _Browser(port)
    token = _CSRF.search(browser.ask("GET", "/connexion", 200))
    if token is None:
        raise Unexpected("the login page has no anti-forgery token")
    form = {"csrf_token": token[1], "email": email_of(actor), "password": PASSWORD}
    asked = _CSRF.search(browser.ask("POST", "/connexion", 200, urlencode(form)))
    if asked is None:
        raise Unexpected("the page of the code has no anti-forgery token")
    browser.ask("POST", "/connexion/code", 303, urlencode({"csrf_token": asked[1], "code": code_of(actor)}))
    browser.ask("GET", "/demandes", 200)
    return browser.cookie


class _Browser:
    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def ask(self, method: str, path: str, expected: int, form: str | None = None) -> str:
        headers = {**_AS_PROXIED, "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, form, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.status != expected:
            raise Unexpected(f"{method} {path} → {answer.status}, not {expected}:\n{text[:2000]}")
        for kept in answer.headers.get_all("Set-Cookie", []):
            if pair := _COOKIE.match(kept):
                self.cookie = pair[0]
        return text


def a_request() -> dict[str, object]:
    """What a program of a CDAS sends: an interruption of RSA, which is urgent at any hour."""
    today = local_day(clock.now())
    return {
        "kind": "urgent_rights",
        "submit": True,
        "person": {
            "matricule": f"{1_000_000 + secrets.randbelow(9_000_000)}",
            "last_name": "Démo-Mesure",
            "first_name": "Camille",
            "commune": "35236",
        },
        "benefit": "rsa",
        "event": "interruption",
        "last_payment_on": today.replace(day=1).isoformat(),
        "cdap": {"consulted_on": today.isoformat(), "missing": "Le motif de la suspension n’apparaît pas."},
        "line_open_reason": "documents",
        "ground": {"told_on": today.isoformat()},
        "description": "Plus de versement depuis le mois dernier. " * 6,
    }


def _a_row() -> dict[str, object]:
    return {
        "reference": secrets.token_hex(6),
        "unit": "unit-1",
        "benefit": "rsa",
        "matricule": f"{1_000_000 + secrets.randbelow(9_000_000)}",
        "body": "Plus de versement depuis le mois dernier. " * 6,
    }
