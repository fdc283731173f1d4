"""An appointment in a calendar: RFC 5545, in UTC, neutral (R-DP-5), moved under the same name."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service.database import reading, transaction
from service.models import OutboxMail
from service.notifications.invitation import invitation
from service.operations import acts
from service.operations.creation import create_ticket
from tests.factories import REDON, World, seeded_world, today

PARIS = ZoneInfo("Europe/Paris")


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
    assert (found["UID"], found["SEQUENCE"], found["METHOD"]) == ("RV-TEST@relais.example", "3", "PUBLISH")
    assert (found["SUMMARY"], found["ORGANIZER"]) == ("Rendez-vous Relais RV-TEST", "mailto:caf@caf.example")
    assert "LOCATION" not in found
    assert "ATTENDEE" not in found


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


def test_r_dp_5_fixing_an_appointment_invites_both_sides_and_fixing_another_moves_it(world: World) -> None:
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
    meeting = {
        "meeting_on": today(),
        "meeting_time": datetime(2026, 1, 1, 14, 30, tzinfo=PARIS).time(),
        "place": "Au domicile, 3 rue de la Fontaine",
        "holder_id": world.caf_ts.account_id,
    }
    acts.perform(world.caf_secretariat, reference, "schedule", meeting)
    acts.perform(world.caf_ts, reference, "no_show", {"absence": "without_notice"})
    later = {**meeting, "meeting_on": today() + timedelta(days=7)}
    acts.perform(world.caf_secretariat, reference, "schedule", later)
    with reading() as session:
        mails = list(session.scalars(select(OutboxMail).order_by(OutboxMail.id)))
    invited = [mail for mail in mails if mail.calendar]
    assert {mail.event for mail in invited} == {"schedule"}
    assert {mail.unit_id for mail in invited} >= {"cdas-redon"}
    first, last = unfolded(invited[0].calendar or ""), unfolded(invited[-1].calendar or "")
    assert first["UID"] == last["UID"]
    assert int(last["SEQUENCE"]) > int(first["SEQUENCE"])
    begins = datetime.combine(later["meeting_on"], meeting["meeting_time"], PARIS).astimezone(ZoneInfo("UTC"))
    assert last["DTSTART"] == f"{begins:%Y%m%dT%H%M%SZ}"
    for mail in mails:
        said = f"{mail.subject} {mail.body} {mail.calendar}".casefold()
        for word in ("exemple-rendez", "malo", "7654321", "fontaine", "domicile"):
            assert word not in said
