"""The servers of others that Relais speaks with, as the surroundings name them. Each holds a secret: none is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import unquote, urlsplit

LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}")
IMAP_PORTS: Mapping[str, int] = {"imaps": 993, "imap+starttls": 143, "imap": 143}
LONGEST_MAILBOX_NAME = 120
HOW_TO_WRITE_A_MAILBOX = (
    "écrivez imaps://nom:mot-de-passe@serveur:993/INBOX, des virgules entre les boîtes, et les signes particuliers "
    "du nom et du mot de passe à la façon des adresses (%40 pour @, %2C pour une virgule)."
)


class SmtpSecurity(StrEnum):
    """How the conversation with the mail server is kept private; `none` on this machine only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class TokenAlgorithm(StrEnum):
    """How ProConnect signs what it says of a person: the one chosen at registration, and no other."""

    RS256 = "RS256"
    ES256 = "ES256"


@dataclass(frozen=True, slots=True, repr=False)
class ImapMailbox:
    """A mailbox that Relais reads. Only its name is ever shown or logged: the rest holds a password."""

    scheme: str
    """`imaps`, `imap+starttls`, or `imap` on this machine."""
    user: str
    password: str
    host: str
    port: int
    folder: str

    @property
    def name(self) -> str:
        """What it is known by: `user@host/folder`."""
        return f"{self.user}@{self.host}/{self.folder}"

    @classmethod
    def from_url(cls, url: str, *, loopback_only: bool) -> Self:
        """Read `imaps://user:password@host:port/folder`, percent-encoded. Refuses (ValueError) in French."""
        try:
            parts = urlsplit(url)
            port = parts.port or IMAP_PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise ValueError(HOW_TO_WRITE_A_MAILBOX) from None
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
        box = cls(parts.scheme, user, password, host, port, folder)
        if not (user and password and host and f"{box.name}{password}".isprintable()):
            raise ValueError(HOW_TO_WRITE_A_MAILBOX)
        if parts.query or parts.fragment or len(box.name) > LONGEST_MAILBOX_NAME:
            raise ValueError(HOW_TO_WRITE_A_MAILBOX)
        if not LOOPBACK.fullmatch(host):
            if loopback_only:
                raise ValueError("la démonstration ne lit que les boîtes de cette machine : n’écrivez rien.")
            if parts.scheme == "imap":
                raise ValueError(
                    "sans chiffrement, une boîte ne se lit que sur cette machine : écrivez imaps:// ou "
                    "imap+starttls://."
                )
        return box


@dataclass(frozen=True, slots=True, repr=False)
class Smtp:
    """The server that takes Relais's mails, and the address that they come from. Never shown: it holds a password."""

    host: str
    port: int
    security: SmtpSecurity
    user: str
    password: str
    timeout_seconds: int
    sender: str


@dataclass(frozen=True, slots=True, repr=False)
class ProConnect:
    """The provider that may say who somebody is, and Relais's registration there. Never shown: it holds a secret."""

    issuer: str
    """Its address, exactly as its tokens write it; what it offers is found below `/.well-known/`."""
    client_id: str
    client_secret: str
    algorithm: TokenAlgorithm
    pkce: bool
    """Off until the provider takes it: ProConnect refuses parameters that it does not document."""
