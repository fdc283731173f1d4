"""A reference that chance repeats is given once."""

from collections.abc import Iterator
from itertools import chain, repeat

from service import chance
from service.database import transaction
from service.operations import urgent_rights
from service.workflows.reference import ALPHABET, LENGTH
from tests.factories import seeded_world


def _the_same_twice_then_another() -> Iterator[int]:
    return chain(repeat(4, 2 * (LENGTH - 1)), repeat(9))


def test_chance_that_repeats_itself_gives_another_reference(sqlite_db: str) -> None:
    places = _the_same_twice_then_another()
    with chance.driven(lambda symbols: symbols[next(places)]), transaction() as session:
        world = seeded_world(session)
        first = urgent_rights.open_draft(session, world.cdas_agent)
        session.flush()
        second = urgent_rights.open_draft(session, world.cdas_agent)
        assert first.reference.startswith(f"UD-{ALPHABET[4] * 4}")
        assert second.reference.startswith(f"UD-{ALPHABET[9] * 4}")
