"""No NIR is ever stored (R-DP-7). The numbers here are made up: they only have the shape and the key."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.workflows import nir
from tests import scale

NUMBER = "1850535238005"
CORSICAN = "285122A004017"
GAPS = (" ", "-", ".", "\u00a0", "\u202f", "\u2013", "\n", " - ", "")


def key(number: str) -> str:
    """97 − n mod 97, with Corsica as 19 and 18."""
    return f"{97 - int(number.upper().replace('2A', '19').replace('2B', '18')) % 97:02d}"


def cut(number: str, gap: str) -> str:
    """As people write it: 1 85 05 35 238 005 94."""
    places = (0, 1, 3, 5, 7, 10, 13, 15)
    return gap.join(filter(None, (number[a:b] for a, b in pairwise(places))))


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """13 characters of a plausible shape."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    month = chance.choice([*range(1, 13), *range(20, 43), *range(50, 100)])
    department = chance.choice([*(f"{n:02d}" for n in range(1, 100)), "2A", "2B", "2a", "2b"])
    return (
        f"{chance.choice('123478')}{chance.randrange(100):02d}{month:02d}{department}"
        f"{chance.randrange(1, 1000):03d}{chance.randrange(1, 1000):03d}"
    )


def test_r_dp_7_the_key_of_a_published_example() -> None:
    assert key("2550814168025") == "38"
    assert nir.mask("2 55 08 14 168 025 38") == (nir.MASK, 1)


@given(numbers(), st.sampled_from(GAPS), st.booleans())
@settings(max_examples=scale.count(300, 3000), deadline=None)
def test_r_dp_7_every_nir_is_masked_with_and_without_its_key(number: str, gap: str, with_key: bool) -> None:
    written = cut(number + key(number) if with_key else number, gap)
    assert nir.mask(f"Bonjour, n° {written}, merci.") == (f"Bonjour, n° {nir.MASK}, merci.", 1)


@given(numbers(), st.randoms(use_true_random=False))
@settings(max_examples=scale.count(200, 3000), deadline=None)
def test_r_dp_7_with_its_key_the_way_it_is_cut_does_not_matter(number: str, chance: random.Random) -> None:
    whole, groups = number + key(number), []
    while whole:
        size = chance.choice((1, 3, 5))
        groups.append(whole[:size])
        whole = whole[size:]
    written = chance.choice((" ", "-", "\u00a0")).join(groups)
    masked, count = nir.mask(f"numéro : {written}")
    assert (masked, count) == (f"numéro : {nir.MASK}", 1)


@given(numbers())
def test_r_dp_7_a_slip_in_the_key_does_not_let_it_through(number: str) -> None:
    wrong = f"{(int(key(number)) + 1) % 97:02d}"
    assert nir.mask(number + wrong) == (nir.MASK, 1)
    assert number not in nir.mask(cut(number + wrong, " "))[0]
    assert nir.mask(cut(number + wrong, " "))[1] == 1


@pytest.mark.parametrize(
    "text",
    [
        f"NIR{NUMBER}",
        f"x{NUMBER}y",
        f"n°{NUMBER}{key(NUMBER)}.",
        "1 8 5 0 5 3 5 2 3 8 0 0 5",
        "185 053 523 800 5",
        "１８５０５３５２３８００５",
        f"{CORSICAN.lower()}{key(CORSICAN)}",
        "2 85 12 2 A 004 017",
        "1\r\n85\r\n05\r\n35\r\n238\r\n005",
        "7 85 99 99 123 456",
    ],
)
def test_r_dp_7_ways_of_writing_it(text: str) -> None:
    masked, count = nir.mask(text)
    assert count == 1
    assert sum(symbol.isdigit() for symbol in masked) == 0


def test_r_dp_7_beside_other_numbers_only_the_nir_goes() -> None:
    whole = NUMBER + key(NUMBER)
    text = f"matricule 1234567 {whole} 06 12 34 56 78 {cut(NUMBER, ' ')} 35700 Rennes"
    assert nir.mask(text) == (f"matricule 1234567 {nir.MASK} 06 12 34 56 78 {nir.MASK} 35700 Rennes", 2)


def test_r_dp_7_found_where_it_stands_and_several_are_counted() -> None:
    text = f"a {NUMBER} b {cut(CORSICAN, '-')} c"
    assert [text[start:end] for start, end in nir.find(text)] == [NUMBER, cut(CORSICAN, "-")]
    assert nir.mask(text) == (f"a {nir.MASK} b {nir.MASK} c", 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "matricule 1234567",
        "tél. 06 12 34 56 78",
        "+33 6 12 34 56 78 ou 0033 6 12 34 56 78",
        "02 99 01 02 03 - 06 12 34 56 78",
        "matricule 1850567 06 12 34 56 78",
        "1850567 06.12.34.56.78",
        "FR76 3000 6000 0112 3456 7890 189",
        "FR7630006000011234567890189",
        "IBAN FR14 2004 1010 0505 0001 3M02 606.",
        "SIRET 123 456 789 00012",
        "23-10-1986 35700 Rennes",
        "1986-10-23 1234567",
        "20261023-163012",
        "12345678901234567890",
        "1 234,50 € puis 1 850,00 €",
        "0850535238005",
        "5850535238005",
        "1851335238005",
        "1854535238005",
        "1850500238005",
        "1850535000005",
        "1850535238000",
        "UD-4F7K-92QX",
    ],
)
def test_r_dp_7_other_numbers_are_left_alone(text: str) -> None:
    assert nir.mask(text) == (text, 0)


@given(
    st.integers(0, 9_999_999),
    st.integers(100_000_000, 799_999_999),
    st.sampled_from([" ", ".", "-", "\u00a0"]),
)
@settings(max_examples=scale.count(300, 3000), deadline=None)
def test_r_dp_7_a_matricule_or_a_phone_number_is_never_masked(matricule: int, phone: int, gap: str) -> None:
    digits = f"0{phone}"
    in_pairs = gap.join(digits[n : n + 2] for n in range(0, 10, 2))
    for text in (f"{matricule:07d}", digits, in_pairs, f"matricule {matricule:07d}, tél. {in_pairs}"):
        assert nir.mask(text) == (text, 0)


@given(st.integers(0, 10**23 - 1), st.booleans())
@settings(max_examples=scale.count(300, 3000), deadline=None)
def test_r_dp_7_an_iban_is_never_masked_and_a_nir_after_it_is(account: int, spaced: bool) -> None:
    digits = f"{account:023d}"
    iban = f"FR{98 - int(f'{digits}152700') % 97:02d}{digits}"
    written = " ".join(iban[n : n + 4] for n in range(0, 27, 4)) if spaced else iban
    assert nir.mask(f"IBAN {written} merci") == (f"IBAN {written} merci", 0)
    whole = NUMBER + key(NUMBER)
    assert nir.mask(f"{written} {whole}") == (f"{written} {nir.MASK}", 1)


@given(numbers().filter(str.isdigit), st.integers(0, 10**8 - 1))
def test_r_dp_7_an_iban_that_ends_like_a_nir_is_not_masked(number: str, bank: int) -> None:
    digits = f"{bank:08d}{number}{key(number)}"
    iban = f"FR{98 - int(f'{digits}152700') % 97:02d}{digits}"
    written = " ".join(iban[n : n + 4] for n in range(0, 27, 4))
    assert nir.mask(written) == (written, 0)
    assert nir.mask(written.replace("FR", "N "))[1] == 1, "without its country it is no IBAN"


@given(
    st.lists(
        st.sampled_from([*"0123456789", " ", "-", "2A", "a", NUMBER, CORSICAN, cut(NUMBER, " ")]), max_size=30
    )
)
@settings(max_examples=scale.count(300, 3000), deadline=None)
def test_r_dp_7_nothing_is_left_to_find_in_a_masked_text(parts: list[str]) -> None:
    text = "".join(parts)
    masked, count = nir.mask(text)
    assert nir.find(masked) == []
    assert masked.count(nir.MASK) == count
    assert (masked == text) == (count == 0)
    assert nir.mask(masked) == (masked, 0)


@given(st.text())
def test_r_dp_7_any_text_is_read_without_an_error(text: str) -> None:
    masked, count = nir.mask(text)
    assert count or masked == text
