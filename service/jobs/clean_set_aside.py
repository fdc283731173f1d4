"""`clean_set_aside`: what is kept of incoming messages beside the tickets goes after 30 days (R-DP-7)."""

from sqlalchemy.orm import Session

from service.operations.kept_messages import forget_set_aside


def run(session: Session) -> int:
    """Forget the oldest ones; the next slot takes the rest."""
    return forget_set_aside(session)
