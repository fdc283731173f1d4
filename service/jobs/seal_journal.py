"""`seal_journal`: each hour, a seal over the journal of the requests that moved, for each institution (R-DP-4)."""

from sqlalchemy.orm import Session

from service.operations import seals


def run(session: Session) -> int:
    """Seal them, in the transaction of the slot."""
    return seals.seal_journal(session)
