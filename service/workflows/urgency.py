"""What an « urgence définie » is (R-UD-1), with the arithmetic told in French."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from service.workflows import french

EARLIEST_PAYMENT = date(1990, 1, 1)
HIGHEST_AMOUNT = Decimal(100_000)
MONTHS_OF_INTERRUPTION = 3

ORDINARY_CONTACT = "Passez par les voies de contact ordinaires de la Caf."
CONTACT_UNTIL_THEN = "D’ici là, passez par les voies de contact ordinaires de la Caf."
CONTACT_OR_DATE = (
    "Si elle a déjà été versée, indiquez la date du dernier versement reçu. "
    "Sinon, passez par les voies de contact ordinaires de la Caf."
)


class Benefit(StrEnum):
    """The benefits, by code; `label` is what the form shows, `of` how a sentence says « de … »."""

    AAH = "aah"
    RSA = "rsa"
    PRIME_ACTIVITE = "prime_activite"
    APL = "apl"
    ALS = "als"
    ALF = "alf"
    AF = "af"
    CF = "cf"
    ASF = "asf"
    PAJE = "paje"
    AEEH = "aeeh"
    AJPP = "ajpp"
    ARS = "ars"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the form and the lists show."""
        return _BENEFIT_WORDS[self][0]

    @property
    def of(self) -> str:
        """« interruption {of} »: d’AAH, de RSA, de la prime d’activité."""
        return _BENEFIT_WORDS[self][1]

    @property
    def always_urgent(self) -> bool:
        """Whether R-UD-1 a applies: any interruption, any strong decrease."""
        return self in (Benefit.AAH, Benefit.RSA)


class Event(StrEnum):
    """What happened to the benefit."""

    INTERRUPTION = "interruption"
    STRONG_DECREASE = "strong_decrease"

    @property
    def label(self) -> str:
        """What the form and the lists show."""
        return {Event.INTERRUPTION: "Plus de versement", Event.STRONG_DECREASE: "Forte diminution"}[self]


_BENEFIT_WORDS: Mapping[Benefit, tuple[str, str]] = {
    Benefit.AAH: ("Allocation aux adultes handicapés (AAH)", "d’AAH"),
    Benefit.RSA: ("Revenu de solidarité active (RSA, RSA majoré)", "de RSA"),
    Benefit.PRIME_ACTIVITE: ("Prime d’activité", "de la prime d’activité"),
    Benefit.APL: ("Aide personnalisée au logement (APL)", "d’APL"),
    Benefit.ALS: ("Allocation de logement sociale (ALS)", "d’ALS"),
    Benefit.ALF: ("Allocation de logement familiale (ALF)", "d’ALF"),
    Benefit.AF: ("Allocations familiales (AF)", "des allocations familiales"),
    Benefit.CF: ("Complément familial (CF)", "du complément familial"),
    Benefit.ASF: ("Allocation de soutien familial (ASF)", "d’ASF"),
    Benefit.PAJE: ("Prestation d’accueil du jeune enfant (PAJE)", "de la PAJE"),
    Benefit.AEEH: ("Allocation d’éducation de l’enfant handicapé (AEEH)", "d’AEEH"),
    Benefit.AJPP: ("Allocation journalière de présence parentale (AJPP)", "d’AJPP"),
    Benefit.ARS: ("Allocation de rentrée scolaire (ARS)", "d’ARS"),
    Benefit.OTHER: ("Autre prestation", "de cette prestation"),
}


class MonthsFrom(StrEnum):
    """From which day the three months of R-UD-1 b are counted *(ours)*."""

    LAST_PAYMENT = "last_payment"
    FIRST_MISSED = "first_missed"


@dataclass(frozen=True, slots=True)
class UrgencyRules:
    """The Settings of the definition, which belong to a version of the convention (R-CLK-7)."""

    three_months_from: MonthsFrom = MonthsFrom.LAST_PAYMENT
    strong_decrease_threshold_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is urgent, under which rule, since or from which day, and the sentences that say so.

    `percentage`: the fall, whole percents rounded down; `advice`: where to turn, when it is not urgent.
    """

    urgent: bool
    rule: str
    reached_on: date | None
    explanation: str
    percentage: int | None = None
    advice: str = ""


def check(
    benefit: Benefit | str,
    event: Event | str,
    on: date,
    last_payment_on: date | None = None,
    amount_before: Decimal | None = None,
    amount_after: Decimal | None = None,
    rules: UrgencyRules | None = None,
    *,
    never_paid: bool = False,
) -> Verdict:
    """R-UD-1 as of the day `on` (Europe/Paris). Expects what `input_errors` accepts.

    A benefit `never_paid` is not interrupted, nor one other than AAH or RSA without a last payment.
    """
    kind, happened, applied = Benefit(benefit), Event(event), rules or UrgencyRules()
    if happened is Event.INTERRUPTION and never_paid:
        return _never_paid(kind, ORDINARY_CONTACT)
    if happened is Event.STRONG_DECREASE:
        return _decrease(kind, amount_before, amount_after, applied)
    if kind.always_urgent:
        return Verdict(True, "R-UD-1 a", None, _always_urgent("Interruption", kind))
    if last_payment_on is None:
        return _never_paid(kind, CONTACT_OR_DATE)
    return _three_months(on, last_payment_on, applied)


def three_months_on(last_payment_on: date, rules: UrgencyRules) -> date:
    """The day on which the three calendar months of R-UD-1 b are reached."""
    if rules.three_months_from is MonthsFrom.FIRST_MISSED:
        return add_months(add_months(last_payment_on, 1), MONTHS_OF_INTERRUPTION)
    return add_months(last_payment_on, MONTHS_OF_INTERRUPTION)


def add_months(day: date, number: int) -> date:
    """The same day `number` calendar months later, or the last of that month: 31 January + 3 → 30 April."""
    years, month = divmod(day.month - 1 + number, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def input_errors(
    benefit: Benefit | str | None,
    event: Event | str | None,
    on: date,
    last_payment_on: date | None = None,
    amount_before: Decimal | None = None,
    amount_after: Decimal | None = None,
) -> dict[str, str]:
    """The French sentence beside each field that can not be taken; what is missing is not an error here."""
    found: dict[str, str] = {}
    if benefit is not None and benefit not in set(Benefit):
        found["benefit"] = "Choisissez une prestation de la liste (R-UD-1)."
    if event is not None and event not in set(Event):
        found["event"] = "Choisissez : plus de versement, ou forte diminution (R-UD-1)."
    if last_payment_on is not None and (sentence := _date_error(last_payment_on, on)):
        found["last_payment_on"] = sentence
    for name, amount in (("amount_before", amount_before), ("amount_after", amount_after)):
        if amount is not None and (sentence := _amount_error(amount)):
            found[name] = sentence
    if event == Event.STRONG_DECREASE and not found.keys() & {"amount_before", "amount_after"}:
        found |= _decrease_errors(amount_before, amount_after)
    return found


def _never_paid(benefit: Benefit, advice: str) -> Verdict:
    return Verdict(
        False,
        "R-UD-5",
        None,
        f"Aucun versement {benefit.of} n’est indiqué : une prestation jamais versée n’est pas interrompue, "
        "ce n’est pas une urgence définie.",
        advice=advice,
    )


def _three_months(on: date, last_payment_on: date, rules: UrgencyRules) -> Verdict:
    reached = three_months_on(last_payment_on, rules)
    since = f"Dernier versement le {french.short_date(last_payment_on)}"
    if rules.three_months_from is MonthsFrom.FIRST_MISSED:
        missed = add_months(last_payment_on, 1)
        since += f", premier versement manqué le {french.short_date(missed)}"
    if on >= reached:
        when = "aujourd’hui, le" if on == reached else "le"
        text = (
            f"{since}, trois mois atteints {when} {french.short_date(reached)} : c’est une urgence définie."
        )
        return Verdict(True, "R-UD-1 b", reached, text)
    left = french.counted((reached - on).days, "jour")
    text = (
        f"{since} : les trois mois seront atteints le {french.short_date(reached)}, dans {left}. "
        "Ce n’est pas encore une urgence définie."
    )
    return Verdict(False, "R-UD-1 b", reached, text, advice=CONTACT_UNTIL_THEN)


def _decrease(
    benefit: Benefit, before: Decimal | None, after: Decimal | None, rules: UrgencyRules
) -> Verdict:
    percent = _percent(before, after)
    fall = _fall_words(before, after, percent)
    if not benefit.always_urgent:
        text = (
            f"{fall}La forte diminution n’est une urgence définie que pour l’AAH et le RSA ; "
            "pour une autre prestation, il faut une interruption de versement depuis trois mois."
        )
        return Verdict(False, "R-UD-1 b", None, text, percent, ORDINARY_CONTACT)
    if before is not None and after is not None and after >= before:
        text = f"{fall}Ces montants ne montrent pas de diminution : ce n’est pas une urgence définie."
        return Verdict(False, "R-UD-1 a", None, text, None, ORDINARY_CONTACT)
    threshold = rules.strong_decrease_threshold_percent
    if threshold is not None and percent is not None and percent < threshold:
        text = (
            f"{fall}Le seuil retenu est de {threshold} % : cette diminution {benefit.of} "
            "n’est pas une urgence définie."
        )
        return Verdict(False, "R-UD-1 a", None, text, percent, ORDINARY_CONTACT)
    return Verdict(True, "R-UD-1 a", None, fall + _always_urgent("Forte diminution", benefit), percent)


def _always_urgent(what: str, benefit: Benefit) -> str:
    definition = "toute interruption ou forte diminution d’AAH ou de RSA est une urgence définie"
    return f"{what} {benefit.of} : {definition}."


def _percent(before: Decimal | None, after: Decimal | None) -> int | None:
    if before is None or after is None or before <= 0:
        return None
    return int(((before - after) * 100 / before).to_integral_value(rounding=ROUND_DOWN))


def _fall_words(before: Decimal | None, after: Decimal | None, percent: int | None) -> str:
    if before is None or after is None or percent is None:
        return ""
    amounts = f"De {french.euros(before)} à {french.euros(after)}"
    return f"{amounts}, soit {percent} % de moins. " if after < before else f"{amounts}. "


def _date_error(day: date, on: date) -> str:
    if day > on:
        return "Le dernier versement ne peut pas être dans le futur (R-UD-1)."
    if day < EARLIEST_PAYMENT:
        return "Le dernier versement ne peut pas dater d’avant 1990 : vérifiez l’année (R-UD-1)."
    return ""


def _amount_error(amount: Decimal) -> str:
    if not amount.is_finite():
        return "Indiquez un montant en euros (R-UD-1)."
    if amount < 0:
        return "Un montant ne peut pas être négatif (R-UD-1)."
    if amount > HIGHEST_AMOUNT:
        return f"Ce montant dépasse {french.euros(HIGHEST_AMOUNT)} : vérifiez-le (R-UD-1)."
    if amount != amount.quantize(Decimal("0.01")):
        return "Un montant a deux chiffres au plus après la virgule (R-UD-1)."
    return ""


def _decrease_errors(before: Decimal | None, after: Decimal | None) -> dict[str, str]:
    if before is not None and before == 0:
        return {"amount_before": "Le montant d’avant doit être supérieur à zéro (R-UD-1)."}
    if before is not None and after is not None and after >= before:
        return {"amount_after": "Le montant d’après doit être inférieur au montant d’avant (R-UD-1)."}
    return {}
