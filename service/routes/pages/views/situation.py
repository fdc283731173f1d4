"""What happened to the person's benefit, in one line: « RSA interrompu, dernier versement le 5 octobre 2026 »."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.models import UrgentRightsDetails
from service.workflows import french
from service.workflows.urgency import Benefit, Event

_NAMES: Mapping[Benefit, tuple[str, str]] = {
    Benefit.AAH: ("AAH", "e"),
    Benefit.RSA: ("RSA", ""),
    Benefit.PRIME_ACTIVITE: ("Prime d’activité", "e"),
    Benefit.APL: ("APL", "e"),
    Benefit.ALS: ("ALS", "e"),
    Benefit.ALF: ("ALF", "e"),
    Benefit.AF: ("Allocations familiales", "es"),
    Benefit.CF: ("Complément familial", ""),
    Benefit.ASF: ("ASF", "e"),
    Benefit.PAJE: ("PAJE", "e"),
    Benefit.AEEH: ("AEEH", "e"),
    Benefit.AJPP: ("AJPP", "e"),
    Benefit.ARS: ("ARS", "e"),
    Benefit.OTHER: ("Autre prestation", "e"),
}
"""Short name, and the ending of what agrees with it."""


@dataclass(frozen=True, slots=True)
class Situation:
    """`head` stands out, `tail` follows it in the same sentence."""

    head: str
    tail: str

    @property
    def sentence(self) -> str:
        """Both together."""
        return self.head + self.tail


def short_name(benefit: str) -> str:
    """« RSA », « Prime d’activité »."""
    return _NAMES[Benefit(benefit)][0]


def situation_of(details: UrgentRightsDetails | None) -> Situation:
    """The line of a ticket; says what a call or a message has left out."""
    if details is None:
        return Situation("Urgence définie", " : prestation à choisir")
    if details.benefit is None or details.event is None:
        known = short_name(details.benefit) if details.benefit else "Prestation"
        return Situation(known, " : à compléter")
    return in_words(
        details.benefit,
        details.event,
        details.amount_before,
        details.amount_after,
        f", dernier versement le {french.short_date(details.last_payment_on)}"
        if details.last_payment_on
        else "",
    )


def of_form(typed: Mapping[str, Any]) -> Situation:
    """The line of a draft, as far as it goes."""
    benefit, event = typed.get("benefit", ""), typed.get("event", "")
    if benefit not in set(Benefit):
        return Situation("Urgence définie", " : prestation à choisir")
    return in_words(benefit, event) if event in set(Event) else Situation(short_name(benefit), "")


def in_words(
    benefit: str, event: str, before: Decimal | None = None, after: Decimal | None = None, tail: str = ""
) -> Situation:
    """« AAH réduite de 69 % », « RSA interrompu »."""
    name, ending = _NAMES[Benefit(benefit)]
    if Event(event) is Event.INTERRUPTION:
        return Situation(f"{name} interrompu{ending}", tail)
    if before and after is not None and after < before:
        percent = int((before - after) * 100 / before)
        return Situation(f"{name} réduit{ending} de {percent} %", tail)
    return Situation(f"{name} fortement réduit{ending}", tail)
