"""`forget_runs`: what the jobs did and told, which calls were answered: 30 days; a silent process: one."""

from sqlalchemy.orm import Session

from service.operations.scheduled_jobs import forget_old_runs


def run(session: Session) -> int:
    """Delete them, in the transaction of the slot."""
    return forget_old_runs(session)
