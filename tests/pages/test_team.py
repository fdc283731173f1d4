"""What a head finds at home: late or about to be, by person and by CDAS; second readings; who is away."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from service.database import reading, transaction
from service.models import Account
from service.operations import absences, acts, kept_out, saved_lists
from service.operations.creation import create_ticket
from service.permissions import Actor, Role
from service.queries import team
from service.queries.keyset import COUNT_LIMIT
from service.queries.readers import as_read_by, sort_of
from service.queries.reference import reference
from service.routes.pages.views.team_table import TeamTable
from tests.api.test_lists import analyzed, many_tickets
from tests.cost import statements
from tests.factories import REDON, World, a_submitted_ticket, an_account, today
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import plain, soup, text_of
from tests.plans import plan

LogIn = Callable[..., Visitor]
HEADS = ("cdas_head", "caf_lead", "caf_head")


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


class Row(NamedTuple):
    """A row of a table of home: the three numbers, and the list behind each that is not nought."""

    numbers: tuple[int, int, int]
    links: tuple[str, ...]


def table(visitor: Visitor, name: str = "personnes") -> dict[str, Row]:
    """A table of home, by the head of its rows; and of people, those of whom it is said that nothing presses."""
    found, page = {}, soup(visitor.get("/"))
    for row in page.select(f"#{name} tbody tr"):
        headed, *cells = row.select("th, td")
        numbers = [int(next(cell.stripped_strings)) for cell in cells]
        late, soon, open_ = numbers
        links = tuple(str(link["href"]) for link in row.select("a"))
        assert late or soon, "who has nothing pressing stands under the table"
        found[plain(headed.get_text())] = Row((late, soon, open_), links)
    for link in page.select("section:has(#par-personne) > p a") if name == "personnes" else ():
        head, number = plain(link.get_text()).rstrip(")").split(" (")
        found[head] = Row((0, 0, int(number)), (str(link["href"]),))
    return found


def listed(visitor: Visitor, address: str) -> int:
    """How many requests the list of that address holds."""
    return len(soup(visitor.get(address)).select("#file tbody tr"))


@pytest.fixture
def service(world: World, hour: Hour) -> dict[str, str]:
    """Requests of two CDAS, late and not, held and not; at the end it is Thursday, 10:00."""
    made = {}
    hour.is_now(12, 9)
    made["late"] = a_submitted_ticket(world.cdas_agent, matricule="7654321").reference
    acts.perform(world.caf_agent, made["late"], "take", {})
    hour.is_now(19, 9)
    made["soon"] = a_submitted_ticket(world.cdas_agent_elsewhere).reference
    acts.perform(world.other_caf_agent, made["soon"], "take", {})
    made["free"] = a_submitted_ticket(world.cdas_agent).reference
    made["asked"] = a_submitted_ticket(world.other_cdas_agent).reference
    acts.perform(world.caf_agent, made["asked"], "take", {})
    acts.perform(world.caf_agent, made["asked"], "ask", {"question": "Depuis quand ?"})
    hour.is_now(19, 10)
    return made


# ---------------------------------------------------------------- by person
def test_a_head_of_the_caf_sees_who_is_late_and_what_nobody_follows(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    shown = {name: row.numbers for name, row in table(logged_in("caf_lead")).items()}
    assert shown == {
        world.caf_agent.name: (1, 0, 2),
        "Sans personne désignée": (0, 1, 1),
        world.other_caf_agent.name: (0, 1, 1),
    }
    assert next(iter(shown)) == world.caf_agent.name, "the latest first"
    assert "Rien en cours : Vous." in text_of(logged_in("caf_lead").get("/"))


def test_where_nothing_presses_it_is_said_with_what_each_follows(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    browser = logged_in("cdas_head")
    page = soup(browser.get("/"))
    assert page.select("#personnes") == []
    (card,) = page.select("section:has(#par-personne)")
    said = plain(card.get_text())
    assert "Rien n’est en retard ni à traiter sous deux jours ouvrés." in said
    one, other = world.cdas_agent.name, world.other_cdas_agent.name
    assert f"Rien de pressé, en cours : {one} (2), {other} (1). Rien en cours : Vous." in said


def test_a_head_of_a_cdas_sees_their_own_people_and_what_awaits_the_cdas(
    logged_in: LogIn, service: dict[str, str], world: World, hour: Hour
) -> None:
    """What the Caf is late with is not the lateness of whoever asked."""
    browser = logged_in("cdas_head")
    assert {name: row.numbers for name, row in table(browser).items()} == {
        world.cdas_agent.name: (0, 0, 2),
        world.other_cdas_agent.name: (0, 0, 1),
    }
    hour.is_now(20, 9)
    assert table(logged_in("cdas_head"))[world.other_cdas_agent.name].numbers == (0, 1, 1)
    hour.is_now(30, 9)
    assert table(logged_in("cdas_head"))[world.other_cdas_agent.name].numbers == (1, 0, 1)


@pytest.mark.parametrize("post", HEADS)
def test_each_number_leads_to_its_list(
    logged_in: LogIn, service: dict[str, str], world: World, post: str
) -> None:
    """The list behind a number holds as many requests; its address names nobody, and can be kept."""
    browser = logged_in(post)
    for name in ("personnes", "cdas-pressants"):
        for head, row in table(browser, name).items():
            counted = [number for number in row.numbers if number]
            assert [listed(browser, link) for link in row.links] == counted, head
            for link in row.links:
                asked = dict(parse_qsl(urlsplit(link).query))
                assert set(asked) <= {"vue", "personne", "cdas", "echeance"}
                assert "Essai" not in link


def test_a_head_over_several_cdas_sees_those_that_wait(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    shown = {name: row.numbers for name, row in table(logged_in("caf_lead"), "cdas-pressants").items()}
    assert shown == {"CDAS Pays de Redon": (1, 1, 3), "CDAS Pays de Vitré": (0, 1, 1)}
    assert table(logged_in("cdas_head"), "cdas-pressants") == {}


def test_what_somebody_follows_who_has_left_is_followed_by_nobody(
    logged_in: LogIn, service: dict[str, str], world: World, hour: Hour
) -> None:
    with transaction() as session:
        left = update(Account).where(Account.id == world.caf_agent.account_id)
        session.execute(left.values(suspended_at=hour.instant))
    assert table(logged_in("caf_lead"))["Sans personne désignée"].numbers == (1, 1, 3)


def test_who_follows_is_who_holds_rather_than_who_wrote(
    logged_in: LogIn, world: World, service: dict[str, str]
) -> None:
    """A call that an agent noted and another one took stands once, with who took it."""
    noted = a_submitted_ticket(world.cdas_agent).reference
    acts.perform(world.caf_agent, noted, "take", {})
    before = table(logged_in("caf_lead"))
    acts.perform(
        world.caf_lead,
        noted,
        "assign",
        {"unit_id": "caf-prestations", "holder_id": world.other_caf_agent.account_id},
    )
    after = table(logged_in("caf_lead"))
    one, other = world.caf_agent.name, world.other_caf_agent.name
    assert before[one].numbers[2] - after[one].numbers[2] == 1
    assert after[other].numbers[2] - before[other].numbers[2] == 1


@pytest.mark.parametrize("post", ["cdas_agent", "caf_agent", "caf_secretariat", "caf_ts"])
def test_who_heads_nothing_has_no_table(logged_in: LogIn, service: dict[str, str], post: str) -> None:
    page = soup(logged_in(post).get("/"))
    assert page.select("#personnes, #absences, #cdas-pressants") == []


def test_a_head_who_has_a_link_with_the_family_counts_nothing_of_it(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    """Invariants 5 and 8: a count holds no more than reading each would."""
    with transaction() as session:
        other = an_account(session, "caf-prestations", Role.CAF_LEAD, email="autre@test.example")
    kept_out.declare(other, service["late"], world.caf_lead.account_id)
    shown = table(logged_in("caf_lead"))
    assert shown[world.caf_agent.name].numbers == (0, 0, 1)


def test_the_head_of_another_cdas_counts_nothing_of_this_one(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    """R-DP-1, and for who names somebody of another unit in the address."""
    browser = logged_in("cdas_head_elsewhere")
    assert {name: row.numbers for name, row in table(browser).items()} == {
        world.cdas_agent_elsewhere.name: (0, 0, 1)
    }
    for person in (world.cdas_agent.account_id, world.caf_agent.account_id):
        assert listed(browser, f"/demandes?vue=cours&personne={person}") == 0
    page = soup(browser.get(f"/demandes?vue=cours&personne={world.cdas_agent.account_id}"))
    named = [plain(one.get_text()) for one in page.select("[name=personne] option")]
    assert world.cdas_agent.name not in named


@pytest.mark.parametrize("person", ["", "zz", "%00", "Essai", "aucune%20"])
def test_what_names_nobody_narrows_nothing(logged_in: LogIn, service: dict[str, str], person: str) -> None:
    assert listed(logged_in("caf_lead"), f"/demandes?vue=cours&personne={person}") == 4


def test_the_list_offers_the_people_of_the_unit_to_its_head(
    logged_in: LogIn, service: dict[str, str], world: World
) -> None:
    names = [
        plain(one.get_text())
        for one in soup(logged_in("cdas_head").get("/demandes")).select("[name=personne] option")
    ]
    assert names == [
        "Tous",
        "Sans personne désignée",
        world.cdas_agent.name,
        world.cdas_head.name,
        world.other_cdas_agent.name,
    ]
    assert soup(logged_in("cdas_agent").get("/demandes")).select("[name=personne]") == []


def test_a_kept_list_says_how_it_is_narrowed_without_naming_anybody(logged_in: LogIn, world: World) -> None:
    for name, person in (("A", "aucune"), ("B", str(world.caf_agent.account_id))):
        saved_lists.save(world.caf_lead, name, f"vue=cours&personne={person}&echeance=retard", for_unit=True)
    said = text_of(logged_in("caf_agent").get("/demandes/listes"))
    assert "Toutes en cours · Hors délai · Que personne ne suit encore" in said
    assert "Toutes en cours · Hors délai · Suivies par une personne" in said


# ---------------------------------------------------------------- second readings, absences
def test_r_ud_8_a_second_reading_stands_with_who_refused_until_it_is_read(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    refused = a_submitted_ticket(world.cdas_agent).reference
    reason = {
        "reason": "not_urgent",
        "sentence": "Trois mois ne sont pas passés.",
        "turn_to": "Le formulaire.",
    }
    acts.perform(world.caf_agent, refused, "reject", reason)
    lead, head = logged_in("caf_lead"), logged_in("cdas_head")
    assert "Secondes lectures" not in text_of(lead.get("/"))
    acts.perform(world.cdas_agent, refused, "contest", {"reason": "La date est fausse."})
    for browser in (lead, head):
        said = text_of(browser.get("/"))
        assert f"{refused} RSA interrompu" in said
        assert f"Refusée par {world.caf_agent.name} · personne ne l’a encore prise" in said
    assert "Secondes lectures" not in text_of(logged_in("caf_head").get("/"))
    assert "Secondes lectures" not in text_of(logged_in("cdas_head_elsewhere").get("/"))
    acts.perform(world.other_caf_agent, refused, "take", {})
    assert f"Refusée par {world.caf_agent.name} · {world.other_caf_agent.name}" in text_of(lead.get("/"))
    acts.perform(world.other_caf_agent, refused, "answer", {"outcome": "restored", "text": "C’est rétabli."})
    assert "Secondes lectures" not in text_of(lead.get("/"))


def test_absences_say_who_is_away_until_when_and_who_replaces(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    agent, other, lead = world.caf_agent.account_id, world.other_caf_agent.account_id, world.caf_lead
    absences.note(lead, other, date(2026, 12, 1), date(2026, 12, 4))
    absences.note(lead, agent, date(2026, 11, 18), date(2026, 11, 20), other)
    absences.note(world.cdas_head, world.cdas_agent.account_id, date(2026, 11, 19), date(2026, 11, 19))
    (card,) = soup(logged_in("caf_lead").get("/")).select("section:has(#absences)")
    said = [plain(one.get_text(" ")) for one in card.select("li")]
    one, replacement = world.caf_agent.name, world.other_caf_agent.name
    assert said == [
        f"{one} En cours Jusqu’au vendredi 20 novembre 2026 Remplacement : {replacement}",
        f"{replacement} Du mardi 1er décembre 2026 au vendredi 4 décembre 2026 Personne ne remplace",
    ]
    assert "Aucune absence" in text_of(logged_in("caf_head").get("/"))
    hour.is_now(5, 10, month=12)
    assert "Aucune absence" in text_of(logged_in("caf_lead").get("/"))


# ---------------------------------------------------------------- what it costs
def test_the_tables_of_a_head_are_two_statements_whatever_they_hold(world: World, hour: Hour) -> None:
    with reading() as session:
        known = reference(session)
    side = known.units_of_side(world.caf_lead.institution)
    for number in (1, 30):
        many_tickets(number)
        with statements() as sent, reading() as session:
            shares = team.shares(session, world.caf_lead, side, hour.instant, hour.instant)
            people = session.execute(team.members("caf-prestations", hour.instant.date())).all()
        assert len(sent) == 2
        assert (sum(share.open for share in shares), len(people)) == (1 if number == 1 else 31, 3)


def test_the_shares_are_read_from_the_index_of_what_is_under_way(world: World, hour: Hour) -> None:
    many_tickets(50, closed=10)
    analyzed()
    with reading() as session:
        known = reference(session)
    for actor, index in ((world.caf_lead, "ix_ticket_queue"), (world.cdas_head, "ix_ticket_asked")):
        side = known.units_of_side(actor.institution)
        statement = team._shares(sort_of(actor), side)
        values = as_read_by(actor, present=hour.instant, soon=hour.instant)
        read = plan(statement, values, several_indexes=actor is world.cdas_head)
        assert index in read or "INDEX ix_ticket" in read, read
        assert "Seq Scan on ticket" not in read
        assert "SCAN ticket" not in read.replace("SCAN ticket USING", "")


def test_beyond_a_thousand_the_most_pressing_are_counted_and_it_is_said(world: World, hour: Hour) -> None:
    with reading() as session:
        known = reference(session)
    share = team.Share(None, "cdas-redon", None, COUNT_LIMIT, 0, 0)
    shown = TeamTable(world.caf_lead, known, [share], [], [], hour.instant.date())
    assert not shown.more
    beyond = replace(shown, shares=[share, share._replace(open=1)])
    assert plain(beyond.more) == "Plus de 1 000 demandes"


# ---------------------------------------------------------------- what is one's own
def test_the_secretariat_finds_what_it_treats(logged_in: LogIn, world: World) -> None:
    """Where they acted themselves – triaged, completed, noted a call –, as long as it is under way."""
    assigned, completed, untouched = (a_submitted_ticket(world.cdas_agent).reference for _ in range(3))
    acts.perform(world.caf_secretariat, assigned, "assign", {"unit_id": "caf-prestations"})
    acts.perform(world.caf_agent, untouched, "take", {})
    browser = logged_in("caf_secretariat")
    page = browser.get("/demandes?vue=miennes")
    assert "Vous traitez 1 demande" in text_of(page)
    assert "Celles que je traite" in text_of(page)
    assert _references(page) == [assigned]
    assert completed not in page.text
    acts.perform(world.cdas_agent, assigned, "cancel", {"reason": "Réglé."})
    assert "Vous n’avez agi sur aucune demande en cours" in text_of(browser.get("/demandes?vue=miennes"))


def test_the_head_of_the_social_service_finds_what_they_wrote_or_hold(logged_in: LogIn, world: World) -> None:
    written = _an_orientation(world.caf_head)
    other = _an_orientation(world.caf_ts)
    browser = logged_in("caf_head")
    page = browser.get("/demandes?vue=miennes")
    assert "1 demande faite ou suivie par vous" in text_of(page)
    assert _references(page) == [written]
    assert other in browser.get("/demandes?vue=cours").text


def _an_orientation(author: Actor) -> str:
    given = {
        "last_name": "Exemple-Morin",
        "first_name": "Démo",
        "commune": REDON,
        "told_on": today(),
        "reason": "droits_caf",
        "accompanied_by": "nobody",
        "to_service": "cdas",
        "reason_not_followed": "La famille le demande.",
    }
    return create_ticket(author, "orientation", given, str(uuid4()), submit=True)[0]


def _references(page: TestResponse) -> list[str]:
    return [plain(one.get_text()) for one in soup(page).select("#file th[scope=row] .reference")]
