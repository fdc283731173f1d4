"""References that can be dictated (workflows.md §1)."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workflows import reference
from service.workflows.reference import ALPHABET, PREFIXES

SHOWN = "UD-4F7K-92QX"
references = st.builds(
    lambda prefix, seed: reference.new(prefix, random.Random(seed).choice),
    st.sampled_from(PREFIXES),
    st.integers(0, 2**40),
)


def body_of(text: str) -> str:
    return text[3:].replace("-", "")


def with_body(text: str, body: str) -> str:
    return f"{text[:2]}-{body[:4]}-{body[4:]}"


def test_the_alphabet_has_32_symbols_and_none_that_is_confused() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 32
    assert not set(ALPHABET) & set("ILOU")


def test_the_reference_of_the_documentation_is_a_right_one() -> None:
    assert reference.parse(SHOWN) == SHOWN


def test_new_references_have_the_form_and_are_not_in_sequence() -> None:
    made = {reference.new("UD") for _ in range(500)}
    assert len(made) == 500
    assert all(reference.parse(text) == text for text in made)
    assert {len(text) for text in made} == {len(SHOWN)}
    assert {symbol for text in made for symbol in body_of(text)} == set(ALPHABET), "check symbol included"


def test_an_unknown_prefix_is_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        reference.new("XX")
    assert reference.parse("XX" + SHOWN[2:]) is None


@given(references)
def test_every_single_substitution_is_noticed(text: str) -> None:
    body = body_of(text)
    for place in range(len(body)):
        for symbol in set(ALPHABET) - {body[place]}:
            wrong = body[:place] + symbol + body[place + 1 :]
            assert reference.parse(with_body(text, wrong)) is None


@given(references)
def test_every_transposition_of_two_symbols_is_noticed(text: str) -> None:
    body = body_of(text)
    for first, second in combinations(range(len(body)), 2):
        if body[first] != body[second]:
            swapped = list(body)
            swapped[first], swapped[second] = body[second], body[first]
            assert reference.parse(with_body(text, "".join(swapped))) is None


@given(references, st.sampled_from([" ", "-", "", " - ", "–", "\u00a0", "\n"]), st.booleans())
def test_what_is_typed_or_dictated_is_understood(text: str, gap: str, lower: bool) -> None:
    typed = text.replace("-", gap)
    assert reference.parse(typed.lower() if lower else f"  {typed} ") == text


@given(references)
def test_look_alikes_are_read_as_what_they_look_like(text: str) -> None:
    body = body_of(text)
    for one in "IiLl":
        assert reference.parse(text[:2] + body.replace("1", one).replace("0", "o")) == text


@pytest.mark.parametrize(
    "text", ["", "UD", SHOWN[:-1], SHOWN + "A", "UD-4F7K-92QU", "UD-4F7K-92Q€", "Ud-4F7K-92Q²"]
)
def test_what_is_no_reference(text: str) -> None:
    assert reference.parse(text) is None


@given(st.text(max_size=40))
def test_any_text_is_a_reference_or_none_and_never_an_error(text: str) -> None:
    found = reference.parse(text)
    assert found is None or reference.parse(found) == found
    reference.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Re: [UD-4F7K-92QX] RSA",
        "votre demande ud-4f7k-92qx.",
        "UD 4F7K 92QX",
        "(UD4F7K92QX)",
        "UD–4F7K–92QX et encore UD-4F7K-92QX",
        "réf.UD-4F7K 92QX",
        "UD-4F7K-92QX_suite",
    ],
)
def test_references_are_found_in_a_text_each_once(text: str) -> None:
    assert reference.find(text) == [SHOWN]


def test_references_are_found_in_order_and_wrong_ones_left_out() -> None:
    other = reference.new("CI", random.Random(1).choice)
    assert reference.find(f"{other}, UD-4F7K-92QA, {SHOWN}") == [other, SHOWN]


def test_ordinary_words_are_not_references() -> None:
    words = "protection orphelinat inscription présence usage ordonnance rdvs or prestations pr attentes"
    assert reference.find(words * 50) == []
    assert reference.find(f"X{SHOWN}") == []
    assert reference.find(f"{SHOWN}9") == []


@given(st.text("ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8))
def test_words_without_a_digit_need_a_dash(body: str) -> None:
    assert reference.find(f"OR {body[:4]} {body[4:]}") == []
    assert reference.find(f"PR{body}") == []
    right = [body[:7] + last for last in ALPHABET[10:] if reference.parse(f"OR{body[:7]}{last}")]
    for word in right:
        assert reference.find(f"OR {word}") == []
        assert reference.find(f"OR-{word}") == [with_body("OR", word)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("UD4", ("UD-4000-0000", "UD-4ZZZ-ZZZZ")),
        ("ud-4f7k", ("UD-4F7K-0000", "UD-4F7K-ZZZZ")),
        ("UD-mar", ("UD-MAR0-0000", "UD-MARZ-ZZZZ")),
        ("ud 4f7k 92qx", (SHOWN, SHOWN)),
        ("RV-O1", ("RV-0100-0000", "RV-01ZZ-ZZZZ")),
        ("UD", None),
        ("UD-", None),
        ("4F7K", None),
        ("1234567", None),
        ("Prigent", None),
        ("Udo", None),
        ("UD-4U", None),
        ("XX-4F7", None),
        ("UD-4F7K-92QX9", None),
        ("UD'; --1", None),
        ("", None),
    ],
)
def test_a_reference_that_is_being_typed(typed: str, expected: tuple[str, str] | None) -> None:
    """Three symbols, the prefix included; letters alone are somebody's name, digits alone a file number."""
    assert reference.begun(typed) == expected


@given(references, st.integers(4, 12))
def test_every_reference_lies_between_the_ends_of_its_beginning(text: str, length: int) -> None:
    ends = reference.begun(text[:length])
    assert ends is not None
    assert ends[0] <= text <= ends[1]


@given(st.lists(st.one_of(references, st.text(max_size=20)), max_size=6))
def test_the_pieces_of_a_text_are_the_text(parts: list[str]) -> None:
    whole = " ".join(parts)
    pieces = reference.pieces(whole)
    assert "".join(words for words, _ in pieces) == whole
    assert list(dict.fromkeys(found for _, found in pieces if found)) == reference.find(whole)


def test_a_piece_keeps_the_words_as_they_were_written() -> None:
    assert reference.pieces(f"Voir ud 4f7k 92qx, puis {SHOWN}.") == [
        ("Voir ", None),
        ("ud 4f7k 92qx", SHOWN),
        (", puis ", None),
        (SHOWN, SHOWN),
        (".", None),
    ]
    assert reference.pieces("Voir UD-4F7K-92QY.") == [("Voir UD-4F7K-92QY.", None)]
    assert reference.pieces("") == []
