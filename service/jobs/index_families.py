"""`index_families`: drafts and kept messages of before migration 0032 say of which family they are (R-DP-1)."""

from sqlalchemy.orm import Session

from service.operations import family_index


def run(session: Session) -> int:
    """Complete them, in the transaction of the slot."""
    return family_index.complete(session)
