"""The one record of settings, the only reader of the environment. Weak or missing secrets stop the start."""

import ipaddress
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

from service import secret_values

Value = TypeVar("Value")

HOW_TO_MAKE_SECRETS = "pour en fabriquer : « relais secrets »"
PUBLIC_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
_ISSUER = re.compile(rf"{PUBLIC_URL.pattern}(/[A-Za-z0-9._~-]+)*", re.IGNORECASE)
_LOOPBACK = re.compile(r"localhost|127(\.[0-9]{1,3}){3}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
WHOLE_NUMBER = "écrivez un nombre entier de {} à {}."
IMAP_PORTS: Mapping[str, int] = {"imaps": 993, "imap+starttls": 143, "imap": 143}
LONGEST_MAILBOX_NAME = 120
HOW_TO_WRITE_A_MAILBOX = (
    "écrivez imaps://nom:mot-de-passe@serveur:993/INBOX, des virgules entre les boîtes, et les signes particuliers "
    "du nom et du mot de passe à la façon des adresses (%40 pour @, %2C pour une virgule)."
)

VARIABLES: Mapping[str, str] = {
    "RELAIS_DEMONSTRATION": "0",
    "RELAIS_DATABASE_URL": "sqlite:///var/relais.sqlite3",
    "RELAIS_SECRET_KEY": "",
    "RELAIS_ENCRYPTION_KEYS": "",
    "RELAIS_BLIND_INDEX_KEY": "",
    "RELAIS_PUBLIC_URL": "",
    "RELAIS_BIND": "127.0.0.1",
    "RELAIS_PORT": "8000",
    "RELAIS_TRUSTED_HOSTS": "",
    "RELAIS_PROXY_COUNT": "0",
    "RELAIS_WORKERS": "2",
    "RELAIS_THREADS": "4",
    "RELAIS_SCHEDULER": "process",
    "RELAIS_DRAIN_FILE": "",
    "RELAIS_LOG_LEVEL": "INFO",
    "RELAIS_SESSION_IDLE_MINUTES": "20",
    "RELAIS_SESSION_ABSOLUTE_HOURS": "10",
    "RELAIS_PROCONNECT_ISSUER": "",
    "RELAIS_PROCONNECT_CLIENT_ID": "",
    "RELAIS_PROCONNECT_CLIENT_SECRET": "",
    "RELAIS_PROCONNECT_ALGORITHM": "RS256",
    "RELAIS_PROCONNECT_PKCE": "0",
    "RELAIS_IMAP_MAILBOXES": "",
    "RELAIS_SMTP_HOST": "",
    "RELAIS_SMTP_PORT": "587",
    "RELAIS_SMTP_SECURITY": "starttls",
    "RELAIS_SMTP_USER": "",
    "RELAIS_SMTP_PASSWORD": "",
    "RELAIS_SMTP_TIMEOUT_SECONDS": "30",
    "RELAIS_MAIL_FROM": "",
    "RELAIS_WEBHOOK_HOSTS": "",
    "RELAIS_METRICS_TOKEN": "",
    "RELAIS_BACKUP_FOLDER": "",
    "RELAIS_BACKUP_KEY": "",
    "RELAIS_BACKUP_KEEP_DAYS": "35",
}
"""Every variable with its value when absent. `PORT`, which many hosts set, goes before `RELAIS_PORT`."""


class SchedulerMode(StrEnum):
    """Where the scheduler's turns run: its own process, each server process, or nowhere."""

    PROCESS = "process"
    EMBEDDED = "embedded"
    OFF = "off"


class SmtpSecurity(StrEnum):
    """How the conversation with the mail server is kept private; `none` on this machine only."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class TokenAlgorithm(StrEnum):
    """How ProConnect signs what it says of a person: the one chosen at registration, and no other."""

    RS256 = "RS256"
    ES256 = "ES256"


class ConfigurationError(Exception):
    """The settings do not allow a start. `problems` pairs each variable with a French sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        lines = [f"  {variable} : {sentence}" for variable, sentence in self.problems.items()]
        super().__init__("\n".join(["Relais ne peut pas démarrer, des réglages sont à corriger.", *lines]))


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
        if not _LOOPBACK.fullmatch(host):
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


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """What the surroundings decide. Built once, handed down; never shown whole, since it holds keys."""

    demonstration: bool
    database_url: str
    """A relative SQLite path starts at the working folder."""
    secret_key: str
    encryption_keys: secret_values.KeyRing
    """Number (1 to 255) and 32 bytes; the first seals, all open."""
    blind_index_key: bytes
    public_url: str
    """Without a slash at the end."""
    bind: str
    port: int
    trusted_hosts: tuple[str, ...]
    proxy_count: int
    """How many proxies in front may set `X-Forwarded-*`."""
    workers: int
    threads: int
    scheduler: SchedulerMode
    drain_file: Path | None
    """While it exists, `/readyz` asks for no new requests: the process is about to stop."""
    log_level: str
    session_idle_minutes: int
    session_absolute_hours: int
    proconnect: ProConnect | None
    """None: people enter with their password alone, and their code."""
    imap_mailboxes: tuple[ImapMailbox, ...]
    smtp: Smtp | None
    """None: mails wait."""
    webhook_hosts: tuple[str, ...]
    """The machines that may be told by webhook. None: nobody is."""
    metrics_token: str
    """What opens `/metrics`. Empty: it is absent."""
    backup_folder: Path | None
    """Where the backup of each night goes. None: none is made."""
    backup_key: bytes | None
    """32 bytes, none of the other keys: a backup never holds what opens it."""
    backup_keep_days: int

    @property
    def secure_cookies(self) -> bool:
        """Cookies travel over TLS only, wherever TLS is what people use."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, folder: Path | None = None) -> Self:
        """Read the environment, then `.env` of `folder` (default: the current one) for what it lacks."""
        # Without interpolation: a dollar sign in a password is a dollar sign.
        kept = dotenv_values((folder or Path.cwd()) / ".env", interpolate=False)
        return cls.from_values({**{name: value or "" for name, value in kept.items()}, **os.environ})

    @classmethod
    def from_values(cls, values: Mapping[str, str]) -> Self:
        """Build from text values. Refuses with `ConfigurationError`, which names every faulty variable."""
        reader = _Reader(values)
        demonstration = reader.flag("RELAIS_DEMONSTRATION")
        bind = reader.address("RELAIS_BIND", loopback_only=demonstration)
        port = reader.number("PORT" if values.get("PORT") else "RELAIS_PORT", 1, 65535)
        public_url = reader.public_url("RELAIS_PUBLIC_URL", f"http://{bind}:{port}" if demonstration else "")
        no_ring: secret_values.KeyRing = ()
        ring = reader.secret("RELAIS_ENCRYPTION_KEYS", secret_values.key_ring, no_ring)
        config = cls(
            demonstration=demonstration,
            database_url=reader.database_url("RELAIS_DATABASE_URL"),
            secret_key=reader.secret("RELAIS_SECRET_KEY", secret_values.passphrase, ""),
            encryption_keys=ring,
            blind_index_key=reader.index_key("RELAIS_BLIND_INDEX_KEY", ring),
            public_url=public_url,
            bind=bind,
            port=port,
            trusted_hosts=reader.hosts("RELAIS_TRUSTED_HOSTS", public_url, local=demonstration),
            proxy_count=reader.number("RELAIS_PROXY_COUNT", 0, 5),
            workers=reader.number("RELAIS_WORKERS", 1, 64),
            threads=reader.number("RELAIS_THREADS", 1, 64),
            scheduler=reader.scheduler("RELAIS_SCHEDULER"),
            drain_file=reader.path("RELAIS_DRAIN_FILE"),
            log_level=reader.log_level("RELAIS_LOG_LEVEL"),
            session_idle_minutes=reader.number("RELAIS_SESSION_IDLE_MINUTES", 1, 120),
            session_absolute_hours=reader.number("RELAIS_SESSION_ABSOLUTE_HOURS", 1, 24),
            proconnect=reader.proconnect(demonstration=demonstration),
            imap_mailboxes=reader.mailboxes("RELAIS_IMAP_MAILBOXES", loopback_only=demonstration),
            smtp=reader.smtp(demonstration=demonstration),
            webhook_hosts=reader.webhook_hosts("RELAIS_WEBHOOK_HOSTS", loopback_only=demonstration),
            metrics_token=reader.optional_secret("RELAIS_METRICS_TOKEN"),
            backup_folder=reader.folder("RELAIS_BACKUP_FOLDER", needs="RELAIS_BACKUP_KEY"),
            backup_key=reader.backup_key("RELAIS_BACKUP_KEY", ring),
            backup_keep_days=reader.number("RELAIS_BACKUP_KEEP_DAYS", 1, 3650),
        )
        if reader.problems:
            raise ConfigurationError(reader.problems)
        return config


class _Reader:
    """Turns text into typed values; gathers what is wrong instead of stopping at the first fault."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: dict[str, str] = {}

    def _listed(self, variable: str) -> list[str]:
        return [one.strip() for one in self._text(variable).split(",") if one.strip()]

    def _text(self, variable: str) -> str:
        return self._values.get(variable, "").strip() or VARIABLES.get(variable, "")

    def flag(self, variable: str) -> bool:
        text = self._text(variable)
        if text not in {"0", "1"}:
            self.problems[variable] = "écrivez 1 (oui) ou 0 (non)."
        return text == "1"

    def number(self, variable: str, lowest: int, highest: int) -> int:
        text = self._text(variable)
        if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
            return int(text)
        self.problems[variable] = WHOLE_NUMBER.format(lowest, highest)
        return lowest

    def address(self, variable: str, *, loopback_only: bool) -> str:
        text = self._text(variable)
        try:
            loopback = ipaddress.IPv4Address(text).is_loopback
        except ValueError:
            self.problems[variable] = "écrivez une adresse IPv4, par exemple 127.0.0.1."
            return text
        if loopback_only and not loopback:
            self.problems[variable] = "la démonstration n’écoute que sur cette machine : écrivez 127.0.0.1."
        return text

    def public_url(self, variable: str, local: str) -> str:
        text = self._text(variable).rstrip("/") or local
        if not PUBLIC_URL.fullmatch(text):
            self.problems[variable] = (
                "écrivez l’adresse que tapent les utilisateurs, par exemple https://relais.example."
            )
            return ""
        if not local and not text.startswith("https://"):
            self.problems[variable] = "hors démonstration, l’adresse commence par https://."
        if local and not _LOOPBACK.fullmatch(urlsplit(text).hostname or ""):
            self.problems[variable] = (
                "la démonstration ne s’ouvre qu’à cette machine : n’écrivez rien, ou une adresse de 127.0.0.1."
            )
        return text

    def database_url(self, variable: str) -> str:
        text = self._text(variable)
        if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems[variable] = "écrivez sqlite:///chemin ou postgresql+psycopg://…"
        return text

    def hosts(self, variable: str, public_url: str, *, local: bool) -> tuple[str, ...]:
        given = self._listed(variable)
        if any("/" in host or "*" in host for host in given):
            self.problems[variable] = "écrivez des noms de machines séparés par des virgules."
        known = [urlsplit(public_url).hostname or "", *given, *(["127.0.0.1", "localhost"] if local else [])]
        return tuple(dict.fromkeys(filter(None, known)))

    def webhook_hosts(self, variable: str, *, loopback_only: bool) -> tuple[str, ...]:
        given = [host.lower() for host in self._listed(variable)]
        if not all(_HOST.fullmatch(host) for host in given):
            self.problems[variable] = (
                "écrivez des noms de machines, sans https:// ni port, séparés par des virgules."
            )
        elif loopback_only and not all(_LOOPBACK.fullmatch(host) for host in given):
            self.problems[variable] = "la démonstration ne prévient que cette machine : n’écrivez rien."
        return tuple(dict.fromkeys(given))

    def mailboxes(self, variable: str, *, loopback_only: bool) -> tuple[ImapMailbox, ...]:
        urls = self._listed(variable)
        try:
            found = tuple(ImapMailbox.from_url(url, loopback_only=loopback_only) for url in urls)
        except ValueError as refused:
            self.problems[variable] = str(refused)
            return ()
        if len({box.name for box in found}) < len(found):
            self.problems[variable] = "une boîte est écrite deux fois."
        return found

    def proconnect(self, *, demonstration: bool) -> ProConnect | None:
        issuer = self._text("RELAIS_PROCONNECT_ISSUER")
        if not issuer:
            return None
        self._check_issuer("RELAIS_PROCONNECT_ISSUER", issuer, loopback_only=demonstration)
        for variable in ("RELAIS_PROCONNECT_CLIENT_ID", "RELAIS_PROCONNECT_CLIENT_SECRET"):
            if not self._text(variable):
                self.problems[variable] = "écrivez ce que ProConnect a donné à l’inscription de Relais."
        algorithm = self._text("RELAIS_PROCONNECT_ALGORITHM")
        if algorithm not in set(TokenAlgorithm):
            self.problems["RELAIS_PROCONNECT_ALGORITHM"] = "écrivez RS256 ou ES256."
            algorithm = TokenAlgorithm.RS256
        return ProConnect(
            issuer=issuer,
            client_id=self._text("RELAIS_PROCONNECT_CLIENT_ID"),
            client_secret=self._text("RELAIS_PROCONNECT_CLIENT_SECRET"),
            algorithm=TokenAlgorithm(algorithm),
            pkce=self.flag("RELAIS_PROCONNECT_PKCE"),
        )

    def _check_issuer(self, variable: str, text: str, *, loopback_only: bool) -> None:
        parts = urlsplit(text)
        local = _LOOPBACK.fullmatch(parts.hostname or "")
        if loopback_only and not local:
            self.problems[variable] = "la démonstration ne connaît que ses comptes inventés : n’écrivez rien."
        elif not _ISSUER.fullmatch(text) or (parts.scheme == "http" and not local):
            self.problems[variable] = (
                "écrivez l’adresse de ProConnect, en https:// et sans rien après, par exemple "
                "https://proconnect.example/api/v2."
            )

    def smtp(self, *, demonstration: bool) -> Smtp | None:
        host = self._text("RELAIS_SMTP_HOST")
        if not host:
            return None
        if demonstration:
            self.problems["RELAIS_SMTP_HOST"] = "la démonstration n’envoie aucun courriel : n’écrivez rien."
        user, password = self._text("RELAIS_SMTP_USER"), self._text("RELAIS_SMTP_PASSWORD")
        if bool(user) != bool(password):
            missing = "RELAIS_SMTP_PASSWORD" if user else "RELAIS_SMTP_USER"
            self.problems[missing] = "le nom et le mot de passe du serveur d’envoi vont ensemble."
        sender = self._text("RELAIS_MAIL_FROM")
        if not _ADDRESS.fullmatch(sender):
            self.problems["RELAIS_MAIL_FROM"] = (
                "écrivez l’adresse d’où partent les courriels, par exemple relais@departement.example."
            )
        return Smtp(
            host=host,
            port=self.number("RELAIS_SMTP_PORT", 1, 65535),
            security=self._smtp_security("RELAIS_SMTP_SECURITY", host),
            user=user,
            password=password,
            timeout_seconds=self.number("RELAIS_SMTP_TIMEOUT_SECONDS", 1, 120),
            sender=sender,
        )

    def _smtp_security(self, variable: str, host: str) -> SmtpSecurity:
        text = self._text(variable)
        if text not in set(SmtpSecurity):
            self.problems[variable] = "écrivez tls, starttls ou none."
            return SmtpSecurity.TLS
        if text == SmtpSecurity.NONE and not _LOOPBACK.fullmatch(host):
            self.problems[variable] = (
                "sans chiffrement, le serveur d’envoi ne peut être que cette machine : écrivez tls ou starttls."
            )
        return SmtpSecurity(text)

    def scheduler(self, variable: str) -> SchedulerMode:
        text = self._text(variable)
        if text not in set(SchedulerMode):
            self.problems[variable] = "écrivez process, embedded ou off."
            return SchedulerMode.OFF
        return SchedulerMode(text)

    def log_level(self, variable: str) -> str:
        text = self._text(variable).upper()
        if text not in logging.getLevelNamesMapping():
            self.problems[variable] = "écrivez DEBUG, INFO, WARNING ou ERROR."
        return text

    def secret(self, variable: str, read: Callable[[str], Value], absent: Value) -> Value:
        try:
            return read(self._text(variable))
        except secret_values.WeakSecret as weakness:
            self.problems[variable] = f"{weakness} ; {HOW_TO_MAKE_SECRETS}."
            return absent

    def optional_secret(self, variable: str) -> str:
        return self.secret(variable, secret_values.passphrase, "") if self._text(variable) else ""

    def index_key(self, variable: str, ring: secret_values.KeyRing) -> bytes:
        key = self.secret(variable, secret_values.key, b"")
        if key and key in {sealing_key for _, sealing_key in ring}:
            self.problems[variable] = f"une clé de chiffrement sert déjà ailleurs ; {HOW_TO_MAKE_SECRETS}."
        return key

    def path(self, variable: str) -> Path | None:
        text = self._text(variable)
        return Path(text) if text else None

    def folder(self, variable: str, *, needs: str) -> Path | None:
        text = self._text(variable)
        if text and not self._text(needs):
            self.problems[needs] = f"{variable} nomme un dossier, la clé manque ; {HOW_TO_MAKE_SECRETS}."
        return self.path(variable)

    def backup_key(self, variable: str, ring: secret_values.KeyRing) -> bytes | None:
        if not self._text(variable):
            return None
        key = self.index_key(variable, ring)
        if key and key == self.index_key("RELAIS_BLIND_INDEX_KEY", ring):
            self.problems[variable] = f"cette clé sert déjà ailleurs ; {HOW_TO_MAKE_SECRETS}."
        return key
