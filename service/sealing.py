"""Encryption at rest: AES-256-GCM with a ring of keys, and blind indexes for equality search.

A sealed value is bound to its table, column and row: moved elsewhere, it no longer opens.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class SealBroken(Exception):
    """A sealed value does not open: another key, another place, or tampered with."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by number (0–255), the first one seals; a separate key for blind indexes."""

    keys: Sequence[tuple[int, bytes]]
    index_key: bytes

    def seal(self, plain: bytes, place: str) -> bytes:
        """The value encrypted for `place`: key number, nonce, ciphertext with its tag."""
        number, key = self.keys[0]
        nonce = os.urandom(_NONCE)
        return bytes([number]) + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The plain value; refuses (SealBroken) what was not sealed for `place` by a key of the ring."""
        key = dict(self.keys).get(sealed[0]) if sealed else None
        if key is None:
            raise SealBroken(place)
        try:
            return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place.encode())
        except InvalidTag as broken:
            raise SealBroken(place) from broken

    def blind_index(self, purpose: str, value: str) -> bytes:
        """The same 16 bytes for the same purpose and value; says nothing of the value without the key."""
        return hmac.digest(self.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256)[:16]


_ring: KeyRing | None = None


def configure(ring: KeyRing) -> None:
    """Give the process its key ring."""
    global _ring
    _ring = ring


def ring() -> KeyRing:
    """The key ring of the process; refuses to work without one."""
    if _ring is None:
        raise RuntimeError("no key ring: call sealing.configure() first")
    return _ring
