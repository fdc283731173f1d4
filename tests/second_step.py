"""The telephone of tests: the codes of accounts whose second factor is the invented one.

In the demonstration, as most tests run, the page says the code; elsewhere `code_of` does.
"""

import re

from sqlalchemy import select, update

from service.database import transaction
from service.models import Account, SecondFactor
from service.operations import entering, invented, second_factor
from service.operations.login import Asked, Entry, SessionRules

_SHOWN = re.compile(r'class="invented-code">.*?<code>([0-9]{6})</code>', re.DOTALL)


def shown_code(page: str) -> str | None:
    """The code that the demonstration shows on a page of the login; None on another page."""
    found = _SHOWN.search(page)
    return found[1] if found else None


def code_of(email: str) -> str:
    """The present code of an account, good for one entry however many there were in this half minute."""
    whose = select(Account.id).where(Account.email == email).scalar_subquery()
    with transaction() as session:
        session.execute(update(SecondFactor).where(SecondFactor.account_id == whose).values(last_step=0))
    return second_factor.code_at(invented.SECRET, second_factor.present_step())


def through(entry: Entry, rules: SessionRules, address: str = "192.0.2.1", device: str = "") -> str:
    """The secret of the session, once what a right password waits for is given."""
    if entry.asks is None:
        return entry.secret
    begun = entering.begun(entry.secret)
    if entry.asks is Asked.CODE:
        code = code_of(begun.email)
        return entering.give_code(entry.secret, code, address, rules, device=device).secret
    code = second_factor.code_at(begun.candidate, second_factor.present_step())
    return entering.enrol(entry.secret, code, address, rules, device=device).secret
