"""« Imprimer (PDF) » of one request: what its page shows, for whom it shows it, tagged, logged, counted."""

import io
from collections.abc import Callable, Iterator

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from service.database import reading
from service.models import AccessEntry
from service.operations import acts, conversation
from service.operations.creation import create_ticket
from service.operations.settings import change_setting
from tests import tagged
from tests.factories import World, a_draft, a_notice, a_submitted_ticket
from tests.pages.conftest import Visitor
from tests.pages.hours import Hour, driven_hour
from tests.pages.html import plain, soup, text_of

LogIn = Callable[..., Visitor]
SECRET = "Couverte par le secret professionnel (article 226-13 du code pénal)."


@pytest.fixture(autouse=True)
def hour() -> Iterator[Hour]:
    """A Thursday morning."""
    with driven_hour() as now:
        yield now


@pytest.fixture
def reference(world: World, hour: Hour) -> str:
    """A request that was taken, asked about, and noted upon by both sides."""
    made = a_submitted_ticket(world.cdas_agent, description="Loyer de novembre impayé.").reference
    acts.perform(world.caf_agent, made, "take", {})
    acts.perform(world.caf_agent, made, "ask", {"question": "Depuis *quand* ?"})
    conversation.write_note(world.caf_agent, made, "Vu avec la cheffe.", "k1")
    conversation.write_note(world.cdas_agent, made, "Rappeler la dame.", "k2")
    hour.is_now(19, 14)
    return made


def pages_of(visitor: Visitor, reference: str) -> list[str]:
    """The words of each sheet."""
    answer = visitor.get(f"/demandes/{reference}/imprimer.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=demande-{reference}.pdf"
    return [plain(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(answer.data)).pages]


def test_it_says_what_the_page_says(logged_in: LogIn, reference: str) -> None:
    agent = logged_in("caf_agent")
    link = soup(agent.get(f"/demandes/{reference}")).select_one(
        f"a[href='/demandes/{reference}/imprimer.pdf']"
    )
    assert link is not None
    words = " ".join(pages_of(agent, reference))
    for said in (
        f"{reference} – En attente du CDAS",
        "1234567",
        "Loyer de novembre impayé.",
        "La Caf demande un complément",
        "Depuis *quand* ?",
        "Étape suivante attendue de : CDAS Pays de Redon",
        "Prise en charge Essai Caf Agent, Service Prestations",
        f"Imprimée le jeudi 19 novembre 2026 par Essai Caf Agent, Service Prestations. {SECRET}",
    ):
        assert said in words
    assert "vous" not in words, "on paper that is whoever reads it"


def test_it_is_tagged_and_in_french(logged_in: LogIn, reference: str) -> None:
    """RGAA 13: a document to download can be read aloud."""
    answer = logged_in("caf_agent").get(f"/demandes/{reference}/imprimer.pdf")
    assert tagged.faults(answer.data) == []


def test_r_dp_3_notes_stand_on_a_sheet_of_their_own_and_only_one_s_own(
    logged_in: LogIn, reference: str
) -> None:
    *sheets, last = pages_of(logged_in("caf_agent"), reference)
    assert "Vu avec la cheffe." in last
    assert "détachez cette page" in last
    assert "Vu avec la cheffe." not in " ".join(sheets)
    assert "Rappeler la dame." not in " ".join([*sheets, last])
    whole = " ".join(pages_of(logged_in("cdas_agent"), reference))
    assert "Rappeler la dame." in whole
    assert "Vu avec la cheffe." not in whole


def test_r_dp_4_printing_is_logged_and_counts_as_reading(
    logged_in: LogIn, world: World, reference: str
) -> None:
    other = a_submitted_ticket(world.cdas_agent).reference
    change_setting(world.admin, "reads_per_hour", "1")
    lead = logged_in("caf_lead")
    pages_of(lead, reference)
    assert lead.get(f"/demandes/{other}/imprimer.pdf").status_code == 429
    with reading() as session:
        logged = select(AccessEntry.act, AccessEntry.refused).where(
            AccessEntry.account_id == world.caf_lead.account_id, AccessEntry.act == "print"
        )
        assert [tuple(row) for row in session.execute(logged.order_by(AccessEntry.id))] == [
            ("print", False),
            ("print", True),
        ]


@pytest.mark.parametrize("post", ["cdas_agent_elsewhere", "caf_ts", "steering", "admin", "auditor"])
def test_who_does_not_read_it_does_not_print_it(logged_in: LogIn, reference: str, post: str) -> None:
    assert logged_in(post).get(f"/demandes/{reference}/imprimer.pdf").status_code in (403, 404)


def test_it_is_as_long_as_a_page_takes_a_moment_to_print(
    logged_in: LogIn, world: World, reference: str
) -> None:
    """Empty lines take no room; who writes line after line does not keep the others waiting."""
    conversation.write_message(world.cdas_agent, reference, "Un" + "\n" * 9_000 + "deux", "k3")
    browser = logged_in("caf_agent")
    assert len(pages_of(browser, reference)) < 5
    for number in range(5):
        conversation.write_message(world.cdas_agent, reference, "a\n" * 4_900, f"long-{number}")
    answer = browser.get(f"/demandes/{reference}/imprimer.pdf")
    assert answer.status_code == 422
    assert "trop longue pour être imprimée" in text_of(answer)


def test_a_draft_is_not_printed(logged_in: LogIn, world: World) -> None:
    draft = a_draft(world.cdas_agent).reference
    assert logged_in("cdas_agent").get(f"/demandes/{draft}/imprimer.pdf").status_code == 404


def test_r_pe_4_a_notice_is_in_no_print(logged_in: LogIn, world: World) -> None:
    """Its author reads the page, which offers no print; the address is none, and nothing is logged as printed."""
    notice, _ = create_ticket(
        world.caf_ts, "child_protection_notice", a_notice(), "key-of-this-test", submit=True
    )
    author = logged_in("caf_ts")
    page = author.get(f"/demandes/{notice}")
    assert page.status_code == 200
    assert "imprimer.pdf" not in page.text
    assert author.get(f"/demandes/{notice}/imprimer.pdf").status_code == 404
    with reading() as session:
        assert session.scalars(select(AccessEntry).where(AccessEntry.act == "print")).all() == []
