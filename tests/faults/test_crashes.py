"""kill -9 at each step of a request: afterwards all of it is there or nothing, and trying again makes one of it.

Closing properties of the workflows: one transaction per act, an act is never lost nor done twice.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from uuid import uuid4

from service.database import reading
from service.models import Ticket
from tests import scale
from tests.faults.bodies import a_body, a_form
from tests.faults.client import Answer, Died, Program
from tests.faults.conftest import House
from tests.faults.evidence import OPENED, SENT, entries_of, expect_sent_whole, new_since, rows


def died(ask: object, *given: object, **named: object) -> bool:
    """Whether the server died instead of answering."""
    try:
        ask(*given, **named)  # type: ignore[operator]
    except Died:
        return True
    return False


def test_a_request_sent_by_a_program_is_whole_or_absent_and_sent_again_is_one(mortal: House) -> None:
    author = mortal.world.cdas_agent
    program, body = mortal.program(author), a_body()
    kept = []
    import time
    T=time.time()
    for step in count(1):
        print(step, time.time()-T); T=time.time()
        if step>12: break
        key, before = f"step-{step}", rows()
        if not died(program.create, body, key, die_at=step):
            break
        found = new_since(before)
        assert found in ({}, SENT), f"step {step}"
        kept.append(bool(found))
        print(" a", time.time()-T)
        again = program.create(body, key)
        print(" b", time.time()-T)
        assert again.status == (200 if found else 201), again.text
        assert new_since(before) == SENT, f"step {step}"
        expect_sent_whole(again.json["reference"], author.account_id, key)
    # Dead before the commit, nothing; after it, everything: and there were many steps of each.
    assert kept == sorted(kept)
    assert min(kept.count(False), kept.count(True)) > 5
