"""Small counts by unit in figures that both institutions see: « 1–4 », and one more where it could be subtracted."""

from collections.abc import Mapping

THRESHOLD = 5
SMALL, HIDDEN = "1–4", "masqué"


def masked(counts: Mapping[str, int]) -> Mapping[str, str]:
    """Each count in words: 0 is shown, 1 to 4 is not; one hidden alone takes the smallest of the others with it."""
    small = {name for name, count in counts.items() if 0 < count < THRESHOLD}
    others = [name for name, count in counts.items() if count >= THRESHOLD]
    besides = min(others, key=lambda name: (counts[name], name)) if len(small) == 1 and others else None
    return {
        name: SMALL if name in small else HIDDEN if name == besides else str(count)
        for name, count in counts.items()
    }
