"""The conversation with a mailbox's server: opened over a proved certificate, and what is said when it fails."""

import imaplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, UnexpectedCommandStatusError

from service.outside import ImapMailbox

TIME_OUT = 15.0
"""Seconds without a word after which a server is given up."""

FAILURES: Mapping[str, str] = {
    "unreachable": "serveur injoignable",
    "silent": "le serveur ne répond pas",
    "certificate": "certificat du serveur refusé",
    "login": "nom ou mot de passe refusé",
    "folder": "dossier introuvable",
    "read_only": "boîte en lecture seule : les messages ne peuvent pas être rangés",
    "cut": "connexion coupée par le serveur",
    "not_moved": "boîte pleine ou protégée : des messages pris n’ont pas pu être rangés",
    "unexpected": "réponse inattendue du serveur",
}
"""What is said of a mailbox whose poll failed."""


class LoginRefused(Exception):
    """The server does not know this name with this password."""


@contextmanager
def opened(mailbox: ImapMailbox) -> Iterator[BaseMailBox]:
    """The mailbox, logged in to and its folder open; the certificate of the server is verified."""
    box = _connected(mailbox)
    try:
        _log_in(box, mailbox)
        # A server often says before login only what it says to everybody; MOVE comes after.
        box.client.capabilities = tuple(box.client.capability()[1][-1].decode("ascii", "replace").split())
        box.folder.set(mailbox.folder)
        yield box
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()
        with suppress(OSError):
            box.client.shutdown()  # a server that is gone is not told goodbye, and its socket stays open


def _connected(mailbox: ImapMailbox) -> BaseMailBox:
    if mailbox.scheme == "imap":
        return MailBoxUnencrypted(mailbox.host, mailbox.port, TIME_OUT)
    verifying = ssl.create_default_context()
    if mailbox.scheme == "imap+starttls":
        return MailBoxStartTls(mailbox.host, mailbox.port, TIME_OUT, ssl_context=verifying)
    return MailBox(mailbox.host, mailbox.port, TIME_OUT, ssl_context=verifying)


def _log_in(box: BaseMailBox, mailbox: ImapMailbox) -> None:
    plain = f"{mailbox.user}{mailbox.password}".isascii()
    enter = box.login if plain else box.login_utf8
    try:
        enter(mailbox.user, mailbox.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error):
        # From nothing: some servers repeat in their refusal what they were told.
        raise LoginRefused from None


def code_of(failed: Exception) -> str:
    """What went wrong in a conversation, as a code of `FAILURES`."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (LoginRefused, "login"),
        (MailboxFolderSelectError, "folder"),
        (imaplib.IMAP4.readonly, "read_only"),
        (imaplib.IMAP4.abort, "cut"),
        (UnexpectedCommandStatusError, "unexpected"),
        (ssl.SSLCertVerificationError, "certificate"),
        (TimeoutError, "silent"),
        (OSError, "unreachable"),
    )
    return next((code for kind, code in kinds if isinstance(failed, kind)), "unexpected")
