"""The direct line and the urgency check through the API."""

from collections.abc import Callable
from typing import Any

import pytest

from service.permissions import Actor, Role
from tests.api.conftest import Caller, Hand, fields_of
from tests.factories import World

Calling = Callable[[Actor | None], Caller]
WITH_NUMBER = {
    Role.CDAS_AGENT,
    Role.CDAS_HEAD,
    Role.CAF_AGENT,
    Role.CAF_LEAD,
    Role.CAF_SECRETARIAT,
    Role.CAF_TS,
    Role.CAF_HEAD,
}


def test_r_ud_3_anybody_may_know_whether_the_line_is_open(calling: Calling, hand: Hand) -> None:
    stranger = calling(None)
    assert stranger.get("/line").json == {
        "open": True,
        "until": "2026-11-17T11:00:00+00:00",
        "next_opening": "2026-11-17T13:00:00+00:00",
        "reason": "",
    }
    hand.at(21, 10)
    closed = stranger.get("/line").json
    assert (closed["open"], closed["next_opening"]) == (False, "2026-11-23T08:00:00+00:00")
    assert closed["reason"]


@pytest.mark.parametrize("role", list(Role))
def test_r_ud_3_the_number_is_for_cdas_and_caf_accounts(calling: Calling, world: World, role: Role) -> None:
    told = calling(world.by_role[role]).get("/line").json
    assert ("number" in told) is (role in WITH_NUMBER)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"benefit": "rsa", "event": "interruption"}, (True, "R-UD-1 a", None)),
        (
            {"benefit": "apl", "event": "interruption", "last_payment_on": "2026-01-31", "on": "2026-04-30"},
            (True, "R-UD-1 b", "2026-04-30"),
        ),
        (
            {"benefit": "apl", "event": "interruption", "last_payment_on": "2026-01-31", "on": "2026-04-29"},
            (False, "R-UD-1 b", "2026-04-30"),
        ),
        ({"benefit": "af", "event": "strong_decrease"}, (False, "R-UD-1 b", None)),
        ({"benefit": "apl", "event": "interruption"}, (False, "R-UD-5", None)),
    ],
)
def test_r_ud_1_the_check_says_whether_and_why(
    cdas: Caller, body: dict[str, str], expected: tuple[bool, str, str | None]
) -> None:
    told = cdas.post("/urgency/check", body).json
    assert (told["urgent"], told["rule"], told["reached_on"]) == expected
    assert told["explanation"]
    assert bool(told["advice"]) is not told["urgent"]


def test_r_ud_1_the_check_tells_the_percentage(cdas: Caller) -> None:
    body = {"benefit": "aah", "event": "strong_decrease", "amount_before": "1016,05", "amount_after": "400"}
    assert cdas.post("/urgency/check", body).json["percentage"] == 60


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_payment_on": "2026-11-18"}, "last_payment_on"),
        ({"last_payment_on": "9999-12-31", "on": "9999-12-31"}, "on"),
        ({"on": "1989-12-31"}, "on"),
        ({"benefit": None}, "benefit"),
        ({"event": "strong_decrease", "amount_before": "10", "amount_after": "20"}, "amount_after"),
        ({"amount_before": "999999999"}, "amount_before"),
    ],
)
def test_what_can_not_be_judged_is_named(cdas: Caller, changes: dict[str, Any], field: str) -> None:
    body = {"benefit": "apl", "event": "interruption", "last_payment_on": "2026-01-31", **changes}
    answer = cdas.post("/urgency/check", {name: value for name, value in body.items() if value is not None})
    assert (answer.status_code, fields_of(answer)) == (422, {field})


def test_the_check_is_for_people_who_are_logged_in(calling: Calling, world: World) -> None:
    body = {"benefit": "rsa", "event": "interruption"}
    assert calling(None).post("/urgency/check", body).status_code == 401
    assert calling(world.steering).post("/urgency/check", body).status_code == 200
