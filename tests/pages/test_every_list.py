"""Every list has its count, sorts from its heads, is read by page both ways, and says nothing of anybody in an address.

Tables are found in the templates and lists in the routes: a new one stands here, or fails.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from flask import Flask
from jinja2 import nodes
from sqlalchemy import select, update

from service import clock
from service.database import reading, transaction
from service.models import AccessEntry, OutboxMail, Ticket, WebhookDelivery, WebhookEndpoint
from service.operations import accompaniments, accounts, acts, calls, consultation, conversation
from service.operations.intake import intake
from service.permissions import Actor
from service.routes.pages import taking_away
from tests.factories import World, a_submitted_ticket, today
from tests.letters import a_mail
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import plain, soup

LogIn = Callable[..., Visitor]
ROUTES = Path("service/routes/pages")
TEMPLATES = Path("templates")
NUMBER = 7
"""So many rows of each list; a page holds three."""
SECRETS = ("Exemple-Inavouable", "Gwenaëlle", "7654321")


class Kept(NamedTuple):
    """A list: its address, who reads it, what its rows are, whether its heads sort it, whether it can be taken away.

    Where it can not, why.
    """

    address: str
    post: str
    rows: str = "main tbody tr"
    sorts: bool = True
    stays: str = ""


LISTS = {
    "pages.tickets": Kept("/demandes?vue=cours", "caf_secretariat", rows="#file th .reference"),
    "pages.calls": Kept("/appels", "cdas_agent"),
    "pages.accompaniments": Kept("/accompagnements", "caf_head"),
    "pages.accounts": Kept("/comptes", "admin"),
    "pages.failed_mails": Kept("/courriels-non-remis", "admin"),
    "pages.messages": Kept(
        "/messages", "caf_secretariat", stays="what is not qualified is not yet known to be without a name"
    ),
    "pages.access": Kept(
        "/acces?reference={reference}",
        "cdas_head",
        stays="who read what is looked up in Relais, which notes it; it is no file about colleagues",
    ),
    "pages.figure_behind": Kept(
        "/statistiques/2026-11/I-1.channel/service?filtre=all",
        "caf_agent",
        stays="these requests are on the list of requests, which leaves whole",
    ),
    "pages.webhooks": Kept("/webhooks", "admin", rows="#envois tbody tr"),
    "pages.retention": Kept(
        "/conservation",
        "cdas_head",
        rows="#archives tbody tr",
        stays="what left the screens is opened one by one, with a reason",
    ),
    "pages.news": Kept(
        "/nouveautes",
        "cdas_agent",
        rows="main section.card",
        sorts=False,
        stays="what one has not read yet, from the last that moved; the requests are on their own list",
    ),
    "pages.outbox": Kept(
        "/boite-envoi", "admin", rows="main article", sorts=False, stays="only in the demonstration"
    ),
}

SHORT = {
    ("about/accessibility.html", "criteres-"): "the criteria of the RGAA",
    ("access/unusual.html", "inhabituelles"): "the signs of the last weeks",
    ("account/account.html", "jetons"): "one's own",
    ("account/account.html", "sessions"): "one's own",
    ("account/second_factor.html", "cles"): "one's own",
    ("accounts/import_links.html", "liens"): "the lines of one file",
    ("accounts/import_plan.html", "a-corriger"): "the lines of one file",
    ("accounts/import_plan.html", "invites"): "the lines of one file",
    ("answers/model.html", "versions"): "of one model",
    ("calendars/calendar.html", "conges-"): "the holidays of one school year",
    ("calendars/calendar.html", "exceptions"): "those to come of one calendar",
    ("calendars/calendar.html", "historique"): "the last ones of one calendar",
    ("calendars/list.html", "calendriers"): "a calendar for each unit",
    ("calendars/preview.html", "apercu"): "a week",
    ("concertations/agenda.html", "ordre"): "one session",
    ("concertations/parts.html", "*"): "what one CDAS puts before one session",
    ("convention/actions.html", "actions"): "one year, exported",
    ("convention/actions.html", "par-type"): "one year by type",
    ("convention/announcement.html", "services"): "the units",
    ("convention/announcements.html", "informations"): "one year or what is to come",
    ("convention/asip.html", "structures"): "the structures of one agreement",
    ("convention/cnaf.html", "cdas"): "the CDAS",
    ("convention/cnaf.html", "cnaf"): "a few requests a year",
    ("convention/kinds.html", "types"): "the kinds of notices",
    ("convention/meetings.html", "rencontres"): "one year",
    ("directory/absences.html", "absences"): "those under way and to come of one unit",
    ("directory/directory.html", "liste-caf"): "the units",
    ("directory/directory.html", "liste-cdas"): "the units",
    ("directory/directory.html", "liste-secteurs"): "the sectors",
    ("directory/directory.html", "quartiers"): "the quarters of one commune",
    ("health/health.html", "signes"): "what is watched",
    ("health/health.html", "taches"): "the jobs",
    ("health/job.html", "executions"): "the last runs",
    ("help/circuits.html", "actions-"): "the acts of one circuit",
    ("home/team.html", "*"): "those of one unit who have something that presses; the CDAS",
    ("letters/list.html", "faits"): "the last ones; each is in the journal of its request",
    ("letters/model.html", "versions"): "of one model",
    ("macros/charts.html", "*"): "the figures of one chart",
    ("macros/document.html", "*"): "the figures of one document",
    ("meetings/list.html", "tenues"): "the last meetings, one a month",
    ("meetings/parts.html", "*"): "the agenda of one meeting",
    ("retention/figures.html", "*"): "the kinds of requests",
    ("retention/list.html", "lignes"): "one list of elimination, whole, exported",
    ("retention/overview.html", "bientot"): "one month",
    ("retention/parts.html", "*"): "one list a year",
    ("rights/rights.html", "droits-"): "the acts",
    ("seals/seals.html", "sceaux-"): "the last ones; all are in the file that is offered beside",
    ("settings/list.html", "*"): "the settings, the versions of the convention",
    ("settings/parts.html", "*"): "one setting, one version",
    ("si/parts.html", "*"): "one year of one register",
    ("si/register.html", "referents"): "the parties of the agreement",
    ("si/structures.html", "structures"): "the open structures of one agreement",
    ("statistics/documents.html", "dossiers"): "one a month",
    ("statistics/methods.html", "cibles"): "the targets of the COG",
    ("statistics/reported.html", "notes"): "thirteen months",
    ("tickets/search.html", "*"): "a search: the fifty last, and it asks for more words",
    ("webhooks/list.html", "adresses"): "a few programs",
}
"""Tables that are no lists to turn pages of, by template and identifier (its beginning; « * »: all of the template)."""


# ---------------------------------------------------------------- none is forgotten
class Table(NamedTuple):
    template: str
    id: str
    sorts: bool


def tables(app: Flask) -> Iterator[Table]:
    """Every call of the macro that makes a table."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        parsed = app.jinja_env.parse(path.read_text())
        for call in parsed.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "data_table":
                named = call.args[2]
                first = named.nodes[0] if isinstance(named, nodes.Concat) else named
                identifier = first.value if isinstance(first, nodes.Const) else ""
                sorts = any(one.key == "sorts" for one in call.kwargs)
                yield Table(str(path.relative_to(TEMPLATES)), str(identifier), sorts)


def test_every_table_is_sorted_and_turned_by_page_or_says_why_it_is_short(app: Flask) -> None:
    unused = set(SHORT)
    for table in tables(app):
        source = (TEMPLATES / table.template).read_text()
        if table.sorts:
            assert "{{ pages_of(" in source, table
            continue
        known = {(table.template, table.id), (table.template, "*")} & set(SHORT)
        assert known, (
            f"{table}: give it `sorts` and a pager (turning.Listed), or say in SHORT why it is short"
        )
        unused -= known
    assert not unused


def test_every_list_that_is_turned_by_page_is_walked_here() -> None:
    listed = {
        name
        for path in ROUTES.rglob("*.py")
        for name in re.findall(r'Listed\(\s*"(pages\.\w+)"', path.read_text())
    }
    assert listed == set(LISTS)


# ---------------------------------------------------------------- each keeps its promise
@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def full(world: World, hour: Hour) -> dict[str, str]:
    """Some rows of every list, made at several instants; gives what the addresses name."""
    person = {"last_name": SECRETS[0], "first_name": SECRETS[1], "matricule": SECRETS[2]}
    made = []
    for number in range(NUMBER):
        hour.is_now(18, 10, 3 * (number // 2))
        made.append(a_submitted_ticket(world.cdas_agent, **person).reference)
        calls.record_call(
            world.cdas_agent,
            {
                "started_at": clock.now() - timedelta(minutes=5),
                "minutes": 2,
                "answered": False,
                "matricule": SECRETS[2],
            },
            f"call-{number}",
        )
        accompaniments.open_(
            world.caf_head,
            {
                "matricule": f"{7654300 + number}",
                "last_name": SECRETS[0],
                "first_name": SECRETS[1],
                "event": "death_parent",
                "worker_id": world.caf_ts.account_id,
                "term_on": today() + timedelta(days=60 + number // 2),
            },
        )
        intake(a_mail("Une question.", subject=f"Question {number}"), clock.now())
        consultation.consult(world.caf_agent, made[0])
    for number, reference in enumerate(made):
        hour.is_now(18, 11, 3 * (number // 2))
        acts.perform(world.caf_agent, reference, "take", {})
        conversation.write_message(world.caf_agent, reference, "Bonjour.", f"message-{number}")
    for number in range(NUMBER):
        gone = a_submitted_ticket(world.cdas_agent, **person).reference
        acts.perform(world.cdas_agent, gone, "cancel", {"reason": "Réglé."})
        archive(gone, number // 2)
    webhooks(world.admin, made)
    with transaction() as session:
        some = select(OutboxMail.id).order_by(OutboxMail.created_at, OutboxMail.id).limit(NUMBER)
        failed = update(OutboxMail).where(OutboxMail.id.in_(some))
        session.execute(failed.values(failed_at=OutboxMail.created_at, failure="550 5.1.1"))
    hour.is_now(19, 10)
    return {"reference": made[0]}


def archive(reference: str, days: int) -> None:
    """As the scheduler does, years later."""
    at = clock.now() - timedelta(days=days)
    with transaction() as session:
        session.execute(update(Ticket).where(Ticket.reference == reference).values(archived_at=at))


def webhooks(by: Actor, told: list[str]) -> None:
    """A program, and what it was told of these requests."""
    with transaction() as session:
        endpoint = WebhookEndpoint(
            label="Logiciel",
            url="https://logiciel.example",
            events=[],
            created_at=clock.now(),
            created_by=by.account_id,
        )
        session.add(endpoint)
        session.flush()
        session.add_all(
            WebhookDelivery(
                endpoint_id=endpoint.id,
                event="urgent_rights.take",
                reference=reference,
                body="{}",
                created_at=clock.now() - timedelta(minutes=number // 2),
                waiting_since=clock.now(),
            )
            for number, reference in enumerate(told)
        )


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows a page, and two at a time in a file."""
    for path in ROUTES.rglob("*.py"):
        if re.search(r"^PAGE = \d+$", path.read_text(), re.MULTILINE):
            monkeypatch.setattr(import_module(f"service.routes.pages.{path.stem}"), "PAGE", 3)
    monkeypatch.setattr(taking_away, "AT_ONCE", 2)


def followed(visitor: Visitor, address: str, rel: str, rows: str) -> tuple[list[list[str]], list[str], str]:
    """The rows of each page, what its foot counts, and the last address."""
    pages, feet = [], []
    while True:
        page = soup(visitor.get(address))
        pages.append([plain(one.get_text(" ")) for one in page.select(rows)])
        foot = page.select_one(".pager p")
        feet.append(plain(foot.get_text()) if foot else "")
        further = page.select_one(f"a[rel={rel}]")
        if further is None:
            return pages, feet, address
        address = str(further["href"])
        assert not [secret for secret in SECRETS if secret in unquote(address)], address


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_counted_turned_both_ways_and_sorted_from_its_heads(
    logged_in: LogIn, full: dict[str, str], name: str
) -> None:
    kept = LISTS[name]
    visitor, start = logged_in(kept.post), kept.address.format(**full)
    forwards, feet, last = followed(visitor, start, "next", kept.rows)
    backwards, feet_back, _ = followed(visitor, last, "prev", kept.rows)
    assert len(forwards) > 2
    assert [len(page) for page in forwards[:-1]] == [3] * (len(forwards) - 1)
    assert backwards[::-1] == forwards
    total = sum(map(len, forwards))
    assert feet == feet_back[::-1]
    assert feet[1] == f"4 à 6 sur {total}"
    rows = list(chain(*forwards))
    for address in heads_of(visitor, start)[0] if kept.sorts else ():
        pages, _, _ = followed(visitor, address, "next", kept.rows)
        assert sorted(chain(*pages)) == sorted(rows), address
        _, other_end = heads_of(visitor, address)
        turned, _, _ = followed(visitor, other_end, "next", kept.rows)
        assert list(chain(*turned))[::-1] == list(chain(*pages)), address


def heads_of(visitor: Visitor, address: str) -> tuple[list[str], str]:
    """The addresses behind the heads, offered above the cards of a narrow screen too; that of the head which sorts."""
    page = soup(visitor.get(address))
    heads = [str(one["href"]) for one in page.select("main thead a")]
    assert [str(one["href"]) for one in page.select("main .sorts a")] == heads
    (here,) = page.select("main thead [aria-sort] a")
    return heads, str(here["href"])


@pytest.mark.usefixtures("short_pages")
@pytest.mark.parametrize("name", [name for name, kept in LISTS.items() if not kept.stays])
def test_a_list_is_taken_away_whole_in_its_order_without_name_or_file_number(
    logged_in: LogIn, world: World, full: dict[str, str], name: str
) -> None:
    """R-DP-4, R-DP-5: what leaves is what all its pages show but who a family is, and that it left is logged."""
    kept = LISTS[name]
    visitor, start = logged_in(kept.post), kept.address.format(**full)
    page = soup(visitor.get(start))
    (link,) = (str(one["href"]) for one in page.select("main a") if "Exporter" in one.get_text())
    taken = visitor.get(link)
    assert taken.headers["Content-Disposition"].startswith("attachment")
    with reading() as session:
        logged = select(AccessEntry.account_id).where(AccessEntry.act == "export")
        assert session.scalars(logged).all() == [getattr(world, kept.post).account_id]
    text = taken.data.decode("utf-8-sig")
    assert not [secret for secret in SECRETS if secret in text]
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    shown, _, _ = followed(visitor, start, "next", kept.rows)
    assert len(rows) - 1 == sum(map(len, shown)) > 2 * taking_away.AT_ONCE
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]


def test_who_may_not_read_a_list_may_not_take_it_away(logged_in: LogIn, world: World) -> None:
    for name, kept in LISTS.items():
        if kept.stays:
            continue
        path = kept.address.partition("?")[0]
        for post in ("cdas_agent", "caf_agent", "caf_ts", "steering", "auditor", "admin"):
            visitor = logged_in(post)
            assert visitor.get(path).status_code == visitor.get(f"{path}.csv").status_code, (name, post)


@pytest.fixture
def unlike(world: World, full: dict[str, str]) -> None:
    """One row of each list that is unlike the others in what narrows it; two calls were answered."""
    for post, benefit in (("cdas_agent", "rsa"), ("cdas_agent_elsewhere", "aah")):
        answered = {"started_at": clock.now(), "minutes": 0, "answered": True, "matricule": SECRETS[2]}
        calls.record_call(
            getattr(world, post), {**answered, "benefit": benefit, "event": "interruption"}, post
        )
    for number, event in enumerate(("other", "death_parent")):
        followed_up = {
            "matricule": f"{8654300 + number}",
            "last_name": SECRETS[0],
            "first_name": SECRETS[1],
            "event": event,
            "worker_id": world.caf_ts.account_id,
            "term_on": today() + timedelta(days=60),
        }
        identifier = accompaniments.open_(world.caf_head, followed_up)
        if event == "death_parent":
            accompaniments.close(world.caf_head, identifier, {"closing_reason": "relay"})
    accounts.suspend(world.admin, world.cdas_agent_elsewhere.account_id)
    with transaction() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.failed_at.is_not(None)).limit(1)).one()
        mail.unit_id = "cdas-vitre"
        deliveries = session.scalars(select(WebhookDelivery).limit(2)).all()
        deliveries[0].delivered_at = clock.now()
        deliveries[1].next_try_at = clock.now()


@pytest.mark.usefixtures("unlike")
@pytest.mark.parametrize(
    ("post", "address", "narrowed", "number"),
    [
        ("caf_agent", "/appels", "reponse=oui", 2),
        ("caf_agent", "/appels", "reponse=non", 0),  # what nobody answered has told the Caf nothing
        ("caf_agent", "/appels", "prestation=rsa", 1),
        ("caf_agent", "/appels", "cdas=cdas-vitre", 1),
        ("caf_agent", "/appels", "cdas=cdas-vitre&prestation=rsa", 0),
        ("cdas_agent", "/appels", "reponse=non", NUMBER),
        ("cdas_agent", "/appels", "reponse=oui", 1),
        ("cdas_agent", "/appels", "prestation=rsa", 1),
        ("cdas_agent", "/appels", "prestation=aah", 0),
        ("cdas_agent", "/appels", "cdas=cdas-vitre", NUMBER + 1),  # its own only, and no such filter
        ("caf_head", "/accompagnements", "", NUMBER + 1),
        ("caf_head", "/accompagnements", "evenement=death_parent", NUMBER),
        ("caf_head", "/accompagnements", "evenement=other", 1),
        ("caf_head", "/accompagnements", "etat=clos", 1),
        ("caf_head", "/accompagnements", "etat=clos&evenement=other", 0),
        ("admin", "/comptes", "service=cdas-vitre", 2),
        ("admin", "/comptes", "service=cdas-vitre&role=cdas_head", 1),
        ("admin", "/comptes", "etat=suspended", 1),
        ("admin", "/comptes", "etat=suspended&role=cdas_head", 0),
        ("cdas_head", "/comptes", "service=cdas-vitre&role=cdas_head", 1),  # of their own unit
        ("admin", "/courriels-non-remis", "service=cdas-vitre", 1),
        ("admin", "/webhooks", "etat=taken", 1),
        ("admin", "/webhooks", "etat=waiting", 1),
        ("admin", "/webhooks", "etat=aside", NUMBER - 2),
        ("admin", "/webhooks", "etat=%00&tri=inconnu&apres=x&rang=-1", NUMBER),
    ],
)
def test_what_narrows_a_list_is_in_its_address_and_narrows_its_file(
    logged_in: LogIn, post: str, address: str, narrowed: str, number: int
) -> None:
    """Codes that the list knows, as the reader may use them; anything else is left out."""
    visitor = logged_in(post)
    page = soup(visitor.get(f"{address}?{narrowed}"))
    rows = page.select("#envois tbody tr" if address == "/webhooks" else "main tbody tr")
    taken = visitor.get(f"{address}.csv?{narrowed}").data.decode("utf-8-sig")
    assert len(rows) == len(list(csv.reader(io.StringIO(taken), delimiter=";"))) - 1 == number
