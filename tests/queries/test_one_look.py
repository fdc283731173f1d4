"""Reference data is read anew when its revision moves; a request that only reads is of one revision."""

from collections.abc import Iterator

import pytest

from service.database import reading, transaction
from service.operations import revision
from service.queries import reference
from tests.cost import statements
from tests.factories import World, seeded_world


@pytest.fixture(autouse=True)
def world(db: str) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def looking_once(world: World) -> Iterator[None]:
    reference.look_once()
    yield
    reference.look_each_time()


def _number() -> int:
    with reading() as session:
        return reference.reference(session).revision


def _move() -> None:
    with transaction() as session:
        revision.bump(session)


def test_each_session_asks() -> None:
    before = _number()
    _move()
    assert _number() == before + 1


def test_a_reading_request_stays_with_what_it_found(looking_once: None) -> None:
    before = _number()
    _move()
    with statements() as sent:
        assert _number() == before
    assert sent == []
    reference.look_each_time()
    assert _number() == before + 1


def test_who_changes_it_reads_the_change(looking_once: None) -> None:
    before = _number()
    with transaction() as session:
        revision.bump(session)
        assert reference.reference(session).revision == before + 1


def test_what_another_statement_asked_along_is_not_asked_again(world: World) -> None:
    reference.look_each_time()
    before = _number()
    _move()
    reference.note_revision(before + 1)
    reference.look_once()
    with statements() as sent, reading() as session:
        assert reference.reference(session).revision == before + 1
    assert not any("FROM revision" in one for one in sent)
    reference.note_revision(before + 2)  # what is found later does not change what the answer is of
    with reading() as session:
        assert reference.reference(session).revision == before + 1
    reference.look_each_time()


def test_an_act_asks_whatever_was_seen_before(world: World) -> None:
    reference.look_each_time()
    before = _number()
    reference.note_revision(before)
    _move()
    with transaction() as session:
        assert reference.reference(session).revision == before + 1
    reference.look_once()  # and what is shown after it is of that revision
    with statements() as sent:
        assert _number() == before + 1
    assert sent == []
    reference.look_each_time()
