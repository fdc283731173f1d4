"""What a secret must look like, and how a fresh one is made. A weak one is refused, with why in French."""

import base64
import binascii
import secrets

KEY_BYTES = 32
SECRET_MIN_CHARACTERS = 32
SECRET_MIN_VARIETY = 12
KEY_MIN_VARIETY = 16
EXAMPLE_MARK = "replace-me"

KeyRing = tuple[tuple[int, bytes], ...]


class WeakSecret(Exception):
    """A secret that would protect nothing; the text says why."""


def fresh_secrets() -> dict[str, str]:
    """New random values for the three secrets, by variable, in the form the environment expects."""
    return {
        "RELAIS_SECRET_KEY": secrets.token_urlsafe(48),
        "RELAIS_ENCRYPTION_KEYS": f"1:{_fresh_key()}",
        "RELAIS_BLIND_INDEX_KEY": _fresh_key(),
    }


def fresh_backup_key() -> str:
    """A new random value for the key of the backups, which is kept apart from the others."""
    return _fresh_key()


def passphrase(text: str) -> str:
    """The text itself. Refuses what is missing, copied from the example, short or of low variety."""
    _refuse_absent(text)
    if len(text) < SECRET_MIN_CHARACTERS:
        raise WeakSecret(f"{len(text)} caractères ne suffisent pas, il en faut {SECRET_MIN_CHARACTERS}")
    if len(set(text)) < SECRET_MIN_VARIETY:
        raise WeakSecret("trop peu de caractères différents")
    return text


def key(text: str) -> bytes:
    """The 32 bytes written in base64 (either alphabet). Refuses another length and low variety."""
    _refuse_absent(text)
    try:
        decoded = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != KEY_BYTES:
        raise WeakSecret(f"une clé est faite de {KEY_BYTES} octets écrits en base64")
    if len(set(decoded)) < KEY_MIN_VARIETY:
        raise WeakSecret("une clé a trop peu d’octets différents")
    return decoded


def key_ring(text: str) -> KeyRing:
    """`1:key,2:key…`, the first one seals and all open. Refuses a number or a key that stands twice."""
    _refuse_absent(text)
    ring = tuple(_numbered_key(entry) for entry in text.split(","))
    if len({number for number, _ in ring}) < len(ring):
        raise WeakSecret("deux clés portent le même numéro")
    if len({secret for _, secret in ring}) < len(ring):
        raise WeakSecret("deux numéros portent la même clé")
    return ring


def _numbered_key(entry: str) -> tuple[int, bytes]:
    number, _, text = entry.strip().partition(":")
    # The number travels as one byte in front of each sealed value.
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 255):
        raise WeakSecret("écrivez numéro:clé, le numéro de 1 à 255, les clés séparées par des virgules")
    return int(number), key(text)


def _refuse_absent(text: str) -> None:
    if not text:
        raise WeakSecret("la valeur manque")
    if EXAMPLE_MARK in text:
        raise WeakSecret("c’est encore la valeur de l’exemple")


def _fresh_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
