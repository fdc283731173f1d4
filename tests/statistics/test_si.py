"""SI-1 … SI-6: counted from plain facts; small numbers of people are not told by structure (R-SI)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from service.statistics import si
from service.statistics.document import KEPT_BACK, SMALL, Document, Section, frozen, thawed
from service.statistics.open_data import csv_zip
from service.statistics.paper import pdf_file
from service.statistics.shown import shown
from service.statistics.workbook import xlsx_file

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
    return si.evaluation(facts).section(identifier)


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
    assert section("SI-4").sentence == "Structures ayant eu au moins une action : 2 sur 3 (66,7\u00a0%)."
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
    whole = si.evaluation(FACTS)
    assert thawed(frozen(whole)) == whole
    assert [part.number for part in shown(whole).sections] == [
        "1",
        *(f"1.{n}" for n in range(1, 7)),
        "2",
        "2.1",
    ]


# ---------------------------------------------------------------- small numbers
def test_people_are_told_by_structure_once_the_year_is_over_and_small_numbers_are_not() -> None:
    table = section("SI-4").table("shelters")
    assert table.column("people") == {"a": KEPT_BACK, "b": SMALL, "c": 0}
    running = section("SI-4", replace(FACTS, over=False)).table("shelters")
    assert [column.key for column in running.columns] == ["actions"]


def test_a_structures_numbers_are_masked_as_those_of_units() -> None:
    """One rule for all that is shared: R-IND « 1–4 », « masqué »; the number of actions is nobody's."""
    shelters = section("SI-4").table("shelters")
    assert shelters.by_unit
    assert shelters.column("actions") == {"a": 2, "b": 2, "c": 0}


@pytest.mark.parametrize("make", [pdf_file, xlsx_file, csv_zip])
@pytest.mark.parametrize(
    "facts", [FACTS, replace(FACTS, shelters=[], actions=[], refreshes=[], committees=[])]
)
def test_it_is_taken_away_as_the_others_are(make: Callable[[Document], bytes], facts: si.Facts) -> None:
    made = si.evaluation(facts)
    assert make(made) == make(made)
