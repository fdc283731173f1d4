"""Holidays known offline, and the hours they close (R-CAL-1, R-CAL-2)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.workflows import calendars
from service.workflows.business_time import HoursRefused, OutsideKnownDays, Period, Slot

PARIS = ZoneInfo("Europe/Paris")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


def test_r_cal_1_the_eleven_public_holidays_of_2026_in_french() -> None:
    of_2026 = {day: name for day, name in calendars.public_holidays().items() if day.year == 2026}
    assert of_2026 == {
        date(2026, 1, 1): "jour férié : Jour de l’an",
        date(2026, 4, 6): "jour férié : Lundi de Pâques",
        date(2026, 5, 1): "jour férié : Fête du Travail",
        date(2026, 5, 8): "jour férié : Fête de la Victoire",
        date(2026, 5, 14): "jour férié : Ascension",
        date(2026, 5, 25): "jour férié : Lundi de Pentecôte",
        date(2026, 7, 14): "jour férié : Fête nationale",
        date(2026, 8, 15): "jour férié : Assomption",
        date(2026, 11, 1): "jour férié : Toussaint",
        date(2026, 11, 11): "jour férié : Armistice",
        date(2026, 12, 25): "jour férié : Noël",
    }


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2026, 2, 14), date(2026, 3, 1), "vacances scolaires d’hiver, zone B"),
        (date(2026, 4, 11), date(2026, 4, 26), "vacances scolaires de printemps, zone B"),
        (date(2026, 7, 4), date(2026, 8, 31), "vacances scolaires d’été, zone B"),
        (date(2026, 10, 17), date(2026, 11, 1), "vacances scolaires de la Toussaint, zone B"),
        (date(2026, 12, 19), date(2027, 1, 3), "vacances scolaires de Noël, zone B"),
        (date(2027, 2, 20), date(2027, 3, 7), "vacances scolaires d’hiver, zone B"),
        (date(2027, 4, 17), date(2027, 5, 2), "vacances scolaires de printemps, zone B"),
        (date(2025, 5, 30), date(2025, 5, 31), "pont de l’Ascension, zone B"),
        (date(2026, 5, 15), date(2026, 5, 16), "pont de l’Ascension, zone B"),
        (date(2028, 5, 26), date(2028, 5, 27), "pont de l’Ascension, zone B"),
    ],
)
def test_r_cal_1_the_school_holidays_of_zone_b_both_ends_included(first: date, last: date, name: str) -> None:
    known = calendars.school_holidays()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert {known.get(day) for day in days} == {name}
    if "pont" not in name:
        assert first - timedelta(days=1) not in known
        assert last + timedelta(days=1) not in known


def test_r_cal_1_every_school_year_known_has_a_bridge_of_the_ascension() -> None:
    bridges = {day.year for day, name in calendars.school_holidays().items() if "Ascension" in name}
    assert bridges == set(range(calendars.FIRST_DAY.year, calendars.known_until().year + 1))


def test_r_cal_1_the_current_and_the_next_school_year_are_known_and_the_end_is_announced() -> None:
    assert calendars.known_until() >= date(2028, 8, 31)
    assert not calendars.is_ending(date(2026, 11, 21))
    assert calendars.is_ending(calendars.known_until() - timedelta(days=100))


def test_r_cal_2_the_line_is_closed_in_the_holidays_the_services_are_not() -> None:
    line, services = calendars.direct_line_hours(), calendars.service_hours()
    friday_of_the_example = at(2026, 10, 23, 14, 30)
    assert not line.is_open(friday_of_the_example)
    assert line.reason_closed(friday_of_the_example) == "vacances scolaires de la Toussaint, zone B"
    assert services.is_open(friday_of_the_example)
    state = line.state(friday_of_the_example)
    assert state.next_opening == at(2026, 11, 2, 9)
    assert line.is_open(at(2026, 11, 2, 9))
    assert line.state(at(2026, 10, 16, 16)).reason == (
        "hors des heures d’ouverture, puis vacances scolaires de la Toussaint, zone B"
    )
    assert line.reason_closed(at(2026, 7, 14, 10)) == "vacances scolaires d’été, zone B"
    assert services.reason_closed(at(2026, 7, 14, 10)) == "jour férié : Fête nationale"


def test_r_cal_2_the_default_hours() -> None:
    assert (
        calendars.direct_line_hours().describe()
        == "du lundi au vendredi, 9 h 00 – 12 h 00 et 14 h 00 – 16 h 00"
    )
    week = (at(2026, 11, 16), at(2026, 11, 23))
    assert calendars.direct_line_hours().between(*week) == 5 * 5 * 3600
    assert calendars.service_hours().between(*week) == 5 * 7.5 * 3600


def test_r_cal_1_the_line_is_known_as_far_as_the_school_holidays_are_and_no_further() -> None:
    after = datetime.combine(calendars.known_until() + timedelta(days=2), time(12), PARIS)
    with pytest.raises(OutsideKnownDays):
        calendars.direct_line_hours().is_open(after)
    calendars.service_hours().is_open(after)


def test_r_cal_1_closures_and_exceptional_openings_of_the_administrator() -> None:
    closure = Period.of_days(date(2026, 11, 16), date(2026, 11, 16), "fermeture : réunion de service")
    opening = Period(at(2026, 11, 11, 9), at(2026, 11, 11, 12), "ouverture exceptionnelle")
    hours = calendars.open_hours(calendars.SERVICE_WEEKLY_HOURS, closures=(closure,), openings=(opening,))
    assert hours.reason_closed(at(2026, 11, 16, 10)) == "fermeture : réunion de service"
    assert hours.between(at(2026, 11, 11), at(2026, 11, 12)) == 3 * 3600
    assert hours.between(at(2026, 11, 16), at(2026, 11, 17)) == 0


def test_hours_that_follow_no_calendar_are_open_on_holidays() -> None:
    hours = calendars.open_hours((Slot(2, time(9), time(12)),), follows_public_holidays=False)
    assert hours.is_open(at(2026, 11, 11, 10))


def test_hours_are_computed_once_and_empty_ones_refused() -> None:
    assert calendars.direct_line_hours() is calendars.direct_line_hours()
    with pytest.raises(HoursRefused):
        calendars.open_hours(())
