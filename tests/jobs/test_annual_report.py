"""The report of the year that is over: published once, on the second open day of January, revised later (R-GO-2)."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, update

from service.database import reading, transaction
from service.errors import GuardRefused
from service.jobs import figures as jobs
from service.models import SharedDocument, Ticket, Unit
from service.operations import acts, calls
from service.queries.documents import edition
from service.statistics.document import SMALL, Document, Hidden
from service.statistics.periods import Month, Year
from service.statistics.publishing import publish_pack
from service.statistics.reporting import publish_report
from tests.factories import World, a_submitted_ticket
from tests.jobs.editions import cell, read_edition
from tests.jobs.hand import PARIS, Hand

YEAR = Year(2026)
PERSON = ("Exemple", "Le Gall", "Éloïse", "1234567", "frigo")


def nothing() -> None:
    """The lease of a job that is short."""


def later(hand: Hand, month: int, day: int, hour: int, minute: int = 20) -> None:
    """In 2027."""
    hand.instant = datetime(2027, month, day, hour, minute, tzinfo=PARIS)


def answered(world: World, hand: Hand, month: int = 10) -> Ticket:
    hand.at(month, 27, 9)
    ticket = a_submitted_ticket(world.cdas_agent, matricule=f"10000{month:02}")
    hand.at(month, 27, 11)
    acts.perform(world.caf_agent, ticket.reference, "take", {})
    acts.perform(
        world.caf_agent, ticket.reference, "answer", {"outcome": "restored", "text": "Le droit est rétabli."}
    )
    acts.perform(world.cdas_agent, ticket.reference, "acknowledge", {"usefulness": 5})
    return ticket


def report(revision: int | None = None) -> Document:
    return read_edition(YEAR.key, revision)


def test_it_is_published_once_from_the_second_open_day_of_january_on(world: World, hand: Hand) -> None:
    """The first open day is Monday the 4th. Without a year before there is no column for one."""
    ticket = answered(world, hand)
    for number in range(6):
        a_submitted_ticket(world.cdas_agent_elsewhere, matricule=f"100010{number}")
    with transaction() as session:  # a unit that was merged into another one in November
        session.execute(
            update(Unit).where(Unit.code == "cdas-redon").values(closed_on=datetime(2026, 11, 30).date())  # noqa: DTZ001
        )
    hand.at(11, 2, 5, 50)
    publish_pack(Month(2026, 10))
    for day, published in ((1, 0), (4, 0), (5, 1), (5, 0), (20, 0)):
        later(hand, 1, day, 6)
        assert jobs.publish_last_year(nothing) == published, day
    made = report()
    assert made.title == "Bilan annuel 2026"
    channels = made.section("I-1").table("I-1.channel")
    assert [column.key for column in channels.columns] == ["n"]
    assert channels.column("n")["total"] == 7
    trend = made.section("I-1").table("I-1.trend")
    assert [trend.rows[place].key for place in (0, 1, -1)] == ["2025-12", "2026-01", "2026-12"]
    assert trend.column("service")["2026-10"] == 7
    by_unit = made.section("annex.0.unit").table("0.unit").column("n")
    assert by_unit["cdas-redon"] == SMALL  # with one hidden month
    assert isinstance(by_unit[world.cdas_agent_elsewhere.unit_id], Hidden)
    cog = made.section("cog").table("cog.shares")
    assert [column.label for column in cog.columns[:2]] == [
        "Cible nationale 2026, en %",
        "Cible nationale 2027, en %",
    ]
    assert [str(cog.column("target@2026")[row]) for row in ("COG-08-24", "COG-08-26")] == ["21", "87"]
    with reading() as session:
        text = edition(session, YEAR.key).body or ""
    assert not [word for word in (*PERSON, ticket.reference) if word in text]
    with transaction() as session:
        session.delete(session.get_one(SharedDocument, edition(session, YEAR.key).id))
    later(hand, 1, 5, 6)
    again = publish_report(YEAR)
    assert again is not None
    assert again.body == text


def test_facts_noted_later_make_a_revision_and_a_reopening_of_another_year_does_not(
    world: World, hand: Hand
) -> None:
    """R-CLK-8: the call counts in the year when it happened. A stopped scheduler catches up later."""
    ticket = answered(world, hand, month=12)
    later(hand, 1, 12, 9)
    acts.perform(world.cdas_agent, ticket.reference, "reopen", {"reason": "De nouveau rien."})
    later(hand, 1, 18, 6)
    assert jobs.publish_last_year(nothing) == 1
    assert cell(report(), "I-9", "I-9.repeated", "reopened", "n") == 0
    assert publish_report(YEAR) is None
    began = datetime(2026, 12, 29, 10, tzinfo=PARIS)
    given = {"started_at": began, "minutes": 5, "answered": True, "benefit": "rsa", "event": "interruption"}
    calls.record_call(world.cdas_agent, given, "k" * 32)
    made = publish_report(YEAR)
    assert made is not None
    assert made.revision == 2
    assert cell(report(1), "I-1", "I-1.channel", "phone", "n") == 0
    assert cell(report(), "I-1", "I-1.channel", "phone", "n") == 1
    moved = report().section("revision").table("revision.moved")
    assert any(row.cells == (0, 1) for row in moved.rows)
    assert not any("CDAS" in row.label and "Redon" in row.label for row in moved.rows)


def test_a_year_without_data_or_not_over_has_none(world: World, hand: Hand) -> None:
    later(hand, 1, 5, 6)
    assert jobs.publish_last_year(nothing) == 0
    for year, said in (
        (YEAR, "Rien n’a été demandé"),
        (Year(2027), "n’est pas terminée"),
        (Year(2040), "2041"),
    ):
        with pytest.raises(GuardRefused, match=said):
            publish_report(year)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(SharedDocument)) == 0


def test_what_does_not_reconcile_is_not_published_and_says_why(world: World, hand: Hand) -> None:
    """R-IND-I-15: a ticket that moved without its journal."""
    hand.at(12, 27, 9)
    ticket = a_submitted_ticket(world.cdas_agent)
    with transaction() as session:
        session.execute(update(Ticket).where(Ticket.id == ticket.id).values(next_step_unit_id="cdas-vitre"))
    later(hand, 1, 5, 6)
    assert jobs.publish_last_year(nothing) == 0
    with reading() as session:
        row = session.scalars(select(SharedDocument)).one()
    assert (row.kind, row.period, row.digest) == ("annual_report", "2026", None)
    assert "Vitré" in (row.problem or "")
