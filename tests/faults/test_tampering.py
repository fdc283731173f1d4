"""Whoever alters the journal or its seals in the database itself is found, and the place is named (R-DP-4)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from service import clock, database
from service.database import reading, transaction
from service.models import JournalEntry, JournalSeal, SealedHead
from service.operations import acts
from service.operations.seals import seal_journal
from service.operations.verification import Verification
from service.queries.seals import every_seal, latest_seals
from service.workflows.seals import Seal, UnfitSeals, read, written
from tests import scale
from tests.factories import World, a_draft, a_submitted_ticket, seeded_world
from tests.faults.tampering import WAYS, Intruder, put_guards_aside

ROUNDS = scale.count(20, 500)
"""On each kind of database."""

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


class Hand:
    """The clock's hand."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))

    def __call__(self) -> datetime:
        return self.instant

    def an_hour_later(self) -> None:
        self.instant += timedelta(hours=1)


@pytest.fixture
def hand() -> Iterator[Hand]:
    hand = Hand()
    with clock.driven(hand):
        yield hand


@pytest.fixture
def world(db: str, hand: Hand) -> World:
    with transaction() as session:
        return seeded_world(session)


@pytest.fixture
def sealed(world: World, hand: Hand) -> list[Seal]:
    """Five requests that move for three hours; the journal is sealed each hour. Gives the exported seals."""
    references = [a_submitted_ticket(world.cdas_agent).reference for _ in range(5)]
    a_draft(world.cdas_agent)
    seal(hand)
    for reference in references[1:]:
        acts.perform(world.caf_agent, reference, "take", {})
    for reference in references[2:]:
        acts.perform(world.caf_agent, reference, "ask", {"question": "Quelle date ?"})
    seal(hand)
    for reference in references[3:]:
        acts.perform(world.cdas_agent, reference, "reply", {"text": "Le 30 septembre."})
    for reference in references[:1]:
        acts.perform(world.caf_agent, reference, "take", {})
        acts.perform(
            world.caf_agent, reference, "answer", {"outcome": "restored", "text": "Le droit est rétabli."}
        )
    seal(hand)
    with reading() as session:
        return list(read(list(written(every_seal(session)))))


def seal(hand: Hand) -> int:
    hand.an_hour_later()
    with transaction() as session:
        return seal_journal(session)


def places(session: Session, exported: list[Seal]) -> list[str]:
    return [finding.place for finding in Verification(session, exported).findings()]


def test_every_tampering_is_found_at_its_place(sealed: list[Seal]) -> None:
    with reading() as session:
        assert places(session, sealed) == []
    for number in range(ROUNDS):
        way = WAYS[number % len(WAYS)]
        with Session(database.engine()) as session:
            place = way(Intruder(session, Random(number)))
            found = places(session, sealed)
            session.rollback()
        assert found[:1] == [place], f"{way.__name__}, chance {number}: {found[:4]}"
    with reading() as session:
        assert places(session, sealed) == []


@pytest.mark.parametrize(
    "codes", [None, {"outcome": "refused"}, {"kept_event": "interruption"}, "no names", 4]
)
def test_a_code_that_figures_would_read_is_not_altered_unseen(sealed: list[Seal], codes: Any) -> None:
    with Session(database.engine()) as session:
        put_guards_aside(session)
        answer = update(JournalEntry).where(JournalEntry.transition == "answer")
        take = update(JournalEntry).where(JournalEntry.transition == "take")
        session.execute((take if codes == {"kept_event": "interruption"} else answer).values(codes=codes))
        found = places(session, sealed)
        session.rollback()
    assert found
    assert all("entrée" in place for place in found)


def test_r_dp_6_an_erased_payload_leaves_the_chain_and_its_seals_whole(sealed: list[Seal]) -> None:
    with transaction() as session:
        session.execute(update(JournalEntry).values(payload_sealed=None, payload_salt=None))
    with reading() as session:
        looked = Verification(session, sealed)
        assert list(looked.findings()) == []
        assert (looked.requests, looked.seals) == (6, 6)


def test_each_hour_what_moved_is_sealed_in_the_list_of_each_institution_and_nothing_escapes(
    sealed: list[Seal], hand: Hand, world: World
) -> None:
    """Committed after its hour was sealed: in the next seal. Slipped into the far past: in none, and named."""
    assert [(seal.institution, seal.number, seal.tickets) for seal in sealed] == [
        (institution, number, tickets)
        for institution in ("caf", "departement")
        for number, tickets in ((1, 5), (2, 4), (3, 3))
    ]
    assert seal(hand) == 0, "nothing moved: no seal, and no draft is ever in one"
    late = a_ticket_written(world, hand, timedelta(hours=2))
    assert seal(hand) == 2, late
    slipped = a_ticket_written(world, hand, timedelta(days=10))
    assert seal(hand) == 0
    with reading() as session:
        assert latest_seals(session, "caf", 1)[0].number == 4
        assert places(session, sealed) == [f"demande {slipped}"]
    for model in (JournalSeal, SealedHead):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(update(model).values(number=99))


def a_ticket_written(world: World, hand: Hand, ago: timedelta) -> str:
    hand.instant -= ago
    reference = a_submitted_ticket(world.cdas_agent).reference
    hand.instant += ago
    return reference


def test_an_exported_list_that_was_altered_is_refused() -> None:
    seals, last = [], None
    for number in range(6):
        last = Seal.after(
            last if number != 3 else None, ("caf", "departement")[number // 3], NOON, 4, bytes([number])
        )
        seals.append(last)
    lines = list(written(seals))
    assert list(read(lines)) == seals
    for number in range(1, 7):
        others = [lines[number].replace('"tickets": ', '"tickets": 1'), lines[number][:-9], "[]", lines[1]]
        for other in others[: 3 if number == 1 else 4]:
            with pytest.raises(UnfitSeals, match=f"ligne {number + 1}"):
                list(read([*lines[:number], other, *lines[number + 1 :]]))
    with pytest.raises(UnfitSeals, match="ligne 2"):
        list(read([lines[0], *lines[2:]]))
    for headless in ([], lines[1:]):
        with pytest.raises(UnfitSeals):
            list(read(headless))
