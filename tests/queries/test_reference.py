"""The reference data that every request of a process shares: what is not committed is nobody else's."""

import pytest

from service.database import reading, transaction
from service.models import SettingValue
from service.operations.revision import bump
from service.operations.settings import change_setting
from service.queries.reference import reference
from tests.factories import seeded_world

KEY = "auto_close_days"


def present() -> object:
    with reading() as session:
        return reference(session).settings[KEY]


def begin_a_change_and_give_up() -> None:
    with transaction() as session:
        bump(session)
        session.add(SettingValue(key=KEY, value=99))
        session.flush()
        assert reference(session).settings[KEY] == 99
        raise RuntimeError("given up")


def test_a_change_is_seen_as_soon_as_it_is_committed(db: str) -> None:
    """The reference read inside the change, before its last write, must not be the one that everybody then shares."""
    with transaction() as session:
        world = seeded_world(session)
    assert present() == 10
    for days in (12, 14):
        assert change_setting(world.admin, KEY, str(days))
        assert present() == days


def test_a_change_that_is_rolled_back_was_never_there(db: str) -> None:
    with transaction() as session:
        world = seeded_world(session)
    with pytest.raises(RuntimeError, match="given up"):
        begin_a_change_and_give_up()
    assert present() == 10
    change_setting(world.admin, "reopen_days", "31")
    assert present() == 10
