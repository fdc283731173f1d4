from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from service.workflows import french


def test_r_cal_3_an_instant_is_told_in_the_time_of_paris_on_both_sides_of_the_change() -> None:
    assert french.instant(datetime(2026, 10, 29, 13, 5, tzinfo=UTC)) == "jeudi 29 octobre 2026 à 14 h 05"
    assert french.instant(datetime(2026, 7, 29, 12, 5, tzinfo=UTC)) == "mercredi 29 juillet 2026 à 14 h 05"
    assert french.instant(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "vendredi 1er janvier 2027 à 0 h 30"


def test_r_cal_3_an_instant_without_its_zone_is_refused() -> None:
    naive = datetime(2026, 10, 29, 13, 5)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        french.instant(naive)
    with pytest.raises(ValueError, match="time zone"):
        french.local_day(naive)


def test_r_cal_3_the_day_is_the_one_of_paris() -> None:
    assert french.local_day(datetime(2026, 8, 31, 22, 0, tzinfo=UTC)) == date(2026, 9, 1)
    assert french.local_day(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 1), "dimanche 1er novembre 2026"),
        (date(2026, 8, 11), "mardi 11 août 2026"),
        (date(2028, 2, 29), "mardi 29 février 2028"),
    ],
)
def test_days(day: date, words: str) -> None:
    assert french.long_date(day) == words
    assert words.endswith(french.short_date(day))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min ouvrée"),
        (59, "moins d’une minute ouvrée"),
        (60, "1 min ouvrée"),
        (30 * 60, "30 min ouvrées"),
        (3600, "1 h 00 ouvrée"),
        (3660, "1 h 01 ouvrées"),
        (3 * 3600 + 5 * 60 + 59, "3 h 05 ouvrées"),
        (95 * 3600 + 30 * 60, "95 h 30 ouvrées"),
    ],
)
def test_business_durations(seconds: int, words: str) -> None:
    assert french.business_duration(seconds) == words
    assert words.startswith(french.duration(seconds))


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        french.duration(-1)


def test_small_words() -> None:
    assert french.clock_time(time(9, 0)) == "9 h 00"
    assert [french.counted(n, "jour") for n in (0, 1, 2)] == ["0 jour", "1 jour", "2 jours"]
    assert french.counted(2, "heure ouvrée", "heures ouvrées") == "2 heures ouvrées"
    assert [french.ordinal(n) for n in (1, 2, 10)] == ["1er", "2e", "10e"]
    assert french.euros(Decimal("1234.5")) == "1 234,50 €"
    assert french.euros(Decimal("1016.045")) == "1 016,05 €"


@pytest.mark.parametrize(
    "typed", ["1/2/2026", "01/02/2026", "01-02-2026", "1.2.2026", "1 février 2026", " 1er Février 2026 "]
)
def test_a_day_is_read_as_people_write_it(typed: str) -> None:
    """RGAA 11.11: the day first."""
    assert french.read_day(typed) == date(2026, 2, 1)


@pytest.mark.parametrize(
    "typed", ["", "2026-02-01", "31/02/2026", "1/13/2026", "1 fevrer 2026", "1/2/26", "demain"]
)
def test_what_is_no_day_is_not_guessed(typed: str) -> None:
    assert french.read_day(typed) is None
