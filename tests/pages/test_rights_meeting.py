"""The pages of a rendez-vous des droits: the sheet, the day of the check, the way from another request (R-RD)."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import AccessEntry, Ticket
from service.operations import acts
from service.operations.creation import create_ticket
from tests import tagged
from tests.factories import REDON, World, seeded_world
from tests.pages.conftest import Visitor
from tests.pages.html import text_of

LogIn = Callable[..., Visitor]
DAY = date(2026, 11, 30)


@pytest.fixture
def db(sqlite_db: str) -> str:
    """A page does not depend on the kind of database."""
    return sqlite_db


@pytest.fixture
def world(db: str) -> Iterator[World]:
    with clock.driven(lambda: datetime(2026, 11, 30, 9, tzinfo=UTC)):
        with transaction() as session:
            made = seeded_world(session)
        yield made


@pytest.fixture
def scheduled(world: World) -> str:
    given = {
        "matricule": "7654321",
        "last_name": "Exemple-Morin",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": DAY,
        "asked_by": "partner",
        "to_service": "prestations",
        "phone": "02 61 91 00 00",
    }
    made, _ = create_ticket(world.cdas_agent, "rights_meeting", given, str(uuid4()), submit=True)
    meeting = {"meeting_on": DAY, "meeting_time": time(9), "means": "telephone"}
    acts.perform(world.caf_agent, made, "schedule", meeting)
    return made


@pytest.fixture
def held(world: World, scheduled: str) -> str:
    given = {
        "code": "89",
        "target_group": "partner_referral",
        "rights_discussed": ["rsa", "css"],
        "documents_awaited": ["bank"],
        "summary": "Demande de #strong[RSA] *à* compléter.",
    }
    acts.perform(world.caf_agent, scheduled, "hold", given)
    return scheduled


def test_the_meeting_to_come_is_said_at_the_head(logged_in: LogIn, scheduled: str) -> None:
    said = text_of(logged_in("cdas_agent").get(f"/demandes/{scheduled}"))
    assert "Lundi 30 novembre 2026 à 9 h 00, par téléphone." in said.replace("\u00a0", " ")
    assert "Fiche récapitulative" not in said


def test_r_rd_the_sheet_says_how_to_reach_the_person_when_which_rights_and_what_is_missing(
    logged_in: LogIn, held: str
) -> None:
    agent = logged_in("caf_agent")
    assert "fiche-recapitulative.pdf" in agent.get(f"/demandes/{held}").text
    answer = agent.get(f"/demandes/{held}/fiche-recapitulative.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=fiche-{held}.pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    assert tagged.faults(answer.data) == []
    read = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Malo Exemple-Morin",
        "7654321",
        "02 61 91 00 00",
        "lundi 30 novembre 2026, par téléphone",
        "Revenu de solidarité active",
        "Complémentaire santé solidaire",
        "Relevé d’identité bancaire",
        "#strong[RSA] *à* compléter",
        "dimanche 28 février 2027",
    ):
        assert words in read, words


@pytest.mark.parametrize("post", ["cdas_agent_elsewhere", "caf_ts", "caf_head", "admin"])
def test_r_dp_1_the_sheet_of_a_request_that_is_not_theirs_is_absent(
    logged_in: LogIn, held: str, post: str
) -> None:
    assert logged_in(post).get(f"/demandes/{held}/fiche-recapitulative.pdf").status_code in (403, 404)


def test_the_day_of_the_check_is_shown_while_nobody_owes_anything(logged_in: LogIn, held: str) -> None:
    agent = logged_in("caf_agent")
    page = text_of(agent.get(f"/demandes/{held}")).replace("\u00a0", " ")
    assert "Droits à vérifier le dimanche 28 février 2027." in page
    assert "plus rien n’est attendu" not in page
    listed = text_of(logged_in("cdas_agent").get("/demandes?vue=toutes"))
    assert "Le 28 février 2027" in listed
    assert "Pas encore envoyée" not in listed


def test_another_request_leads_to_it(logged_in: LogIn, world: World) -> None:
    given = {
        "last_name": "Exemple-Morin",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": DAY,
        "reason": "droits_caf",
        "accompanied_by": "nobody",
        "to_service": "prestations",
    }
    origin, _ = create_ticket(world.cdas_agent, "orientation", given, str(uuid4()), submit=True)
    page = logged_in("cdas_agent").get(f"/demandes/{origin}").text
    assert f"/nouvelle/rights_meeting?de={origin}&amp;parce_que=rights_to_review" in page
    made_from = f"/nouvelle/rights_meeting?de={origin}&parce_que=rights_to_review"
    form = logged_in("cdas_agent").get(made_from).text
    assert 'value="Exemple-Morin"' in form
    assert f'<option value="{REDON}" selected>' in form
    with reading() as session:
        readings = select(AccessEntry.act).join(Ticket, Ticket.id == AccessEntry.ticket_id)
        assert session.scalars(readings.where(Ticket.reference == origin)).all() == ["read", "read"]
    elsewhere = logged_in("cdas_agent_elsewhere").get(made_from)
    assert elsewhere.status_code == 200
    assert "Exemple-Morin" not in elsewhere.text
