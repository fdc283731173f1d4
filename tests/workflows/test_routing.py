"""Who treats an urgent social situation (R-US-3, R-US-4, R-US-5)."""

from datetime import date
from itertools import product

import pytest

from service.workflows.routing import Direction, Referent, Target, counts_as_unaccompanied, route
from service.workflows.scope import Verdict, check

TODAY = date(2026, 11, 26)
DIRECTIONS: list[Direction] = ["cdas_to_caf", "caf_to_cdas"]
NOT_NAMED = [Referent.NOBODY, Referent.UNKNOWN]


def scope(event_on: date, *, followed: bool = False, children: bool | None = True) -> Verdict:
    return check("separation", TODAY, event_on, children=children, allocataire=True, followed_by_caf=followed)


RECENT = scope(date(2026, 5, 4))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("who", "to"),
    [
        (Referent.CAF_WORKER, "caf_worker"),
        (Referent.CDAS_SAME, "same_cdas"),
        (Referent.CDAS_OTHER, "other_cdas"),
        (Referent.EXTERNAL, "same_cdas"),
    ],
)
def test_r_us_3_who_accompanies_treats_it_first(who: Referent, to: Target, direction: Direction) -> None:
    """No appointment is asked for somebody who is accompanied, even where R-EL applies."""
    found = route(who, direction, scope=RECENT)
    assert (found.to, found.rule, found.creates_appointment) == (to, "R-US-3", False)
    assert found.external == (who is Referent.EXTERNAL)
    assert found.at_the_caf == (who is Referent.CAF_WORKER)


def test_r_us_3_the_secretariat_organises_it_when_the_worker_is_away() -> None:
    assert route("caf_worker", worker_away=True).to == "caf_secretariat"
    assert route("caf_worker", worker_away=True).at_the_caf
    assert route("cdas_same", worker_away=True).to == "same_cdas"


@pytest.mark.parametrize("who", list(Referent))
def test_r_us_3_the_register_corrects_who_names_nobody(who: Referent) -> None:
    """R-AC: an open accompaniment is read, another referent who was named is not contradicted."""
    at_the_caf = who in (*NOT_NAMED, Referent.CAF_WORKER)
    assert route(who, followed_by_caf=True).at_the_caf == at_the_caf


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("who", NOT_NAMED)
@pytest.mark.parametrize(
    ("verdict", "creates"),
    [
        (None, False),
        (RECENT, True),
        (scope(date(2024, 11, 25)), False),
        (scope(date(2026, 5, 4), children=None), False),
        (scope(date(2026, 5, 4), followed=True), False),
    ],
)
def test_r_us_4_the_cdas_answers_and_an_appointment_is_asked_if_r_el_applies(
    verdict: Verdict | None, creates: bool, who: Referent, direction: Direction
) -> None:
    found = route(who, direction, scope=verdict)
    assert (found.to, found.rule, found.external) == ("same_cdas", "R-US-4", False)
    assert found.creates_appointment == creates
    assert verdict is None or verdict.explanation in found.explanation
    home = "au CDAS du domicile" if direction == "caf_to_cdas" else "au CDAS qui fait la demande"
    assert home in found.explanation


def test_against_the_route_takes_a_reason() -> None:
    found = route("nobody")
    assert not found.needs_reason("same_cdas")
    assert found.needs_reason("caf_secretariat")


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("to", ["caf_worker", "caf_secretariat", "same_cdas", "other_cdas"])
def test_r_us_5_counted_when_sent_to_the_caf_unfollowed_and_untreated(
    direction: Direction, to: Target
) -> None:
    counted = [
        (accompaniment, treatment)
        for accompaniment, treatment in product([True, False], repeat=2)
        if counts_as_unaccompanied(
            direction, to, accompaniment_open=accompaniment, treatment_recorded=treatment
        )
    ]
    to_the_caf = direction == "cdas_to_caf" and to.startswith("caf_")
    assert counted == ([(False, False)] if to_the_caf else [])


def test_each_referent_has_a_label_of_its_own() -> None:
    assert len({who.label for who in Referent}) == len(Referent)
