"""What one has not read yet: the marks of the list and of home, « Du nouveau », and when one came last."""

import re
from collections.abc import Callable, Iterator

import pytest
from bs4 import Tag
from sqlalchemy import func, select

from service.database import reading, transaction
from service.models import AccessEntry, Account
from service.operations import acts, conversation, kept_out
from service.permissions import Actor
from service.queries import news
from service.queries.reference import reference
from service.routes.pages import news as pages_of_news
from tests.cost import statements
from tests.factories import World, a_draft, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import fields_of, plain, soup, text_of
from tests.plans import plan

LogIn = Callable[..., Visitor]
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


def marks(visitor: Visitor, address: str = "/demandes?vue=cours") -> dict[str, str]:
    """The word beside each request of the list."""
    found = {}
    for head in soup(visitor.get(address)).select("#file th[scope=row]"):
        (shown,) = head.select(".reference")
        word = head.select_one(".unread")
        found[plain(shown.get_text())] = plain(word.get_text()) if word else ""
    return found


def cards(visitor: Visitor, address: str = "/nouveautes") -> dict[str, list[str]]:
    """The requests of « Du nouveau », in order, each with its sentences."""
    answer = visitor.get(address)
    assert answer.status_code == 200
    return {
        plain(card.select_one("h2").get_text()): [
            plain(one.get_text(" ")) for one in card.select(".thread li")
        ]
        for card in soup(answer).select("section.card:has(.thread)")
        if isinstance(card.select_one("h2"), Tag)
    }


# ---------------------------------------------------------------- the marks
def test_a_request_is_new_until_it_is_opened_and_has_news_once_somebody_else_moved_it(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("caf_agent")
    assert marks(browser) == {ticket.reference: "Nouvelle"}
    hour.is_now(19, 10, 5)
    browser.get(f"/demandes/{ticket.reference}")
    assert marks(browser) == {ticket.reference: ""}
    hour.is_now(19, 10, 10)
    acts.perform(world.other_caf_agent, ticket.reference, "take", {})
    assert marks(browser) == {ticket.reference: "Du nouveau"}
    hour.is_now(19, 10, 15)
    browser.get(f"/demandes/{ticket.reference}")
    assert marks(browser) == {ticket.reference: ""}


def test_what_one_does_oneself_is_no_news(logged_in: LogIn, world: World, hour: Hour) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("cdas_agent")
    assert marks(browser) == {ticket.reference: ""}, "its author knows it"
    hour.is_now(19, 10, 5)
    conversation.write_message(world.cdas_agent, ticket.reference, "Un mot de plus.", "k1")
    assert marks(browser) == {ticket.reference: ""}
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    assert marks(browser) == {ticket.reference: "Du nouveau"}


@pytest.mark.parametrize("move", ["message", "file"])
def test_a_message_or_a_file_of_the_other_side_is_news(
    logged_in: LogIn, world: World, hour: Hour, move: str
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("caf_agent")
    browser.get(f"/demandes/{ticket.reference}")
    hour.is_now(19, 10, 5)
    if move == "message":
        conversation.write_message(world.cdas_agent, ticket.reference, "Un mot de plus.", "k1")
    else:
        conversation.attach(world.cdas_agent, ticket.reference, "piece.pdf", PDF, "k1")
    assert marks(browser) == {ticket.reference: "Du nouveau"}


@pytest.mark.parametrize("writer", ["cdas_agent", "other_caf_agent"])
def test_r_dp_3_an_internal_note_never_makes_a_mark(
    logged_in: LogIn, world: World, hour: Hour, writer: str
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    browser = logged_in("caf_agent")
    browser.get(f"/demandes/{ticket.reference}")
    hour.is_now(19, 10, 5)
    conversation.write_note(getattr(world, writer), ticket.reference, "Entre nous.", "k1")
    assert marks(browser) == {ticket.reference: ""}
    assert cards(browser) == {}


def test_what_was_refused_or_only_searched_was_not_read(logged_in: LogIn, world: World, hour: Hour) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        for act, refused in (("read", True), ("letter", False)):
            session.add(
                AccessEntry(
                    at=hour.instant,
                    account_id=world.caf_agent.account_id,
                    unit_id=world.caf_agent.unit_id,
                    ticket_id=ticket.id,
                    act=act,
                    refused=refused,
                )
            )
    assert marks(logged_in("caf_agent")) == {ticket.reference: "Nouvelle"}


def test_what_ended_without_the_reader_is_not_new_for_ever(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    read = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("caf_agent")
    browser.get(f"/demandes/{read.reference}")
    hour.is_now(19, 10, 5)
    for one in (ticket, read):
        acts.perform(world.cdas_agent, one.reference, "cancel", {"reason": "Réglé."})
    assert marks(browser, "/demandes?vue=terminees") == {ticket.reference: "", read.reference: "Du nouveau"}


def test_r_dp_4_what_is_older_than_the_log_of_readings_has_no_mark(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    """Nobody knows any more whether it was read."""
    ticket = a_submitted_ticket(world.cdas_agent)
    hour.instant = hour.instant.replace(year=2027, month=12)
    assert marks(logged_in("caf_agent")) == {ticket.reference: ""}


def test_home_says_it_too_in_words(logged_in: LogIn, world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    (word,) = soup(logged_in("caf_secretariat").get("/")).select(".short-list .reference + .unread")
    assert plain(word.get_text()) == "Nouvelle"
    assert word.find_previous_sibling("a") is not None
    assert ticket.reference in str(word.find_previous_sibling("a"))


def test_the_marks_of_a_page_are_one_statement_that_reads_by_index(world: World, hour: Hour) -> None:
    """The listed rows and theirs, whatever the other requests, readings and messages."""
    listed = [a_submitted_ticket(world.cdas_agent) for _ in range(3)]
    with reading() as session:
        known = reference(session)
        with statements() as sent:
            found = news.marks(session, world.caf_agent, listed, known, hour.instant)
    assert (len(sent), set(found.values())) == (1, {news.Mark.NEW})
    read = plan(*news.marked(world.caf_agent, [one.id for one in listed]))
    assert "ix_access_entry_reader" in read
    assert not re.search("Seq Scan|^SCAN ", read, re.MULTILINE)


def test_what_is_new_is_read_from_what_moved_lately(world: World, hour: Hour) -> None:
    """Not from all that somebody may read: a million requests make no difference."""
    a_submitted_ticket(world.cdas_agent)
    for actor in (world.cdas_agent, world.caf_secretariat, world.caf_ts):
        read = plan(news.requests(actor, hour.instant - news.RECENT).limit(51))
        for index in ("ix_journal_entry_recorded_at", "ix_message_recorded_at", "ix_attachment_joined_at"):
            assert index in read, actor.role
        assert not re.search(
            "Seq Scan on (ticket|journal_entry)|^SCAN (ticket|journal_entry)", read, re.MULTILINE
        )


# ---------------------------------------------------------------- « Du nouveau »
def test_what_others_did_is_told_as_the_history_tells_it_the_last_moved_first(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    first, second = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    hour.is_now(19, 10, 5)
    acts.perform(world.caf_agent, first.reference, "take", {})
    hour.is_now(19, 10, 10)
    acts.perform(world.caf_agent, second.reference, "take", {})
    hour.is_now(19, 10, 15)
    conversation.write_message(world.caf_agent, first.reference, "Texte que seule la demande montre.", "k1")
    browser = logged_in("cdas_agent")
    shown = cards(browser)
    assert list(shown) == [first.reference, second.reference]
    message, taken = shown[first.reference]
    assert message.startswith("Caf : Message jeudi 19 novembre 2026 à 10 h 15")
    assert "Essai Caf Agent" in message
    assert taken.startswith("Caf : Prise en charge")
    assert "Texte que seule" not in text_of(browser.get("/nouveautes")), "what it says is read on the request"


def test_a_card_says_what_the_request_is_of_as_the_list_does(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    hour.is_now(19, 11)
    conversation.write_message(world.caf_agent, ticket.reference, "Bonjour.", "k1")
    browser = logged_in("cdas_agent")
    (row,) = soup(browser.get("/demandes")).select(".what strong")
    (card,) = soup(browser.get("/nouveautes")).select("section.card:has(.thread) > p.small")
    assert plain(card.get_text()).startswith(
        f"Urgence définie – {plain(row.get_text())}, dernier versement le "
    )


def test_r_dp_4_opening_a_request_takes_it_off_and_the_page_itself_reads_nothing(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    browser = logged_in("cdas_agent")
    hour.is_now(19, 10, 5)
    assert list(cards(browser)) == [ticket.reference]
    assert _readings(world.cdas_agent) == 0
    browser.get(f"/demandes/{ticket.reference}")
    assert cards(browser) == {}


def test_to_mark_all_as_read_forges_no_reading_and_takes_only_what_the_page_showed(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    browser = logged_in("cdas_agent")
    hour.is_now(19, 10, 5)
    shown = fields_of(browser.get("/nouveautes"), "main .page-head form")
    hour.is_now(19, 10, 10)
    conversation.write_message(world.caf_agent, ticket.reference, "Arrivé pendant la lecture.", "k1")
    hour.is_now(19, 10, 15)
    assert browser.post("/nouveautes/vues", shown).status_code == 303
    (lines,) = cards(browser).values()
    assert len(lines) == 1
    assert "Message" in lines[0]
    assert _readings(world.cdas_agent) == 0
    shown = fields_of(browser.get("/nouveautes"), "main .page-head form")
    assert browser.post("/nouveautes/vues", shown).status_code == 303
    assert cards(browser) == {}
    assert marks(browser) == {ticket.reference: ""}, "what was said to be known is known in the list too"


@pytest.mark.parametrize("until", ["", "hier", "2026-11-19T10:05:00", "2999-01-01T00:00:00Z"])
def test_what_can_not_be_the_instant_of_a_page_marks_nothing(
    logged_in: LogIn, world: World, until: str
) -> None:
    browser = logged_in("cdas_agent")
    assert browser.post("/nouveautes/vues", {"until": until}).status_code == 303
    assert "Rien n’a été marqué" in text_of(browser.get("/nouveautes"))
    with reading() as session:
        assert session.get_one(Account, world.cdas_agent.account_id).news_seen_at is None


def test_nobody_knows_of_what_has_not_happened_yet(logged_in: LogIn, world: World, hour: Hour) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("cdas_agent")
    browser.post("/nouveautes/vues", {"until": "2027-05-01T00:00:00Z"})
    hour.is_now(19, 10, 5)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    assert list(cards(browser)) == [ticket.reference]
    hour.is_now(19, 10, 10)
    browser.post("/nouveautes/vues", {"until": "2026-11-19T09:10:00Z"})
    browser.post("/nouveautes/vues", {"until": "2026-11-01T00:00:00Z"})
    assert cards(browser) == {}, "a page left open takes nothing back"


def test_each_finds_what_concerns_them_and_nobody_what_they_may_not_read(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    """R-DP-1: held by me, asked by my CDAS, owed by the secretariat, or I wrote there."""
    ticket = a_submitted_ticket(world.cdas_agent)
    hour.is_now(19, 10, 5)
    conversation.write_message(world.cdas_agent, ticket.reference, "Un mot de plus.", "k1")
    found = {
        post: list(cards(logged_in(post)))
        for post in ("other_cdas_agent", "cdas_head", "caf_secretariat", "caf_agent", "caf_ts", "caf_head")
    }
    assert found == {
        "other_cdas_agent": [ticket.reference],
        "cdas_head": [ticket.reference],
        "caf_secretariat": [ticket.reference],
        "caf_agent": [],
        "caf_ts": [],
        "caf_head": [],
    }
    assert cards(logged_in("cdas_agent_elsewhere")) == {}
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    conversation.write_message(world.caf_lead, ticket.reference, "Un mot de la responsable.", "k2")
    hour.is_now(19, 10, 10)
    conversation.write_message(world.cdas_agent, ticket.reference, "Merci.", "k3")
    assert list(cards(logged_in("caf_agent"))) == [ticket.reference], "the holder"
    assert list(cards(logged_in("caf_lead"))) == [ticket.reference], "who wrote there"
    assert cards(logged_in("other_caf_agent")) == {}


def test_who_has_a_link_with_the_family_hears_nothing_of_it(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    """Invariant 8."""
    ticket = a_submitted_ticket(world.cdas_agent)
    kept_out.declare(world.cdas_head, ticket.reference, world.other_cdas_agent.account_id)
    hour.is_now(19, 10, 5)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    assert cards(logged_in("other_cdas_agent")) == {}
    assert list(cards(logged_in("cdas_agent"))) == [ticket.reference]


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_reads_no_request_has_no_news(logged_in: LogIn, world: World, post: str) -> None:
    browser = logged_in(post)
    assert browser.get("/nouveautes").status_code == 403
    assert browser.post("/nouveautes/vues", {"until": "2026-11-19T09:10:00Z"}).status_code == 403
    assert "Depuis votre dernière visite" not in text_of(browser.get("/"))


def test_the_draft_of_a_colleague_is_no_news(logged_in: LogIn, world: World) -> None:
    a_draft(world.other_cdas_agent)
    assert cards(logged_in("cdas_agent")) == {}


def test_long_news_come_in_pages_and_cost_no_more_statements(
    logged_in: LogIn, world: World, hour: Hour, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [a_submitted_ticket(world.cdas_agent).reference for _ in range(5)]
    for place, one in enumerate(made):
        hour.is_now(19, 10, 1 + place // 2)  # two at the same instant
        conversation.write_message(world.caf_agent, one, "Bonjour.", f"k{place}")
    browser = logged_in("cdas_agent")
    with statements() as all_at_once:
        whole = list(cards(browser))
    assert set(whole) == set(made)
    monkeypatch.setattr(pages_of_news, "PAGE", 2)
    with statements() as few:
        cards(browser)
    assert len(few) <= len(all_at_once) + 1, "the count, where there are more than a page"
    seen, address = [], "/nouveautes"
    while True:
        seen += list(cards(browser, address))
        following = soup(browser.get(address)).select_one("a[rel=next]")
        if following is None:
            break
        address = str(following["href"])
    assert seen == whole


def test_a_request_with_much_news_names_the_last_and_counts_the_others(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    for place in range(7):
        hour.is_now(19, 10, 1 + place)
        conversation.write_message(world.caf_agent, ticket.reference, "Bonjour.", f"k{place}")
    browser = logged_in("cdas_agent")
    assert len(cards(browser)[ticket.reference]) == 5
    assert "Et 2 autres faits." in text_of(browser.get("/nouveautes"))


# ---------------------------------------------------------------- the last visit
def test_home_says_what_moved_since_the_last_visit_and_nothing_the_first_time(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    hour.is_now(17, 9)
    browser = logged_in("other_cdas_agent")
    assert "Depuis votre dernière visite" not in text_of(browser.get("/"))
    hour.is_now(17, 9, 10)
    browser.get("/demandes")
    hour.is_now(19, 10, 30)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    again = logged_in("other_cdas_agent")
    said = text_of(again.get("/"))
    assert "Depuis votre dernière visite (mardi 17 novembre 2026 à 9 h 10), 1 demande a bougé." in said
    assert "Votre dernière visite : mardi 17 novembre 2026 à 9 h 10." in text_of(again.get("/nouveautes"))
    again.get(f"/demandes/{ticket.reference}")
    assert "rien n’a bougé sur vos demandes" in text_of(again.get("/"))


def test_the_menu_says_how_many_requests_have_news_where_that_is_asked_anyway(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    """At home, in the statement of its sentence, and on the page itself; nowhere else is it worth its cost."""
    read, unread = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    hour.is_now(19, 10, 5)
    for one in (read, unread):
        acts.perform(world.caf_agent, one.reference, "take", {})
    conversation.write_message(world.caf_agent, unread.reference, "Bonjour.", "k1")
    browser = logged_in("cdas_agent")
    assert [_beside_news(browser, url) for url in ("/", "/nouveautes")] == ["2", "2"]
    hour.is_now(19, 10, 10)
    browser.get(f"/demandes/{read.reference}")
    assert [_beside_news(browser, url) for url in ("/", "/nouveautes", "/demandes")] == ["1", "1", ""]
    browser.get(f"/demandes/{unread.reference}")
    assert [_beside_news(browser, url) for url in ("/", "/nouveautes")] == ["", ""]


@pytest.mark.parametrize("post", ["cdas_agent", "caf_agent"])
def test_the_number_costs_home_no_statement_of_its_own(
    logged_in: LogIn, world: World, hour: Hour, post: str
) -> None:
    a_submitted_ticket(world.cdas_agent)
    browser = logged_in(post)
    browser.get("/")
    with statements() as sent:
        browser.get("/")
    assert sum("journal_entry" in one and "count(" in one for one in sent) == 1


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_has_no_news_has_no_entry_for_it(logged_in: LogIn, post: str) -> None:
    assert "Du nouveau" not in plain(soup(logged_in(post).get("/")).get_text(" "))


def test_after_logging_out_the_log_of_readings_remembers_the_last_visit(
    logged_in: LogIn, world: World, hour: Hour
) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    hour.is_now(19, 10, 5)
    browser = logged_in("caf_agent")
    browser.get(f"/demandes/{ticket.reference}")
    browser.post("/deconnexion")
    hour.is_now(20, 9)
    assert "Depuis votre dernière visite (hier à 10 h 05)" in text_of(logged_in("caf_agent").get("/"))


def _beside_news(visitor: Visitor, url: str) -> str:
    (entry,) = soup(visitor.get(url)).select("nav.nav a[href='/nouveautes']")
    number = entry.select_one(".count")
    return plain(number.get_text()) if number else ""


def _readings(actor: Actor) -> int:
    with reading() as session:
        read = select(func.count(AccessEntry.id)).where(
            AccessEntry.account_id == actor.account_id, AccessEntry.act == "read"
        )
        return session.scalar(read) or 0
