"""`si_remind`: a late list is told once a week, the renewal once, a late committee not at all (R-SI)."""

from datetime import date
from typing import Any

from sqlalchemy import select

from service.database import reading, transaction
from service.jobs import si_remind
from service.jobs.registry import JOBS
from service.models import OutboxMail
from service.operations import si_agreement, si_meetings, si_structures
from service.queries import si as queries
from tests.factories import World, email_of
from tests.jobs.hand import Hand

NAMES = {"caf": "Caf d’essai", "cpam": "Cpam d’essai", "siao": "SIAO d’essai"}


def run() -> int:
    with transaction() as session:
        return si_remind.run(session)


def mails() -> list[OutboxMail]:
    with reading() as session:
        return list(session.scalars(select(OutboxMail).order_by(OutboxMail.created_at, OutboxMail.recipient)))


def signed(world: World, day: date, **contact: Any) -> None:
    si_agreement.sign(world.si_referent, {**NAMES, "signed_on": day})
    if contact:
        given = {"role": "siao", "name": "Essai Siao", "starts_on": day, **contact}
        si_agreement.name_contact(world.si_referent, given)


def test_a_late_list_is_told_once_a_week_on_open_days(world: World, hand: Hand) -> None:
    """Art. 4-4, 1 a: the list comes every quarter; who is told: accounts and the parties' own addresses."""
    hand.at(1, 15, 9)
    signed(world, date(2026, 1, 15), email="siao@essai.example")
    hand.at(4, 15, 9)
    assert run() == 0
    hand.at(4, 18, 9)  # a Saturday
    assert run() == 0
    hand.at(4, 20, 9)
    assert run() == 1
    assert [mail.recipient for mail in mails()] == ["si-referent@test.example", "siao@essai.example"]
    assert "était attendue le 15 avril 2026" in mails()[0].body
    assert "/siao" in mails()[0].body
    hand.at(4, 24, 9)
    assert run() == 0
    hand.at(4, 27, 9)
    assert run() == 1
    si_structures.refresh(world.si_referent, {"received_on": date(2026, 4, 27), "ddets_told": "yes"})
    hand.at(5, 4, 9)
    assert run() == 0


def test_the_renewal_is_told_once_and_a_late_committee_is_only_shown(world: World, hand: Hand) -> None:
    hand.at(1, 5, 9)
    signed(world, date(2026, 1, 5))
    hand.at(10, 5, 9)
    si_structures.refresh(world.si_referent, {"received_on": date(2026, 10, 5), "ddets_told": "no"})
    hand.at(11, 9, 9)
    assert run() == 1
    (mail,) = mails()
    assert mail.recipient == email_of("si_referent")
    assert "se renouvelle d’elle-même pour un an le 5 janvier 2027" in mail.body
    assert "comité" not in mail.body
    hand.at(11, 17, 9)
    assert run() == 0


def test_nothing_is_told_without_an_agreement_nor_after_its_end(world: World, hand: Hand) -> None:
    hand.at(1, 5, 9)
    assert run() == 0
    signed(world, date(2026, 1, 5))
    with reading() as session:
        found = session.scalars(queries.agreements(world.si_referent)).one()
    ended = {"ended_by": "cpam", "notice_on": date(2026, 1, 5), "ends_on": date(2026, 2, 2)}
    si_agreement.end(world.si_referent, found.id, ended)
    hand.at(6, 1, 9)
    assert run() == 0


def test_it_is_one_of_the_scheduled_jobs() -> None:
    job = next(job for job in JOBS if job.name == "si_remind")
    assert job.run is si_remind.run


def test_an_exchange_is_no_committee(world: World, hand: Hand) -> None:
    """Art. 6: a meeting of exchanges does not stand for the committee."""
    hand.at(1, 5, 9)
    signed(world, date(2026, 1, 5))
    hand.at(8, 3, 9)
    given = {"kind": "exchange", "held_on": date(2026, 8, 3), "present": ["caf", "cpam"]}
    si_meetings.note(world.si_referent, given)
    with reading() as session:
        found = queries.standing(session, date(2026, 8, 3))
    assert found is not None
    assert found.committee_on is None
