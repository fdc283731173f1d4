"""What the Caf social service covers (R-EL)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workflows import french
from service.workflows.scope import ScopeEvent, Verdict, check, input_errors, last_day

TODAY = date(2026, 11, 26)
TWO_YEARS = [ScopeEvent.SEPARATION, ScopeEvent.DEATH_PARENT, ScopeEvent.DEATH_CHILD]
DATED = [*TWO_YEARS, ScopeEvent.SINGLE_PARENT_BIRTH]
WITH_CHILDREN = [ScopeEvent.SEPARATION, ScopeEvent.PLANNED_SEPARATION, ScopeEvent.DEATH_PARENT]
EVENTS = [event for event in ScopeEvent if event is not ScopeEvent.NONE]


def family(event: ScopeEvent | str, day: date = TODAY, event_on: date | None = None) -> Verdict:
    """The verdict for allocataires with a dependent child."""
    return check(event, day, event_on, children=True, allocataire=True)


@pytest.mark.parametrize("event", TWO_YEARS)
@pytest.mark.parametrize(
    ("on", "until"),
    [
        (date(2024, 11, 26), date(2026, 11, 26)),
        (date(2025, 3, 1), date(2027, 3, 1)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2023, 2, 28), date(2025, 2, 28)),
    ],
)
def test_r_el_two_years_to_the_day_and_no_more(event: ScopeEvent, on: date, until: date) -> None:
    """An event 2 years ago is in, one of 2 years and 1 day ago is out."""
    inside, outside = family(event, until, on), family(event, until + timedelta(days=1), on)
    assert (inside.in_scope, outside.in_scope) == (True, False)
    assert inside.until == outside.until == until
    assert inside.opens_new
    assert not inside.needs_reason
    assert outside.needs_reason
    assert "en disant pourquoi" in outside.advice
    assert {inside.rule, outside.rule} == {"R-EL"}


@pytest.mark.parametrize("event", [ScopeEvent.SINGLE_PARENT_BIRTH, ScopeEvent.ISOLATED_PREGNANCY])
def test_r_el_until_the_child_is_one(event: ScopeEvent) -> None:
    born = date(2025, 11, 26)
    assert last_day(event, born) == TODAY
    assert family(event, TODAY, born).in_scope
    assert family(event, TODAY + timedelta(days=1), born).in_scope is False
    assert last_day(event, date(2024, 2, 29)) == date(2025, 2, 28)


def test_r_el_the_arithmetic_is_told() -> None:
    on = date(2025, 12, 1)
    start = "Séparation déclarée le 1er décembre 2025 : le délai de deux ans "
    covered = "La demande entre dans le périmètre du service social de la Caf."
    beyond = "La demande n’entre pas dans le périmètre du service social de la Caf."
    assert [
        family("separation", day, on).explanation
        for day in (date(2027, 11, 30), date(2027, 12, 1), date(2027, 12, 3))
    ] == [
        f"{start}court jusqu’au 1er décembre 2027 inclus, dans 1 jour. {covered}",
        f"{start}court jusqu’au 1er décembre 2027 inclus, aujourd’hui. {covered}",
        f"{start}a couru jusqu’au 1er décembre 2027 inclus, il y a 2 jours. {beyond}",
    ]
    leap = family("death_parent", date(2026, 2, 27), date(2024, 2, 29)).explanation
    assert "jusqu’au 28 février 2026 inclus (il n’y a pas de 29 février en 2026), dans 1 jour." in leap
    assert "Enfant né le 1er décembre 2025 : le délai d’un an court jusqu’au 1er décembre 2026 inclus" in (
        family("single_parent_birth", TODAY, on).explanation
    )


def test_r_el_what_has_no_date_is_in_scope_without_end() -> None:
    """A planned separation needs no date; an isolated pregnancy counts as an arrival before birth."""
    for event in (ScopeEvent.PLANNED_SEPARATION, ScopeEvent.ISOLATED_PREGNANCY):
        verdict = family(event)
        assert (verdict.in_scope, verdict.until) == (True, None)
        assert verdict.explanation.startswith(event.label)
    expected = family("isolated_pregnancy", TODAY, date(2027, 2, 1))
    assert (expected.in_scope, expected.until) == (True, date(2028, 2, 1))
    assert "terme prévu le 1er février 2027" in expected.explanation


def test_r_el_none_of_the_events_is_out() -> None:
    verdict = family("none")
    assert (verdict.in_scope, verdict.until, verdict.rule) == (False, None, "R-EL")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("children", [True, False, None])
@pytest.mark.parametrize("allocataire", [True, False, None])
def test_r_el_conditions_on_the_family(
    event: ScopeEvent, children: bool | None, allocataire: bool | None
) -> None:
    """A dependent child is no condition when a child died, or when the child is the event; being allocataire is."""
    conditions = [allocataire, children] if event in WITH_CHILDREN else [allocataire]
    expected = False if False in conditions else None if None in conditions else True
    verdict = check(event, TODAY, TODAY, children=children, allocataire=allocataire)
    assert verdict.in_scope is expected
    assert verdict.rule == "R-EL"
    assert bool(verdict.advice) == (expected is not True)


def test_r_el_what_is_missing_is_named_unless_the_answer_is_known_already() -> None:
    unknown = check("separation", TODAY, None, children=None, allocataire=None)
    assert unknown.in_scope is None
    assert unknown.advice == (
        "Indiquez la date de la séparation, la présence d’un enfant à charge et la qualité d’allocataire de la Caf."
    )
    assert not unknown.needs_reason
    assert not unknown.opens_new
    too_old = check("separation", TODAY, date(2020, 1, 1), children=None, allocataire=None)
    assert too_old.in_scope is False


@pytest.mark.parametrize("event", list(ScopeEvent))
def test_r_el_an_open_accompaniment_stays_with_the_caf_past_the_dates(event: ScopeEvent) -> None:
    verdict = check(event, TODAY, date(2020, 1, 1), children=False, allocataire=False, followed_by_caf=True)
    assert (verdict.in_scope, verdict.rule, verdict.until) == (True, "R-OR-2", None)
    assert not verdict.opens_new


@pytest.mark.parametrize("event", EVENTS)
def test_r_or_2_an_accompaniment_closed_for_the_event_goes_to_the_cdas(event: ScopeEvent) -> None:
    recent = date(2026, 9, 1)
    verdict = check(event, TODAY, recent, children=True, allocataire=True, closed_for_event=True)
    assert (verdict.in_scope, verdict.rule) == (False, "R-OR-2")
    assert "Le CDAS évalue la nouvelle demande" in verdict.explanation
    assert "1er septembre 2026" in verdict.explanation


@given(st.sampled_from(DATED), st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 900))
def test_r_el_the_verdict_flips_once_the_day_after_the_last(event: ScopeEvent, on: date, days: int) -> None:
    day = on + timedelta(days=days)
    verdict = family(event, day, on)
    assert verdict.until is not None
    assert verdict.in_scope == (day <= verdict.until)
    assert family(event, verdict.until, on).in_scope
    assert family(event, verdict.until + timedelta(days=1), on).in_scope is False
    assert verdict.until.year - on.year == (1 if event is ScopeEvent.SINGLE_PARENT_BIRTH else 2)
    assert (verdict.until.month, verdict.until.day) == (
        on.month,
        min(on.day, 28) if on.month == 2 else on.day,
    )
    assert french.short_date(on) in verdict.explanation
    assert french.short_date(verdict.until) in verdict.explanation


# ---------------------------------------------------------------- what is typed
@pytest.mark.parametrize(
    ("event", "on", "said"),
    [
        ("séparation", TODAY, "Choisissez un événement de la liste"),
        ("separation", None, "Indiquez la date de la séparation"),
        ("death_parent", None, "Indiquez la date du décès"),
        ("death_child", None, "Indiquez la date du décès"),
        ("single_parent_birth", None, "Indiquez la date de naissance de l’enfant"),
        ("separation", date(2026, 11, 27), "choisissez « Séparation envisagée »"),
        ("death_parent", date(2026, 11, 27), "ne peut pas être dans le futur"),
        ("death_child", date(2026, 11, 27), "ne peut pas être dans le futur"),
        ("single_parent_birth", date(2026, 11, 27), "choisissez « Grossesse isolée »"),
        ("separation", date(1989, 12, 31), "avant 1990"),
        ("isolated_pregnancy", date(2027, 9, 27), "plus de dix mois"),
        ("isolated_pregnancy", date(2026, 10, 25), "choisissez « Arrivée d’un enfant"),
    ],
)
def test_r_el_refused_dates_say_what_to_do(event: str, on: date | None, said: str) -> None:
    found = input_errors(event, on, TODAY)
    assert len(found) == 1
    sentence = found.get("event_on", found.get("event", ""))
    assert said in sentence
    assert "(R-EL)" in sentence


@pytest.mark.parametrize(
    ("event", "on"),
    [
        (None, None),
        ("separation", TODAY),
        ("death_child", date(1990, 1, 1)),
        ("planned_separation", None),
        ("none", None),
        ("isolated_pregnancy", None),
        ("isolated_pregnancy", date(2027, 9, 26)),
        ("isolated_pregnancy", date(2026, 10, 26)),
    ],
)
def test_r_el_accepted(event: str | None, on: date | None) -> None:
    assert input_errors(event, on, TODAY) == {}


def test_r_el_the_suggestions_are_labels_of_the_list() -> None:
    assert [ScopeEvent.PLANNED_SEPARATION.label, ScopeEvent.ISOLATED_PREGNANCY.label] == [
        "Séparation envisagée",
        "Grossesse isolée",
    ]
    assert len({event.label for event in ScopeEvent}) == len(ScopeEvent)
