"""Hours that change from a day on, closures and openings: who, when, and what never moves (R-CAL-1, -2, R-CLK-7)."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from service import clock
from service.database import reading, transaction
from service.errors import InvalidInput, NotPermitted, NotVisible, StaleVersion
from service.models import Calendar, CalendarHours, Closure, Revision, SettingChange, Ticket, Unit
from service.operations import calendars, recomputation
from service.permissions import HEAD_ROLES, Actor, Role, may_change_hours_of
from service.queries import calendars as queries
from service.queries.reference import reference
from service.workflows.business_time import OpenHours, Slot
from service.workflows.calendars import SERVICE_WEEKLY_HOURS, HoursFrom
from service.workflows.french import PARIS
from tests.factories import World, a_submitted_ticket, seeded_world

NOW = datetime(2026, 10, 22, 8, 0, tzinfo=UTC)
"""A Thursday, ten o'clock in Paris."""
MORNINGS = tuple(Slot(day, time(9), time(12)) for day in range(5))
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _a_thursday() -> Any:
    with clock.driven(lambda: NOW):
        yield


@pytest.fixture
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


def seen(code: str) -> str:
    with reading() as session:
        place = queries.place(session, code)
        return queries.last_change(session, place.calendar_code) if place else ""


def hours_of(unit: str) -> OpenHours:
    with reading() as session:
        return reference(session).hours_of(unit)


def plan(
    actor: Actor, code: str, starts_on: date = MONDAY, weekly: tuple[Slot, ...] = MORNINGS, **more: Any
) -> str:
    return calendars.change_hours(actor, code, HoursFrom(starts_on, weekly, **more), seen=seen(code))


def close(actor: Actor, code: str, **other: Any) -> UUID:
    given = {
        "opens": False,
        "starts_at": at(2026, 11, 3),
        "ends_at": at(2026, 11, 4),
        "reason": "Réunion de service",
        "seen": seen(code),
        **other,
    }
    return calendars.add_exception(actor, code, **given)


def refused(**fields: str) -> Any:
    (field, sentence), *_ = fields.items()
    return pytest.raises(InvalidInput, check=lambda one: sentence in " ".join(one.fields.get(field, ())))


# ---------------------------------------------------------------- who
def test_who_may_change_which_hours(world: World) -> None:
    """roles.md: heads and the secretariat their own unit's, the administration all, nobody else any."""
    for role, actor in world.by_role.items():
        own = role in HEAD_ROLES | {Role.CAF_SECRETARIAT, Role.ADMIN}
        assert may_change_hours_of(actor, actor.unit_id) is own, role
        for other in ("cdas-vitre", None):
            assert may_change_hours_of(actor, other) is (role is Role.ADMIN), role
        if not own:
            with pytest.raises(NotPermitted):
                plan(actor, actor.unit_id)
        for code in ("cdas-vitre", "services", "line"):
            if role is not Role.ADMIN:
                with pytest.raises(NotPermitted):
                    plan(actor, code)
                with pytest.raises(NotPermitted):
                    close(actor, code)
    with pytest.raises(NotVisible):
        plan(world.admin, "nowhere")


# ---------------------------------------------------------------- weekly hours
def test_r_clk_7_new_hours_begin_on_their_day_and_what_lies_before_stays(world: World) -> None:
    before = hours_of("cdas-redon")
    past = [at(2026, 10, 1), at(2026, 10, 21, 16), at(2026, 11, 1, 23)]
    assert plan(world.cdas_head, "cdas-redon") == "cdas-redon"
    after = hours_of("cdas-redon")
    assert [after.between(at(2026, 1, 1), one) for one in past] == [
        before.between(at(2026, 1, 1), one) for one in past
    ]
    assert after.weekly_on(MONDAY - timedelta(days=1)) == SERVICE_WEEKLY_HOURS
    assert after.weekly_on(MONDAY) == MORNINGS
    assert after.between(at(2026, 11, 2), at(2026, 11, 3)) == 3 * 3600
    assert hours_of("cdas-vitre") is before, "the units that share the calendar keep it"


def test_r_cal_2_a_unit_gets_its_own_calendar_with_its_first_change_past_and_closures_included(
    world: World,
) -> None:
    plan(world.admin, "services", date(2026, 10, 26))
    close(world.admin, "services")
    shared = hours_of("cdas-redon")
    plan(world.cdas_head, "cdas-redon", MONDAY, SERVICE_WEEKLY_HOURS)
    with reading() as session:
        assert session.get_one(Unit, "cdas-redon").calendar_code == "cdas-redon"
        assert session.get_one(Unit, "cdas-vitre").calendar_code == "services"
        own = session.get_one(Calendar, "cdas-redon")
        assert own.name == session.get_one(Unit, "cdas-redon").name
        assert len(session.scalars(queries.exceptions("cdas-redon")).all()) == 1
        said = session.scalars(
            select(SettingChange.before).where(SettingChange.key == "calendar:cdas-redon")
        ).one()
    assert said.endswith("fermé les jours fériés (horaires jusqu’ici partagés : « Services »)")
    mine = hours_of("cdas-redon")
    assert mine.between(at(2026, 10, 1), at(2026, 11, 2)) == shared.between(at(2026, 10, 1), at(2026, 11, 2))
    assert not mine.is_open(at(2026, 11, 3, 10)), "the closure came along"
    plan(world.cdas_head, "cdas-redon", date(2026, 12, 1))
    with reading() as session:
        assert session.scalars(select(Calendar.code).order_by(Calendar.code)).all() == [
            "cdas-redon",
            "line",
            "services",
        ]


@pytest.mark.parametrize("day", [date(2026, 10, 22), date(2026, 10, 21), date(2029, 1, 1)])
def test_r_clk_7_hours_begin_after_today(world: World, day: date) -> None:
    with refused(starts_on="après aujourd’hui"):
        plan(world.admin, "services", day)


def test_r_cal_2_hours_that_can_not_be_are_refused_and_nothing_is_kept(world: World) -> None:
    with refused(weekly="Un service dont les horaires sont vides"):
        plan(world.admin, "services", weekly=())
    with refused(weekly="Moins d’une heure par semaine"):
        plan(world.admin, "services", weekly=(Slot(0, time(9), time(9, 30)),))
    with refused(day_0="se chevauchent"):
        plan(world.cdas_head, "cdas-redon", weekly=(Slot(0, time(9), time(12)), Slot(0, time(11), time(14))))
    plan(world.admin, "services")
    with refused(starts_on="commencent déjà ce jour-là"):
        plan(world.admin, "services")
    with reading() as session:
        assert session.get(Calendar, "cdas-redon") is None
        assert len(session.scalars(select(CalendarHours)).all()) == 1


def test_what_was_seen_and_has_moved_is_refused_and_what_moved_elsewhere_is_not(world: World) -> None:
    old = seen("services")
    plan(world.admin, "line")
    with reading() as session:
        revision = session.get_one(Revision, 1).number
    calendars.change_hours(world.admin, "services", HoursFrom(MONDAY, MORNINGS), seen=old)
    with reading() as session:
        assert session.get_one(Revision, 1).number > revision
    with pytest.raises(StaleVersion):
        calendars.change_hours(world.admin, "services", HoursFrom(date(2026, 12, 1), MORNINGS), seen=old)
    with pytest.raises(StaleVersion):
        close(world.cdas_head, "cdas-redon", seen=old)
    with pytest.raises(StaleVersion):
        calendars.foresee_hours(world.admin, "services", HoursFrom(date(2026, 12, 1), MORNINGS), seen=old)


def test_what_is_foreseen_counts_the_requests_whose_deadline_moves(world: World) -> None:
    def foreseen(code: str) -> int:
        hours = HoursFrom(MONDAY, MORNINGS)
        return calendars.foresee_hours(world.admin, code, hours, seen=seen(code)).requests

    assert foreseen("services") == 0
    ticket = a_submitted_ticket(world.cdas_agent)
    assert foreseen("services") == 1
    with reading() as session:
        owing = ticket.next_step_unit_id
        assert owing is not None
        assert session.scalar(queries.deadlines_in([owing])) == 1
    assert (foreseen(owing), foreseen("cdas-vitre"), foreseen("line")) == (1, 0, 0)
    with reading() as session:
        assert session.scalars(select(CalendarHours)).all() == [], "nothing is kept"


def test_r_cal_1_open_deadlines_follow_a_closure_once_computed_anew(world: World) -> None:
    ticket = a_submitted_ticket(world.cdas_agent)
    owing, due = ticket.next_step_unit_id, ticket.next_deadline_at
    assert owing is not None
    assert due is not None
    close(world.admin, owing, starts_at=None, ends_at=at(2026, 10, 26), reason="Travaux")
    assert recomputation.recompute() == 1
    with reading() as session:
        moved = session.get_one(Ticket, ticket.id).next_deadline_at
    assert moved is not None
    assert moved > max(due, at(2026, 10, 26))
    assert hours_of(owing).between(NOW, due) == 0


def test_a_change_is_taken_back_until_it_begins(world: World) -> None:
    plan(world.cdas_head, "cdas-redon")
    with pytest.raises(NotPermitted):
        calendars.withdraw_hours(world.cdas_head_elsewhere, "cdas-redon", MONDAY)
    with pytest.raises(NotVisible):
        calendars.withdraw_hours(world.cdas_head, "cdas-redon", MONDAY + timedelta(days=1))
    calendars.withdraw_hours(world.cdas_head, "cdas-redon", MONDAY)
    assert hours_of("cdas-redon").weekly_on(MONDAY) == SERVICE_WEEKLY_HOURS
    plan(world.cdas_head, "cdas-redon")
    with clock.driven(lambda: datetime(2026, 11, 2, 0, 0, tzinfo=UTC)), refused(starts_on="ont commencé"):
        calendars.withdraw_hours(world.cdas_head, "cdas-redon", MONDAY)


def test_r_cal_1_the_line_may_follow_no_holidays_from_a_day_on(world: World) -> None:
    plan(world.admin, "line", date(2026, 10, 26), follows_public_holidays=True, follows_school_holidays=False)
    with reading() as session:
        line = reference(session).hours_of_calendar("line")
    assert not line.is_open(at(2026, 10, 23, 10)), "still the school holidays"
    assert line.is_open(at(2026, 10, 26, 10))


# ---------------------------------------------------------------- closures and openings
def test_r_cal_1_a_closure_and_an_opening_are_in_the_hours_at_once(world: World) -> None:
    close(world.caf_secretariat, "caf-secretariat")
    saturday = {"starts_at": at(2026, 11, 7, 9), "ends_at": at(2026, 11, 7, 12)}
    close(world.caf_secretariat, "caf-secretariat", opens=True, reason="Permanence", **saturday)
    hours = hours_of("caf-secretariat")
    assert hours.reason_closed(at(2026, 11, 3, 10)) == "Réunion de service"
    assert hours.is_open(at(2026, 11, 7, 10))
    assert hours_of("caf-prestations").is_open(at(2026, 11, 3, 10)), "the others keep theirs"
    with reading() as session:
        said = session.scalars(
            select(SettingChange.after).where(SettingChange.key == "calendar:caf-secretariat")
        ).all()
    assert "fermeture le mardi 3 novembre 2026 (Réunion de service)" in said


def test_r_clk_7_closures_that_can_not_be_are_refused(world: World) -> None:
    admin = world.admin
    with refused(starts="Ce début est passé"):
        close(admin, "services", starts_at=NOW - timedelta(seconds=1))
    with refused(ends="avant le début"):
        close(admin, "services", ends_at=at(2026, 11, 2))
    with refused(ends="Deux ans au plus"):
        close(admin, "services", ends_at=at(2030, 1, 1))
    with refused(reason="sécurité sociale"):
        close(admin, "services", reason="Fermé pour 1 85 05 78 006 084 91")
    with refused(reason="Dites pourquoi"):
        close(admin, "services", reason=" \0 ")
    close(admin, "services")
    with refused(starts="déjà notée"):
        close(admin, "services")
    with reading() as session:
        assert len(session.scalars(select(Closure)).all()) == 1


def test_r_cal_2_closing_all_the_days_that_are_known_is_refused(world: World) -> None:
    """The line is known as far as the school holidays are: nothing would open after such a closure."""
    with clock.driven(lambda: at(2028, 6, 1, 10)), refused(ends="Plus rien n’ouvrirait"):
        close(world.admin, "line", starts_at=None, ends_at=at(2028, 9, 1))
    with clock.driven(lambda: at(2028, 6, 1, 10)), refused(ends="Plus rien n’ouvrirait"):
        close(world.admin, "line", starts_at=None, ends_at=at(2028, 10, 1))


def test_r_clk_7_to_come_is_removed_present_is_ended_past_stays(world: World) -> None:
    admin = world.admin
    to_come = close(admin, "services")
    present = close(admin, "services", starts_at=None, ends_at=at(2026, 10, 24))
    assert calendars.withdraw_exception(admin, "services", to_come) == "removed"
    assert hours_of("cdas-redon").is_open(at(2026, 11, 3, 10))
    later = NOW + timedelta(hours=1)
    with clock.driven(lambda: later):
        assert calendars.withdraw_exception(admin, "services", present) == "ended"
        assert hours_of("cdas-redon").is_open(later)
        assert not hours_of("cdas-redon").is_open(later - timedelta(minutes=1)), "the hour that passed stays"
        with pytest.raises(InvalidInput, check=lambda one: "est passée" in one.fields[""][0]):
            calendars.withdraw_exception(admin, "services", present)
        with pytest.raises(NotVisible):
            calendars.withdraw_exception(admin, "services", uuid4())
    with transaction() as session:
        assert session.get_one(Closure, present).ends_at == later


def test_another_calendars_closure_is_out_of_reach(world: World) -> None:
    shared = close(world.admin, "services")
    with pytest.raises(NotVisible):
        calendars.withdraw_exception(world.cdas_head, "cdas-redon", shared)
    close(world.cdas_head, "cdas-redon", starts_at=at(2026, 11, 5), ends_at=at(2026, 11, 6))
    with pytest.raises(NotVisible):
        calendars.withdraw_exception(world.cdas_head, "cdas-redon", shared)
