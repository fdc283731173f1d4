"""The file of a backup: AES-256-GCM in chunks, under a key of its own derived for each file.

A chunk is bound to its place and the last one says that it is: a file that was cut, altered or put together from two
does not open. Inside, frames: the manifest, then each part until an empty frame.
"""

import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.errors import Refusal

_MAGIC = b"RELAIS-SAUVEGARDE-1\n"
_SALT, _CHECK, _TAG = 32, 16, 16
_CHUNK = 1 << 20
LONGEST_FRAME = 1 << 24


class BackupRefused(Refusal):
    """A backup that can not be made, read or restored; nothing was changed."""

    code = "backup_refused"


ALTERED = "Cette sauvegarde a été altérée ou coupée : rien n’a été restauré. Prenez-en une autre."


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the kind of its database, its schema's revision, and how many rows each table has.

    `register`: the last mark of the register of eliminations when it was made; empty where there was none (P-08).
    """

    database: str
    revision: str
    made_at: str
    rows: Mapping[str, int]
    register: str = ""

    @property
    def made(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)


def write(file: IO[bytes], key: bytes, manifest: Manifest, parts: Iterable[Iterable[bytes]]) -> None:
    """Write the whole backup: the manifest, then the parts, each as it comes."""
    sealing = _Writer(file, key)
    sealing.frame(json.dumps(asdict(manifest)).encode())
    for part in parts:
        for block in part:
            for start in range(0, len(block), LONGEST_FRAME):
                sealing.frame(block[start : start + LONGEST_FRAME])
        sealing.frame(b"")
    sealing.close()


class Archive:
    """A backup being read, from its beginning to its end. Refuses (BackupRefused) another key and an altered file.

    `renew` is called with each block: reading takes as long as the backup is large.
    """

    def __init__(self, file: IO[bytes], key: bytes, renew: Callable[[], None] = lambda: None) -> None:
        self._chunks = _opened(file, key)
        self._renew = renew
        self._left = b""
        try:
            self.manifest = Manifest(**json.loads(self._frame()))
        except (TypeError, ValueError):
            raise BackupRefused(ALTERED) from None

    def part(self) -> Iterator[bytes]:
        """The blocks of the next part."""
        while block := self._frame():
            self._renew()
            yield block

    def expect_end(self) -> None:
        """Refuses what stands behind the last part, and a last chunk that is missing."""
        if self._left or any(self._chunks):
            raise BackupRefused(ALTERED)

    def _frame(self) -> bytes:
        (length,) = struct.unpack(">I", self._take(4))
        return self._take(length)

    def _take(self, length: int) -> bytes:
        taken = bytearray(self._left)
        while len(taken) < length:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise BackupRefused(ALTERED)
            taken += chunk
        self._left = bytes(taken[length:])
        return bytes(taken[:length])


class _Writer:
    def __init__(self, file: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        self._file, self._number, self._waiting = file, 0, bytearray()
        self._cipher, check = _derived(key, salt)
        file.write(_MAGIC + salt + check)

    def frame(self, data: bytes) -> None:
        self._waiting += struct.pack(">I", len(data)) + data
        while len(self._waiting) > _CHUNK:  # one chunk at least stays for the end
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_place(self._number, last=last), chunk, _MAGIC))
        self._number += 1


def _opened(file: IO[bytes], key: bytes) -> Iterator[bytes]:
    head = file.read(len(_MAGIC) + _SALT + _CHECK)
    if not head.startswith(_MAGIC) or len(head) < len(_MAGIC) + _SALT + _CHECK:
        raise BackupRefused("Ce fichier n’est pas une sauvegarde de Relais, ou son début manque.")
    salt = head[len(_MAGIC) : len(_MAGIC) + _SALT]
    cipher, check = _derived(key, salt)
    if check != head[-_CHECK:]:
        raise BackupRefused(
            "RELAIS_BACKUP_KEY n’est pas la clé de cette sauvegarde : donnez celle qui servait le jour où elle a été "
            "faite."
        )
    return _chunks(file, cipher)


def _chunks(file: IO[bytes], cipher: AESGCM) -> Iterator[bytes]:
    number, block = 0, file.read(_CHUNK + _TAG)
    while block:
        following = file.read(_CHUNK + _TAG)
        try:
            yield cipher.decrypt(_place(number, last=not following), block, _MAGIC)
        except InvalidTag:
            raise BackupRefused(ALTERED) from None
        number, block = number + 1, following


def _derived(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher of one file, and the bytes by which a wrong key is told from an altered file."""
    made: Any = HKDF(SHA256(), 32 + _CHECK, salt, _MAGIC).derive(key)
    return AESGCM(made[:32]), made[32:]


def _place(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
