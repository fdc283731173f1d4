"""What the accessibility statement says, computed from the register: never typed by hand (R-28 to R-30)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from service.accessibility.register import REGISTER, Criterion, Verdict

ESTABLISHED = date(2026, 11, 27)
AUDITED_ON: date | None = None
"""The day of the last audit by a person; the law counts nothing without one."""

RENEWED_AFTER_YEARS = 3
TOLD_BEFORE = timedelta(days=60)

SCHEME: Mapping[int, tuple[str, ...]] = {
    2026: (
        "Tenir, avec le code, un registre des 106 critères du RGAA et les tests qui les prouvent.",
        "Vérifier à chaque version toutes les pages de chaque rôle : code, titres, formulaires, tableaux, clavier.",
        "Demander une courte description à qui joint un fichier, et dire ce que pèsent les documents à emporter.",
    ),
    2027: (
        "Faire auditer par une personne un échantillon de pages, avec les critères qu’aucun test ne juge.",
        "Essayer avec NVDA et Firefox, JAWS ou VoiceOver, au clavier seul, à 400 % et à la voix.",
        "Faire essayer chaque version majeure par deux personnes handicapées.",
    ),
    2028: ("Corriger ce que l’audit aura trouvé, puis établir une nouvelle déclaration.",),
}
"""The scheme of three years at most, and in it the plan of each year."""


class Mention(StrEnum):
    """What the law lets one say; exactly one stands on every page."""

    FULL = "totalement conforme"
    PARTIAL = "partiellement conforme"
    NOT = "non conforme"


@dataclass(frozen=True, slots=True)
class Count:
    """How many criteria: kept, broken, that do not apply, that await a person."""

    kept: int
    broken: int
    absent: int
    awaited: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.applicable + self.absent

    @property
    def applicable(self) -> int:
        """Those that concern these pages."""
        return self.kept + self.broken + self.awaited

    @property
    def share(self) -> int:
        """Of those that apply, how many of a hundred are kept, rounded down; one that awaits a person is not."""
        return 100 * self.kept // self.applicable


def count(register: tuple[Criterion, ...] = REGISTER) -> Count:
    """The verdicts of the register, counted."""
    times = Counter(criterion.verdict for criterion in register)
    return Count(
        kept=times[Verdict.KEPT],
        broken=times[Verdict.BROKEN],
        absent=times[Verdict.ABSENT],
        awaited=times[Verdict.AWAITED],
    )


def expires_on(established: date = ESTABLISHED) -> date:
    """The day by which it has to be renewed."""
    return established.replace(year=established.year + RENEWED_AFTER_YEARS)


def is_ending(day: date) -> bool:
    """Whether the administrators have to think of renewing it (R-30)."""
    return day >= expires_on() - TOLD_BEFORE


def mention(day: date, counted: Count | None = None, audited_on: date | None = AUDITED_ON) -> Mention:
    """The one that stands on every page (R-29): « non conforme » below half, without an audit or after it expired."""
    found = counted or count()
    if audited_on is None or day >= expires_on(audited_on) or 2 * found.kept < found.applicable:
        return Mention.NOT
    return Mention.FULL if found.kept == found.applicable else Mention.PARTIAL
