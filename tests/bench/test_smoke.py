"""The benchmark keeps working, and what it seeds is what Relais itself would have stored. Nothing here is timed."""

from collections import Counter
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, delete, exists, select, text

from bench import endurance, profiling, report
from bench.command import Extent, relais_served, run
from bench.histories import OPEN, OPEN_SHARE
from bench.scenarios import LABELS, Relais, Scenario
from bench.staff import Staff
from service.database import reading, transaction
from service.models import Base, ClockRecord, JournalEntry, Person, Ticket
from service.operations import standing
from service.operations.transitions import link_of
from service.queries import tickets
from service.queries.reference import reference
from service.workflows import journal
from tests.bench.conftest import SEEDED
from tests.postgres import Cluster

pytestmark = pytest.mark.postgresql


def test_every_measure_is_taken_and_told(postgres_cluster: Cluster) -> None:
    results = run(Extent(tickets=SEEDED, requests=4, connections=(1, 2), seconds=20), "smoke")
    assert [(line.scenario, line.connections) for line in results.lines] == [
        (scenario, connections)
        for scenario in Scenario
        for connections in ((1,) if scenario is Scenario.STATISTICS else (1, 2))
    ]
    assert {len(line.relais.durations) for line in results.lines} == {4, 8}
    assert results.workers == 2
    assert results.memory.share >= results.memory.own > 0
    said = report.text([results, replace(results, tickets=10 * SEEDED)])
    assert "| Growth |" in said
    assert all(label in said for label in LABELS.values())
    assert "fsync on" in said
    assert all(sum(layers.values()) == pytest.approx(1) for layers in results.profile.values())
    assert all(layers[profiling.WAITING] > 0 for layers in results.profile.values())


def test_mixed_work_goes_on_and_is_told(staff: Staff, postgresql_url: str, tmp_path: Path) -> None:
    with relais_served(postgresql_url, tmp_path) as served:
        relais = Relais(served.port, staff, endurance.CONNECTIONS)
        run = endurance.endure(served.port, served.workers, relais, seconds=12, rate=5)
    assert run.problem is None
    assert set(run.durations) == set(endurance.MIXED)
    words, _ = endurance.told(run, seconds=12, rate=5)
    assert "no error" in words
    assert all(LABELS[scenario] in words for scenario in endurance.MIXED)


def test_the_seed_has_its_mix_of_states(staff: Staff) -> None:
    with reading() as session:
        states = Counter(session.scalars(select(Ticket.state)))
    assert sum(states.values()) == SEEDED
    still_open = sum(states[state] for state in OPEN)
    assert still_open == pytest.approx(SEEDED * OPEN_SHARE, abs=SEEDED * 0.03)
    assert set(states) >= {*OPEN, "draft", "closed", "rejected", "cancelled"}


def test_the_seed_names_nothing_that_is_not_there(staff: Staff) -> None:
    """It is stored without looking up what each row names, and its indexes are made afterwards."""
    with reading() as session:
        for table in Base.metadata.sorted_tables:
            for key in table.foreign_keys:
                there = aliased_of(key.column)
                orphan = select(key.parent).where(
                    key.parent.is_not(None), ~exists().where(there == key.parent)
                )
                assert session.execute(orphan.limit(1)).first() is None, f"{key.parent} → {key.column}"
        made = set(session.scalars(text("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")))
    assert {index.name for table in Base.metadata.sorted_tables for index in table.indexes} <= made


def aliased_of(column: Column[Any]) -> ColumnElement[Any]:
    """The same column of its table under another name: a row may name one of its own table."""
    return column.table.alias("named").c[column.name]


def test_every_journal_of_the_seed_is_a_valid_chain(staff: Staff) -> None:
    by_place = select(JournalEntry).order_by(JournalEntry.ticket_id, JournalEntry.sequence)
    with reading() as session:
        entries = session.scalars(by_place).all()
    chains = [list(chain) for _, chain in groupby(entries, lambda entry: entry.ticket_id)]
    assert len(chains) == SEEDED
    assert [journal.first_break((link_of(entry), entry.hash) for entry in chain) for chain in chains] == [
        None
    ] * SEEDED
    assert all(
        journal.payload_digest(entry.payload_salt or b"", (entry.payload or "").encode())
        == entry.payload_digest
        for entry in entries
    )


def test_r_clk_1_the_seeded_clocks_are_those_that_the_journal_gives(staff: Staff) -> None:
    kept = _clocks()
    with transaction() as session:
        session.execute(delete(ClockRecord))
        for ticket in session.scalars(select(Ticket).order_by(Ticket.id)):
            deadline = (ticket.next_deadline_at, ticket.next_deadline_of)
            standing.keep_clocks(session, ticket, standing.lines_of(session, ticket), reference(session))
            assert (ticket.next_deadline_at, ticket.next_deadline_of) == deadline
    assert _clocks() == kept != []


def test_a_seeded_person_is_found_by_matricule_and_by_name(staff: Staff) -> None:
    agent = staff.agents[0]
    with reading() as session:
        sent = select(Person).join(Ticket).where(Ticket.submitted_at.is_not(None)).order_by(Person.ticket_id)
        person = session.scalars(sent).first()
        assert person is not None
        of_matricule = session.scalars(tickets.of_matricule(agent, person.matricule or "")).all()
        of_name = session.scalars(tickets.of_name(agent, f"{person.first_name} {person.last_name}")).all()
    assert person.ticket_id in {ticket.id for ticket in of_matricule}
    assert person.ticket_id in {ticket.id for ticket in of_name}


def _clocks() -> list[tuple[object, ...]]:
    columns = ClockRecord.__table__.columns
    with reading() as session:
        query = select(*columns).order_by(ClockRecord.ticket_id, ClockRecord.name, ClockRecord.run)
        return [tuple(row) for row in session.execute(query)]
