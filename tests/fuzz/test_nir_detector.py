"""R-DP-7: how many social-security numbers are found, and how many other numbers are taken for one.

The numbers are drawn here, not by the detector's own rules: valid ones in the spellings in which people write them,
with and without key, inside a sentence; and what else stands in a caseworker's text.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from service.workflows import nir
from tests import scale

SEED = 20261126
NUMBERS = scale.count(2_000, 100_000)
LEAST_CAUGHT, MOST_REFUSED = 0.999, 0.001

GAPS = (" ", "  ", "-", " - ", ".", "\u00a0", "\u202f", "\u2013", "\u2011", "\n", "\t", "")
ALPHABETS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩")
AROUND = (
    "{}",
    "NIR {}",
    "n° de sécurité sociale : {}.",
    "Mme Exemple ({}), suivie depuis mai",
    "le {} est le sien",
    "numéro={}; matricule 1234567",
    "sécu{}",
    "« {} » noté au téléphone",
    "tél. 02 99 01 02 03, NIR {}",
    "né en 1985, {}",
)
KEYS = ("{number}{gap}{key}", "{number} clé {key}", "{number} ({key})", "{number}/{key}", "{number}")
CUTS = ((1, 3, 5, 7, 10, 13), (13,), (7, 13), (5, 10, 13), (1, 7, 13))


def a_nir(chance: Random) -> str:
    """13 characters as INSEE gives them: France, Corsica, overseas, abroad; months unknown at birth too."""
    month = chance.choice([f"{n:02d}" for n in range(1, 13)] * 8 + ["20", "30", "42", "50", "99"])
    place = chance.choice(
        [f"{n:02d}" for n in range(1, 96) if n != 20] + ["2A", "2B", "2a", "97", "98", "99"]
    )
    return (
        f"{chance.choice('1212121212123478')}{chance.randrange(100):02d}{month}{place}"
        f"{chance.randrange(1, 990):03d}{chance.randrange(1, 1000):03d}"
    )


def key_of(number: str) -> str:
    corsica = {"2A": "19", "2B": "18"}
    place = number[5:7].upper()
    return f"{97 - int(number[:5] + corsica.get(place, place) + number[7:]) % 97:02d}"


def spelt(number: str, chance: Random) -> str:
    """As people type it, cut or not, in whichever digits their keyboard gives."""
    gap, cuts = chance.choice(GAPS), chance.choice(CUTS)
    parts = [number[start:end] for start, end in zip((0, *cuts), cuts, strict=False)]
    written = chance.choice(KEYS).format(number=gap.join(parts), gap=gap, key=key_of(number))
    alphabet = chance.choice(ALPHABETS[:1] * 18 + ALPHABETS[1:])
    return written.translate(str.maketrans("0123456789", alphabet))


# ---------------------------------------------------------------- what is none
def digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def groups(written: str, size: int, gap: str) -> str:
    return gap.join(written[start : start + size] for start in range(0, len(written), size))


def a_phone(chance: Random) -> str:
    local = f"{chance.randrange(1, 10)}{digits(chance, 8)}"
    gap = chance.choice((" ", ".", "-", "", "\u00a0"))
    abroad = f"+33 {local[0]} {groups(local[1:], 2, ' ')}"
    return chance.choice((groups(f"0{local}", 2, gap), abroad))


def a_day(chance: Random) -> str:
    day, month, year = chance.randrange(1, 29), chance.randrange(1, 13), chance.randrange(1930, 2027)
    french = f"{day:02d}/{month:02d}/{year}"
    return chance.choice((french, french.replace("/", "-"), f"{year}-{month:02d}-{day:02d}"))


def an_iban(chance: Random) -> str:
    account = digits(chance, 23)
    iban = f"FR{98 - int(f'{account}152700') % 97:02d}{account}"
    return chance.choice((iban, groups(iban, 4, " ")))


def a_siret(chance: Random) -> str:
    siret = digits(chance, 14)
    return chance.choice((siret, f"{groups(siret[:9], 3, ' ')} {siret[9:]}"))


def money(chance: Random) -> str:
    amounts = (f"{chance.randrange(1, 3)} {digits(chance, 3)},{digits(chance, 2)} €" for _ in range(3))
    return " puis ".join(amounts)


def a_reference(chance: Random) -> str:
    letters = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"
    return "UD-" + "-".join("".join(chance.choice(letters) for _ in range(4)) for _ in range(2))


def an_instant(chance: Random) -> str:
    return f"2026{chance.randrange(1, 13):02d}{chance.randrange(1, 29):02d}-{digits(chance, 6)}"


OTHERS: Mapping[str, Callable[[Random], str]] = {
    "matricule": lambda chance: f"matricule {digits(chance, 7)}",
    "telephone": a_phone,
    "two telephones": lambda chance: f"{a_phone(chance)}{chance.choice((' ou ', ' '))}{a_phone(chance)}",
    "matricule and telephone": lambda chance: (
        f"{digits(chance, 7)}{chance.choice((', ', ' '))}{a_phone(chance)}"
    ),
    "day and postcode": lambda chance: f"{a_day(chance)} 35{digits(chance, 3)} Rennes",
    "day and matricule": lambda chance: f"{a_day(chance)} {digits(chance, 7)}",
    "IBAN": an_iban,
    "SIRET": a_siret,
    "amounts": money,
    "reference": a_reference,
    "instant": an_instant,
    "card": lambda chance: groups(digits(chance, 16), 4, " "),
    "twelve figures": lambda chance: digits(chance, 12),
    "sixteen figures": lambda chance: digits(chance, 16),
    "another sex": lambda chance: chance.choice("0569") + digits(chance, 14),
    "no such month": lambda chance: f"1{digits(chance, 2)}{chance.randrange(43, 50)}{digits(chance, 8)}",
}


def test_valid_numbers_are_found_in_whatever_spelling() -> None:
    chance, missed = Random(SEED), []
    for _ in range(NUMBERS):
        text = chance.choice(AROUND).format(spelt(a_nir(chance), chance))
        if not nir.find(text):
            missed.append(text)
    caught = 1 - len(missed) / NUMBERS
    print(f"seed {SEED}: {NUMBERS - len(missed)} of {NUMBERS} numbers found, {caught:.3%}")
    assert caught >= LEAST_CAUGHT, missed[:20]


def test_other_numbers_are_left_alone() -> None:
    chance, refused = Random(SEED), Counter[str]()
    examples: dict[str, str] = {}
    names = sorted(OTHERS)
    for number in range(NUMBERS):
        name = names[number % len(names)]
        text = chance.choice(AROUND[:3]).format(OTHERS[name](chance))
        if nir.find(text):
            refused[name] += 1
            examples.setdefault(name, text)
    share = refused.total() / NUMBERS
    print(f"seed {SEED}: {refused.total()} of {NUMBERS} other numbers refused, {share:.3%} {dict(refused)}")
    assert share <= MOST_REFUSED, examples
