"""Passwords: what is accepted, how they are kept, and a phrase to propose instead."""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from service.workflows.plain_text import without_piles

SHORTEST = 15
LONGEST = 128
PROPOSED_WORDS = 7

# A guesser who knows the person and tries the likeliest first would need 10 to this power of tries, at least.
_LEAST_GUESSES_LOG10 = 11.0
_JUDGED_CHARACTERS = 72
_EXPECTED = (
    *(
        "relais",
        "caf",
        "cdas",
        "departement",
        "ille-et-vilaine",
        "rennes",
        "bretagne",
        "allocataire",
        "urgence",
    ),
    *("motdepasse", "mot de passe", "bonjour", "soleil", "azerty", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)
_WORDS = Path(__file__).with_name("words") / "french.txt"

# 19 MiB, two passes, one lane: about 20 ms. The throttle comes before it, the length does the rest.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The hash of a password that nobody has: an unknown address costs the same time as a known one.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nIHB1YmxpYw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def keep(password: str) -> str:
    """The Argon2id hash to store."""
    return _hasher.hash(_canonical(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password; without a stored hash, the same work and always no."""
    tried = _canonical(password) if len(password) <= LONGEST else ""
    try:
        _hasher.verify(stored or _NOBODY, tried)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def problems(password: str, about: Iterable[str] = ()) -> list[str]:
    """Why a password is not accepted, in French sentences. `about`: address and name of the person."""
    if len(password) < SHORTEST:
        return [f"Il faut au moins {SHORTEST} caractères ; celui-ci en a {len(password)}."]
    if len(password) > LONGEST:
        return [f"Il faut {LONGEST} caractères au plus."]
    if _guesses_log10(_canonical(password), about) < _LEAST_GUESSES_LOG10:
        return [
            "Ce mot de passe se devine trop vite : évitez votre nom, votre service, les suites et les répétitions. "
            "Plusieurs mots sans rapport entre eux conviennent."
        ]
    return []


def propose() -> str:
    """Seven random words (77 bits), easy to type."""
    return " ".join(secrets.choice(_words()) for _ in range(PROPOSED_WORDS))


@cache
def _words() -> tuple[str, ...]:
    return tuple(_WORDS.read_text(encoding="utf-8").split())


def _guesses_log10(password: str, about: Iterable[str]) -> float:
    personal = [part for text in about for part in (text, *_parts(text)) if len(part) > 2]
    judged = zxcvbn(password[:_JUDGED_CHARACTERS], user_inputs=[*_EXPECTED, *personal])
    return float(judged["guesses_log10"])


def _parts(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in text).split()


def _canonical(password: str) -> str:
    # The same accent typed on two keyboards must be the same password; a pile of accents takes no time to refuse.
    return unicodedata.normalize("NFC", without_piles(password))
