"""A Dovecot of the test's own: every user name is known, with one password, and has its mailbox in a folder."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from imap_tools import BaseMailBox, MailBoxUnencrypted

from service.outside import ImapMailbox
from tests import missing

PASSWORD = "mot,de:passe/d@essai"
HOST = "127.0.0.1"
_WITHIN = 30.0
_OWNER = "nobody"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = {host}
ssl = {ssl}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_home = {folder}/mail/%u
mail_uid = {owner}
mail_gid = {owner_group}
{more}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""

_FULL = """
mail_plugins = quota
imap_capability = IMAP4rev1 UIDPLUS NAMESPACE
plugin {{
  quota = maildir:User
  quota_rule = *:messages={messages}
}}
"""


@dataclass(slots=True)
class Dovecot:
    """A server; `folder` holds its configuration, its log and the mail."""

    folder: Path
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes] | None" = None

    def mailbox(
        self, user: str, password: str = PASSWORD, port: int = 0, scheme: str = "imap"
    ) -> ImapMailbox:
        """A user's mailbox, as Relais is told of it."""
        name = f"{quote(user, safe='')}:{quote(password, safe='')}"
        usual = self.tls_port if scheme == "imaps" else self.port
        url = f"{scheme}://{name}@{HOST}:{port or usual}/INBOX"
        return ImapMailbox.from_url(url, loopback_only=True)

    def enter(self, user: str) -> BaseMailBox:
        """The mailbox as a person at a mail program sees it; to be used in a `with`."""
        return MailBoxUnencrypted(HOST, self.port, 10).login_utf8(user, PASSWORD)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process = subprocess.Popen(
            ["dovecot", "-F", "-c", self.folder / "dovecot.conf"], start_new_session=True
        )
        deadline = time.monotonic() + _WITHIN
        while not _answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"dovecot did not answer:\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it if it runs; the mail stays."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(
                    self.process.pid, signal.SIGKILL
                )  # all its parts; asked politely, they take a second
            self.process.wait(_WITHIN)

    def remove(self) -> None:
        """Stop it, and remove everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def start(
    *, messages: int | None = None, separator: str = "/", prefix: str = "", certificate: Path | None = None
) -> Dovecot:
    """Make and start a server. `messages`: how many a mailbox holds, on a server that can only copy and delete."""
    if not _version().startswith("2.3."):  # the next one is told everything in other words
        missing.tool("dovecot-imapd 2.3")
    folder = Path(tempfile.mkdtemp(prefix="relais-imap-", dir="/tmp"))
    server = Dovecot(folder, *_free_ports())
    (folder / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            folder=folder,
            host=HOST,
            port=server.port,
            tls_port=server.tls_port if certificate else 0,
            ssl="yes" if certificate else "no",
            password=PASSWORD,
            separator=separator,
            prefix=prefix,
            more=(_FULL.format(messages=messages) if messages else "")
            + (f"ssl_cert = <{certificate}\nssl_key = <{certificate}\n" if certificate else ""),
            **_users(),
        )
    )
    (folder / "mail").mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder / "mail", _OWNER)
    server.start()
    return server


def _version() -> str:
    if shutil.which("dovecot") is None:
        return ""
    return subprocess.run(["dovecot", "--version"], check=True, capture_output=True, text=True).stdout


def _users() -> dict[str, str]:
    """Root gives each part of the server its user, as Dovecot wants; anybody else is all of them."""
    if os.geteuid() == 0:
        group = str(pwd.getpwnam(_OWNER).pw_gid)
        named = {"internal": "dovecot", "internal_group": "dovecot", "login": "dovenull"}
        return {**named, "owner": _OWNER, "owner_group": group}
    me, group = pwd.getpwuid(os.geteuid()).pw_name, str(os.getegid())
    return {"internal": me, "internal_group": group, "login": me, "owner": me, "owner_group": group}


def _free_ports() -> tuple[int, int]:
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=5) as connection:
        return connection.recv(4).startswith(b"* OK")
    return False
