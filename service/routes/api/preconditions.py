"""The two headers that make a call safe to repeat, and the reference in the address."""

import re

from flask import request

from service.errors import KeyMissing, NotVisible, VersionMissing
from service.workflows import reference as references

_KEY = re.compile(r"[!-~]{1,80}")
_TAG = re.compile(r'"([0-9]{1,9})"')
_NO_VERSION = -1


def idempotency_key() -> str:
    """The caller's key; refuses (KeyMissing) a call without one, or with one of another form."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise KeyMissing(
            "Cet appel crée quelque chose : il lui faut un en-tête Idempotency-Key.",
            advice="Choisissez une clé de 1 à 80 caractères sans espace, et gardez-la pour recommencer sans risque.",
        )
    return key


def expected_version() -> int:
    """The version of the caller's If-Match; refuses (VersionMissing) a call without it.

    Anything but one strong tag of ours matches no version.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise VersionMissing(
            "Dites quelle version de la demande vous avez lue.",
            advice="Renvoyez dans If-Match l’en-tête ETag reçu avec la demande.",
        )
    tag = _TAG.fullmatch(header.strip())
    return int(tag[1]) if tag else _NO_VERSION


def etag(version: int) -> str:
    """The tag of a version."""
    return f'"{version}"'


def canonical(reference: str) -> str:
    """The reference as it is stored; NotVisible when it can not be one."""
    found = references.parse(reference)
    if found is None:
        raise NotVisible
    return found
