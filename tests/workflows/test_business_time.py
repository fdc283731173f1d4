"""Business time against a calculator that looks at every minute (R-CAL-2, R-CAL-3, R-CLK-3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.workflows.business_time import (
    HoursRefused,
    LineState,
    OpenHours,
    OutsideKnownDays,
    Period,
    Slot,
    Stage,
)
from tests import scale

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
SERVICE = tuple(
    Slot(day, opens, closes)
    for day in range(5)
    for opens, closes in ((time(8, 30), time(12, 15)), (time(13, 15), time(17)))
)
NIGHT = tuple(Slot(day, time(0), time(5)) for day in range(7))


def at(*parts: int) -> datetime:
    """An instant from a local time of Europe/Paris."""
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[misc,arg-type]


@dataclass(frozen=True)
class MinuteByMinute:
    """The same questions, answered by looking at each minute in turn."""

    weekly: tuple[Slot, ...]
    closed_days: Mapping[date, str]
    closures: tuple[Period, ...] = ()
    openings: tuple[Period, ...] = ()

    def is_open(self, moment: datetime) -> bool:
        if any(opening.start <= moment < opening.end for opening in self.openings):
            return True
        if any(closure.start <= moment < closure.end for closure in self.closures):
            return False
        local = moment.astimezone(PARIS)
        wall = local.time()
        return local.date() not in self.closed_days and any(
            slot.weekday == local.weekday() and slot.opens <= wall < slot.closes for slot in self.weekly
        )

    def minutes(self, start: datetime) -> Iterator[datetime]:
        moment = start.astimezone(UTC)
        while True:
            yield moment
            moment += MINUTE

    def between(self, start: datetime, end: datetime) -> int:
        length = int((end.astimezone(UTC) - start.astimezone(UTC)) / MINUTE)
        return 60 * sum(self.is_open(start.astimezone(UTC) + n * MINUTE) for n in range(length))

    def add(self, start: datetime, minutes: int) -> datetime:
        moment = start.astimezone(UTC)
        while minutes:
            minutes -= self.is_open(moment)
            moment += MINUTE
        return moment

    def subtract(self, end: datetime, minutes: int) -> datetime:
        moment = end.astimezone(UTC)
        while minutes:
            moment -= MINUTE
            minutes -= self.is_open(moment)
        return moment


# The weeks of a change of clock, of public holidays, and ordinary ones.
STARTS = (
    at(2026, 3, 25),
    at(2026, 10, 21),
    at(2027, 3, 25),
    at(2027, 10, 28),
    at(2026, 11, 6),
    at(2026, 2, 25),
)
WEEKLY = (
    SERVICE,
    NIGHT,
    (Slot(6, time(0), time(23, 59)), Slot(2, time(14), time(18)), Slot(0, time(9), time(9, 1))),
    (*SERVICE, Slot(5, time(9), time(12))),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[OpenHours, MinuteByMinute, datetime, datetime]:
    first = draw(st.sampled_from(STARTS)).astimezone(UTC)
    minutes = st.integers(0, 8 * 24 * 60)
    start, end = sorted(first + draw(minutes) * MINUTE for _ in range(2))
    days = [(first + timedelta(days=n)).astimezone(PARIS).date() for n in range(8)]
    closed = dict.fromkeys(draw(st.sets(st.sampled_from(days), max_size=2)), "jour férié : Exemple")
    periods = st.builds(
        lambda begins, lasts: Period(first + begins * MINUTE, first + (begins + lasts) * MINUTE, "exemple"),
        minutes,
        st.integers(1, 2000),
    )
    closures = tuple(draw(st.lists(periods, max_size=2)))
    openings = tuple(draw(st.lists(periods, max_size=2)))
    weekly = draw(st.sampled_from(WEEKLY))
    hours = OpenHours(
        weekly, date(2026, 1, 1), date(2027, 12, 31), closed_days=closed, closures=closures, openings=openings
    )
    return hours, MinuteByMinute(weekly, closed, closures, openings), start, end


@given(cases())
@settings(max_examples=scale.count(150, 3000), deadline=None)
def test_r_cal_3_between_is_what_looking_at_every_minute_gives(
    case: tuple[OpenHours, MinuteByMinute, datetime, datetime],
) -> None:
    hours, naive, start, end = case
    assert hours.between(start, end) == naive.between(start, end)
    assert hours.is_open(start) == naive.is_open(start)
    assert sum(int((b - a).total_seconds()) for a, b in hours.open_spans(start, end)) == hours.between(
        start, end
    )


@given(cases(), st.integers(0, 900))
@settings(max_examples=scale.count(150, 3000), deadline=None)
def test_r_cal_3_add_and_subtract_are_what_looking_at_every_minute_gives(
    case: tuple[OpenHours, MinuteByMinute, datetime, datetime], minutes: int
) -> None:
    hours, naive, start, end = case
    assert hours.add(start, 60 * minutes) == naive.add(start, minutes)
    assert hours.subtract(end, 60 * minutes) == naive.subtract(end, minutes)


@given(cases(), st.integers(1, 200_000))
@settings(max_examples=scale.count(200, 3000), deadline=None)
def test_r_clk_3_a_round_trip_is_exact_to_the_second(
    case: tuple[OpenHours, MinuteByMinute, datetime, datetime], seconds: int
) -> None:
    hours, _, start, _ = case
    later = hours.add(start, seconds)
    assert hours.between(start, later) == seconds
    assert hours.is_open(later - timedelta(seconds=1)), "the first such instant"
    back = hours.subtract(later, seconds)
    assert start <= back <= later
    assert hours.between(start, back) == 0, "the last such instant"
    assert hours.is_open(back)


@given(cases())
@settings(max_examples=scale.count(100, 3000), deadline=None)
def test_state_tells_when_it_changes(case: tuple[OpenHours, MinuteByMinute, datetime, datetime]) -> None:
    hours, _, moment, _ = case
    state = hours.state(moment)
    assert state.open == hours.is_open(moment) == (state.reason == "") == (hours.reason_closed(moment) == "")
    assert state.until is not None
    assert moment < state.until
    assert hours.is_open(state.until) != state.open
    assert hours.is_open(state.until - timedelta(seconds=1)) == state.open
    if state.next_opening is not None:
        assert hours.is_open(state.next_opening)


@pytest.mark.parametrize("weekly", [SERVICE, NIGHT], ids=["service", "night"])
@pytest.mark.parametrize("change", [(2026, 3, 29), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31)])
def test_r_cal_3_every_minute_around_a_change_of_clock(
    weekly: tuple[Slot, ...], change: tuple[int, int, int]
) -> None:
    hours = OpenHours(weekly, date(2026, 1, 1), date(2027, 12, 31))
    naive = MinuteByMinute(weekly, {})
    start = (at(*change) - timedelta(days=2)).astimezone(UTC)
    spent = 0
    for moment in (start + n * MINUTE for n in range(4 * 24 * 60)):
        assert hours.is_open(moment) == naive.is_open(moment), moment
        assert hours.between(start, moment) == spent, moment
        spent += 60 * naive.is_open(moment)
    assert spent > 0


def test_r_cal_3_a_night_open_through_the_change_lasts_an_hour_more_or_less() -> None:
    hours = OpenHours(NIGHT, date(2026, 1, 1), date(2026, 12, 31))
    assert hours.between(at(2026, 10, 25), at(2026, 10, 26)) == 6 * 3600
    assert hours.between(at(2026, 3, 29), at(2026, 3, 30)) == 4 * 3600
    assert hours.add(at(2026, 10, 25), 5 * 3600) == at(2026, 10, 25, 4)


def test_r_cal_3_in_the_hour_that_comes_twice_the_first_one_opens_and_the_second_one_closes() -> None:
    slots = (Slot(6, time(1), time(2, 30)), Slot(6, time(2, 45), time(4)))
    hours = OpenHours(slots, date(2026, 10, 1), date(2026, 10, 31))
    spans = list(hours.open_spans(at(2026, 10, 25), at(2026, 10, 26)))
    assert spans == [(datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))]


SERVICE_2026 = OpenHours(
    SERVICE,
    date(2026, 1, 1),
    date(2026, 12, 31),
    closed_days={date(2026, 11, 1): "jour férié : Toussaint", date(2026, 11, 11): "jour férié : Armistice"},
    closures=(
        Period(at(2026, 12, 24, 12, 15), at(2026, 12, 24, 23), "fermeture : veille de Noël"),
        Period.of_days(date(2026, 12, 28), date(2026, 12, 29), "fermeture : inventaire"),
    ),
    openings=(Period(at(2026, 11, 14, 9), at(2026, 11, 14, 12), "ouverture : samedi Exemple"),),
)


def test_r_clk_3_the_end_of_the_nth_open_day_after_the_day_of_the_start() -> None:
    end = SERVICE_2026.end_of_open_day
    assert end(at(2026, 10, 23, 16, 30), 2) == at(2026, 10, 27, 17), "Friday: Monday is 1, Tuesday 2"
    assert end(at(2026, 10, 24, 10), 1) == at(2026, 10, 26, 17), "a Saturday start"
    assert end(at(2026, 10, 26, 23, 59), 1) == at(2026, 10, 27, 17), "after hours it is still Monday"
    assert end(at(2026, 11, 10, 9), 1) == at(2026, 11, 12, 17), "Wednesday 11 November counts for nothing"
    assert end(at(2026, 11, 13, 9), 1) == at(2026, 11, 14, 12), "an exceptional Saturday is an open day"
    assert end(at(2026, 12, 23, 9), 1) == at(2026, 12, 24, 12, 15), "a half day ends when it closes"
    assert end(at(2026, 12, 25, 9), 1) == at(2026, 12, 30, 17)
    with pytest.raises(ValueError, match="number 0"):
        end(at(2026, 12, 25, 9), 0)


def test_r_clk_3_open_days_between_counts_what_end_of_open_day_skips() -> None:
    start = at(2026, 10, 23, 16, 30)
    for number in range(1, 30):
        assert SERVICE_2026.open_days_between(start, SERVICE_2026.end_of_open_day(start, number)) == number
    assert SERVICE_2026.open_days_between(start, at(2026, 10, 23, 23)) == 0
    assert SERVICE_2026.open_days_between(start, at(2026, 10, 25, 23)) == 0


def test_r_clk_6_the_days_lost_and_why() -> None:
    lost = SERVICE_2026.closed_days_between(at(2026, 10, 23), at(2026, 12, 31))
    assert lost == (
        (date(2026, 11, 11), "jour férié : Armistice"),
        (date(2026, 12, 24), "fermeture : veille de Noël"),
        (date(2026, 12, 28), "fermeture : inventaire"),
        (date(2026, 12, 29), "fermeture : inventaire"),
    ), "1 November is a Sunday, and nothing is lost by it"
    assert SERVICE_2026.closed_days_between(at(2026, 11, 11, 18), at(2026, 11, 12)) == ()


def test_r_ud_3_why_it_is_closed() -> None:
    reason = SERVICE_2026.reason_closed
    assert reason(at(2026, 11, 11, 10)) == "jour férié : Armistice"
    assert reason(at(2026, 11, 10, 12, 30)) == "hors des heures d’ouverture"
    assert reason(at(2026, 12, 24, 15)) == "fermeture : veille de Noël"
    assert reason(at(2026, 11, 10, 10)) == ""
    assert reason(at(2026, 11, 14, 10)) == "", "an exceptional opening wins"


def test_r_ud_3_on_the_evening_before_a_closed_day_the_reason_explains_the_next_opening() -> None:
    assert SERVICE_2026.state(at(2026, 11, 10, 18)) == LineState(
        open=False,
        until=at(2026, 11, 12, 8, 30),
        next_opening=at(2026, 11, 12, 8, 30),
        reason="hors des heures d’ouverture, puis jour férié : Armistice",
    )


def test_r_ud_3_state_when_open_and_at_the_end_of_the_known_days() -> None:
    assert SERVICE_2026.state(at(2026, 11, 10, 9)) == LineState(
        open=True, until=at(2026, 11, 10, 12, 15), next_opening=at(2026, 11, 10, 13, 15), reason=""
    )
    assert SERVICE_2026.state(at(2026, 12, 31, 20)) == LineState(
        open=False, until=None, next_opening=None, reason="hors des heures d’ouverture"
    )


def test_slots_that_touch_make_one_opening() -> None:
    hours = OpenHours(
        (Slot(0, time(9), time(12)), Slot(0, time(12), time(14))), date(2026, 10, 1), date(2026, 10, 31)
    )
    assert hours.state(at(2026, 10, 26, 11)).until == at(2026, 10, 26, 14)


def test_r_clk_6_the_weekly_hours_in_french() -> None:
    assert SERVICE_2026.describe() == "du lundi au vendredi, 8 h 30 – 12 h 15 et 13 h 15 – 17 h 00"
    odd = (
        Slot(0, time(9), time(12)),
        Slot(2, time(9), time(12)),
        Slot(3, time(9), time(12)),
        Slot(4, time(9), time(10)),
    )
    described = OpenHours(odd, date(2026, 1, 1), date(2026, 2, 1)).describe()
    assert (
        described
        == "le lundi, 9 h 00 – 12 h 00 ; du mercredi au jeudi, 9 h 00 – 12 h 00 ; le vendredi, 9 h 00 – 10 h 00"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: OpenHours((), date(2026, 1, 1), date(2026, 12, 31)),
        lambda: OpenHours((Slot(6, time(9), time(12)),), date(2026, 10, 26), date(2026, 10, 30)),
        lambda: Slot(0, time(12), time(12)),
        lambda: Slot(7, time(9), time(12)),
        lambda: Slot(0, time(9, tzinfo=UTC), time(12, tzinfo=UTC)),
        lambda: Period(at(2026, 10, 2), at(2026, 10, 2), "rien"),
        lambda: OpenHours(
            (Slot(0, time(9), time(12)), Slot(0, time(11), time(14))), date(2026, 1, 1), date(2026, 12, 31)
        ),
    ],
    ids=["empty", "never in range", "no length", "eighth day", "with a zone", "empty period", "overlap"],
)
def test_r_cal_2_hours_that_can_not_be_are_refused(make: object) -> None:
    with pytest.raises(HoursRefused):
        make()  # type: ignore[operator]


def test_an_exceptional_opening_alone_is_enough_to_be_open() -> None:
    opening = Period(at(2026, 10, 3, 9), at(2026, 10, 3, 12), "ouverture")
    hours = OpenHours((), date(2026, 10, 1), date(2026, 10, 31), openings=(opening,))
    assert hours.between(at(2026, 10, 1), at(2026, 10, 31)) == 3 * 3600


def test_what_is_outside_the_known_days_is_refused() -> None:
    inside = at(2026, 6, 1)
    for outside in (at(2025, 12, 31, 23, 59), at(2027, 1, 1, 0, 1)):
        with pytest.raises(OutsideKnownDays):
            SERVICE_2026.is_open(outside)
        with pytest.raises(OutsideKnownDays):
            SERVICE_2026.add(outside, 1)
    for answer in (
        lambda: SERVICE_2026.add(inside, 10_000 * 3600),
        lambda: SERVICE_2026.subtract(inside, 10_000 * 3600),
        lambda: SERVICE_2026.end_of_open_day(inside, 300),
    ):
        with pytest.raises(OutsideKnownDays):
            answer()


def test_questions_that_make_no_sense_are_refused() -> None:
    early, late = at(2026, 6, 1), at(2026, 6, 2)
    with pytest.raises(ValueError, match="backwards"):
        SERVICE_2026.between(late, early)
    with pytest.raises(ValueError, match="-1"):
        SERVICE_2026.add(early, -1)
    with pytest.raises(ValueError, match="time zone"):
        SERVICE_2026.is_open(datetime(2026, 6, 1, 10))  # noqa: DTZ001


# ---------------------------------------------------------------- hours that change from a day on
MORNING = tuple(Slot(day, time(9), time(12)) for day in range(5))
CHANGING = OpenHours(
    SERVICE,
    date(2026, 1, 1),
    date(2026, 12, 31),
    closed_days={
        date(2026, 7, 14): "jour férié : Fête nationale",
        date(2026, 11, 11): "jour férié : Armistice",
    },
    changes=[
        Stage(date(2026, 11, 2), MORNING, {date(2026, 11, 3): "vacances"}),
        Stage(date(2026, 10, 25), NIGHT, {}),
    ],
)


def test_r_clk_7_each_day_has_the_hours_and_the_closed_days_of_its_stage() -> None:
    assert CHANGING.weekly_on(date(2026, 10, 24)) == SERVICE
    assert CHANGING.weekly_on(date(2026, 10, 25)) == CHANGING.weekly_on(date(2026, 11, 1)) == NIGHT
    assert CHANGING.weekly_on(date(2026, 11, 2)) == MORNING
    assert CHANGING.closed_day(date(2026, 7, 14)) == "jour férié : Fête nationale"
    assert CHANGING.closed_day(date(2026, 11, 11)) == "", "the new hours do not follow that holiday"
    assert CHANGING.reason_closed(at(2026, 11, 3, 10)) == "vacances"
    lost = CHANGING.closed_days_between(at(2026, 7, 13), at(2026, 12, 1))
    assert [one.day for one in lost] == [date(2026, 7, 14), date(2026, 11, 3)]


def test_r_clk_7_a_change_moves_nothing_that_lies_before_it() -> None:
    before = OpenHours(
        SERVICE,
        date(2026, 1, 1),
        date(2026, 12, 31),
        closed_days={date(2026, 7, 14): "jour férié : Fête nationale"},
    )
    start = at(2026, 7, 1)
    for end in (at(2026, 7, 20, 11), at(2026, 10, 23, 17), at(2026, 10, 24, 23, 59)):
        assert CHANGING.between(start, end) == before.between(start, end)
        assert CHANGING.subtract(end, 36_000) == before.subtract(end, 36_000)
        assert CHANGING.open_days_between(start, end) == before.open_days_between(start, end)


def test_r_cal_3_hours_that_change_on_the_day_of_a_change_of_clock() -> None:
    """From 25 October 2026, when 3 o'clock comes twice, nights are open: six hours that night, five the next."""
    assert CHANGING.between(at(2026, 10, 24), at(2026, 10, 25)) == 0
    assert CHANGING.between(at(2026, 10, 25), at(2026, 10, 26)) == 6 * 3600
    assert CHANGING.between(at(2026, 10, 26), at(2026, 10, 27)) == 5 * 3600
    assert CHANGING.add(at(2026, 10, 23, 16), 2 * 3600) == at(2026, 10, 25, 1), (
        "an hour on Friday, one at night"
    )
    assert CHANGING.end_of_open_day(at(2026, 10, 23, 16), 1) == at(2026, 10, 25, 5)


def test_r_clk_6_hours_that_change_are_told_with_their_day() -> None:
    mornings = "du lundi au vendredi, 9 h 00 – 12 h 00"
    assert CHANGING.describe(date(2026, 12, 1)) == mornings
    assert CHANGING.describe(date(2026, 10, 1)) == SERVICE_2026.describe()
    assert CHANGING.describe(date(2026, 10, 26), date(2026, 11, 2)) == (
        f"du lundi au dimanche, 0 h 00 – 5 h 00 ; à partir du lundi 2 novembre 2026 : {mornings}"
    )
    assert CHANGING.describe().count("à partir du") == 2


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2025, 12, 31)])
def test_r_clk_7_a_change_begins_after_the_first_day_and_each_on_its_own(day: date) -> None:
    with pytest.raises(HoursRefused):
        OpenHours(SERVICE, date(2026, 1, 1), date(2026, 12, 31), changes=[Stage(day, MORNING, {})])
    twice = [Stage(date(2026, 5, 1), MORNING, {}), Stage(date(2026, 5, 1), NIGHT, {})]
    with pytest.raises(HoursRefused):
        OpenHours(SERVICE, date(2026, 1, 1), date(2026, 12, 31), changes=twice)
