"""Rendez-vous des droits through the real operations: asked for, fixed, held, checked three months later (R-RD)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotVisible, Refusal
from service.jobs import fall_due, remind
from service.jobs.registry import JOBS
from service.models import ClockRecord, OutboxMail, RightsMeetingDetails, Ticket
from service.operations import acts
from service.operations.creation import create_ticket
from service.operations.summary_sheet import print_sheet
from service.permissions import Actor
from service.queries.sheet import sheet
from tests.factories import REDON, World, a_submitted_ticket, seeded_world

ASKED_ON, MET_ON = date(2026, 11, 23), date(2026, 11, 30)
FIXED = {
    "meeting_on": MET_ON,
    "meeting_time": time(14, 30),
    "means": "in_person",
    "place": "Antenne d’Exemple",
}
HELD = {"code": "88", "target_group": "rsa_applicant", "rights_discussed": ["css", "rsa"]}


class Day:
    """The day on which the test is, at 9 o'clock UTC."""

    def __init__(self) -> None:
        self.of(ASKED_ON)

    def of(self, day: date) -> None:
        self.instant = datetime.combine(day, time(9), UTC)


@pytest.fixture
def day() -> Iterator[Day]:
    day = Day()
    with clock.driven(lambda: day.instant):
        yield day


@pytest.fixture
def world(db: str, day: Day) -> World:
    with transaction() as session:
        return seeded_world(session)


def asked(actor: Actor, origin: str | None = None, **changes: Any) -> str:
    given = {
        "matricule": "7654321",
        "last_name": "Exemple-Morin",
        "first_name": "Malo",
        "commune": REDON,
        "told_on": ASKED_ON,
        "asked_by": "social_worker",
        "to_service": "prestations",
        **changes,
    }
    made_from = (origin, "rights_to_review") if origin else None
    return create_ticket(actor, "rights_meeting", given, str(uuid4()), submit=True, made_from=made_from)[0]


def found(reference: str) -> tuple[Ticket, RightsMeetingDetails]:
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference)).one()
        return ticket, session.get_one(RightsMeetingDetails, ticket.id)


def held(world: World, day: Day, **changes: Any) -> str:
    reference = asked(world.cdas_agent)
    acts.perform(world.caf_agent, reference, "schedule", FIXED)
    day.of(MET_ON)
    acts.perform(world.caf_agent, reference, "hold", {**HELD, **changes})
    return reference


def fallen_due() -> int:
    with transaction() as session:
        return fall_due.run(session)


def clocks(ticket: Ticket) -> dict[str, ClockRecord]:
    with reading() as session:
        rows = session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket.id))
        return {record.name: record for record in rows}


def test_r_rd_from_the_request_to_the_rights_that_were_opened(world: World, day: Day) -> None:
    """The check falls due on the very day, 30 November → 28 February; nobody owes anything before (R-CLK-5)."""
    assert "fall_due" in {job.name for job in JOBS}
    reference = held(world, day)
    ticket, details = found(reference)
    assert (ticket.state, ticket.next_step_unit_id, ticket.holder_id) == (
        "held",
        None,
        world.caf_agent.account_id,
    )
    assert (details.held_on, details.check_due_on) == (MET_ON, date(2027, 2, 28))
    assert details.rights_discussed == ["rsa", "css"]
    assert [name for name, record in clocks(ticket).items() if record.stopped_at is None] == []

    day.of(date(2027, 2, 27))
    assert fallen_due() == 0
    day.of(date(2027, 2, 28))
    assert (fallen_due(), fallen_due()) == (1, 0)
    ticket, _ = found(reference)
    assert (ticket.state, ticket.next_step_unit_id) == ("follow_up", "caf-prestations")
    assert ticket.next_deadline_of == "rights_check"

    acts.perform(world.caf_agent, reference, "check", {"check_result": "opened", "rights_opened": ["rsa"]})
    ticket, details = found(reference)
    assert (ticket.state, details.rights_opened, details.checked_on) == ("closed", ["rsa"], date(2027, 2, 28))
    assert clocks(ticket)["rights_check"].within_target


def test_r_clk_4_a_check_that_is_late_is_told_to_the_head(world: World, day: Day) -> None:
    """The reminders are those of every clock; the first mail is the one of the day itself."""
    reference = held(world, day)
    day.of(date(2027, 3, 1))
    fallen_due()
    day.of(date(2027, 3, 17))
    with transaction() as session:
        remind.run(session)
    with reading() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.reference == reference)).one()
        events = session.scalars(select(OutboxMail.event).where(OutboxMail.ticket_id == ticket.id)).all()
    assert "fall_due" in events
    assert "reminder_late" in events


def test_r_dp_5_the_meeting_goes_to_the_calendars_of_both_sides(world: World) -> None:
    reference = asked(world.cdas_agent)
    acts.perform(world.caf_agent, reference, "schedule", FIXED)
    with reading() as session:
        mails = session.scalars(select(OutboxMail).where(OutboxMail.calendar.is_not(None))).all()
    assert {mail.unit_id for mail in mails} == {"cdas-redon", "caf-prestations"}
    for mail in mails:
        said = f"{mail.subject} {mail.body} {mail.calendar}".casefold()
        assert "DTSTART:20261130T133000Z".casefold() in said
        assert not any(word in said for word in ("morin", "malo", "7654321", "antenne"))


@pytest.mark.parametrize(
    ("act", "given", "field"),
    [
        ("schedule", {**FIXED, "meeting_on": date(2026, 11, 22)}, "meeting_on"),
        ("schedule", {**FIXED, "place": None}, "place"),
        ("hold", {**HELD, "held_on": date(2026, 12, 24)}, "held_on"),
        ("hold", {**HELD, "held_on": date(2026, 11, 22)}, "held_on"),
        ("hold", {**HELD, "rights_discussed": []}, "rights_discussed"),
        ("check", {"check_result": "opened"}, "rights_opened"),
        ("check", {"check_result": "none", "rights_opened": ["rsa"]}, "rights_opened"),
        ("check", {"check_result": "none", "checked_on": date(2027, 2, 1)}, "checked_on"),
        ("check", {"check_result": "none", "checked_on": date(2027, 3, 9)}, "checked_on"),
    ],
)
def test_what_is_not_accepted_is_said_beside_its_field(
    world: World, day: Day, act: str, given: dict[str, Any], field: str
) -> None:
    reference = asked(world.cdas_agent)
    if act != "schedule":
        acts.perform(world.caf_agent, reference, "schedule", FIXED)
        day.of(MET_ON)
    if act == "check":
        acts.perform(world.caf_agent, reference, "hold", HELD)
        day.of(date(2027, 3, 2))
        fallen_due()
    with pytest.raises(InvalidInput) as refused:
        acts.perform(world.caf_agent, reference, act, given)
    assert list(refused.value.fields) == [field]


def test_r_dp_2_an_objection_stops_the_request(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        asked(world.cdas_agent, told_on=None, objected=True)
    assert refused.value.rule == "R-DP-2"


def test_r_or_2_who_asks_for_their_own_service_keeps_it(world: World) -> None:
    assert found(asked(world.caf_ts, to_service="caf_social"))[0].holder_id == world.caf_ts.account_id
    assert found(asked(world.caf_lead))[0].holder_id is None
    ticket, _ = found(asked(world.cdas_agent, to_service="caf_social"))
    assert (ticket.triage_unit_id, ticket.assigned_unit_id) == ("caf-secretariat", "caf-social")


def test_it_is_linked_to_the_request_it_was_made_from(world: World) -> None:
    """One transaction: what may not be read gives no link, and nothing is made."""
    origin = a_submitted_ticket(world.cdas_agent).reference
    made = asked(world.cdas_agent, origin)
    ticket, _ = found(made)
    with reading() as session:
        read = sheet(session, world.cdas_agent, ticket.id)
    assert read is not None
    assert read.links == [("rights_to_review", False, origin)]
    with pytest.raises(NotVisible):
        asked(world.cdas_agent_elsewhere, origin)


@pytest.mark.parametrize(
    ("post", "sees"),
    [
        ("cdas_agent", True),
        ("other_cdas_agent", True),
        ("cdas_head", True),
        ("cdas_agent_elsewhere", False),
        ("caf_agent", True),
        ("other_caf_agent", True),
        ("caf_lead", True),
        ("caf_secretariat", False),
        ("caf_ts", False),
        ("caf_head", False),
        ("steering", False),
        ("auditor", False),
        ("admin", False),
    ],
)
def test_r_dp_1_who_reads_the_request_prints_its_sheet_and_nobody_else(
    world: World, day: Day, post: str, sees: bool
) -> None:
    reference = held(world, day, summary="Un signe rare \u067e, et la suite.")
    actor = getattr(world, post)
    if sees:
        assert print_sheet(actor, reference).startswith(b"%PDF")
        return
    with pytest.raises(NotVisible):
        print_sheet(actor, reference)


def test_a_sheet_is_of_a_meeting_that_was_held(world: World) -> None:
    reference = asked(world.cdas_agent)
    with pytest.raises(NotVisible):
        print_sheet(world.cdas_agent, reference)
