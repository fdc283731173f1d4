"""An appointment in a calendar: RFC 5545, in UTC, neutral (R-DP-5), moved under the same name."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.models import OutboxMail
from service.notifications.invitation import called_off, invitation, invites_after
from service.operations import acts
from service.operations.creation import create_ticket
from tests.factories import REDON, World, seeded_world, today

PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)


@pytest.fixture
def world(db: str) -> World:
    """Somebody of each role."""
    with transaction() as session:
        return seeded_world(session)


def an_invitation(begins_at: datetime, **changes: Any) -> str:
    usual: dict[str, Any] = {
        "link": "https://relais.example/demandes/RV-TEST",
        "domain": "relais.example",
        "sequence": 3,
        "written_at": datetime(2026, 10, 20, 9, tzinfo=PARIS),
        "attendee": "cdas@departement.example",
    }
    return invitation("RV-TEST", begins_at, **{**usual, **changes})


def unfolded(calendar: str) -> dict[str, str]:
    lines = calendar.replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if line)


@pytest.mark.parametrize(
    ("day", "utc"),
    [((2026, 10, 24, 14, 30), "20261024T123000Z"), ((2026, 10, 26, 14, 30), "20261026T133000Z")],
)
def test_the_hour_of_paris_in_utc_on_both_sides_of_the_change(
    day: tuple[int, int, int, int, int], utc: str
) -> None:
    found = unfolded(an_invitation(datetime(*day, tzinfo=PARIS), organizer="caf@caf.example"))
    assert found["DTSTART"] == utc
    assert (found["UID"], found["SEQUENCE"], found["METHOD"]) == ("RV-TEST@relais.example", "3", "REQUEST")
    assert (found["SUMMARY"], found["ORGANIZER"]) == ("Rendez-vous Relais RV-TEST", "mailto:caf@caf.example")
    assert "LOCATION" not in found
    assert found["ATTENDEE;RSVP=FALSE"] == "mailto:cdas@departement.example"


def test_lines_are_folded_at_75_bytes_and_signs_escaped() -> None:
    calendar = an_invitation(
        datetime(2026, 10, 26, tzinfo=PARIS), link="https://relais.example/é;,\\" + "é" * 90
    )
    lines = calendar.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "\n" not in calendar.replace("\r\n", "")
    assert "é\\;\\,\\\\éé" in unfolded(calendar)["DESCRIPTION"]


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        an_invitation(datetime(2026, 10, 26, 14, 30))  # noqa: DTZ001


def test_what_is_called_off_is_the_same_event_and_lines_stay_folded() -> None:
    begins = datetime(2026, 10, 26, 14, 30, tzinfo=PARIS)
    asked = an_invitation(begins, organizer="secretariat-du-service-social-de-la-caf@caf-d-exemple.example")
    off = called_off(asked, sequence=8, written_at=datetime(2026, 10, 25, 9, tzinfo=PARIS))
    changed = {"METHOD": "CANCEL", "SEQUENCE": "8", "DTSTAMP": "20261025T080000Z", "STATUS": "CANCELLED"}
    assert unfolded(off) == {**unfolded(asked), **changed}
    assert max(len(line.encode()) for line in off.split("\r\n")) <= 75
    assert off.replace("STATUS:CANCELLED\r\n", "").count("\r\n") == asked.count("\r\n")
    assert [invites_after(asked, begins - SECOND), invites_after(asked, begins)] == [True, False]
    assert not invites_after(off, begins - SECOND)


# ---------------------------------------------------------------- what both sides receive
NOON = datetime(2026, 10, 27, 12, tzinfo=PARIS)
HALF_PAST_TWO = time(14, 30)
INVITED = {"cdas-redon", "caf-social"}


@pytest.fixture
def noon() -> Iterator[Callable[[datetime], None]]:
    """It is noon, until the test says another instant."""
    instant = [NOON]
    with clock.driven(lambda: instant[0]):
        yield lambda at: instant.__setitem__(0, at)


def an_appointment(world: World, on: date) -> str:
    """Asked by the CDAS, fixed by the secretariat."""
    given = {
        "matricule": "7654321",
        "last_name": "Exemple-Rendez-vous",
        "first_name": "Malo",
        "commune": REDON,
        "source": "cdas",
        "told_on": today(),
        "scope_event": "planned_separation",
        "has_children": True,
        "is_allocataire": True,
    }
    reference, _ = create_ticket(world.cdas_agent, "appointment", given, str(uuid4()), submit=True)
    fix(world, reference, on)
    return reference


def fix(world: World, reference: str, on: date, act: str = "schedule") -> None:
    meeting = {
        "meeting_on": on,
        "meeting_time": HALF_PAST_TWO,
        "place": "Au domicile, 3 rue de la Fontaine",
        "holder_id": world.caf_ts.account_id,
    }
    acts.perform(world.caf_secretariat, reference, act, meeting)


def received(unit: str) -> list[dict[str, str]]:
    """What the calendar of a unit is told, in order; no mail says anything of a person (R-DP-5)."""
    with reading() as session:
        mails = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
    for mail in mails:
        said = f"{mail.subject} {mail.body} {mail.calendar}".casefold()
        assert not [
            word for word in ("exemple-rendez", "malo", "7654321", "fontaine", "domicile") if word in said
        ]
    assert {mail.unit_id for mail in mails if mail.calendar} == INVITED
    return [unfolded(mail.calendar) for mail in mails if mail.calendar and mail.unit_id == unit]


def methods(unit: str) -> list[str]:
    found = received(unit)
    assert len({event["UID"] for event in found}) == 1
    numbers = [int(event["SEQUENCE"]) for event in found]
    assert numbers == sorted(set(numbers))
    return [event["METHOD"] for event in found]


@pytest.mark.usefixtures("noon")
def test_r_dp_5_an_appointment_that_is_cancelled_leaves_the_calendars_of_both_sides(world: World) -> None:
    reference = an_appointment(world, NOON.date())
    acts.perform(world.cdas_agent, reference, "cancel", {"reason": "La personne a déménagé."})
    for unit in INVITED:
        assert methods(unit) == ["REQUEST", "CANCEL"]
        asked, off = received(unit)
        assert (off["STATUS"], off["DTSTART"], off["UID"]) == ("CANCELLED", asked["DTSTART"], asked["UID"])
    with reading() as session:
        [triage] = session.scalars(
            select(OutboxMail).where(OutboxMail.event == "cancel", OutboxMail.unit_id.not_in(INVITED))
        )
    assert triage.calendar is None, "who was not invited has nothing to take out"


@pytest.mark.usefixtures("noon")
def test_an_absence_announced_calls_it_off_once_and_another_one_puts_it_back(world: World) -> None:
    """R-RV, R-CLK-1: an offer invites nobody, so neither its refusal nor a redirection calls anything off again."""
    reference = an_appointment(world, NOON.date() + timedelta(days=3))
    acts.perform(world.caf_ts, reference, "no_show", {"absence": "with_notice"})
    fix(world, reference, NOON.date() + timedelta(days=9), "offer")
    acts.perform(world.caf_secretariat, reference, "refuse_offer", {"refused_because": "date"})
    fix(world, reference, NOON.date() + timedelta(days=10))
    for unit in INVITED:
        assert methods(unit) == ["REQUEST", "CANCEL", "REQUEST"]
        last = received(unit)[-1]
        assert last["DTSTART"] == "20261106T133000Z"
        assert "STATUS" not in last
    acts.perform(world.caf_ts, reference, "no_show", {"absence": "with_notice"})
    redirection = {"redirect_to": "cdas", "redirect_cdas": "cdas-redon", "detail": "Le CDAS suit la famille."}
    acts.perform(world.caf_secretariat, reference, "redirect", redirection)
    for unit in INVITED:
        assert methods(unit) == ["REQUEST", "CANCEL", "REQUEST", "CANCEL"]


def test_an_absence_after_the_hour_calls_nothing_off_and_the_next_appointment_moves_it(
    world: World, noon: Callable[[datetime], None]
) -> None:
    reference = an_appointment(world, NOON.date())
    noon(NOON.replace(hour=15))
    acts.perform(world.caf_ts, reference, "no_show", {"absence": "without_notice"})
    assert methods("cdas-redon") == ["REQUEST"]
    fix(world, reference, NOON.date() + timedelta(days=7))
    assert methods("cdas-redon") == ["REQUEST", "REQUEST"]
    assert received("cdas-redon")[-1]["DTSTART"] == "20261103T133000Z"


def test_one_that_took_place_stays_in_the_calendars(world: World, noon: Callable[[datetime], None]) -> None:
    reference = an_appointment(world, NOON.date())
    acts.perform(world.caf_ts, reference, "hold", {})
    noon(NOON.replace(hour=15))
    acts.perform(world.caf_ts, reference, "close", {"outcome": "information_only"})
    assert methods("cdas-redon") == ["REQUEST"]
