"""The private address of a calendar: references and hours for whoever has it, until it is renewed or ended (R-DP-5)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from service.database import reading, transaction
from service.models import CalendarFeed, MeetingParticipant, Ticket
from service.operations import accounts, concertations, meetings
from service.operations.acts import perform
from service.operations.creation import create_ticket
from service.routes import limits
from tests.factories import PARIS, REDON, World, a_submitted_ticket, today
from tests.pages.conftest import Visitor

LogIn = Callable[..., Visitor]
ADDRESS = re.compile(r"https?://[^/]+(/agenda/[A-Za-z0-9_-]{43}\.ics)")
CANARIES = ("Exemple-Le Gall", "Éloïse", "1234567", "frigo", "Essai", "Salle", "test.example")


def address(browser: Visitor) -> str:
    found = ADDRESS.search(browser.post("/compte/agenda").text)
    assert found
    return found[1]


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def test_it_gives_what_awaits_its_owner_by_reference_only(app: Flask, world: World, logged_in: LogIn) -> None:
    mine = a_submitted_ticket(world.cdas_agent)
    perform(world.caf_agent, mine.reference, "take", {})
    perform(world.caf_agent, mine.reference, "ask", {"question": "Quel frigo ?"})
    other = a_submitted_ticket(world.other_cdas_agent)
    elsewhere = a_submitted_ticket(world.cdas_agent_elsewhere)
    concertations.plan(world.cdas_head, today() + timedelta(days=7), place="Salle Exemple-Le Gall")
    browser = logged_in("cdas_agent")
    path = address(browser)
    answer = Visitor(app).get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = unfolded(answer.text)
    assert f"SUMMARY:Échéance {mine.reference} – Urgence définie\r\n" in text
    assert f"/demandes/{mine.reference}\r\n" in text
    assert "SUMMARY:Concertation\r\n" in text
    assert other.reference not in text
    assert elsewhere.reference not in text
    assert not [word for word in CANARIES if word in text]
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    with transaction() as session:
        session.get_one(Ticket, mine.id).author_id = world.other_cdas_agent.account_id
    assert mine.reference not in Visitor(app).get(path).text


def test_an_address_lives_until_it_is_renewed_ended_or_its_owner_suspended(
    app: Flask, world: World, logged_in: LogIn
) -> None:
    browser, stranger = logged_in("cdas_agent"), Visitor(app)
    first = address(browser)
    second = address(browser)
    assert [stranger.get(path).status_code for path in (first, second)] == [404, 200]
    with reading() as session:
        assert session.scalars(select(CalendarFeed)).one().token_digest not in second.encode()
    assert browser.post("/compte/agenda/supprimer").status_code == 303
    third = address(browser)
    assert [stranger.get(path).status_code for path in (second, third)] == [404, 200]
    accounts.suspend(world.cdas_head, world.cdas_agent.account_id)
    assert stranger.get(third).status_code == 404
    accounts.reinstate(world.cdas_head, world.cdas_agent.account_id)
    assert stranger.get(third).status_code == 404
    unknown = stranger.get(f"/agenda/{'x' * 43}.ics")
    assert (unknown.status_code, "VCALENDAR" in unknown.text) == (404, False)


def test_whoever_tries_addresses_is_slowed_down(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_FEED_READER", "2 per hour")
    guesser = Visitor(app, "192.0.2.7")
    tried = [guesser.get(f"/agenda/{number:043}.ics").status_code for number in range(3)]
    assert tried == [404, 404, 429]


def test_appointments_and_meetings_are_there_by_their_kind(
    app: Flask, world: World, logged_in: LogIn
) -> None:
    """R-RV, R-GO-1: neither the place, nor who comes, nor what will be said."""
    asked = {
        "matricule": "1234567",
        "last_name": "Exemple-Le Gall",
        "first_name": "Éloïse",
        "commune": REDON,
        "source": "cdas",
        "told_on": today(),
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    reference, _ = create_ticket(world.cdas_agent, "appointment", asked, "key", submit=True)
    fixed = {"meeting_on": today() + timedelta(days=3), "meeting_time": time(14, 30), "place": "Salle Éloïse"}
    perform(world.caf_secretariat, reference, "schedule", {**fixed, "holder_id": world.caf_ts.account_id})
    day = today() + timedelta(days=20)
    given = {
        "kind": "monthly",
        "about_on": day,
        "held_on": day,
        "starts_at": "10:00",
        "place": "Salle Éloïse",
    }
    meeting_id = meetings.plan(world.steering, given)
    with transaction() as session:
        session.add(MeetingParticipant(meeting_id=meeting_id, account_id=world.caf_ts.account_id))
    text = unfolded(Visitor(app).get(address(logged_in("caf_ts"))).text)
    begins = datetime.combine(fixed["meeting_on"], fixed["meeting_time"], PARIS).astimezone(UTC)  # type: ignore[arg-type]
    assert f"DTSTART:{begins:%Y%m%dT%H%M%SZ}\r\n" in text
    assert f"SUMMARY:Rendez-vous {reference}\r\n" in text
    assert "SUMMARY:Réunion technique – " in text
    assert not [word for word in CANARIES if word in text]
    assert reference not in Visitor(app).get(address(logged_in("caf_head"))).text
