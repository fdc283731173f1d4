"""The live page tells nothing of a unit, whatever filters and months one subtracts (indicators.md, R-DP-1)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

from service.statistics.document import Cell, Document, Table
from service.statistics.facts import Facts, TicketFacts
from service.statistics.figures import figures_of, table_of
from service.statistics.live import Narrowed, live
from service.statistics.periods import Month
from service.statistics.publishing import ALL, scopes
from tests import scale
from tests.statistics.played import HOURS
from tests.statistics.walks import CDAS, some_facts

SETS = scale.count(8, 300)
MONTHS = (Month(2026, 9), Month(2026, 10))


def some_months(random: Random) -> Mapping[Month, Facts]:
    """Two months of requests, in units that keep the same hours."""
    facts = replace(some_facts(random, requests=14), hours_of=lambda _unit: HOURS)
    return {month: replace(facts, period=month) for month in MONTHS}


def elsewhere(random: Random, facts: Facts) -> Facts:
    """The same requests and calls, each of another CDAS."""
    calls = tuple(call._replace(cdas=random.choice(CDAS)) for call in facts.calls)
    return replace(facts, tickets=tuple(_moved(random, ticket) for ticket in facts.tickets), calls=calls)


def _moved(random: Random, ticket: TicketFacts) -> TicketFacts:
    place = dict(zip(CDAS, random.sample(CDAS, len(CDAS)), strict=True))
    events = tuple(
        event._replace(
            unit=place.get(event.unit or "", event.unit), owes=place.get(event.owes or "", event.owes)
        )
        for event in ticket.events
    )
    return replace(
        ticket,
        asking=place.get(ticket.asking or "", ticket.asking),
        cdas=place.get(ticket.cdas or "", ticket.cdas),
        owes=place.get(ticket.owes or "", ticket.owes),
        events=events,
    )


def pages(months: Mapping[Month, Facts]) -> Iterator[tuple[str, Document]]:
    """Every page that somebody outside a CDAS may ask for: each month under each filter."""
    for month, facts in months.items():
        for scope, narrowed in scopes(facts):
            if not scope.startswith("cdas:"):
                figures = {month.key: figures_of(narrowed)}
                yield f"{month.key} {scope}", live(month, Narrowed(scope, scope), figures, month.end)


def test_all_pages_together_are_the_same_wherever_the_requests_come_from() -> None:
    """No difference of two filters, or of two months, can tell what no page depends on: whose a request is."""
    moved = 0
    for seed in range(SETS):
        months = some_months(Random(seed))
        others = {month: elsewhere(Random(seed + 1), facts) for month, facts in months.items()}
        moved += months != others
        assert dict(pages(months)) == dict(pages(others)), f"data set {seed}"
    assert moved > SETS // 2


def test_no_page_has_a_table_by_unit() -> None:
    for _, page in pages(some_months(Random(1))):
        assert not any(table.by_unit for section in page.sections for table in section.tables)


def test_filters_tell_of_the_masked_table_its_own_sums_and_no_more() -> None:
    """So the attacker of the masked tables, who knows those sums, knows all that the live page could add."""
    for seed in range(SETS):
        facts = some_months(Random(seed))[MONTHS[1]]
        facts = facts.only({ticket.id for ticket in facts.tickets if ticket.cdas})
        by_unit = table_of("0.unit", {code: code for code in CDAS}, "octobre", figures_of(facts))
        under = {scope: sent(narrowed) for scope, narrowed in scopes(facts)}
        urgent = under.get("kind:urgent_rights", 0)
        assert {column: cells["total"] for column, cells in columns_of(by_unit).items()} == {
            "urgent": urgent,
            "social": under[ALL] - urgent,
            "n": under[ALL],
        }


def sent(facts: Facts) -> int:
    """How many requests the live page says were sent, under a filter."""
    return sum(int(str(cells["n"])) for cells in figures_of(facts)["0.kind"].values())


def columns_of(table: Table) -> Mapping[str, Mapping[str, Cell]]:
    return {column.key: table.column(column.key) for column in table.columns}
