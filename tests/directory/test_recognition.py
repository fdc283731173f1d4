"""Communes by name, by postal code, and in the running text of a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.directory.names import key_of
from service.directory.reading import load
from service.directory.recognition import Recogniser
from service.directory.rows import CommuneRow

DIRECTORY = load()
RECOGNISER = Recogniser(DIRECTORY)


def seen(text: str) -> list[tuple[str, bool]]:
    return [(sighting.commune.name, sighting.certain) for sighting in RECOGNISER.places_in(text)]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ST MALO", "Saint-Malo"),
        ("st-meen le grand", "Saint-Méen-le-Grand"),
        ("Ste Marie", "Sainte-Marie"),
        ("  ARGENTRE DU PLESSIS ", "Argentré-du-Plessis"),
        ("Tresboeuf", "Tresbœuf"),
        ("L’Hermitage", "L'Hermitage"),
        ("Servon s/ Vilaine", "Servon-sur-Vilaine"),
        ("Rheu", "Le Rheu"),
        ("Me\u0301dre\u0301ac", "Médréac"),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str, name: str) -> None:
    assert [commune.name for commune in DIRECTORY.communes_named(written)] == [name]


def test_no_two_communes_have_the_same_key() -> None:
    assert len({key_of(commune.name) for commune in DIRECTORY.communes}) == len(DIRECTORY.communes)


def test_a_postal_code_gives_all_the_communes_that_share_it() -> None:
    assert {commune.name for commune in DIRECTORY.communes_at("35600")} == {
        "Bains-sur-Oust",
        "Redon",
        "Sainte-Marie",
    }
    assert [commune.name for commune in DIRECTORY.communes_at(" 35700 ")] == ["Rennes"]


def test_a_name_beside_its_postal_code_is_certain_and_comes_first() -> None:
    assert seen("Elle a vécu à Vitré, maintenant 4 rue des Lilas\n35600 REDON") == [
        ("Redon", True),
        ("Vitré", False),
    ]
    assert seen("Redon (35600)") == [("Redon", True)]
    assert seen("35600 Rennes") == [("Rennes", False)]


def test_the_longest_name_wins() -> None:
    assert seen("habite St Malo de Phily") == [("Saint-Malo-de-Phily", False)]
    assert seen("habite Saint-\r\nMalo, de passage") == [("Saint-Malo", False)]


def test_words_of_two_sentences_do_not_make_a_name() -> None:
    assert seen("le jour de la Saint (Malo est son fils)") == []


def test_an_article_may_be_contracted() -> None:
    assert seen("logée au Rheu, puis aux Iffs, puis à la Mézière") == [
        ("Le Rheu", False),
        ("Les Iffs", False),
        ("La Mézière", False),
    ]


def test_a_street_is_not_a_commune() -> None:
    assert seen("12 rue de Redon, 35000 Rennes") == [("Rennes", True)]
    assert seen("route du Rheu, avenue de la Mézière, place Sainte-Marie, bd St Malo") == []
    assert seen("rue de Redon 35600") == [("Redon", True)]


@pytest.mark.parametrize(
    "text", ["Parce que", "PARCE QUE", "Melle Exemple", "la vitre cassée", "le verger", "VITRE"]
)
def test_an_ordinary_word_is_not_a_commune(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "name", "certain"),
    [
        ("elle vit à Vitré", "Vitré", False),
        ("VITRÉ", "Vitré", False),
        ("35500 VITRE", "Vitré", True),
        ("au Verger", "Le Verger", False),
        ("parcé 35210", "Parcé", True),
    ],
)
def test_a_commune_named_like_a_word_needs_its_accents_and_capital_or_its_code(
    text: str, name: str, certain: bool
) -> None:
    assert seen(text) == [(name, certain)]


def test_a_postal_code_alone_tells_when_one_commune_has_it() -> None:
    assert seen("adresse : 35400") == [("Saint-Malo", False)]
    assert seen("adresse : 35600") == []
    assert seen("dossier 3540012 du 35 400") == []


def test_each_commune_is_given_once() -> None:
    assert seen("Redon. Redon ? 35600 redon !") == [("Redon", True)]


@given(st.sampled_from(DIRECTORY.communes))
def test_every_commune_is_recognised_in_capitals_without_accents_beside_its_code(commune: CommuneRow) -> None:
    text = f"Mme Démo-Exemple, {commune.postal_codes[0]} {key_of(commune.name).upper()}"
    assert seen(text)[0] == (commune.name, True)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert all(sighting.commune in DIRECTORY.communes for sighting in RECOGNISER.places_in(text))
