"""The queue and « Mes demandes »: in order, filtered by the address, page by page, exported, assigned in one go."""

import csv
import io
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select

from service import clock
from service.database import reading
from service.models import AccessEntry, Ticket
from service.operations import acts
from service.queries import keyset, lists
from service.queries.reference import reference
from service.queries.situations import LATE, TODAY
from service.routes.pages import taking_away, turning
from service.routes.pages import tickets as pages_of_tickets
from service.routes.pages.views import queue_address
from service.routes.pages.views.queue import Rows
from service.routes.pages.views.queue_page import QueuePage
from service.spreadsheet import harmless
from tests.factories import World, a_draft, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import fields_of, plain, soup, text_of

LogIn = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def day(world: World, hour: Hour) -> dict[str, str]:
    """Requests of two CDAS at every stage; at the end it is Thursday, 15:30."""
    made = {}
    hour.is_now(17, 9)
    made["late"] = a_submitted_ticket(world.cdas_agent).reference
    hour.is_now(19, 10)
    made["today"] = a_submitted_ticket(
        world.cdas_agent_elsewhere,
        benefit="aah",
        event="strong_decrease",
        amount_before=Decimal(1000),
        amount_after=Decimal(310),
    ).reference
    made["taken"] = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, made["taken"], "take", {})
    made["asked"] = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, made["asked"], "take", {})
    acts.perform(world.caf_agent, made["asked"], "ask", {"question": "Depuis quand ?"})
    made["over"] = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.cdas_agent, made["over"], "cancel", {"reason": "Réglé."})
    hour.is_now(19, 13, 30)
    return made


def rows(visitor: Visitor, address: str = "/demandes") -> list[str]:
    """The references of the list, in order."""
    answer = visitor.get(address)
    assert answer.status_code == 200
    return [plain(one.get_text()) for one in soup(answer).select("#file th[scope=row] .reference")]


def exported(visitor: Visitor, parameters: str = "") -> list[dict[str, str]]:
    """The export, read by a spreadsheet."""
    answer = visitor.get(f"/demandes.csv{parameters}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


# ---------------------------------------------------------------- order and words
def test_the_queue_is_in_the_order_of_the_next_deadline(logged_in: LogIn, day: dict[str, str]) -> None:
    assert rows(logged_in("caf_secretariat"), "/demandes?vue=cours") == [
        day["late"],
        day["today"],
        day["taken"],
        day["asked"],
    ]


def test_late_is_said_in_words_and_comes_first(logged_in: LogIn, day: dict[str, str]) -> None:
    answer = logged_in("caf_secretariat").get("/demandes")
    page = text_of(answer)
    assert "3 demandes attendent la Caf" in page
    assert "1 hors délai · 1 à traiter aujourd’hui" in page
    first = soup(answer).select_one("#file tbody tr")
    assert isinstance(first, Tag)
    assert first["class"] == ["late"]
    assert "Dépassée de 2 jours ouvrés" in plain(first.get_text(" "))
    assert "tri dû mardi 17 novembre 2026 à 14 h 00" in plain(first.get_text(" "))


def test_a_row_says_the_situation_and_the_next_gesture(logged_in: LogIn, day: dict[str, str]) -> None:
    page = text_of(logged_in("caf_secretariat").get("/demandes"))
    assert "AAH réduite de 69 %" in page
    assert "Trier" in page
    own = text_of(logged_in("cdas_agent").get("/demandes"))
    assert f"Répondre {day['asked']}" in own


def test_a_cdas_sees_its_own_only(logged_in: LogIn, day: dict[str, str]) -> None:
    """roles.md, invariant 5: the list shows no more than each reading would."""
    own = rows(logged_in("cdas_agent"))
    assert set(own) == {day["late"], day["taken"], day["asked"]}
    assert rows(logged_in("cdas_agent_elsewhere")) == [day["today"]]


def test_no_name_and_no_matricule_stands_in_a_list(logged_in: LogIn, day: dict[str, str]) -> None:
    for post in ("cdas_agent", "caf_secretariat"):
        for url in ("/", "/demandes", "/demandes?vue=terminees"):
            page = logged_in(post).get(url).text
            assert "Exemple-Le Gall" not in page
            assert "1234567" not in page


# ---------------------------------------------------------------- the address
@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("?vue=caf", {"late", "today", "taken"}),
        ("?vue=cdas", {"asked"}),
        ("?vue=cours&etat=in_progress", {"taken"}),
        ("?vue=cours&prestation=aah", {"today"}),
        ("?vue=cours&cdas=cdas-vitre", {"today"}),
        ("?vue=cours&canal=email", set()),
        ("?vue=terminees", {"over"}),
        ("?vue=terminees&etat=closed", set()),
        ("?vue=terminees&etat=submitted", {"over"}),  # a state that the view has not is left out
        ("?vue=terminees&etat=cancelled", {"over"}),
        ("?vue=%3Cscript%3E&etat=x&prestation=%00&apres=zz&rang=-4", {"late", "today", "taken"}),
    ],
)
def test_filters_stand_in_the_address(
    logged_in: LogIn, day: dict[str, str], address: str, kept: set[str]
) -> None:
    secretariat = logged_in("caf_secretariat")
    wanted = {day[name] for name in kept}
    assert set(rows(secretariat, f"/demandes{address}")) == wanted
    assert {row["Référence"] for row in exported(secretariat, address)} == wanted


def test_an_agent_finds_what_they_follow(logged_in: LogIn, day: dict[str, str]) -> None:
    assert set(rows(logged_in("caf_agent"), "/demandes?vue=miennes")) == {day["taken"], day["asked"]}
    assert rows(logged_in("other_caf_agent"), "/demandes?vue=miennes") == []


def test_a_cdas_finds_what_each_has_asked_or_follows(logged_in: LogIn, day: dict[str, str]) -> None:
    """« Les miennes »: of the author, and of nobody else of the CDAS."""
    mine = {day["late"], day["taken"], day["asked"]}
    browser = logged_in("cdas_agent")
    assert set(rows(browser, "/demandes?vue=miennes")) == mine
    assert {row["Référence"] for row in exported(browser, "?vue=miennes")} == mine
    assert "Les miennes" in text_of(browser.get("/demandes"))
    assert rows(logged_in("other_cdas_agent"), "/demandes?vue=miennes") == []


def test_the_only_team_is_proposed_for_what_is_ticked(logged_in: LogIn, day: dict[str, str]) -> None:
    page = soup(logged_in("caf_secretariat").get("/demandes?vue=caf"))
    proposed = page.select_one("#vers option[selected]")
    assert proposed is not None
    assert proposed["value"] == "caf-prestations"
    assert page.select_one("[data-tick-all=file]") is not None


def test_the_views_carry_their_counts(logged_in: LogIn, day: dict[str, str], world: World) -> None:
    a_draft(world.cdas_agent)
    tabs = [
        plain(one.get_text(" "))
        for one in soup(logged_in("cdas_agent").get("/demandes")).select(".filters a")
    ]
    assert tabs == ["Toutes en cours 3", "À vous 1", "À la Caf 2", "Les miennes", "Brouillons 1", "Terminées"]


def test_an_empty_list_says_what_will_appear(logged_in: LogIn, world: World) -> None:
    assert "arriveront ici, la plus pressée en premier" in text_of(logged_in("cdas_agent").get("/demandes"))
    narrowed = text_of(logged_in("caf_secretariat").get("/demandes?prestation=ars"))
    assert "Aucune demande ne répond à ces filtres" in narrowed


def test_counts_stop_at_a_thousand(app: Flask, world: World) -> None:
    """« plus de 1 000 » beyond, in the title and under the list."""
    a_draft(world.cdas_agent)
    with reading() as session:
        known = reference(session)
        row = session.scalars(lists.queue(world.cdas_agent, lists.Filters())).one()
    turn = turning.Turn(queue_address.ORDERS, "echeance", rank=951)
    beyond = keyset.Counted(keyset.COUNT_LIMIT + 1)
    page = QueuePage(
        actor=world.caf_secretariat,
        known=known,
        address=queue_address.Address("caf", turn=turn),
        rows=Rows(world.caf_secretariat, known, clock.now(), {}).shown([row] * 50),
        number=beyond,
        counted=dict.fromkeys((*queue_address.VIEWS, LATE, TODAY), beyond),
        teams=[],
        acts=[],
    )
    assert plain(page.title) == "Plus de 1 000 demandes attendent la Caf"
    found = keyset.Page([row] * 50, keyset.Place(None, row.id, back=True), None)
    with app.test_request_context():
        foot = turning.Listed("pages.tickets", page.address.turn, found, page.number).pager
    assert plain(foot["count_text"]) == "951 à 1000 sur plus de 1 000"
    assert plain(page.tabs[0]["count"]) == "plus de 1 000"
    assert plain(page.lede) == "Plus de 1 000 hors délai · plus de 1 000 à traiter aujourd’hui"


# ---------------------------------------------------------------- pages
def test_pages_follow_each_other_whatever_arrives(
    logged_in: LogIn, world: World, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_of_tickets, "PAGE", 3)
    made = []
    for minute in range(7):
        hour.is_now(19, 9, minute)
        made.append(a_submitted_ticket(world.cdas_agent).reference)
    visitor, seen, address = logged_in("caf_secretariat"), [], "/demandes"
    while address:
        page = soup(visitor.get(address))
        seen += [plain(one.get_text()) for one in page.select("#file th[scope=row] .reference")]
        following = page.select_one("a[rel=next]")
        address = str(following["href"]) if following else ""
        hour.is_now(18, 9)
        a_submitted_ticket(world.cdas_agent_elsewhere)  # more pressing: on an earlier page
        hour.is_now(19, 9, 10)
    assert seen == made


def test_ended_requests_come_last_ended_first_page_by_page(
    logged_in: LogIn, world: World, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_of_tickets, "PAGE", 2)
    made = []
    for minute in range(5):
        hour.is_now(19, 9, minute)
        made.append(a_submitted_ticket(world.cdas_agent).reference)
        acts.perform(world.cdas_agent, made[-1], "cancel", {"reason": "Réglé."})
    visitor, seen, address = logged_in("cdas_agent"), [], "/demandes?vue=terminees"
    while address:
        page = soup(visitor.get(address))
        seen += [plain(one.get_text()) for one in page.select("#file th[scope=row] .reference")]
        following = page.select_one("a[rel=next]")
        address = str(following["href"]) if following else ""
    assert seen == made[::-1]
    assert "1 à 2 sur 5" in text_of(visitor.get("/demandes?vue=terminees"))


def test_an_order_lasts_in_the_address_the_filters_the_views_and_the_file(
    logged_in: LogIn, day: dict[str, str]
) -> None:
    """The file is in the order of the page, and a list is kept with it."""
    secretariat, address = logged_in("caf_secretariat"), "/demandes?vue=cours&tri=-envoi"
    page = soup(secretariat.get(address))
    order = rows(secretariat, address)
    assert order[0] == day["late"]
    assert [row["Référence"] for row in exported(secretariat, "?vue=cours&tri=-envoi")] == order
    assert fields_of(secretariat.get(address), ".filter-form")["tri"] == "-envoi"
    tabs = {
        plain(one.get_text(" ")).rstrip(" 0123456789"): str(one["href"]) for one in page.select(".filters a")
    }
    assert tabs["À la Caf"] == "/demandes?vue=caf&tri=-envoi"
    assert tabs["Terminées"] == "/demandes?vue=terminees"  # has the order of its end alone
    assert rows(secretariat, "/demandes?vue=terminees&tri=envoi") == [day["over"]]
    saved = page.select_one("form[action='/demandes/listes'] input[name=here]")
    assert saved is not None
    assert saved["value"] == "vue=cours&tri=-envoi"


def test_by_the_last_change_each_row_says_when_it_was(
    logged_in: LogIn, day: dict[str, str], world: World, hour: Hour
) -> None:
    hour.is_now(19, 14)
    acts.perform(world.caf_agent, day["late"], "take", {})
    secretariat = logged_in("caf_secretariat")
    assert rows(secretariat, "/demandes?vue=cours&tri=changement")[0] == day["late"]
    assert rows(secretariat, "/demandes?vue=cours&tri=-changement")[-1] == day["late"]
    assert "changée aujourd’hui à 14 h 00" in text_of(secretariat.get("/demandes?vue=cours&tri=changement"))
    assert "changée" not in text_of(secretariat.get("/demandes?vue=cours"))


# ---------------------------------------------------------------- export
def test_every_list_comes_to_its_end(
    world: World, day: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the address asks: one row a page, and none twice."""
    actor, page = world.caf_secretariat, pages_of_tickets
    monkeypatch.setattr(taking_away, "AT_ONCE", 1)
    with reading() as session:
        known = reference(session)
    for view in queue_address.views_of(actor):
        for state in ("", *queue_address.STATES, "draft"):
            address = queue_address.read({"vue": view, "etat": state}, actor, known)
            rows = [row[0] for row in itertools.islice(page._exported(actor, address, known), 50)]
            assert len(rows) == len(set(rows)) < 50


def test_the_export_holds_no_name_and_no_matricule(logged_in: LogIn, day: dict[str, str]) -> None:
    for post in ("cdas_agent", "caf_secretariat"):
        text = logged_in(post).get("/demandes.csv?vue=cours").data.decode("utf-8-sig")
        for secret in ("Exemple-Le Gall", "Éloïse", "1234567", "frigo", "Essai"):
            assert secret not in text
    (row,) = exported(logged_in("cdas_agent"), "?vue=cdas")
    assert row["Référence"] == day["asked"]
    assert row["État"] == "En attente du CDAS"
    assert row["Étape due par"] == "CDAS Pays de Redon"
    assert row["Prochaine échéance"] == "2026-11-24 17:00"


def test_r_clk_6_the_export_explains_a_deadline_as_the_page_does(
    logged_in: LogIn, day: dict[str, str]
) -> None:
    secretariat = logged_in("caf_secretariat")
    rows = [row for row in exported(secretariat, "?vue=cours") if row["Objet de l’échéance"] == "tri"]
    assert rows
    for row in rows:
        page = " ".join(secretariat.get(f"/demandes/{row['Référence']}/delais").text.split())
        said = [sentence for sentence in row["Explication de l’échéance"].split(". ") if "Départ" in sentence]
        assert said
        assert said[0].rstrip(".") in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_export_goes_on_beyond_its_batches(
    logged_in: LogIn, day: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_away, "AT_ONCE", 1)
    assert len(exported(logged_in("caf_secretariat"), "?vue=cours")) == 4


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_starts_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("RSA = suspendu") == "RSA = suspendu"


def test_r_dp_4_an_export_is_logged(logged_in: LogIn, day: dict[str, str], world: World) -> None:
    exported(logged_in("caf_secretariat"), "?vue=cours")
    with reading() as session:
        logged = session.scalars(select(AccessEntry).where(AccessEntry.act == "export")).one()
        assert (logged.account_id, logged.ticket_id) == (world.caf_secretariat.account_id, None)


def test_another_site_takes_no_list_away_in_somebody_s_name(logged_in: LogIn) -> None:
    """Twenty of them would stop the readings of whoever visits it."""
    answer = logged_in("caf_secretariat").client.get(
        "/demandes.csv", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    with reading() as session:
        assert session.scalars(select(AccessEntry).where(AccessEntry.act == "export")).all() == []


# ---------------------------------------------------------------- many at once
def test_many_are_assigned_one_act_each_and_the_rest_is_said(
    logged_in: LogIn, world: World, hour: Hour, day: dict[str, str]
) -> None:
    secretariat = logged_in("caf_secretariat")
    page = secretariat.get("/demandes?prestation=rsa")
    form = dict(fields_of(page, "form[data-bulk]"))
    to = f"caf-prestations/{world.other_caf_agent.account_id}"
    acts.perform(world.caf_agent, day["taken"], "ask", {"question": "Depuis quand ?"})
    sent = secretariat.post(
        "/demandes/ensemble/assign", {**form, "ticket": [day["late"], day["taken"]], "to": to}
    )
    assert (sent.status_code, sent.location) == (303, "/demandes?vue=caf&prestation=rsa")
    said = text_of(secretariat.get(sent.location))
    assert f"1 demande affectée à {world.other_caf_agent.name}." in said
    assert f"1 demande n’a pas été affectée. {day['taken']} : Cette demande a changé" in said
    with reading() as session:
        held = session.scalars(select(Ticket).where(Ticket.reference == day["late"])).one()
        assert (held.state, held.holder_id) == ("assigned", world.other_caf_agent.account_id)


def test_nothing_ticked_or_nobody_chosen_is_said(logged_in: LogIn, day: dict[str, str]) -> None:
    secretariat = logged_in("caf_secretariat")
    secretariat.post("/demandes/ensemble/assign", {"to": "caf-prestations"})
    assert "Cochez d’abord" in text_of(secretariat.get("/demandes"))
    secretariat.post("/demandes/ensemble/assign", {"ticket": day["late"]})
    assert "Choisissez d’abord à qui" in text_of(secretariat.get("/demandes"))


def test_what_is_not_visible_can_not_be_assigned_and_is_not_told(
    logged_in: LogIn, day: dict[str, str]
) -> None:
    stranger = logged_in("cdas_agent_elsewhere")
    stranger.post("/demandes/ensemble/assign", {"ticket": day["late"], "to": "caf-prestations"})
    assert "n’existe pas, ou elle n’est pas visible" in text_of(stranger.get("/demandes"))


def test_what_is_ticked_is_told_by_its_reference_only(logged_in: LogIn, day: dict[str, str]) -> None:
    secretariat = logged_in("caf_secretariat")
    typed = [f" {day['over'].lower()}", "Appelez le 08 99 00 00 00\0"]
    secretariat.post("/demandes/ensemble/assign", {"ticket": typed, "to": "caf-prestations"})
    said = text_of(secretariat.get("/demandes"))
    assert f"{day['over']} : " in said
    assert "Appelez" not in said


def test_the_address_to_come_back_to_is_only_ours(logged_in: LogIn, day: dict[str, str]) -> None:
    secretariat = logged_in("caf_secretariat")
    sent = secretariat.post(
        "/demandes/ensemble/assign", {"here": "vue=cours&suite=//ailleurs.example&etat=<b>"}
    )
    assert sent.location == "/demandes?vue=cours"


def test_the_next_one_to_triage_is_the_most_pressing(logged_in: LogIn, day: dict[str, str]) -> None:
    secretariat = logged_in("caf_secretariat")
    assert secretariat.get("/demandes/suivante").location == f"/demandes/{day['late']}"
    assert secretariat.get(f"/demandes/suivante?sauf={day['late']}").location == f"/demandes/{day['today']}"
    assert secretariat.get("/demandes/suivante?sauf=%00").location == f"/demandes/{day['late']}"
    assert logged_in("caf_agent").get("/demandes/suivante").location == f"/demandes/{day['taken']}"
    assert logged_in("cdas_agent").get("/demandes/suivante").location == f"/demandes/{day['asked']}"
    assert logged_in("cdas_agent_elsewhere").get("/demandes/suivante").location == "/demandes"


# ---------------------------------------------------------------- home
def test_home_says_what_awaits_whom(logged_in: LogIn, day: dict[str, str], world: World) -> None:
    reference = a_draft(world.cdas_agent).reference
    cdas = text_of(logged_in("cdas_agent").get("/"))
    assert "1 demande attend votre CDAS" in cdas
    assert "2 demandes attendent la Caf" in cdas
    assert reference in cdas
    caf = text_of(logged_in("caf_secretariat").get("/"))
    assert "3 demandes attendent la Caf" in caf
    assert "1 demande attend un CDAS" in caf
    assert reference not in caf


def test_r_ud_3_home_says_whether_the_line_is_open(logged_in: LogIn, hour: Hour) -> None:
    hour.is_now(19, 10)
    assert "Ouverte jusqu’à 12 h 00 : 02 00 00 00 00" in text_of(logged_in("cdas_agent").get("/"))
    hour.is_now(29, 10, month=10)
    closed = text_of(logged_in("cdas_agent").get("/"))
    assert "Fermée jusqu’au lundi 2 novembre 2026 à 9 h 00" in closed
    assert "vacances" in closed
    assert "02 00 00 00 00" not in closed


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_home_is_calm_for_who_reads_no_ticket(logged_in: LogIn, post: str) -> None:
    assert "Ici" in text_of(logged_in(post).get("/"))
