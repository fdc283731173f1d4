"""`forget_sessions`: ended sessions, and failed tries to log in that no longer count, leave no trace."""

from datetime import timedelta

from sqlalchemy.orm import Session

from service.operations import login

LONGEST = login.SessionRules(idle=timedelta(days=1), absolute=timedelta(days=1))
"""No setting lets a session live longer: what this forgets has ended under any of them."""


def run(_session: Session) -> int:
    """Delete them, in the transaction of the slot, which the operation joins."""
    return login.forget_ended(LONGEST)
