"""How long a closed request is kept: calendar months, nothing early, nothing late by more than a day (R-DP-6, P-05)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.models import DETAILS
from service.operations.erasure import KEPT_CODES, blank_details
from service.queries.retention import MET
from service.statistics.reading import CODES
from service.workflows import retention
from service.workflows.registry import WORKFLOWS
from service.workflows.setting_table import BY_KEY, LONGEST_RETENTION, RETENTION
from service.workflows.settings import SettingRefused, parse

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "first_gone"),
    [
        (date(2026, 3, 10), 12, date(2027, 3, 11)),
        (date(2028, 2, 29), 12, date(2029, 3, 1)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 3, 1)),
        (date(2028, 2, 29), 24, date(2030, 3, 1)),
    ],
)
def test_the_last_day_is_kept_and_the_next_is_not(start: date, months: int, first_gone: date) -> None:
    assert not retention.is_due(first_gone - timedelta(days=1), start, months)
    assert retention.is_due(first_gone, start, months)


@given(DAYS, st.integers(1, 36))
def test_what_a_query_leaves_aside_is_never_due_and_the_log_loses_what_is_due_alone(
    today: date, months: int
) -> None:
    assert not retention.is_due(today, retention.earliest(today, months), months)
    kept = retention.first_kept(today, months)
    assert not retention.is_due(today, kept, months)
    assert retention.is_due(today, kept - timedelta(days=1), months)


def test_the_count_starts_at_the_last_contact_at_the_latest_at_the_closing() -> None:
    closed, before, after = date(2026, 5, 10), date(2026, 4, 30), date(2026, 6, 1)
    assert retention.starts_on(closed, [date(2026, 1, 5), before]) == before
    assert retention.starts_on(closed, [before, after]) == closed
    assert retention.starts_on(closed, []) == closed
    assert retention.starts_on(closed, [before], accompanied_until=after) == after


def test_the_days_of_contact_are_days_of_the_details() -> None:
    for kind, names in MET.items():
        assert {DETAILS[kind].__table__.c[name].type.python_type for name in names} == {date}


def test_every_kind_has_its_setting_within_the_ceiling() -> None:
    assert set(RETENTION) == set(WORKFLOWS) == set(DETAILS)
    for kind, (_, months) in RETENTION.items():
        setting = BY_KEY[f"retention_{kind}"]
        assert setting.default == months == (12 if kind == "urgent_rights" else 24)
        with pytest.raises(SettingRefused, match="de 6 à 24"):
            parse(setting, str(LONGEST_RETENTION + 1))
    assert parse(BY_KEY["archive_months"], "0") == 0
    assert BY_KEY["retention_on"].default is False


def test_the_details_keep_what_figures_read_and_nothing_that_somebody_wrote() -> None:
    """A new column is blanked by itself; one that may not be empty fails here until it is placed."""
    assert set(KEPT_CODES) == set(DETAILS)
    for kind, details in DETAILS.items():
        assert set(CODES.get(kind, ())) <= KEPT_CODES[kind]
        blank = blank_details(kind)
        for column in details.__table__.columns:
            assert (column.name in blank) != (column.name in KEPT_CODES[kind] | {"ticket_id"})
            if column.name in KEPT_CODES[kind]:
                assert not column.name.endswith(("_sealed", "_index", "_explanation", "_name"))
                assert (getattr(column.type, "length", None) or 0) <= 160
