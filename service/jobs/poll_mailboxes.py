"""`poll_mailboxes`: what has arrived in the mailboxes becomes requests, words on known ones, or waits (R-UD-3)."""

from collections.abc import Callable

from service.operations import imap_mailbox


def run(renew: Callable[[], None]) -> int:
    """Take in what has arrived, a bounded number for each mailbox; the next slot takes the rest."""
    return imap_mailbox.poll_mailboxes(renew)
