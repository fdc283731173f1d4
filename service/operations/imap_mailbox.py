"""The messages that lie in mailboxes, read by IMAP: taken in, then moved out of the way (R-UD-2, R-UD-3).

A message is moved once it is kept: whatever happens between the two, it is found again and known already. What has
been done stands in the mailbox itself; nothing here remembers a message's number.
"""

import imaplib
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from imap_tools import BaseMailBox
from imap_tools.errors import (
    ImapToolsError,
    MailboxFetchError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import check_command_status
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service import clock, database, logs
from service.database import reading, transaction
from service.models import MailboxPoll
from service.operations.imap_connection import FAILURES, code_of, opened
from service.operations.intake import LARGEST, intake
from service.operations.mailbox import by_headers, first_believable
from service.outside import ImapMailbox

AT_ONCE = 50
"""Messages of one mailbox in one poll; the next poll takes the rest."""

LONGEST_POLL = 60.0
"""Seconds after which a poll begins no other message and no other mailbox."""

NO_DATABASE = (OperationalError, InterfaceError, PoolTimeout)
"""What is no fault of a message or of a mailbox: all wait until the database answers."""

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where messages go once taken in; one that can not be moved there gets the keyword meanwhile."""

    name: str
    keyword: str


DONE = Shelf("traités", "RelaisTraite")
ASIDE = Shelf("à part", "RelaisAPart")
"""For what could not be read, and for what is too large to be kept whole: the mailbox alone has all of it."""

PARENT = "Relais"


@dataclass(slots=True)
class Poll:
    """What one poll of a mailbox did; `failure` is a code of `FAILURES`."""

    taken: int = 0
    aside: int = 0
    failure: str | None = None
    left: set[Shelf] = field(default_factory=set)
    """Shelves that refused a message: not asked again in this poll."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as the server gives it: at most `LARGEST` bytes of it, its whole size, when it was delivered."""

    raw: bytes
    size: int
    delivered_at: datetime | None


_mailboxes: tuple[ImapMailbox, ...] = ()


def configure(mailboxes: Sequence[ImapMailbox]) -> None:
    """Name the mailboxes of this process."""
    global _mailboxes
    _mailboxes = tuple(mailboxes)


def poll_mailboxes(renew: Callable[[], None] = lambda: None) -> int:
    """Poll the mailboxes, the one that has waited longest first; the number of messages taken in.

    Calls `renew` before each. A mailbox that fails is recorded and stops no other. Raises when the database does not
    answer, and what `renew` raises.
    """
    _forget_others()
    ending = time.monotonic() + LONGEST_POLL
    taken = 0
    for mailbox in _longest_waiting_first():
        if time.monotonic() > ending:
            break
        renew()
        done = poll(mailbox, lambda: time.monotonic() > ending)
        taken += done.taken
    return taken


def poll(mailbox: ImapMailbox, late: Callable[[], bool] = lambda: False) -> Poll:
    """Take in the messages of one mailbox, `AT_ONCE` at most, oldest first, until it is `late`; record how it went.

    Refuses (RuntimeError) to work inside a transaction: a message would be moved before it is kept for good.
    """
    if database.is_open():
        raise RuntimeError("a mailbox is polled outside of any transaction")
    done = Poll()
    try:
        with opened(mailbox) as box:
            _clear(box, done)
            for uid in _waiting(box)[:AT_ONCE]:
                if late():
                    break
                _take_in(box, uid, done)
    except NO_DATABASE:
        raise
    except Exception as failed:
        done.failure = code_of(failed)
        log.warning("mailbox.failed", mailbox=mailbox.name, code=done.failure, exc_info=True)
    if done.left and done.failure is None:
        done.failure = "not_moved"
        log.warning("mailbox.not_moved", mailbox=mailbox.name)
    if done.aside:
        log.warning("mailbox.set_aside", mailbox=mailbox.name, count=done.aside)
    _record(mailbox, done)
    return done


def check(mailbox: ImapMailbox) -> tuple[int, str | None]:
    """How many messages wait, and what is wrong (a code of `FAILURES`) if they can not be read and put away."""
    try:
        with opened(mailbox) as box:
            for shelf in (DONE, ASIDE):
                _folder_of(box, shelf)
            return len(_waiting(box)), None
    except Exception as failed:
        return 0, code_of(failed)


# ---------------------------------------------------------------- the messages
def _waiting(box: BaseMailBox) -> list[str]:
    return box.uids(f"UNDELETED UNKEYWORD {DONE.keyword} UNKEYWORD {ASIDE.keyword}", charset=None)


def _clear(box: BaseMailBox, done: Poll) -> None:
    """Move what an earlier poll took in and could not move."""
    for shelf in (DONE, ASIDE):
        for uid in box.uids(f"UNDELETED KEYWORD {shelf.keyword}", charset=None)[:AT_ONCE]:
            if shelf in done.left:
                break
            _put_away(box, uid, shelf, done)


def _take_in(box: BaseMailBox, uid: str, done: Poll) -> None:
    message = _fetch(box, uid)
    if message is None:
        return
    shelf = DONE
    try:
        fate = intake(message.raw, first_believable(message.delivered_at, *by_headers(message.raw)))
    except NO_DATABASE:
        raise
    except Exception:
        log.error("mailbox.poison", exc_info=True)
        shelf = ASIDE
    else:
        done.taken += not fate.again
        if fate.code == "set_aside" or message.size > LARGEST:
            shelf = ASIDE
    done.aside += shelf is ASIDE
    _put_away(box, uid, shelf, done)


def _fetch(box: BaseMailBox, uid: str) -> Fetched | None:
    """None when somebody has taken it away. No more than `LARGEST` bytes are asked for, however long it is."""
    answer = box.client.uid("FETCH", uid, f"(RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
    parts = [part for part in answer[1] if part]
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    if not raw and not _is_there(box, uid):
        return None  # asked for such a message, a server says no, nothing, or makes an empty one up
    check_command_status(answer, MailboxFetchError)
    said = b" ".join(part[0] if isinstance(part, tuple) else part for part in parts)
    size = re.search(rb"RFC822\.SIZE (\d+)", said)
    return Fetched(raw, int(size[1]) if size else len(raw), _delivered_at(said))


def _delivered_at(said: bytes) -> datetime | None:
    with suppress(ValueError, OverflowError):
        if local := imaplib.Internaldate2tuple(said):
            return datetime.fromtimestamp(time.mktime(local), UTC)
    return None


def _put_away(box: BaseMailBox, uid: str, shelf: Shelf, done: Poll) -> None:
    """Move a message that is kept to its shelf; where that is refused mark it, so that it is not read again."""
    if shelf not in done.left:
        try:
            _move(box, uid, _folder_of(box, shelf))
        except UnexpectedCommandStatusError:
            if not _is_there(box, uid):
                return  # some servers refuse to move what somebody else has moved
            done.left.add(shelf)
        else:
            return
    box.client.uid("STORE", uid, "+FLAGS.SILENT", f"({shelf.keyword})")


def _is_there(box: BaseMailBox, uid: str) -> bool:
    return uid in box.uids(f"UID {uid}", charset=None)


def _move(box: BaseMailBox, uid: str, folder: str) -> None:
    if "MOVE" in box.client.capabilities:
        box.move(uid, folder)
        return
    box.copy(uid, folder)
    box.client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
    # A plain EXPUNGE would also take what a person has only marked as deleted.
    if "UIDPLUS" in box.client.capabilities:
        box.client.uid("EXPUNGE", uid)


def _folder_of(box: BaseMailBox, shelf: Shelf) -> str:
    """The name of the shelf's folder on this server, which is made if it is not there."""
    prefix, separator = _namespace(box)
    folder = f"{prefix}{PARENT}{separator}{shelf.name}"
    if box.folder.exists(folder):
        return folder
    try:
        box.folder.create(folder)
    except UnexpectedCommandStatusError:
        if not box.folder.exists(folder):  # another process may have made it meanwhile
            raise
    with suppress(ImapToolsError):
        box.folder.subscribe(folder, value=True)
    return folder


def _namespace(box: BaseMailBox) -> tuple[str, str]:
    """What personal folders begin with, and what parts them; on a server without levels, a dash."""
    if "NAMESPACE" not in box.client.capabilities:
        return "", "/"
    said = b"".join(part for part in box.client.namespace()[1] if isinstance(part, bytes))
    found = re.match(rb'\(\("([^"]*)" (?:"\\?(.)"|NIL)', said)
    if found is None:
        return "", "/"
    return found[1].decode("ascii", "replace"), (found[2] or b"-").decode("ascii", "replace")


# ---------------------------------------------------------------- how it went
def _record(mailbox: ImapMailbox, done: Poll) -> None:
    now = clock.now()
    # Two processes at the same moment, on a mailbox that is new: the other one has said the same.
    with suppress(IntegrityError), transaction() as session:
        row = session.get(MailboxPoll, mailbox.name) or MailboxPoll(name=mailbox.name, failures=0)
        row.polled_at = now
        row.failure = FAILURES[done.failure] if done.failure else None
        row.failures = row.failures + 1 if done.failure else 0
        if done.failure is None:
            row.worked_at = now
        session.add(row)


def _longest_waiting_first() -> list[ImapMailbox]:
    with reading() as session:
        polled = {row.name: row.polled_at for row in session.scalars(select(MailboxPoll))}
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(_mailboxes, key=lambda mailbox: polled.get(mailbox.name, never))


def _forget_others() -> None:
    """A mailbox that is no longer read has no state."""
    names = [mailbox.name for mailbox in _mailboxes]
    with transaction() as session:
        session.execute(delete(MailboxPoll).where(MailboxPoll.name.not_in(names)))
