"""What an « urgence définie » is (R-UD-1, R-UD-5)."""

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.workflows.urgency import (
    Benefit,
    Event,
    MonthsFrom,
    UrgencyRules,
    add_months,
    check,
    input_errors,
    three_months_on,
)

TODAY = date(2026, 10, 31)
OTHERS = [benefit for benefit in Benefit if not benefit.always_urgent]
FIRST_MISSED = UrgencyRules(three_months_from=MonthsFrom.FIRST_MISSED)


def threshold(percent: int) -> UrgencyRules:
    return UrgencyRules(strong_decrease_threshold_percent=percent)


@pytest.mark.parametrize("benefit", [Benefit.AAH, Benefit.RSA])
@pytest.mark.parametrize("event", list(Event))
def test_r_ud_1_a_any_interruption_or_strong_decrease_of_aah_or_rsa(benefit: Benefit, event: Event) -> None:
    verdict = check(benefit, event, TODAY)
    assert verdict.urgent
    assert verdict.rule == "R-UD-1 a"
    assert verdict.reached_on is None
    assert verdict.advice == ""
    assert verdict.explanation.endswith(
        "toute interruption ou forte diminution d’AAH ou de RSA est une urgence définie."
    )


def test_r_ud_1_only_aah_and_rsa_are_always_urgent() -> None:
    assert {benefit for benefit in Benefit if benefit.always_urgent} == {Benefit.AAH, Benefit.RSA}


@pytest.mark.parametrize("benefit", OTHERS)
def test_r_ud_1_b_three_months_are_reached_on_that_day_and_not_the_day_before(benefit: Benefit) -> None:
    last = date(2026, 7, 31)
    eve = check(benefit, "interruption", date(2026, 10, 30), last_payment_on=last)
    day = check(benefit, "interruption", date(2026, 10, 31), last_payment_on=last)
    later = check(benefit, "interruption", date(2026, 12, 1), last_payment_on=last)
    assert [eve.urgent, day.urgent, later.urgent] == [False, True, True]
    assert {verdict.reached_on for verdict in (eve, day, later)} == {date(2026, 10, 31)}
    assert {verdict.rule for verdict in (eve, day, later)} == {"R-UD-1 b"}


def test_r_ud_1_b_the_arithmetic_is_told() -> None:
    last = date(2026, 7, 31)
    assert check("apl", "interruption", date(2026, 11, 3), last_payment_on=last).explanation == (
        "Dernier versement le 31 juillet 2026, trois mois atteints le 31 octobre 2026 : c’est une urgence définie."
    )
    assert check("apl", "interruption", date(2026, 10, 31), last_payment_on=last).explanation == (
        "Dernier versement le 31 juillet 2026, trois mois atteints aujourd’hui, le 31 octobre 2026 : "
        "c’est une urgence définie."
    )
    not_yet = check("apl", "interruption", date(2026, 10, 24), last_payment_on=last)
    assert not_yet.explanation == (
        "Dernier versement le 31 juillet 2026 : les trois mois seront atteints le 31 octobre 2026, dans 7 jours. "
        "Ce n’est pas encore une urgence définie."
    )
    assert not_yet.advice == "D’ici là, passez par les voies de contact ordinaires de la Caf."
    assert (
        "dans 1 jour." in check("apl", "interruption", date(2026, 10, 30), last_payment_on=last).explanation
    )


@pytest.mark.parametrize(
    ("last", "reached"),
    [
        (date(2026, 1, 31), date(2026, 4, 30)),
        (date(2026, 3, 5), date(2026, 6, 5)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_r_ud_1_b_calendar_months_are_clamped(last: date, reached: date) -> None:
    assert three_months_on(last, UrgencyRules()) == reached


def test_r_ud_1_b_setting_from_the_first_payment_missed() -> None:
    verdict = check(
        "af", "interruption", date(2026, 11, 5), last_payment_on=date(2026, 7, 5), rules=FIRST_MISSED
    )
    assert verdict.urgent
    assert verdict.reached_on == date(2026, 11, 5)
    assert "premier versement manqué le 5 août 2026" in verdict.explanation
    assert not check(
        "af", "interruption", date(2026, 11, 4), last_payment_on=date(2026, 7, 5), rules=FIRST_MISSED
    ).urgent


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 60))
def test_r_ud_1_b_months_are_added_as_on_a_calendar(day: date, number: int) -> None:
    later = add_months(day, number)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == number
    assert later.day == min(day.day, monthrange(later.year, later.month)[1])


@given(
    st.sampled_from(OTHERS),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.sampled_from([UrgencyRules(), FIRST_MISSED]),
)
def test_r_ud_1_b_urgent_from_one_day_on_and_for_ever(
    benefit: Benefit, last: date, days: int, rules: UrgencyRules
) -> None:
    on = last + timedelta(days=days)
    verdict = check(benefit, Event.INTERRUPTION, on, last_payment_on=last, rules=rules)
    assert verdict.reached_on is not None
    assert verdict.urgent == (on >= verdict.reached_on)
    assert bool(verdict.advice) != verdict.urgent


@pytest.mark.parametrize("benefit", OTHERS)
def test_r_ud_5_a_benefit_never_paid_is_not_interrupted(benefit: Benefit) -> None:
    verdict = check(benefit, Event.INTERRUPTION, TODAY)
    assert not verdict.urgent
    assert verdict.rule == "R-UD-5"
    assert "une prestation jamais versée n’est pas interrompue" in verdict.explanation
    assert "indiquez la date du dernier versement" in verdict.advice


def test_r_ud_5_not_even_aah_when_it_is_said_to_be_never_paid() -> None:
    verdict = check(Benefit.AAH, Event.INTERRUPTION, TODAY, never_paid=True)
    assert not verdict.urgent
    assert verdict.rule == "R-UD-5"
    assert "d’AAH" in verdict.explanation


@pytest.mark.parametrize("benefit", OTHERS)
def test_r_ud_1_a_strong_decrease_of_another_benefit_is_not_urgent(benefit: Benefit) -> None:
    verdict = check(benefit, Event.STRONG_DECREASE, TODAY, date(2026, 1, 5), Decimal(500), Decimal(10))
    assert not verdict.urgent
    assert verdict.rule == "R-UD-1 b"
    assert "que pour l’AAH et le RSA" in verdict.explanation
    assert verdict.advice


def test_r_ud_1_a_the_percentage_is_shown_when_both_amounts_are_known() -> None:
    verdict = check(
        "rsa", "strong_decrease", TODAY, amount_before=Decimal("607.75"), amount_after=Decimal("300")
    )
    assert verdict.urgent
    assert verdict.percentage == 50
    assert verdict.explanation.startswith(
        "De 607,75 € à 300,00 €, soit 50 % de moins. Forte diminution de RSA"
    )
    assert check("rsa", "strong_decrease", TODAY, amount_before=Decimal(600)).percentage is None


def test_r_ud_1_a_threshold_a_smaller_fall_does_not_qualify_and_an_unknown_one_does() -> None:
    def falls_to(after: str) -> bool:
        return check(
            "aah", "strong_decrease", TODAY, None, Decimal(1000), Decimal(after), rules=threshold(30)
        ).urgent

    assert [falls_to("700"), falls_to("700.01"), falls_to("0")] == [True, False, True]
    assert check("aah", "strong_decrease", TODAY, rules=threshold(30)).urgent
    assert check("aah", "strong_decrease", TODAY, None, Decimal(1000), None, threshold(30)).urgent


def test_r_ud_1_a_the_percentage_shown_never_contradicts_the_threshold() -> None:
    verdict = check("aah", "strong_decrease", TODAY, None, Decimal(1000), Decimal("700.01"), threshold(30))
    assert verdict.percentage == 29
    assert "soit 29 % de moins" in verdict.explanation
    assert "Le seuil retenu est de 30 %" in verdict.explanation


def test_r_ud_1_a_amounts_that_do_not_fall_are_no_decrease() -> None:
    verdict = check("aah", "strong_decrease", TODAY, None, Decimal(1000), Decimal(1000))
    assert not verdict.urgent
    assert "ne montrent pas de diminution" in verdict.explanation


def test_unknown_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="rmi"):
        check("rmi", "interruption", TODAY)


def test_r_ud_1_what_can_be_taken() -> None:
    assert input_errors("apl", "interruption", TODAY, TODAY) == {}
    assert input_errors(None, None, TODAY) == {}
    assert input_errors("rsa", "strong_decrease", TODAY, None, Decimal("607.75"), Decimal(0)) == {}
    assert input_errors("rsa", "interruption", TODAY, None, Decimal(100), Decimal(200)) == {}


@pytest.mark.parametrize(
    ("last", "word"), [(date(2026, 11, 1), "futur"), (date(1989, 12, 31), "1990"), (date(226, 1, 5), "1990")]
)
def test_r_ud_1_dates_that_can_not_be(last: date, word: str) -> None:
    errors = input_errors("apl", "interruption", TODAY, last)
    assert errors.keys() == {"last_payment_on"}
    assert word in errors["last_payment_on"]
    assert "(R-UD-1)" in errors["last_payment_on"]


@pytest.mark.parametrize(
    ("before", "after", "field", "word"),
    [
        ("500", "500", "amount_after", "inférieur"),
        ("500", "600", "amount_after", "inférieur"),
        ("0", "0", "amount_before", "supérieur à zéro"),
        ("-1", None, "amount_before", "négatif"),
        ("500", "-0.01", "amount_after", "négatif"),
        ("100000.01", "1", "amount_before", "100 000,00 €"),
        ("1E+40", "1", "amount_before", "100 000,00 €"),
        ("500.001", None, "amount_before", "virgule"),
        ("NaN", "1", "amount_before", "montant en euros"),
        ("Infinity", "1", "amount_before", "montant en euros"),
    ],
)
def test_r_ud_1_amounts_that_can_not_be(before: str, after: str | None, field: str, word: str) -> None:
    known_after = None if after is None else Decimal(after)
    errors = input_errors("rsa", "strong_decrease", TODAY, None, Decimal(before), known_after)
    assert errors.keys() == {field}
    assert word in errors[field]
    assert "(R-UD-1)" in errors[field]


def test_codes_that_are_not_in_the_lists() -> None:
    assert input_errors("rmi", "panne", TODAY).keys() == {"benefit", "event"}


def test_every_benefit_and_event_has_its_words() -> None:
    codes = "aah rsa prime_activite apl als alf af cf asf paje aeeh ajpp ars other"
    assert " ".join(Benefit) == codes
    assert len({benefit.label for benefit in Benefit}) == len(Benefit)
    assert all(benefit.of.startswith("d") for benefit in Benefit)
    assert [event.label for event in Event] == ["Plus de versement", "Forte diminution"]
