"""The file of a backup: another key, a cut, an altered byte, chunks moved or joined – nothing of it opens."""

from io import BytesIO
from random import Random

import pytest

from service.backup.archive import Archive, BackupRefused, Manifest, write

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
MANIFEST = Manifest("sqlite", "0016", "2026-11-26T09:00:00+00:00", {"ticket": 3, "unit": 40})
CHUNK, HEAD = (1 << 20) + 16, 20 + 32 + 16
PARTS = [[b"first" * 100, b"", Random(1).randbytes(5 << 19)], [], [b"last"]]


def written(key: bytes = KEY) -> bytes:
    file = BytesIO()
    write(file, key, MANIFEST, PARTS)
    return file.getvalue()


def read(data: bytes, key: bytes = KEY) -> list[bytes]:
    archive = Archive(BytesIO(data), key)
    assert archive.manifest == MANIFEST
    found = [b"".join(archive.part()) for _ in PARTS]
    archive.expect_end()
    return found


def test_what_is_written_is_read_again_and_says_nothing_without_its_key() -> None:
    data = written()
    assert read(data) == [b"".join(blocks) for blocks in PARTS]
    assert data != written(), "each file has a key of its own"
    assert b"ticket" not in data
    with pytest.raises(BackupRefused, match="RELAIS_BACKUP_KEY n’est pas la clé"):
        read(data, OTHER)


def test_a_file_that_was_cut_altered_or_put_together_is_refused() -> None:
    data, dice = written(), Random(2)
    chunks = [data[HEAD:][place : place + CHUNK] for place in range(0, len(data) - HEAD, CHUNK)]
    assert len(chunks) == 3
    head, other = data[:HEAD], written()
    false = [
        data[:length] for length in (0, 10, HEAD - 1, HEAD, HEAD + CHUNK, HEAD + 2 * CHUNK, len(data) - 1)
    ]
    false += [head + chunks[1] + chunks[0] + chunks[2], head + chunks[0] + chunks[2], head + chunks[2]]
    false += [data + b"x", data + chunks[2], other[: HEAD + CHUNK] + data[HEAD + CHUNK :]]
    for _ in range(20):
        place = dice.randrange(len(data))
        false.append(data[:place] + bytes([data[place] ^ dice.randrange(1, 256)]) + data[place + 1 :])
    for one in false:
        with pytest.raises(BackupRefused):
            read(one)
