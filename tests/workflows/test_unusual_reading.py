"""planted misuses are all listed, normal busy days are not."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from service.workflows.unusual_reading import HOURS, NO_ACTION, REFUSED, SAME_NAME, VOLUME, Read, signs

MONDAY = datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("Europe/Paris"))


def read(who: UUID, day: int, hour: float = 0, ticket: UUID | None = None, **more: object) -> Read:
    at = MONDAY + timedelta(days=day, hours=hour)
    return Read(who, "caf-prestations", ticket or uuid4(), at, **more)  # type: ignore[arg-type]


def a_busy_week(who: UUID, number: int = 40) -> list[Read]:
    """Many tickets each day from 9 h to 17 h, each opened several times, one ended last week, one mistyped."""
    week = []
    for day in range(5):
        tickets = [uuid4() for _ in range(number)]
        week += [
            read(who, day, place * 8 / number, ticket, acted=True) for place, ticket in enumerate(tickets)
        ] * 3
        week.append(read(who, day, 4, ended_at=MONDAY - timedelta(days=7)))
        week.append(read(who, day, 5, refused=True))
    return week


def test_a_normal_busy_week_is_not_listed() -> None:
    team = [uuid4() for _ in range(10)]
    assert signs([one for who in team for one in a_busy_week(who)]) == []


def test_a_post_that_reads_much_every_day_is_not_listed() -> None:
    assert signs(a_busy_week(uuid4(), number=90)) == []


def test_twelve_planted_misuses_are_all_listed() -> None:
    old, who = MONDAY - timedelta(days=200), [uuid4() for _ in range(12)]
    planted = {
        who[0]: (VOLUME, [read(who[0], 1, place / 20) for place in range(61)]),
        who[1]: (VOLUME, [*a_busy_week(who[1], 10), *(read(who[1], 2, place / 20) for place in range(90))]),
        who[2]: (HOURS, [read(who[2], 0, 13)]),
        who[3]: (HOURS, [read(who[3], 5)]),
        who[4]: (HOURS, [read(who[4], 1, -4)]),
        who[5]: (REFUSED, [read(who[5], 0, place / 60, refused=True) for place in range(3)]),
        who[6]: (REFUSED, [read(who[6], 3, place / 60, refused=True) for place in range(30)]),
        who[7]: (SAME_NAME, [read(who[7], 0, same_name=True)]),
        who[8]: (SAME_NAME, [*a_busy_week(who[8]), read(who[8], 2, 3, same_name=True, acted=True)]),
        who[9]: (NO_ACTION, [read(who[9], 0, ended_at=old)]),
        who[10]: (NO_ACTION, [*a_busy_week(who[10]), read(who[10], 4, 2, ended_at=old)]),
        who[11]: (HOURS, [*a_busy_week(who[11]), read(who[11], 6, 3, same_name=False)]),
    }
    honest = [one for _ in range(20) for one in a_busy_week(uuid4())]
    found = signs([*honest, *(one for _, reads in planted.values() for one in reads)])
    assert {(one.account_id, one.sign) for one in found} == {
        (account, sign) for account, (sign, _) in planted.items()
    }


def test_a_ticket_is_told_once_a_sign_and_only_when_it_was_opened() -> None:
    who, ticket = uuid4(), uuid4()
    twice = [read(who, 0, hour, ticket, same_name=True) for hour in (0, 1)]
    assert [(one.sign, one.ticket_id) for one in signs(twice)] == [(SAME_NAME, ticket)]
    assert signs([read(who, 0, ticket=ticket, same_name=True, refused=True)]) == []
