"""The environment read as typed values: what is wrong is gathered in French, the first fault stops nothing."""

import ipaddress
import logging
import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from service import secret_values
from service.outside import LOOPBACK, ImapMailbox, ProConnect, Smtp, SmtpSecurity, TokenAlgorithm

Value = TypeVar("Value")

HOW_TO_MAKE_SECRETS = "pour en fabriquer : « relais secrets »"
PUBLIC_URL = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", re.IGNORECASE)
_ISSUER = re.compile(rf"{PUBLIC_URL.pattern}(/[A-Za-z0-9._~-]+)*", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PAGE = re.compile(r"https://[!-~]+")
WHOLE_NUMBER = "écrivez un nombre entier de {} à {}."

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
    "RELAIS_SECURITY_CONTACT": "",
    "RELAIS_SECURITY_EXPIRES": "",
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


class Reader:
    """Turns text into typed values; gathers what is wrong instead of stopping at the first fault."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: dict[str, str] = {}

    def _listed(self, variable: str) -> list[str]:
        return [one.strip() for one in self._text(variable).split(",") if one.strip()]

    def _text(self, variable: str) -> str:
        return self._values.get(variable, "").strip() or VARIABLES.get(variable, "")

    def flag(self, variable: str) -> bool:
        """1 or 0; refuses any other word."""
        text = self._text(variable)
        if text not in {"0", "1"}:
            self.problems[variable] = "écrivez 1 (oui) ou 0 (non)."
        return text == "1"

    def number(self, variable: str, lowest: int, highest: int) -> int:
        """A whole number between both, the lowest where it is refused."""
        text = self._text(variable)
        if text.isascii() and text.isdigit() and lowest <= int(text) <= highest:
            return int(text)
        self.problems[variable] = WHOLE_NUMBER.format(lowest, highest)
        return lowest

    def address(self, variable: str, *, loopback_only: bool) -> str:
        """An IPv4 address to listen on; the demonstration listens to this machine alone."""
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
        """Where people find Relais: by TLS, unless it is `local`, the demonstration's own."""
        text = self._text(variable).rstrip("/") or local
        if not PUBLIC_URL.fullmatch(text):
            self.problems[variable] = (
                "écrivez l’adresse que tapent les utilisateurs, par exemple https://relais.example."
            )
            return ""
        if not local and not text.startswith("https://"):
            self.problems[variable] = "hors démonstration, l’adresse commence par https://."
        if local and not LOOPBACK.fullmatch(urlsplit(text).hostname or ""):
            self.problems[variable] = (
                "la démonstration ne s’ouvre qu’à cette machine : n’écrivez rien, ou une adresse de 127.0.0.1."
            )
        return text

    def database_url(self, variable: str) -> str:
        """An address of SQLite or of PostgreSQL by psycopg."""
        text = self._text(variable)
        if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
            self.problems[variable] = "écrivez sqlite:///chemin ou postgresql+psycopg://…"
        return text

    def hosts(self, variable: str, public_url: str, *, local: bool) -> tuple[str, ...]:
        """The names that Relais answers to: that of its address, those given, this machine's in a demonstration."""
        given = self._listed(variable)
        if any("/" in host or "*" in host for host in given):
            self.problems[variable] = "écrivez des noms de machines séparés par des virgules."
        known = [urlsplit(public_url).hostname or "", *given, *(["127.0.0.1", "localhost"] if local else [])]
        return tuple(dict.fromkeys(filter(None, known)))

    def webhook_hosts(self, variable: str, *, loopback_only: bool) -> tuple[str, ...]:
        """The machines that may be told of acts, in small letters."""
        given = [host.lower() for host in self._listed(variable)]
        if not all(_HOST.fullmatch(host) for host in given):
            self.problems[variable] = (
                "écrivez des noms de machines, sans https:// ni port, séparés par des virgules."
            )
        elif loopback_only and not all(LOOPBACK.fullmatch(host) for host in given):
            self.problems[variable] = "la démonstration ne prévient que cette machine : n’écrivez rien."
        return tuple(dict.fromkeys(given))

    def mailboxes(self, variable: str, *, loopback_only: bool) -> tuple[ImapMailbox, ...]:
        """The mailboxes to read, none of them twice."""
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
        """The registration with ProConnect; None where no issuer is named."""
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
        local = LOOPBACK.fullmatch(parts.hostname or "")
        if loopback_only and not local:
            self.problems[variable] = "la démonstration ne connaît que ses comptes inventés : n’écrivez rien."
        elif not _ISSUER.fullmatch(text) or (parts.scheme == "http" and not local):
            self.problems[variable] = (
                "écrivez l’adresse de ProConnect, en https:// et sans rien après, par exemple "
                "https://proconnect.example/api/v2."
            )

    def smtp(self, *, demonstration: bool) -> Smtp | None:
        """The server that takes mails; None where no host is named. A demonstration sends none."""
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
        if text == SmtpSecurity.NONE and not LOOPBACK.fullmatch(host):
            self.problems[variable] = (
                "sans chiffrement, le serveur d’envoi ne peut être que cette machine : écrivez tls ou starttls."
            )
        return SmtpSecurity(text)

    def scheduler(self, variable: str) -> SchedulerMode:
        """Where the scheduler runs."""
        text = self._text(variable)
        if text not in set(SchedulerMode):
            self.problems[variable] = "écrivez process, embedded ou off."
            return SchedulerMode.OFF
        return SchedulerMode(text)

    def log_level(self, variable: str) -> str:
        """A level of Python's logging."""
        text = self._text(variable).upper()
        if text not in logging.getLevelNamesMapping():
            self.problems[variable] = "écrivez DEBUG, INFO, WARNING ou ERROR."
        return text

    def secret(self, variable: str, read: Callable[[str], Value], absent: Value) -> Value:
        """What `read` makes of a secret; `absent` where it is too weak."""
        try:
            return read(self._text(variable))
        except secret_values.WeakSecret as weakness:
            self.problems[variable] = f"{weakness} ; {HOW_TO_MAKE_SECRETS}."
            return absent

    def optional_secret(self, variable: str) -> str:
        """A secret that may be left out."""
        return self.secret(variable, secret_values.passphrase, "") if self._text(variable) else ""

    def index_key(self, variable: str, ring: secret_values.KeyRing) -> bytes:
        """32 bytes that seal nothing."""
        key = self.secret(variable, secret_values.key, b"")
        if key and key in {sealing_key for _, sealing_key in ring}:
            self.problems[variable] = f"une clé de chiffrement sert déjà ailleurs ; {HOW_TO_MAKE_SECRETS}."
        return key

    def contact(self, variable: str) -> str:
        """A mail address or a page, as RFC 9116 writes it; empty where nobody is named."""
        text = self._text(variable)
        if text and _ADDRESS.fullmatch(text):
            return f"mailto:{text}"
        if text and not _PAGE.fullmatch(text):
            self.problems[variable] = (
                "écrivez une adresse électronique, ou une page qui commence par https://."
            )
        return text

    def day(self, variable: str, *, needs: str) -> date | None:
        """A day, given if and only if what it `needs` is."""
        text = self._text(variable)
        if bool(text) != bool(self._text(needs)):
            self.problems[variable if self._text(needs) else needs] = f"{needs} et {variable} vont ensemble."
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.problems[variable] = "écrivez un jour comme 2027-06-30."
            return None

    def path(self, variable: str) -> Path | None:
        """A path, or None."""
        text = self._text(variable)
        return Path(text) if text else None

    def folder(self, variable: str, *, needs: str) -> Path | None:
        """A folder, which is of no use without what it `needs`."""
        text = self._text(variable)
        if text and not self._text(needs):
            self.problems[needs] = f"{variable} nomme un dossier, la clé manque ; {HOW_TO_MAKE_SECRETS}."
        return self.path(variable)

    def backup_key(self, variable: str, ring: secret_values.KeyRing) -> bytes | None:
        """32 bytes that are no other key, or None."""
        if not self._text(variable):
            return None
        key = self.index_key(variable, ring)
        if key and key == self.index_key("RELAIS_BLIND_INDEX_KEY", ring):
            self.problems[variable] = f"cette clé sert déjà ailleurs ; {HOW_TO_MAKE_SECRETS}."
        return key
