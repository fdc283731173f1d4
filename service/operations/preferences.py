"""What somebody keeps for themselves of how the pages behave."""

from service.database import transaction
from service.models import Account
from service.permissions import Actor


def keep_shortcuts(actor: Actor, *, on: bool) -> None:
    """Keep the shortcuts of one character on or off for the actor's own account (WCAG 2.1.4)."""
    with transaction() as session:
        session.get_one(Account, actor.account_id).shortcuts = on
