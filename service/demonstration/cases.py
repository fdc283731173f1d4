"""What a request of the demonstration is about: the person, the benefit, what happened, what the form says."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from service.demonstration import names
from service.demonstration import words_of_the_cdas as words
from service.demonstration.stage import Case, Stage
from service.permissions import Role
from service.workflows.urgency import Benefit, Event, add_months

BENEFITS = {
    Benefit.RSA: 0.37,
    Benefit.AAH: 0.21,
    Benefit.APL: 0.09,
    Benefit.PRIME_ACTIVITE: 0.07,
    Benefit.ALF: 0.06,
    Benefit.ALS: 0.04,
    Benefit.AF: 0.04,
    Benefit.ASF: 0.035,
    Benefit.PAJE: 0.025,
    Benefit.AEEH: 0.02,
    Benefit.CF: 0.02,
    Benefit.AJPP: 0.005,
    Benefit.ARS: 0.005,
    Benefit.OTHER: 0.01,
}
_USUAL_AMOUNTS = {Benefit.RSA: (Decimal("646.52"), 120), Benefit.AAH: (Decimal("1033.32"), 90)}


def new_case(stage: Stage, rng: Random, cdas: str | None = None) -> Case:
    """A request to make: mostly for somebody new, sometimes for somebody who comes again."""
    again = stage.comes_again(rng) if cdas is None and rng.random() < 0.06 else None
    if again is not None:
        person, benefit, event = again.person, again.benefit, again.event
    else:
        person = stage.people.somebody(cdas or stage.people.some_cdas())
        benefit = rng.choices(list(BENEFITS), list(BENEFITS.values()))[0].value
        event = _event(rng, Benefit(benefit))
    author = stage.staff.pick(rng, stage.day, person.cdas, Role.CDAS_AGENT, Role.CDAS_HEAD)
    last_payment = _last_payment(rng, Benefit(benefit), stage.day)
    return Case(rng, person, benefit, event, last_payment, author)


def second_one(stage: Stage, rng: Random) -> Case | None:
    """A request for a situation that a colleague has sent already, if any is under way."""
    other = stage.doubled(rng)
    if other is None:
        return None
    author = stage.staff.pick(rng, stage.day, other.cdas, Role.CDAS_AGENT, Role.CDAS_HEAD)
    return Case(
        rng, other.person, other.benefit, other.event, other.last_payment_on, author, doubles=other.reference
    )


def what_is_said(case: Case, day: date) -> dict[str, Any]:
    """The fields of the form, as the professional fills them in."""
    rng = case.rng
    given: dict[str, Any] = {
        **case.facts,
        "description": description(case),
        **_look_up(rng, day),
        **_accompanied(rng),
        **_ground(rng, day),
        **_amounts(rng, case),
    }
    if rng.random() < 0.6:
        given["birth_date"] = case.person.birth_date
    return given


def description(case: Case) -> str:
    """Two to four sentences about the situation."""
    rng = case.rng
    situation = rng.choice(words.SITUATIONS[case.event]).format(of=Benefit(case.benefit).of)
    return " ".join([situation, *rng.sample(words.FACTS, rng.randint(0, 2)), rng.choice(words.NEEDS)])


def _look_up(rng: Random, day: date) -> dict[str, Any]:
    if rng.random() < 0.12:
        return {"cdap_no_access": True}
    consulted_on = day - timedelta(days=rng.choice((0, 0, 0, 1, 2)))
    return {"cdap_consulted_on": consulted_on, "cdap_missing": rng.choice(words.MISSING_IN_CDAP)}


def _accompanied(rng: Random) -> dict[str, Any]:
    who = rng.choices(("self", "other", "nobody"), (0.5, 0.15, 0.35))[0]
    if who == "other":
        name = f"{names.family(rng)} {names.first(rng)}"
        return {
            "accompanied_by_author": False,
            "accompanied_by_name": name,
            "accompanied_by_unit": rng.choice(words.OTHER_SERVICES),
        }
    return {"accompanied_by_author": who == "self"}


def _ground(rng: Random, day: date) -> dict[str, Any]:
    ground = rng.choices(("told_on", "agreed_on", "reason_not_told"), (0.68, 0.27, 0.05))[0]
    return {ground: rng.choice(words.REASONS_NOT_TOLD) if ground == "reason_not_told" else day}


def _amounts(rng: Random, case: Case) -> dict[str, Any]:
    if case.event != Event.STRONG_DECREASE or rng.random() < 0.2:
        return {}
    usual, spread = _USUAL_AMOUNTS[Benefit(case.benefit)]
    before = usual - rng.randint(0, spread)
    share = Decimal(rng.randint(25, 75)) / 100
    return {"amount_before": before, "amount_after": (before * share).quantize(Decimal("0.01"))}


def _event(rng: Random, benefit: Benefit) -> str:
    decreases = benefit.always_urgent and rng.random() < 0.28
    return (Event.STRONG_DECREASE if decreases else Event.INTERRUPTION).value


def _last_payment(rng: Random, benefit: Benefit, day: date) -> date:
    if benefit.always_urgent:
        return day - timedelta(days=rng.randint(18, 70))
    return add_months(day, -3) - timedelta(days=rng.randint(1, 120))
