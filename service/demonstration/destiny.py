"""What will become of a request, drawn when it begins: how it ends, and what happens on the way."""

from dataclasses import dataclass
from random import Random

_ENDINGS = {"answered": 0.87, "rejected": 0.10, "cancelled": 0.03}
_REASONS = {
    "not_urgent": 0.3,
    "visible_in_cdap": 0.32,
    "wrong_service": 0.13,
    "wrong_orientation": 0.11,
    "unidentified": 0.08,
}
_OUTCOMES = {
    "restored": 0.3,
    "payment_scheduled": 0.26,
    "documents_requested": 0.17,
    "under_review": 0.11,
    "other_body": 0.07,
    "not_due": 0.06,
    "other": 0.03,
}


@dataclass(frozen=True, slots=True)
class Destiny:
    """`halt`: the state in which the request is left, for the present day of the demonstration."""

    ending: str = "answered"
    reason: str = ""
    early: bool = True
    contested: bool = False
    upheld: bool = False
    questions: int = 0
    silent: bool = False
    outcome: str = "restored"
    acknowledged: bool = True
    reopened: bool = False
    slow: float = 1.0
    halt: str = ""


def drawn(rng: Random, *, duplicate: bool = False, anonymous: bool = False) -> Destiny:
    """A destiny like those of most requests. `duplicate`: refused as such; `anonymous`: nobody knows who wrote."""
    ending = "rejected" if duplicate or anonymous else _one_of(rng, _ENDINGS)
    reason = "duplicate" if duplicate else "unidentified" if anonymous else _one_of(rng, _REASONS)
    return Destiny(
        ending=ending,
        reason=reason,
        early=anonymous or rng.random() < 0.6,
        contested=not anonymous and reason in ("not_urgent", "visible_in_cdap") and rng.random() < 0.35,
        upheld=rng.random() < 0.55,
        questions=rng.choices((0, 1, 2), (0.76, 0.21, 0.03))[0],
        silent=rng.random() < 0.07,
        outcome=_one_of(rng, _OUTCOMES),
        acknowledged=rng.random() < 0.7,
        reopened=rng.random() < 0.045,
        slow=rng.choices((1.0, 4.0), (0.93, 0.07))[0],
    )


def _one_of(rng: Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
