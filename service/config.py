"""The one record of settings, the only reader of the environment. Weak or missing secrets stop the start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from dotenv import dotenv_values

from service import secret_values
from service.environment import Reader, SchedulerMode
from service.outside import ImapMailbox, ProConnect, Smtp


class ConfigurationError(Exception):
    """The settings do not allow a start. `problems` pairs each variable with a French sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        lines = [f"  {variable} : {sentence}" for variable, sentence in self.problems.items()]
        super().__init__("\n".join(["Relais ne peut pas démarrer, des réglages sont à corriger.", *lines]))


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
    security_contact: str
    """To whom a weakness is told: `mailto:` or `https:`. Empty: nobody is named."""
    security_expires_on: date | None
    """The last day on which that contact is given out."""
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
        reader = Reader(values)
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
            security_contact=reader.contact("RELAIS_SECURITY_CONTACT"),
            security_expires_on=reader.day("RELAIS_SECURITY_EXPIRES", needs="RELAIS_SECURITY_CONTACT"),
            backup_folder=reader.folder("RELAIS_BACKUP_FOLDER", needs="RELAIS_BACKUP_KEY"),
            backup_key=reader.backup_key("RELAIS_BACKUP_KEY", ring),
            backup_keep_days=reader.number("RELAIS_BACKUP_KEEP_DAYS", 1, 3650),
        )
        if reader.problems:
            raise ConfigurationError(reader.problems)
        return config
