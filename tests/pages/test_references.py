"""A reference while it is typed, and one that stands in a text: what leads to a request, for who may read it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from service.database import reading
from service.models import AccessEntry
from service.operations import acts, conversation, kept_out
from service.operations.creation import create_ticket
from service.queries import tickets
from service.routes.pages import search
from service.routes.pages.ticket import MOST_CITED
from service.workflows import reference as references
from tests.cost import statements
from tests.factories import World, a_draft, a_notice, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import plain, soup
from tests.plans import plan

LogIn = Callable[..., Visitor]

PROPOSED = "/recherche/references"


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


def proposed(visitor: Visitor, typed: str) -> dict[str, str]:
    """What is proposed for what is typed, by reference."""
    answer = visitor.post(PROPOSED, {"q": typed})
    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"requests"}
    return {one["reference"]: one["words"] for one in answer.json["requests"]}


# ---------------------------------------------------------------- while it is typed
@pytest.mark.parametrize("length", [4, 6, 7, 9, 12])
def test_the_beginning_of_a_reference_proposes_where_the_request_stands(
    logged_in: LogIn, world: World, length: int
) -> None:
    """R-DP-1: reference, kind, state and asking unit; nothing of the person."""
    ticket = a_submitted_ticket(world.cdas_agent, last_name="Démo-Inavouable", matricule="7654321")
    answer = logged_in("caf_agent").post(PROPOSED, {"q": ticket.reference[:length].lower()})
    assert answer.json is not None
    (found,) = (one for one in answer.json["requests"] if one["reference"] == ticket.reference)
    assert found == {
        "reference": ticket.reference,
        "words": "Urgence définie · Reçue, à orienter · CDAS Pays de Redon",
    }
    assert "Inavouable" not in answer.text
    assert "7654321" not in answer.text


def test_so_many_at_most_in_the_order_of_their_references(
    logged_in: LogIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three that begin alike two are proposed, the first ones."""
    monkeypatch.setattr(search, "PROPOSED", 2)
    beginnings = defaultdict[str, list[str]](list)
    while max(map(len, beginnings.values()), default=0) < 3:
        made = a_submitted_ticket(world.cdas_agent).reference
        beginnings[made[:4]].append(made)
    beginning, alike = next(found for found in beginnings.items() if len(found[1]) == 3)
    assert list(proposed(logged_in("caf_agent"), beginning)) == sorted(alike)[:2]
    assert proposed(logged_in("caf_agent"), "UD-") == {}, "the prefix alone is too little"


@pytest.mark.parametrize("typed", ["UD-4", "UD-4F7K"])
def test_a_beginning_is_read_from_the_index_of_references(world: World, typed: str) -> None:
    read = plan(tickets.begun(world.caf_agent, typed).limit(8))
    assert re.search("uq_ticket_reference|sqlite_autoindex_ticket", read), read
    assert not re.search("Seq Scan on ticket|^SCAN ticket", read, re.MULTILINE)


def test_a_text_with_very_many_references_is_shown_all_the_same(logged_in: LogIn, world: World) -> None:
    """As many lead somewhere as one statement may ask for; the others are plain text."""
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    many = " ".join(references.new("UD") for _ in range(MOST_CITED - 1))
    for place, text in enumerate((many, f"{other.reference} {references.new('UD')}", many[::-1])):
        conversation.write_message(world.cdas_agent, ticket.reference, text, f"k{place}")
    assert links_in(logged_in("caf_agent"), ticket.reference) == [
        (other.reference, f"/demandes/{other.reference}")
    ]


def test_nobody_is_proposed_what_they_may_not_read(logged_in: LogIn, world: World) -> None:
    """R-DP-1: for who may not read it a request is as one that does not exist."""
    ticket, draft = a_submitted_ticket(world.cdas_agent), a_draft(world.cdas_agent)
    posts = ("cdas_agent", "cdas_head", "caf_agent", "caf_secretariat", "caf_ts", "cdas_agent_elsewhere")
    found = {post: ticket.reference in proposed(logged_in(post), ticket.reference) for post in posts}
    assert found == {
        "cdas_agent": True,
        "cdas_head": True,
        "caf_agent": True,
        "caf_secretariat": True,
        "caf_ts": False,
        "cdas_agent_elsewhere": False,
    }
    stranger = logged_in("cdas_agent_elsewhere")
    absent = stranger.post(PROPOSED, {"q": references.new("UD")})
    assert stranger.post(PROPOSED, {"q": ticket.reference}).data == absent.data
    assert proposed(logged_in("caf_agent"), draft.reference) == {}, "not sent yet"
    assert draft.reference in proposed(logged_in("cdas_agent"), draft.reference)


def test_who_has_a_link_with_the_family_is_not_proposed_it(logged_in: LogIn, world: World) -> None:
    """Invariant 8."""
    ticket = a_submitted_ticket(world.cdas_agent)
    kept_out.declare(world.cdas_head, ticket.reference, world.other_cdas_agent.account_id)
    assert proposed(logged_in("other_cdas_agent"), ticket.reference) == {}


def test_r_pe_4_a_notice_is_proposed_to_nobody(logged_in: LogIn, world: World) -> None:
    made, _ = create_ticket(world.caf_ts, "child_protection_notice", a_notice(), "k1", submit=True)
    for post in ("caf_ts", "caf_head", "cdas_head"):
        assert proposed(logged_in(post), made) == {}


@pytest.mark.parametrize("post", ["steering", "auditor", "si_referent", "admin"])
def test_who_reads_no_request_is_proposed_none(logged_in: LogIn, world: World, post: str) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in(post)
    assert browser.post(PROPOSED, {"q": ticket.reference}).status_code == 403
    assert "data-references" not in browser.get("/compte").text


def test_it_is_posted_from_our_own_pages_and_leaves_no_trace(logged_in: LogIn, world: World) -> None:
    """Nothing that is typed stands in an address; a proposal reads nothing of a request (R-DP-4)."""
    ticket = a_submitted_ticket(world.cdas_agent)
    browser = logged_in("caf_agent")
    assert browser.get(f"{PROPOSED}?q={ticket.reference}").status_code == 405
    assert browser.post(PROPOSED, {"q": ticket.reference}, token="another").status_code == 400
    proposed(browser, ticket.reference)
    with reading() as session:
        assert session.scalar(select(func.count(AccessEntry.id))) == 0


@pytest.mark.parametrize(
    "typed", ["Martin", "1234567", "", "%", "UD-%%%%", "x" * 5000, "\x00\x00\x00", "1 85 05 78 006 084 91"]
)
def test_what_begins_no_reference_proposes_nothing(logged_in: LogIn, world: World, typed: str) -> None:
    a_submitted_ticket(world.cdas_agent)
    assert proposed(logged_in("caf_agent"), typed) == {}


@pytest.mark.parametrize(
    ("address", "field"), [("/demandes", "q"), ("/acces", "reference")], ids=["search", "access"]
)
def test_the_fields_that_ask_for_a_reference_propose_it(logged_in: LogIn, address: str, field: str) -> None:
    page = soup(logged_in("cdas_head").get(address))
    assert page.select_one(f"input[name={field}][data-references]") is not None
    script = page.select_one("script[data-url]")
    assert script is not None
    assert script["data-url"] == PROPOSED


# ---------------------------------------------------------------- in a text
def links_in(visitor: Visitor, reference: str, where: str = ".message") -> list[tuple[str, str]]:
    """The words and the addresses of the links in the texts of a request."""
    page = soup(visitor.get(f"/demandes/{reference}"))
    return [(plain(one.get_text()), str(one["href"])) for one in page.select(f"{where} a")]


def test_a_reference_in_a_message_leads_to_its_request_for_who_may_read_it(
    logged_in: LogIn, world: World
) -> None:
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    elsewhere = a_submitted_ticket(world.cdas_agent_elsewhere)
    wrong = elsewhere.reference[:-1] + ("0" if elsewhere.reference[-1] != "0" else "1")
    written = (
        f"Voir {other.reference.lower()}, <b>{elsewhere.reference}</b> et {wrong}.\nEt {ticket.reference}."
    )
    conversation.write_message(world.caf_agent, ticket.reference, written, "k1")
    theirs = links_in(logged_in("cdas_agent"), ticket.reference)
    assert theirs == [(other.reference.lower(), f"/demandes/{other.reference}")]
    ours = links_in(logged_in("caf_agent"), ticket.reference)
    assert ours == [*theirs, (elsewhere.reference, f"/demandes/{elsewhere.reference}")]
    text = soup(logged_in("cdas_agent").get(f"/demandes/{ticket.reference}")).select_one(".thread .message")
    assert text is not None
    assert text.get_text() == written, "the text is as it was written"
    assert text.select("b") == []


def test_a_reference_in_an_internal_note_leads_to_its_request(logged_in: LogIn, world: World) -> None:
    """R-DP-3: for who reads the note."""
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    conversation.write_note(world.caf_agent, ticket.reference, f"Comme {other.reference}.", "k1")
    expected = [(other.reference, f"/demandes/{other.reference}")]
    assert links_in(logged_in("caf_agent"), ticket.reference, ".note") == expected
    assert links_in(logged_in("cdas_agent"), ticket.reference) == []


def test_what_was_asked_with_an_act_leads_there_too(logged_in: LogIn, world: World) -> None:
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(world.caf_agent, ticket.reference, "ask", {"question": f"Est-ce {other.reference} ?"})
    browser = logged_in("cdas_agent")
    assert {url for _, url in links_in(browser, ticket.reference, ".owes .message")} == {
        f"/demandes/{other.reference}"
    }
    assert {url for _, url in links_in(browser, ticket.reference, ".thread")} == {
        f"/demandes/{other.reference}"
    }


def test_who_has_a_link_with_the_family_sees_a_reference_as_plain_text(
    logged_in: LogIn, world: World
) -> None:
    ticket, other = (
        a_submitted_ticket(world.cdas_agent),
        a_submitted_ticket(world.cdas_agent, matricule="7654321"),
    )
    conversation.write_message(world.caf_agent, ticket.reference, f"Voir {other.reference}.", "k1")
    kept_out.declare(world.cdas_head, other.reference, world.other_cdas_agent.account_id)
    assert links_in(logged_in("other_cdas_agent"), ticket.reference) == []


def test_it_costs_one_statement_where_a_text_holds_a_reference_and_none_elsewhere(
    logged_in: LogIn, world: World
) -> None:
    ticket, other = a_submitted_ticket(world.cdas_agent), a_submitted_ticket(world.cdas_agent)
    browser = logged_in("caf_agent")
    conversation.write_message(world.caf_agent, ticket.reference, f"Sur {ticket.reference}, rien.", "k1")
    browser.get(f"/demandes/{ticket.reference}")
    with statements() as without:
        browser.get(f"/demandes/{ticket.reference}")
    for place in range(3):
        conversation.write_message(world.caf_agent, ticket.reference, f"Voir {other.reference}.", f"m{place}")
    conversation.write_note(world.caf_agent, ticket.reference, f"Note sur {other.reference}.", "n1")
    with statements() as with_some:
        browser.get(f"/demandes/{ticket.reference}")
    notes = 1  # the statement of the notes themselves
    assert len(with_some) == len(without) + 1 + notes
