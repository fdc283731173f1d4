"""SI-1 … SI-6: counted from plain facts; small numbers of people are not told by structure (R-SI)."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from service.statistics import si
from service.statistics.document import KEPT_BACK, SMALL, Document, Hidden, Section, frozen, thawed

FACTS = si.Facts(
    year=2025,
    until=date(2025, 12, 31),
    over=True,
    signed=True,
    shelters=[
        si.Shelter("a", "Abri", "Rennes"),
        si.Shelter("b", "Foyer", "Redon"),
        si.Shelter("c", "Hôtel", "Vitré"),
    ],
    actions=[
        si.Action("a", "recurring", "joint", None, 8, {"rsa": 2, "housing": 3}),
        si.Action("a", "punctual", "cpam", 9, 7, {}),
        si.Action("b", "telephone", "caf", None, 2, {"rsa": 1}),
        si.Action("b", "on_site", "joint", None, None, {}),
    ],
    refreshes=[
        si.Refresh(date(2024, 11, 1), 2, 40, ddets_told=True),
        si.Refresh(date(2025, 1, 20), 3, 60, ddets_told=True),
        si.Refresh(date(2025, 5, 2), 3, 62, ddets_told=False),
    ],
    committees=[
        si.Committee(date(2025, 3, 4), ["caf", "cpam", "siao", "ddets", "structures"]),
        si.Committee(date(2025, 9, 9), ["caf", "siao"]),
    ],
    remarks=[("Bonnes pratiques", "Regrouper les dossiers.")],
)


def section(identifier: str, facts: si.Facts = FACTS) -> Section:
    return next(one for one in si.sections(facts) if one.id == identifier)


def test_si_1_people_met_by_kind_and_by_whom() -> None:
    table = section("SI-1").table("people")
    assert table.column("total") == {"recurring": 8, "punctual": 7, "telephone": 2, "on_site": 0, "total": 17}
    assert table.column("cpam")["total"] == 7
    assert section("SI-1").remarks == ("1 action attend encore le nombre de personnes rencontrées.",)


def test_si_2_rights_by_kind() -> None:
    numbers = section("SI-2").table("rights").column("number")
    assert (numbers["rsa"], numbers["housing"], numbers["af"], numbers["total"]) == (3, 3, 0, 6)


def test_si_3_actions_by_kind() -> None:
    assert section("SI-3").table("actions").column("total")["total"] == 4
    assert section("SI-3").remarks == ("Les permanences ponctuelles portaient sur 9 dossiers identifiés.",)


def test_si_4_structures_covered() -> None:
    assert section("SI-4").sentence == "Structures ayant eu au moins une action : 2 sur 3 (66,7 %)."
    assert section("SI-4").table("shelters").column("actions") == {"a": 2, "b": 2, "c": 0}


def test_si_5_age_of_the_list_and_the_refreshes_that_came_late() -> None:
    aged = section("SI-5")
    assert aged.sentence == "Au 31 décembre 2025, la liste a 243 jours : elle date du 2 mai 2025."
    assert aged.table("list").column("days") == {"2025-01-20": 80, "2025-05-02": 102}
    assert [remark.split(" : ")[0] for remark in aged.remarks] == [
        "Une mise à jour était attendue le 20 avril 2025",
        "Une mise à jour était attendue le 2 août 2025",
    ]


def test_si_6_committees_and_who_was_not_there() -> None:
    held = section("SI-6")
    assert held.sentence == "2 comités tenus ; la convention en demande au moins 2 par an."
    assert held.remarks == ("Comité du 9 septembre 2025 : absents, Cpam, DDETS.",)


def test_the_figures_for_the_cnaf() -> None:
    """IT 2023-166, 4: conventions signed, people met, rights opened."""
    assert [(label, value) for label, value, _ in si.key_figures(FACTS)] == [
        ("Convention signée", "1"),
        ("Personnes rencontrées", "17"),
        ("Droits Caf ouverts", "6"),
    ]


def test_an_empty_year_says_so() -> None:
    nothing = replace(FACTS, signed=False, shelters=[], actions=[], refreshes=[], committees=[], remarks=[])
    assert section("SI-4", nothing).sentence == "Structures ayant eu au moins une action : 0 sur 0."
    assert section("SI-5", nothing).sentence == "La liste n’a pas encore été reçue."
    assert section("SI-Q", nothing).sentence == "Rien n’est encore écrit pour cette année."


def test_it_is_a_document_like_the_others() -> None:
    whole = Document("si", "Bilan 2025", "", FACTS.until, 1, si.sections(FACTS), si.key_figures(FACTS))
    assert thawed(frozen(whole)) == whole


# ---------------------------------------------------------------- small numbers
def test_people_are_told_by_structure_once_the_year_is_over_and_small_numbers_are_not() -> None:
    table = section("SI-4").table("shelters")
    assert table.column("people") == {"a": KEPT_BACK, "b": SMALL, "c": 0}
    running = section("SI-4", replace(FACTS, over=False)).table("shelters")
    assert [column.key for column in running.columns] == ["actions"]


@pytest.mark.parametrize("length", [2, 3, 4])
def test_no_small_number_can_be_had_by_subtraction(length: int) -> None:
    """With the sum known, each hidden one to four could be another number too."""
    for numbers in product((0, 1, 2, 4, 5, 9), repeat=length):
        shown = si.masked(numbers)
        small = {place for place, number in enumerate(numbers) if 0 < number < si.SHOWN_FROM}
        covered = [place for place, cell in enumerate(shown) if isinstance(cell, Hidden)]
        assert small <= set(covered)
        assert all(shown[place] == numbers[place] for place in range(length) if place not in covered)
        could = [what_it_could_be(shown[place], shown) for place in covered]
        total = sum(numbers[place] for place in covered)
        possible = [found for found in product(*could) if sum(found) == total]
        for index, place in enumerate(covered):
            assert place not in small or len({found[index] for found in possible}) > 1, (numbers, shown)


def what_it_could_be(cell: object, column: list[object]) -> list[int]:
    """What somebody who knows the rule of masking knows of a hidden cell."""
    if cell == SMALL:
        return [1, 2, 3, 4]
    return [0, *range(5, 18)] if SMALL in column else list(range(18))


def test_a_sum_that_tells_nothing_hides_no_more() -> None:
    assert si.masked([2, 3, 9, 0]) == [SMALL, SMALL, 9, 0]
    assert si.masked([3, 9, 12]) == [SMALL, KEPT_BACK, 12]
    assert si.masked([1, 5, 12]) == [KEPT_BACK, KEPT_BACK, 12]
    assert si.masked([0, 7]) == [0, 7]
