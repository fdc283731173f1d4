"""`draw_eliminations`: each month a frozen list of what has waited long enough in the archives (R-DP-6)."""

from sqlalchemy.orm import Session

from service.operations.elimination_lists import draw


def run(session: Session) -> int:
    """Draw up the lists of the month, if that is not done yet; gives how many requests they hold."""
    return draw(session)
