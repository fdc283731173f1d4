"""Random secrets that somebody receives once: sessions, invitations, tokens. Only their digest is kept."""

import hashlib
import secrets

_BYTES = 32


def fresh(prefix: str = "") -> str:
    """A new secret of 256 random bits; a prefix makes a leaked one recognisable."""
    return prefix + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> bytes:
    """What is stored of a secret. It is random and long: a plain SHA-256 can not be searched backwards."""
    return hashlib.sha256(secret.encode()).digest()
