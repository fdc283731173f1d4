"""`forget_access`: who read what is kept for so many months, then deleted (P-09)."""

from sqlalchemy.orm import Session

from service.operations.access_log import forget_old_access


def run(session: Session) -> int:
    """Delete what is older, in the transaction of the slot."""
    return forget_old_access(session)
