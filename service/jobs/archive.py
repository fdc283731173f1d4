"""`archive`: closed requests whose retention is over leave the ordinary screens (R-DP-6)."""

from sqlalchemy.orm import Session

from service.operations.archives import archive_due


def run(session: Session) -> int:
    """Archive them; as long as retention is not switched on, count what would leave and change nothing."""
    return archive_due(session)
