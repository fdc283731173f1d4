"""The keyword in incoming messages (R-UD-2)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workflows.keyword import KEYWORD, contains_keyword


@pytest.mark.parametrize(
    "text",
    [
        KEYWORD,
        "Urgence définie",
        "URGENCE-DEFINIE",
        "Objet : Re: [urgence DÉFINIE] RSA interrompu",
        "URGENCE\nDEFINIE",
        "URGENCE\r\n> DEFINIE",
        "URGENCE\u00a0DEFINIE",
        "urgence\u202fdéfinie",
        "urgence – définie",
        "urgence—définie",
        "urgence\u2011définie",
        "urgence\u2212définie",
        "urgencedéfinie",
        "urgence  -  définie !",
        "l’urgence définie",
        "urgence_definie",
        "urgence définie2",
        "**URGENCE DEFINIE**",
        "urgence dé\u00adfi\u200bnie",
        unicodedata.normalize("NFD", "Urgence définie"),
        "urgence déﬁnie",
    ],
)
def test_r_ud_2_case_accents_spaces_hyphens_and_line_breaks_do_not_matter(text: str) -> None:
    assert contains_keyword(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "urgence indéfinie",
        "urgence in-définie",
        "urgence non définie",
        "urgence, définie",
        "résurgence définie",
        "urgence définiendum",
        "situation urgente, définie par la convention",
        "urgence",
        "définie urgence",
    ],
)
def test_r_ud_2_other_words_are_not_the_keyword(text: str) -> None:
    assert not contains_keyword(text)


def test_r_ud_2_the_plural_is_not_the_keyword_a_person_qualifies_it() -> None:
    assert not contains_keyword("les urgences définies")
    assert not contains_keyword("URGENCE DEFINIES")
    assert contains_keyword("les urgences définies, dont une urgence définie")


@given(
    st.text(max_size=20).filter(lambda text: not text or not (text[-1] + text[0]).isalpha()),
    st.sampled_from([" ", "-", "\n", "\u00a0", "\u2013", " \u2014 ", "\r\n", ""]),
    st.sampled_from(["definie", "définie", "DÉFINIE", "De\u0301finie"]),
    st.sampled_from(["urgence", "URGENCE", "UrGence"]),
)
def test_r_ud_2_it_is_found_wherever_it_stands(around: str, between: str, second: str, first: str) -> None:
    assert contains_keyword(f"{around} {first}{between}{second} {around}")
