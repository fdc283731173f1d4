"""Passwords: long, not guessed from what is known of the person, kept as Argon2id."""

import math
import unicodedata

import pytest

from service.operations import passwords
from service.schemas import accounts as schemas

ABOUT = ("camille.exemple@cdas.example", "Camille Exemple-Démo")


@pytest.mark.parametrize(
    "password",
    [
        "ornière bambou vite tulipe",
        "xkqzvwmtplrgbnh",
        " commence par un espace ",
        "Une phrase bien à soi, avec des accents : é è ç.",
        "r4d1s-Noir/huit+tortues",
        "x9" + "plusieurs mots sans rapport " * 4,
    ],
)
def test_accepted(password: str) -> None:
    assert passwords.problems(password, ABOUT) == []


@pytest.mark.parametrize(
    "password",
    [
        "",
        "court",
        "quatorze signes"[:14],
        "x" * 129,
        "motdepassemotdepasse",
        "azertyuiopqsdfghjklm",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "123456789012345678",
        "relaisrelaisrelais",
        "Relais2026Relais2026",
        "camille.exemple@cdas.example",
        "Camille Exemple-Démo",
        "CamilleCamilleCamille",
        "caf cdas caf cdas caf",
    ],
)
def test_refused_with_a_sentence(password: str) -> None:
    (sentence,) = passwords.problems(password, ABOUT)
    assert sentence.endswith(".")


def test_fifteen_to_128_characters_without_truncation() -> None:
    longest = "correct cheval pile agrafe " * 4 + "x" * 20
    assert len(longest) == passwords.LONGEST == 128
    assert passwords.problems(longest) == []
    kept = passwords.keep(longest)
    assert passwords.matches(kept, longest)
    assert not passwords.matches(kept, longest[:-1])
    assert not passwords.matches(kept, longest + "y")


def test_the_form_says_the_length_that_counts() -> None:
    hint = schemas.ChoosePassword().fields["password"].metadata["hint"]
    assert f"{passwords.SHORTEST} caractères" in hint


def test_the_same_accent_typed_otherwise_is_the_same_password() -> None:
    composed = unicodedata.normalize("NFC", "été à la forêt noyée")
    assert passwords.matches(passwords.keep(composed), unicodedata.normalize("NFD", composed))


def test_the_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = (passwords.keep("ornière bambou vite tulipe") for _ in range(2))
    assert first.startswith("$argon2id$")
    assert first != second
    assert not passwords.is_outdated(first)
    assert not passwords.matches("not a hash", "ornière bambou vite tulipe")


def test_seven_words_are_proposed_worth_77_bits_and_are_accepted() -> None:
    words = passwords._words()
    assert passwords.PROPOSED_WORDS * math.log2(len(set(words))) >= 77
    assert all(word == unicodedata.normalize("NFC", word.lower()) for word in words)
    proposals = {passwords.propose() for _ in range(20)}
    assert len(proposals) == 20
    for phrase in proposals:
        assert len(phrase.split()) == 7
        assert passwords.problems(phrase, ABOUT) == []
