"""R-SI: the dates of the convention Caf, Cpam, SIAO, what is late, what an action can be."""

from datetime import date, timedelta

import pytest

from service.workflows import si
from service.workflows.si_watch import Standing, dues

SIGNED = date(2025, 1, 31)
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "renewal"),
    [
        (SIGNED, date(2026, 1, 31)),
        (date(2026, 1, 30), date(2026, 1, 31)),
        (date(2026, 1, 31), date(2027, 1, 31)),
    ],
)
def test_it_is_renewed_each_year_by_silence(today: date, renewal: date) -> None:
    assert si.renewal_on(SIGNED, today) == renewal


def test_an_agreement_signed_on_29_february_is_renewed_on_the_28th() -> None:
    assert si.renewal_on(date(2024, 2, 29), date(2024, 3, 1)) == date(2025, 2, 28)


def standing(**changes: date | None) -> Standing:
    usual = {"signed_on": SIGNED, "ends_on": None, "refreshed_on": TODAY, "committee_on": TODAY}
    return Standing(**{**usual, **changes})


def subjects(one: Standing | None, today: date = TODAY) -> list[tuple[str, bool]]:
    return [(due.subject, due.late) for due in dues(one, today)]


def test_a_list_stands_for_a_quarter_and_a_committee_for_half_a_year() -> None:
    assert subjects(standing(refreshed_on=date(2026, 8, 20))) == []
    assert subjects(standing(refreshed_on=date(2026, 8, 19))) == [("list", True)]
    assert subjects(standing(committee_on=date(2026, 5, 20))) == []
    assert subjects(standing(committee_on=date(2026, 5, 19))) == [("committee", True)]


def test_what_never_happened_is_counted_from_the_signature() -> None:
    never = standing(refreshed_on=None, committee_on=None)
    assert subjects(never, date(2025, 4, 30)) == []
    assert subjects(never, date(2025, 5, 1)) == [("list", True)]
    assert subjects(never, date(2025, 8, 1)) == [("list", True), ("committee", True)]


def test_the_renewal_and_the_end_are_put_forward_ahead() -> None:
    ahead = date(2027, 1, 31) - si.WARNED
    fresh = standing(refreshed_on=ahead, committee_on=ahead)
    assert subjects(fresh, ahead - timedelta(days=1)) == []
    assert subjects(fresh, ahead) == [("agreement", False)]
    (end,) = dues(standing(ends_on=date(2027, 6, 1)), TODAY)
    assert end.sentence == "La convention prend fin le 1er juin 2027."


def test_without_an_agreement_nothing_is_owed() -> None:
    assert dues(None, TODAY) == []


def test_a_party_ends_it_after_its_letter() -> None:
    letter = date(2026, 11, 2)
    assert si.ending_errors(SIGNED, letter, letter, TODAY) == {}
    assert "ends_on" in si.ending_errors(SIGNED, letter, letter - timedelta(days=1), TODAY)
    assert "notice_on" in si.ending_errors(
        SIGNED, TODAY + timedelta(days=1), TODAY + timedelta(days=9), TODAY
    )
    assert "notice_on" in si.ending_errors(SIGNED, SIGNED - timedelta(days=1), SIGNED, TODAY)


@pytest.mark.parametrize(
    ("kind", "team", "day", "files", "people", "rights", "refused"),
    [
        ("recurring", "joint", TODAY, None, 6, {"rsa": 2}, set()),
        ("recurring", "cpam", TODAY, None, 6, {}, set()),
        ("recurring", "caf", TODAY, None, 6, {}, {"team"}),
        ("on_site", "caf", TODAY, None, 1, {"rsa": 1}, set()),
        ("telephone", "caf", TODAY, None, 0, {}, set()),
        ("punctual", "joint", TODAY, 4, 3, {}, set()),
        ("punctual", "joint", TODAY, None, 3, {}, {"files"}),
        ("recurring", "joint", TODAY, 4, 3, {}, {"files"}),
        ("recurring", "cpam", TODAY, None, 6, {"rsa": 1}, {"right_rsa"}),
        ("recurring", "joint", TODAY, None, 6, {"rsa": 7}, {"right_rsa"}),
        ("recurring", "joint", TODAY, None, None, {"rsa": 1}, {"right_rsa"}),
        ("recurring", "joint", TODAY + timedelta(days=9), None, None, {}, set()),
        ("recurring", "joint", TODAY + timedelta(days=9), None, 3, {}, {"people_met"}),
        ("recurring", "joint", TODAY + timedelta(days=400), None, None, {}, {"held_on"}),
        ("recurring", "joint", date(1999, 1, 1), None, None, {}, {"held_on"}),
    ],
)
def test_what_an_action_can_be(
    kind: str,
    team: str,
    day: date,
    files: int | None,
    people: int | None,
    rights: dict[str, int],
    refused: set[str],
) -> None:
    """Art. 4-4: permanences by both or the Cpam alone, appointments also by the Caf; numbers that agree."""
    assert set(si.action_errors(kind, team, day, files, people, rights, TODAY)) == refused
