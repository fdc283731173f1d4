"""`forget_access`: who read what is kept for so many months (P-09), whom one answered for five years, then deleted."""

from sqlalchemy.orm import Session

from service.operations.access_log import forget_old_access
from service.operations.subject_access import forget_old_answers


def run(session: Session) -> int:
    """Delete what is older, in the transaction of the slot."""
    return forget_old_access(session) + forget_old_answers(session)
